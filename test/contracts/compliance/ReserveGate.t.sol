// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { ReserveGate } from "../../../contracts/compliance/rules/ReserveGate.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { QuorumFeedFixture } from "../valuation/QuorumFeedFixture.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

/// @dev A feed that says what the test says, in the form that the test says.
contract FeedStandIn {
    enum Fault {
        NONE,
        REVERT,
        SHORT,
        BURN_GAS,
        RETURN_MUCH
    }

    uint256 public roundId = 1;
    int256 public answer;
    uint256 public updatedAt;
    bytes internal decimalsAnswer;
    Fault internal fault;
    bool internal decimalsBurnGas;
    uint256 internal spends;

    constructor(uint8 decimals_) {
        decimalsAnswer = abi.encode(decimals_);
    }

    function set(int256 answer_, uint256 updatedAt_) external {
        (answer, updatedAt) = (answer_, updatedAt_);
    }

    function setFault(Fault fault_) external {
        fault = fault_;
    }

    function setDecimals(bytes calldata decimalsAnswer_, bool burnGas) external {
        (decimalsAnswer, decimalsBurnGas) = (decimalsAnswer_, burnGas);
    }

    function spend(uint256 gas_) external {
        spends = gas_;
    }

    function decimals() external view returns (uint8) {
        while (decimalsBurnGas) { }
        bytes memory given = decimalsAnswer;
        assembly {
            return(add(given, 0x20), mload(given))
        }
    }

    function latestRoundData() external view returns (uint256, int256, uint256, uint256, uint256) {
        uint256 start = gasleft();
        if (fault == Fault.REVERT) revert("halted");
        while (fault == Fault.BURN_GAS) { }
        bytes memory round = abi.encode(roundId, answer, updatedAt, updatedAt, roundId);
        uint256 size = fault == Fault.SHORT ? 159 : fault == Fault.RETURN_MUCH ? 4096 : 160;
        uint256 total = spends;
        while (start - gasleft() < total) { }
        assembly {
            return(add(round, 0x20), size)
        }
    }
}

