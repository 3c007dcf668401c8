// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { RegSFlowback } from "../../../contracts/compliance/rules/RegSFlowback.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HostileRegistry } from "./AccreditedOnly.t.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

/// @dev Ann is American, Bob German, Cem Turkish.
abstract contract RegSFlowbackFixture is ComplianceFixture {
    uint16 internal constant US = 840;
    uint8 internal constant QUALIFIED = 4;
    RegSFlowback internal rule = new RegSFlowback();
    address internal cem = makeAddr("cem");
    address internal cemIdentity = makeAddr("cem's identity");
    uint40 internal end;

    function setUp() public virtual override {
        super.setUp();
        token.link(cem, cemIdentity, 792);
        end = uint40(block.timestamp + 40 days);
        setTerms(end, 0);
    }

    function group() internal pure returns (uint16[] memory countries) {
        countries = new uint16[](1);
        countries[0] = US;
    }

    function setTerms(uint40 end_, uint8 resaleTopic) internal {
        setRule(rule, abi.encode(end_, group(), resaleTopic));
    }

    function regS(address investor) internal view returns (uint256) {
        return rule.regSOf(address(token), investor);
    }
}

contract RegSFlowbackTest is RegSFlowbackFixture {
    function verdict(address from, address to, uint256 amount) internal view returns (Verdict memory) {
        return rule.check(compliance.describe(Kind.TRANSFER, from, from, to, amount));
    }

    function refusal(uint256 actual, uint256 limit) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                ISecurityTokenCore.TransferRefused.selector, ReasonCode.FLOWBACK_RESTRICTED, address(rule), actual, limit
            );
    }

    /* THE PERIOD */

    function test_When_ThePeriodLasts_NothingFlowsBackUntilItsLastSecond() public {
        vm.expectEmit(address(rule));
        emit RegSFlowback.RegSUnitsChanged(address(token), bobIdentity, 100);
        mint(bob, 100);
        Verdict memory refused = verdict(bob, ann, 1);
        assertEq(refused.code, ReasonCode.FLOWBACK_RESTRICTED);
        assertEq(refused.until, end);
        assertEq(refused.room, 0);
        vm.expectRevert(refusal(100, 0));
        transfer(bob, ann, 1);
        vm.warp(end - 1);
        vm.expectRevert(refusal(100, 0));
        transfer(bob, ann, 1);
        vm.warp(end);
        assertEq(regS(bobIdentity), 0);
        transfer(bob, ann, 100);
    }

    function test_When_UnitsStayOutside_TheyAreFreeAndCarryTheirKind() public {
        mint(bob, 100);
        transfer(bob, cem, 60);
        assertEq(regS(bobIdentity), 40);
        assertEq(regS(cemIdentity), 60);
        vm.expectRevert(refusal(60, 0));
        transfer(cem, ann, 1);
    }

    function test_When_DomesticUnitsMove_TheyAreFree() public {
        mint(ann, 100);
        assertEq(regS(annIdentity), 0);
        transfer(ann, bob, 30);
        assertEq(regS(bobIdentity), 0);
        transfer(bob, ann, 30);
    }

    function test_When_BothKindsAreHeld_RegSUnitsLeaveFirst() public {
        mint(ann, 100);
        transfer(ann, bob, 100);
        mint(bob, 50);
        vm.expectRevert(refusal(50, 0));
        transfer(bob, ann, 1);
        transfer(bob, cem, 60);
        assertEq(regS(bobIdentity), 0);
        assertEq(regS(cemIdentity), 50);
        transfer(bob, ann, 90);
    }

    function test_When_AHolderMovesIntoTheGroup_HisUnitsStayRegSUnits() public {
        mint(bob, 100);
        mint(ann, 10);
        token.setWord(bob, Eligibility.withCountry(0, US));
        vm.expectRevert(refusal(100, 0));
        transfer(bob, ann, 1);
        transfer(ann, bob, 10);
        transfer(bob, cem, 100);
        transfer(bob, ann, 10);
        token.setWord(cem, Eligibility.withCountry(0, US));
        mint(cem, 10);
        assertEq(regS(cemIdentity), 100);
    }

    function test_When_UnitsMoveBetweenOwnWallets_NothingChanges() public {
        mint(bob, 100);
        token.setWord(bob, Eligibility.withCountry(0, US));
        token.link(cem, bobIdentity, US);
        transfer(bob, cem, 40);
        token.move(Kind.RECOVERY, bob, cem, 60);
        assertEq(regS(bobIdentity), 100);
    }

    /* EXITS */

    function test_When_UnitsAreBurned_RegSUnitsGoFirst() public {
        mint(ann, 20);
        transfer(ann, bob, 20);
        mint(bob, 100);
        token.move(Kind.BURN, bob, address(0), 70);
        assertEq(regS(bobIdentity), 30);
        token.move(Kind.BURN, bob, address(0), 50);
        assertEq(regS(bobIdentity), 0);
    }

    function test_When_UnitsAreForcedIntoTheGroup_TheyStayRegSUnits() public {
        mint(bob, 100);
        mint(ann, 10);
        token.move(Kind.FORCED, bob, ann, 30);
        assertEq(regS(annIdentity), 30);
        assertEq(regS(bobIdentity), 70);
        transfer(ann, bob, 30);
        assertEq(regS(bobIdentity), 100);
    }

    /* AFTER THE END */

    function test_When_AResaleTopicIsSet_RecipientsOfTheGroupNeedItAfterTheEnd() public {
        setTerms(end, QUALIFIED);
        mint(bob, 100);
        uint256 word = Eligibility.withCountry(0, US);
        token.setTopicStatus(word, QUALIFIED, ReasonCode.RECIPIENT_CLAIM_MISSING);
        assertEq(verdict(bob, ann, 1).until, 0);
        vm.warp(end);
        vm.expectRevert(refusal(ReasonCode.RECIPIENT_CLAIM_MISSING, QUALIFIED));
        transfer(bob, ann, 1);
        assertEq(verdict(bob, ann, 1).until, 0);
        transfer(bob, cem, 1);
        mint(ann, 1);
        token.setTopicStatus(word, QUALIFIED, ReasonCode.OK);
        transfer(bob, ann, 1);
        vm.warp(end - 1);
        assertEq(verdict(bob, ann, 1).until, end);
    }

    function test_When_ThePeriodIsProlonged_ItsUnitsStay() public {
        mint(bob, 100);
        setTerms(end + 10 days, 0);
        vm.warp(end);
        vm.expectRevert(refusal(100, 0));
        transfer(bob, ann, 1);
        assertEq(rule.configuration(address(token)), abi.encode(end + 10 days, group(), uint8(0)));
        assertTrue(rule.isRestricted(address(token), 840));
        assertFalse(rule.isRestricted(address(token), 276));
    }

    function test_When_AnotherPeriodBegins_OnlyItsOwnUnitsAreHeldBack() public {
        mint(bob, 100);
        vm.warp(end);
        transfer(bob, cem, 50);
        setTerms(end + 40 days, 0);
        assertEq(regS(bobIdentity), 0);
        transfer(bob, ann, 10);
        mint(bob, 5);
        vm.expectRevert(refusal(5, 0));
        transfer(bob, ann, 1);
    }

    function test_When_UnitsLeftWhileTheRuleWasNotBound_ThePositionBoundsTheLedger() public {
        mint(bob, 100);
        vm.prank(issuer);
        compliance.removeModule(address(rule));
        transfer(bob, ann, 90);
        setTerms(end, 0);
        vm.expectRevert(refusal(10, 0));
        transfer(bob, ann, 1);
        transfer(bob, cem, 10);
        assertEq(regS(bobIdentity), 0);
        assertEq(regS(cemIdentity), 10);
    }

    /* CALLERS AND PROPERTIES */

    function test_RevertWhen_TheTopicIsNone() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "resaleTopic"));
        setTerms(end, 6);
    }

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        Transfer memory t = compliance.describe(Kind.MINT, issuer, address(0), bob, 1);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.enforce(t);
    }

    function test_When_Called_EachCallStaysBelowItsGasCap() public {
        mint(bob, 100);
        mint(cem, 100);
        Transfer memory t = compliance.describe(Kind.TRANSFER, bob, bob, cem, 50);
        vm.cool(address(rule));
        vm.prank(address(compliance));
        uint256 before = gasleft();
        rule.enforce(t);
        assertLt(before - gasleft(), compliance.ENFORCE_GAS(), "enforce");

        // A registry that burns what gas it gets costs the answer to when, not the refusal.
        setTerms(end, QUALIFIED);
        HostileRegistry registry = new HostileRegistry();
        registry.set("", true);
        vm.mockCall(address(token), abi.encodeWithSignature("identityRegistry()"), abi.encode(registry));
        vm.cool(address(rule));
        assertEq(rule.check{ gas: compliance.CHECK_GAS() }(compliance.describe(Kind.TRANSFER, cem, cem, ann, 1)).until, 0);
    }

    function testFuzz_When_Judged_RegSUnitsDecide(uint96 held, uint32 later, uint8 shape, uint8 status, Fuzzed memory fuzzed) public {
        setTerms(end, shape & 1 == 0 ? 0 : QUALIFIED);
        if (held > 0) mint(bob, held);
        vm.warp(block.timestamp + bound(later, 0, 80 days));
        Transfer memory t = movement(fuzzed);
        if (shape & 2 == 0) t.fromInvestor = bobIdentity;
        if (shape & 4 == 0) t.toWord = Eligibility.withCountry(t.toWord, US);
        if (status % 2 == 0) status = 0;
        token.setTopicStatus(t.toWord, QUALIFIED, status);

        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool judged = t.kind == Kind.TRANSFER && !same && Eligibility.country(t.toWord) == US;
        bool holds = t.fromInvestor == bobIdentity && held > 0 && t.fromPosition > 0;
        bool refused = block.timestamp < end ? holds : shape & 1 != 0 && status != 0;
        Verdict memory result = rule.check(t);
        assertEq(result.pass, !judged || !refused);
        assertEq(result.room, result.pass ? type(uint256).max : 0);
        if (!result.pass && block.timestamp < end) assertEq(result.until, shape & 1 != 0 && status != 0 ? 0 : end);
        assertEnforceAgrees(rule, t);
    }
}

