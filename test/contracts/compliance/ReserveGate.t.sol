// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ReserveGate } from "../../../contracts/compliance/rules/ReserveGate.sol";
import { FeedState } from "../../../contracts/interfaces/IRoundSource.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ReserveGateFixture, FeedStandIn } from "./ReserveGateFixture.sol";

contract ReserveGateTest is ReserveGateFixture {
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

    function test_When_TheFeedHasSixEightOrEighteenDecimals_TheSameReserveGivesTheSameLimit() public {
        uint8[3] memory feedDecimals = [6, 8, 18];
        for (uint256 i = 0; i < 9; i++) {
            (uint256 ofFeed, uint256 ofToken) = (feedDecimals[i / 3], feedDecimals[i % 3]);
            decimals(ofToken);
            feed.setDecimals(abi.encode(ofFeed), false);
            feed.set(int256(1_234_567 * 10 ** (ofFeed - 3)), block.timestamp);
            gate();
            assertEq(verdict(1).limit, 1_234_567 * 10 ** (ofToken - 3));
        }
    }

    function test_When_TheReserveFallsAndRises_EachValueCountsFromItsPublication() public {
        gate();
        mint(ann, 10e6);
        skip(1 hours);
        feed.set(9e8, block.timestamp);
        vm.expectRevert(refusal(ReasonCode.RESERVE_SHORTFALL, 10e6 + 1, 9e6));
        mint(ann, 1);
        skip(1 hours);
        feed.set(12e8, block.timestamp);
        assertEq(verdict(1).room, 2e6);
        mint(ann, 2e6);
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
        feed.setState(abi.encode(FeedState.LIVE), false);
        gate();
        feed.spend(43_000);
        Transfer memory t = compliance.describe(Kind.MINT, issuer, address(0), ann, 1);
        chill();
        assertEq(rule.check{ gas: compliance.CHECK_GAS() }(t).code, ReasonCode.OK);
        chill();
        vm.prank(address(compliance));
        rule.enforce{ gas: compliance.ENFORCE_GAS() }(t);
        feed.setState("", true);
        chill();
        assertEq(rule.check{ gas: compliance.CHECK_GAS() }(t).code, ReasonCode.RESERVE_STALE);
        uint256 cap = compliance.ENFORCE_GAS();
        chill();
        vm.prank(address(compliance));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleRefused.selector, ReasonCode.RESERVE_STALE, 0, MAX_AGE));
        rule.enforce{ gas: cap }(t);
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
        uint8 state,
        int128 margin,
        uint128 otherSupply,
        Fuzzed memory fuzzed
    ) public {
        feed.setState(abi.encode(state % 4), false);
        gate(margin, true, otherSupply);
        feed.set(answer, updatedAt % 3 == 0 ? updatedAt : block.timestamp - updatedAt % 2 days);
        feed.setDecimals(abi.encode(feedDecimals % 2 == 0 ? 8 : feedDecimals), false);
        feed.setFault(FeedStandIn.Fault(fault % 5));
        Transfer memory t = movement(fuzzed);
        (bool usable,, uint256 age) = rule.reserveOf(address(token));
        if (usable) {
            assertGt(answer, 0);
            assertEq(state % 4, uint8(FeedState.LIVE));
            assertLe(age, MAX_AGE);
            assertTrue(feedDecimals % 2 == 0 || feedDecimals == 8);
        }
        if (t.kind == Kind.MINT && t.fromInvestor == address(0)) {
            assertEq(rule.check(t).code == ReasonCode.RESERVE_STALE, !usable);
        }
        assertEnforceAgrees(rule, t);
    }
}