contract ReserveGateTest is ComplianceFixture {
    uint32 internal constant MAX_AGE = 1 days;
    uint256 internal constant NEVER = type(uint256).max;

    ReserveGate internal rule = new ReserveGate();
    FeedStandIn internal feed = new FeedStandIn(8);

    /// @dev The token has 6 decimals, the feed 8, and the reserve is 1,000 units of the token.
    function setUp() public override {
        super.setUp();
        decimals(6);
        feed.set(10e8, block.timestamp);
    }

    function decimals(uint256 count) internal {
        vm.mockCall(address(token), abi.encodeWithSignature("decimals()"), abi.encode(count));
    }

    function gate(int128 margin, bool inUnits, uint128 otherSupply) internal {
        setRule(rule, abi.encode(feed, MAX_AGE, margin, inUnits, otherSupply));
    }

    function gate() internal {
        gate(0, false, 0);
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function verdict(uint256 amount) internal view returns (Verdict memory) {
        return rule.check(compliance.describe(Kind.MINT, issuer, address(0), ann, amount));
    }

    function refusal(uint8 code, uint256 actual, uint256 limit) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, address(rule), actual, limit);
    }

    function assertClosed(uint256 age) internal {
        Verdict memory refused = verdict(1);
        assertEq(refused.code, ReasonCode.RESERVE_STALE);
        assertEq(refused.actual, age);
        assertEq(refused.limit, MAX_AGE);
        assertEq(refused.room, 0);
        assertEq(refused.until, 0);
        vm.expectRevert(refusal(ReasonCode.RESERVE_STALE, age, MAX_AGE));
        mint(ann, 1);
        (bool usable, uint256 reserve,) = rule.reserveOf(address(token));
        assertFalse(usable);
        assertEq(reserve, 0);
    }

    /* SHORTFALL */

    function test_When_TheReserveIsMetExactly_ItPassesAndNoUnitMore() public {
        gate();
        mint(ann, 4e6);
        assertEq(verdict(1).room, 6e6);
        vm.expectRevert(refusal(ReasonCode.RESERVE_SHORTFALL, 10e6 + 1, 10e6));
        mint(bob, 6e6 + 1);
        mint(bob, 6e6);
        assertEq(verdict(1).room, 0);
        assertFalse(compliance.canTransfer(address(0), bob, 1));
    }

    function test_When_TheReserveFallsBelowTheSupply_OnlyIssuingIsClosed() public {
        gate();
        mint(ann, 10e6);
        feed.set(5e8, block.timestamp);
        vm.expectRevert(refusal(ReasonCode.RESERVE_SHORTFALL, 10e6 + 1, 5e6));
        mint(ann, 1);
        transfer(ann, bob, 1e6);
        token.move(Kind.BURN, ann, address(0), 6e6);
        vm.expectRevert(refusal(ReasonCode.RESERVE_SHORTFALL, 5e6 + 1, 5e6));
        mint(ann, 1e6 + 1);
        mint(ann, 1e6);
    }

    function test_When_UnitsExistOnOtherChains_TheyNeedTheSameReserve() public {
        gate(0, false, 7e6);
        assertEq(verdict(1).room, 3e6);
        vm.expectRevert(refusal(ReasonCode.RESERVE_SHORTFALL, 10e6 + 1, 10e6));
        mint(ann, 3e6 + 1);
        vm.expectEmit(address(rule));
        emit ReserveGate.OtherSupplySet(address(token), 7e6, 10e6);
        through(abi.encodeCall(ReserveGate.setOtherSupply, (10e6)));
        assertEq(verdict(1).room, 0);
        through(abi.encodeCall(ReserveGate.setOtherSupply, (type(uint128).max)));
        assertEq(verdict(1).code, ReasonCode.RESERVE_SHORTFALL);
    }

    function test_When_AMarginIsInBasisPoints_ItIsOfTheReserve() public {
        gate(100, false, 0);
        assertEq(verdict(1).limit, 10.1e6);
        gate(-100, false, 0);
        assertEq(verdict(1).limit, 9.9e6);
        gate(-10_000, false, 0);
        assertEq(verdict(1).room, 0);
        gate(10_000, false, 0);
        assertEq(verdict(1).limit, 20e6);
    }

    function test_When_AMarginIsNotWhole_ItIsRoundedAgainstTheIssuer() public {
        feed.set(333_00, block.timestamp); // 333 units
        gate(50, false, 0);
        assertEq(verdict(1).limit, 334);
        gate(-50, false, 0);
        assertEq(verdict(1).limit, 331);
    }

    function test_When_AMarginIsInUnits_ItIsAddedOrTakenOff() public {
        gate(3, true, 0);
        assertEq(verdict(1).limit, 10e6 + 3);
        gate(-3, true, 0);
        assertEq(verdict(1).limit, 10e6 - 3);
        gate(-11e6, true, 0);
        assertEq(verdict(1).limit, 0);
        gate(type(int128).min, true, 0);
        assertEq(verdict(1).limit, 0);
        vm.expectEmit(address(rule));
        emit ReserveGate.ReserveMarginSet(address(token), type(int128).min, true, 5, false);
        through(abi.encodeCall(ReserveGate.setReserveMargin, (5, false)));
        assertEq(verdict(1).limit, 10_005_000);
    }

    /* CLOSED */

    function test_RevertWhen_TheFeedIsUnset() public {
        setRule(rule, abi.encode(address(0), MAX_AGE, int128(10_000), false, uint128(0)));
        assertClosed(NEVER);
        through(abi.encodeCall(ReserveGate.setReserveFeed, (address(feed), MAX_AGE)));
        mint(ann, 1);
        through(abi.encodeCall(ReserveGate.setReserveFeed, (address(0), MAX_AGE)));
        assertClosed(NEVER);
    }

    function test_When_NothingWasEverSet_TheGateIsClosed() public view {
        assertEq(verdict(1).code, ReasonCode.RESERVE_STALE);
        assertEq(verdict(1).limit, 0);
    }

    function test_When_TheValueIsAsOldAsItMayBe_ItCountsAndASecondLaterItDoesNot() public {
        gate();
        skip(MAX_AGE);
        mint(ann, 1);
        skip(1);
        assertClosed(MAX_AGE + 1);
    }

    function test_RevertWhen_TheValueIsDatedInTheFutureOrHasNoDate() public {
        gate();
        feed.set(10e8, block.timestamp + 1);
        assertClosed(NEVER);
        feed.set(10e8, type(uint256).max);
        assertClosed(NEVER);
        feed.set(10e8, 0);
        assertClosed(NEVER);
    }

    function test_RevertWhen_TheReserveIsZeroOrNegative() public {
        gate(10_000, false, 0);
        int256[3] memory answers = [int256(0), -1, type(int256).min];
        for (uint256 i = 0; i < answers.length; i++) {
            feed.set(answers[i], block.timestamp);
            assertClosed(0);
        }
    }

    function test_RevertWhen_TheFeedGivesNoUsableAnswer() public {
        gate();
        FeedStandIn.Fault[3] memory faults = [FeedStandIn.Fault.REVERT, FeedStandIn.Fault.SHORT, FeedStandIn.Fault.BURN_GAS];
        for (uint256 i = 0; i < faults.length; i++) {
            feed.setFault(faults[i]);
            assertClosed(NEVER);
        }
        feed.setFault(FeedStandIn.Fault.RETURN_MUCH);
        mint(ann, 1);
        vm.etch(address(feed), "");
        assertClosed(NEVER);
    }

    function test_RevertWhen_TheFeedsDecimalsChangeOrAreUnknown() public {
        gate();
        feed.setDecimals(abi.encode(6), false);
        assertClosed(0);
        feed.setDecimals(abi.encode(uint256(256 + 8)), false);
        assertClosed(0);
        feed.setDecimals("", false);
        assertClosed(0);
        feed.setDecimals("", true);
        assertClosed(0);
        feed.setDecimals(abi.encode(8), false);
        mint(ann, 1);
        feed.setDecimals(abi.encode(6), false);
        through(abi.encodeCall(ReserveGate.setReserveFeed, (address(feed), MAX_AGE)));
        assertEq(verdict(1).limit, 10e8);
    }

    function test_When_TheGateIsClosed_UnitsStillLeaveAndMove() public {
        gate();
        mint(ann, 10e6);
        feed.setFault(FeedStandIn.Fault.REVERT);
        transfer(ann, bob, 1e6);
        token.move(Kind.BURN, ann, address(0), 1e6);
        token.move(Kind.FORCED, ann, bob, 1e6);
        token.move(Kind.RECOVERY, ann, annSecond, 1e6);
    }

    /* DECIMALS */

    function test_When_DecimalsDiffer_TheReserveIsTakenInTokenUnits() public {
        decimals(18);
        gate();
        assertEq(verdict(1).limit, 10e18);
        decimals(0);
        feed.set(10e8 + 99_999_999, block.timestamp);
        gate();
        assertEq(verdict(1).limit, 10);
        decimals(36);
        feed.set(type(int256).max, block.timestamp);
        gate();
        assertEq(verdict(1).limit, type(uint256).max);
        assertTrue(verdict(type(uint112).max).pass);
        feed.setDecimals(abi.encode(36), false);
        decimals(0);
        feed.set(1e36 - 1, block.timestamp);
        gate();
        assertEq(verdict(1).limit, 0);
    }

    function test_RevertWhen_ParametersMakeNoSense() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "maxAge"));
        setRule(rule, abi.encode(feed, 0, int128(0), false, uint128(0)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "feed"));
        setRule(rule, abi.encode(makeAddr("no code"), MAX_AGE, int128(0), false, uint128(0)));
        feed.setDecimals(abi.encode(37), false);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "feed"));
        gate();
        feed.setDecimals(abi.encode(8), false);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "margin"));
        gate(-10_001, false, 0);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "margin"));
        gate(10_001, false, 0);
        decimals(37);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "token"));
        gate();
    }

    function test_When_TheGateIsSetAgain_ItReplacesTheFormer() public {
        gate(100, false, 1e6);
        assertEq(rule.configuration(address(token)), abi.encode(feed, MAX_AGE, int128(100), false, uint128(1e6)));
        FeedStandIn other = new FeedStandIn(6);
        other.set(1e6, block.timestamp);
        vm.expectEmit(address(rule));
        emit ReserveGate.ReserveFeedSet(address(token), address(feed), address(other), 60, 6);
        setRule(rule, abi.encode(other, uint32(60), int128(-1), true, uint128(0)));
        assertEq(verdict(1).limit, 1e6 - 1);
        assertEq(rule.gateOf(address(token)).tokenDecimals, 6);
        assertEq(rule.name(), "ReserveGate");
    }

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.configure(address(token), "");
        address other = address(complianceOf(address(token)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, other, address(token)));
        vm.prank(other);
        rule.setOtherSupply(0);
    }

    /* BOUNDS AND PROPERTIES */

    function test_When_TheFeedIsAsDearAsItMayBe_EachCallStaysBelowItsGasCap() public {
        gate();
        feed.spend(43_000);
        Transfer memory t = compliance.describe(Kind.MINT, issuer, address(0), ann, 1);
        chill();
        assertEq(rule.check{ gas: compliance.CHECK_GAS() }(t).code, ReasonCode.OK);
        chill();
        vm.prank(address(compliance));
        rule.enforce{ gas: compliance.ENFORCE_GAS() }(t);
        feed.setDecimals("", true);
        chill();
        assertEq(rule.check{ gas: compliance.CHECK_GAS() }(t).code, ReasonCode.RESERVE_STALE);
        feed.setFault(FeedStandIn.Fault.BURN_GAS);
        chill();
        assertEq(rule.check{ gas: compliance.CHECK_GAS() }(t).code, ReasonCode.RESERVE_STALE);
    }

    function chill() internal {
        vm.cool(address(rule));
        vm.cool(address(feed));
    }

    function testFuzz_When_Judged_SupplyAndReserveDecide(
        uint112 reserve,
        uint8 tokenDecimals,
        uint8 feedDecimals,
        int128 margin,
        bool inUnits,
        uint112 otherSupply,
        Fuzzed memory fuzzed
    ) public {
        (tokenDecimals, feedDecimals) = (tokenDecimals % 37, feedDecimals % 37);
        reserve = uint112(bound(reserve, 1, type(uint112).max));
        if (!inUnits) margin = margin % 10_001;
        decimals(tokenDecimals);
        feed.setDecimals(abi.encode(feedDecimals), false);
        feed.set(int256(uint256(reserve)), block.timestamp);
        gate(margin, inUnits, otherSupply);

        Transfer memory t = movement(fuzzed);
        // No product below exceeds 2^112 × 10^36 × 20,000.
        uint256 limit = uint256(reserve) * 10 ** tokenDecimals / 10 ** feedDecimals;
        if (inUnits) limit = margin >= 0 ? limit + uint128(margin) : minus(limit, uint256(-int256(margin)));
        else limit = limit * uint256(10_000 + int256(margin)) / 10_000;
        Verdict memory result = rule.check(t);
        bool judged = t.kind == Kind.MINT && (t.fromInvestor != t.toInvestor || t.fromInvestor == address(0));
        bool fits = limit >= otherSupply && t.supply <= limit - otherSupply && t.amount <= limit - otherSupply - t.supply;
        assertEq(result.pass, !judged || fits);
        assertEq(result.code, result.pass ? 0 : ReasonCode.RESERVE_SHORTFALL);
        if (judged) assertEq(result.limit, limit);
        if (judged && fits) assertGe(result.room, t.amount);
        assertEnforceAgrees(rule, t);
    }

    function minus(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a - b : 0;
    }

    function testFuzz_When_TheFeedSaysAnything_EnforceAgreesAndOnlyGoodValuesOpen(
        int256 answer,
        uint256 updatedAt,
        uint256 feedDecimals,
        uint8 fault,
        int128 margin,
        uint128 otherSupply,
        Fuzzed memory fuzzed
    ) public {
        gate(margin, true, otherSupply);
        feed.set(answer, updatedAt % 3 == 0 ? updatedAt : block.timestamp - updatedAt % 2 days);
        feed.setDecimals(abi.encode(feedDecimals % 2 == 0 ? 8 : feedDecimals), false);
        feed.setFault(FeedStandIn.Fault(fault % 5));
        Transfer memory t = movement(fuzzed);
        (bool usable,, uint256 age) = rule.reserveOf(address(token));
        if (usable) {
            assertGt(answer, 0);
            assertLe(age, MAX_AGE);
            assertTrue(feedDecimals % 2 == 0 || feedDecimals == 8);
        }
        if (t.kind == Kind.MINT && t.fromInvestor == address(0)) {
            assertEq(rule.check(t).code == ReasonCode.RESERVE_STALE, !usable);
        }
        assertEnforceAgrees(rule, t);
    }
}