/// @dev Moves units as a token does, people across borders and time on.
contract RegSFlowbackHandler is RegSFlowbackFixture {
    address[3] public investors;
    address[3] internal wallets;

    constructor() {
        setUp();
        investors = [annIdentity, bobIdentity, cemIdentity];
        wallets = [ann, bob, cem];
    }

    function mint(uint256 who, uint96 amount) external {
        if (amount > 0) token.move(Kind.MINT, address(0), wallets[who % 3], amount);
    }

    function burn(uint256 who, uint256 amount) external {
        amount = bound(amount, 0, token.positionOf(investors[who % 3]));
        if (amount > 0) token.move(Kind.BURN, wallets[who % 3], address(0), amount);
    }

    function move(uint256 from, uint256 to, uint256 amount, bool forced) external {
        (from, to) = (from % 3, to % 3);
        amount = bound(amount, 0, token.positionOf(investors[from]));
        if (amount == 0 || from == to) return;
        Transfer memory t = compliance.describe(Kind.TRANSFER, wallets[from], wallets[from], wallets[to], amount);
        if (forced || rule.check(t).pass) token.move(forced ? Kind.FORCED : Kind.TRANSFER, wallets[from], wallets[to], amount);
    }

    function settle(uint256 who, bool inside) external {
        token.setWord(wallets[who % 3], Eligibility.withCountry(0, inside ? US : 276));
    }

    function passTime(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 5 days));
    }

    function prolong(uint256 time) external {
        setTerms(uint40(block.timestamp + bound(time, 0, 40 days)), 0);
    }

    function assertBounded(address investor) external view {
        assertLe(rule.regSOf(address(token), investor), token.positionOf(investor));
    }

    function anyFaulted() external view returns (bool) {
        return compliance.rules()[0].faulted;
    }
}

contract RegSFlowbackInvariantTest is ComplianceFixture {
    RegSFlowbackHandler internal handler;

    function setUp() public override {
        handler = new RegSFlowbackHandler();
        bytes4[] memory selectors = new bytes4[](6);
        selectors[0] = RegSFlowbackHandler.mint.selector;
        selectors[1] = RegSFlowbackHandler.burn.selector;
        selectors[2] = RegSFlowbackHandler.move.selector;
        selectors[3] = RegSFlowbackHandler.settle.selector;
        selectors[4] = RegSFlowbackHandler.passTime.selector;
        selectors[5] = RegSFlowbackHandler.prolong.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({ addr: address(handler), selectors: selectors }));
    }

    function invariant_RegSUnitsNeverExceedThePosition() public view {
        for (uint256 i = 0; i < 3; i++) {
            handler.assertBounded(handler.investors(i));
        }
        assertFalse(handler.anyFaulted());
    }
}