/// @dev Where a token stands for its own compliance.
contract GateToken {
    uint8 public constant decimals = 18;
    address public compliance = msg.sender;
}

/// @notice With the project's own feed, as a signer quorum publishes it.
contract ReserveGateFeedTest is QuorumFeedFixture {
    ReserveGate internal rule = new ReserveGate();
    FeedProxy internal proxy;
    GateToken internal token;

    function setUp() public override {
        super.setUp();
        proxy = new FeedProxy(feed, FEED, 8, "Reserve of TBILL", 1 days);
        token = new GateToken();
        rule.configure(address(token), abi.encode(proxy, uint32(2 days), int128(0), false, uint128(0)));
    }

    function code(uint256 supply, uint256 amount) internal view returns (uint8) {
        Transfer memory t;
        (t.token, t.kind, t.supply, t.amount) = (address(token), Kind.MINT, supply, amount);
        return rule.check(t).code;
    }

    function test_When_ARoundIsPublished_UnitsMayBeIssuedUpToIt() public {
        assertEq(code(0, 1), ReasonCode.RESERVE_STALE);
        _publish(PRICE);
        assertEq(code(99e18, 0.436306e18), ReasonCode.OK);
        assertEq(code(99e18, 0.436306e18 + 1), ReasonCode.RESERVE_SHORTFALL);
        skip(1 hours);
        _publish(MINIMUM);
        assertEq(code(99e18, 1), ReasonCode.RESERVE_SHORTFALL);
    }

    function test_When_TheFeedIsHalted_TheGateIsClosedUntilItGoesOn() public {
        _publish(PRICE);
        vm.prank(guardian);
        feed.halt(FEED);
        assertEq(code(0, 1), ReasonCode.RESERVE_STALE);
        vm.prank(configurer);
        feed.resume(FEED);
        assertEq(code(0, 1), ReasonCode.OK);
    }

    function test_When_TheRoundGrowsOld_TheGateCloses() public {
        _publish(PRICE);
        (,,, uint256 updatedAt,) = AggregatorV3Interface(proxy).latestRoundData();
        vm.warp(updatedAt + 2 days);
        assertEq(code(0, 1), ReasonCode.OK);
        skip(1);
        assertEq(code(0, 1), ReasonCode.RESERVE_STALE);
    }

    function test_When_TheFeedIsCold_TheRuleHasGasToSpare() public {
        _publish(PRICE);
        Transfer memory t;
        (t.token, t.kind, t.amount) = (address(token), Kind.MINT, 1);
        vm.cool(address(rule));
        vm.cool(address(proxy));
        vm.cool(address(feed));
        uint256 before = gasleft();
        assertTrue(rule.check(t).pass);
        assertLt(before - gasleft(), 40_000);
    }
}
