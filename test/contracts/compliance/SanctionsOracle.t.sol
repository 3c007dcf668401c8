// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ISanctionsList, SanctionsOracle } from "../../../contracts/compliance/rules/SanctionsOracle.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";
import { OracleStandIn, Abyss } from "./OracleStandIn.sol";

contract SanctionsOracleTest is ComplianceFixture {
    uint8 internal constant ORACLE = 1;
    uint8 internal constant LIST = 2;
    uint8 internal constant BOTH = 3;

    SanctionsOracle internal rule = new SanctionsOracle();
    OracleStandIn internal oracle = new OracleStandIn();
    address internal spender = makeAddr("spender");
    address[] internal nobody;

    function setUp() public override {
        super.setUp();
        mint(ann, 100);
        mint(bob, 100);
    }

    function list(address a) internal pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = a;
    }

    function screen(uint8 mode) internal {
        setRule(rule, abi.encode(oracle, mode, nobody));
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function verdict(Kind kind, address operator, address from, address to) internal view returns (Verdict memory) {
        return rule.check(compliance.describe(kind, operator, from, to, 1));
    }

    function assertCode(address operator, address from, address to, uint8 code, address account) internal view {
        Verdict memory refused = verdict(from == address(0) ? Kind.MINT : Kind.TRANSFER, operator, from, to);
        assertEq(refused.code, code);
        assertEq(refused.actual, uint160(account));
        assertEq(refused.room, code == 0 ? type(uint256).max : 0);
        assertEq(refused.until, 0);
    }

    function refusal(uint8 code, address account) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, address(rule), uint160(account), 0);
    }

    /* WHO IS SCREENED */

    function test_RevertWhen_GiverTakerOrSpenderIsSanctioned() public {
        screen(ORACLE);
        transfer(ann, bob, 1);
        oracle.set(ann, true);
        assertCode(ann, ann, bob, ReasonCode.SANCTIONED_ADDRESS, ann);
        assertCode(bob, bob, ann, ReasonCode.SANCTIONED_ADDRESS, ann);
        vm.expectRevert(refusal(ReasonCode.SANCTIONED_ADDRESS, ann));
        transfer(ann, bob, 1);
        vm.expectRevert(refusal(ReasonCode.SANCTIONED_ADDRESS, ann));
        transfer(bob, ann, 1);
        vm.expectRevert(refusal(ReasonCode.SANCTIONED_ADDRESS, ann));
        mint(ann, 1);

        oracle.set(ann, false);
        oracle.set(spender, true);
        assertCode(spender, ann, bob, ReasonCode.SANCTIONED_ADDRESS, spender);
        assertCode(ann, ann, bob, ReasonCode.OK, address(0));
    }

    function test_When_UnitsAreIssued_TheIssuersAgentIsNotScreened() public {
        screen(ORACLE);
        oracle.set(spender, true);
        assertCode(spender, address(0), ann, ReasonCode.OK, address(0));
    }

    function test_When_ASanctionedHoldersUnitsAreTaken_NothingStandsInTheWay() public {
        screen(BOTH);
        oracle.set(ann, true);
        oracle.setFault(OracleStandIn.Fault.REVERT);
        token.move(Kind.FORCED, ann, bob, 10);
        token.move(Kind.BURN, ann, address(0), 10);
        token.move(Kind.RECOVERY, ann, annSecond, 10);
    }

    function test_RevertWhen_ASanctionedWalletMovesUnitsToItsOwnersNextWallet() public {
        screen(ORACLE);
        transfer(ann, annSecond, 1);
        oracle.set(ann, true);
        vm.expectRevert(refusal(ReasonCode.SANCTIONED_ADDRESS, ann));
        transfer(ann, annSecond, 1);
        vm.expectRevert(refusal(ReasonCode.SANCTIONED_ADDRESS, ann));
        transfer(annSecond, ann, 1);
    }

    /* AVAILABILITY */

    function test_RevertWhen_TheOracleGivesNoUsableAnswer() public {
        OracleStandIn.Fault[5] memory faults = [
            OracleStandIn.Fault.REVERT,
            OracleStandIn.Fault.EMPTY,
            OracleStandIn.Fault.SHORT,
            OracleStandIn.Fault.DIRTY,
            OracleStandIn.Fault.BURN_GAS
        ];
        screen(BOTH);
        for (uint256 i = 0; i < faults.length; i++) {
            oracle.setFault(faults[i]);
            assertCode(ann, ann, bob, ReasonCode.SCREENING_UNAVAILABLE, ann);
            vm.expectRevert(refusal(ReasonCode.SCREENING_UNAVAILABLE, ann));
            transfer(ann, bob, 1);
            vm.expectRevert(refusal(ReasonCode.SCREENING_UNAVAILABLE, bob));
            mint(bob, 1);
        }
        oracle.setFault(OracleStandIn.Fault.NONE);
        transfer(ann, bob, 1);
    }

    function test_RevertWhen_NoContractAnswersAtTheAddress() public {
        address[5] memory none = [makeAddr("no code"), address(1), address(2), address(4), address(token)];
        for (uint256 i = 0; i < none.length; i++) {
            setRule(rule, abi.encode(none[i], ORACLE, nobody));
            assertCode(ann, ann, bob, ReasonCode.SCREENING_UNAVAILABLE, ann);
            assertCode(ann, address(0), bob, ReasonCode.SCREENING_UNAVAILABLE, bob);
        }
    }

    function test_When_TheAnswerIsLongerThanAWord_TheWordCounts() public {
        screen(ORACLE);
        oracle.setFault(OracleStandIn.Fault.RETURN_MUCH);
        assertCode(ann, ann, bob, ReasonCode.OK, address(0));
    }

    function test_When_NothingWasEverSet_NothingPasses() public view {
        assertCode(ann, ann, bob, ReasonCode.SCREENING_UNAVAILABLE, ann);
        assertCode(ann, address(0), bob, ReasonCode.SCREENING_UNAVAILABLE, bob);
    }

    /* OWN LIST AND MODE */

    function test_When_OnlyTheListIsAsked_TheOracleDoesNotMatter() public {
        setRule(rule, abi.encode(address(0), LIST, list(bob)));
        assertCode(ann, ann, bob, ReasonCode.SANCTIONED_ADDRESS, bob);
        assertCode(bob, bob, ann, ReasonCode.SANCTIONED_ADDRESS, bob);
        assertCode(bob, ann, annSecond, ReasonCode.SANCTIONED_ADDRESS, bob);
        oracle.set(ann, true);
        oracle.setFault(OracleStandIn.Fault.REVERT);
        through(abi.encodeCall(SanctionsOracle.setScreening, (address(oracle), LIST)));
        assertCode(ann, ann, annSecond, ReasonCode.OK, address(0));
    }

    function test_When_OnlyTheOracleIsAsked_TheListDoesNotMatter() public {
        setRule(rule, abi.encode(oracle, ORACLE, list(bob)));
        assertCode(ann, ann, bob, ReasonCode.OK, address(0));
        vm.expectEmit(address(rule));
        emit SanctionsOracle.ScreeningSet(
            address(token), address(oracle), SanctionsOracle.Mode.ORACLE, address(oracle), SanctionsOracle.Mode.BOTH
        );
        through(abi.encodeCall(SanctionsOracle.setScreening, (address(oracle), BOTH)));
        assertCode(ann, ann, bob, ReasonCode.SANCTIONED_ADDRESS, bob);
    }

    function test_When_BothAreAsked_EitherRefuses() public {
        setRule(rule, abi.encode(oracle, BOTH, list(bob)));
        oracle.set(ann, true);
        assertCode(ann, ann, annSecond, ReasonCode.SANCTIONED_ADDRESS, ann);
        assertCode(bob, bob, annSecond, ReasonCode.SANCTIONED_ADDRESS, bob);
        oracle.setFault(OracleStandIn.Fault.REVERT);
        assertCode(bob, bob, annSecond, ReasonCode.SANCTIONED_ADDRESS, bob);
        assertCode(ann, ann, annSecond, ReasonCode.SCREENING_UNAVAILABLE, ann);
    }

    function test_When_TheListChanges_ItHoldsAtOnce() public {
        setRule(rule, abi.encode(oracle, BOTH, list(bob)));
        vm.expectEmit(address(rule));
        emit SanctionsOracle.SanctionChanged(address(token), bob, false);
        through(abi.encodeCall(SanctionsOracle.setSanctioned, (list(bob), false)));
        transfer(ann, bob, 1);
        through(abi.encodeCall(SanctionsOracle.setSanctioned, (list(ann), true)));
        assertCode(ann, ann, bob, ReasonCode.SANCTIONED_ADDRESS, ann);
        assertEq(rule.configuration(address(token)), abi.encode(oracle, BOTH, list(ann)));
        setRule(rule, abi.encode(oracle, BOTH, list(bob)));
        assertEq(abi.encode(rule.listOf(address(token))), abi.encode(list(bob)));
        (address asked, SanctionsOracle.Mode mode) = rule.screeningOf(address(token));
        assertEq(asked, address(oracle));
        assertEq(uint8(mode), uint8(SanctionsOracle.Mode.BOTH));
        assertEq(rule.name(), "SanctionsOracle");
    }

    function test_RevertWhen_AChangeMakesNoSense() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "mode"));
        setRule(rule, abi.encode(oracle, uint8(0), nobody));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "mode"));
        setRule(rule, abi.encode(oracle, uint8(4), nobody));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "oracle"));
        setRule(rule, abi.encode(address(0), ORACLE, nobody));
        setRule(rule, abi.encode(oracle, BOTH, list(bob)));
        vm.expectRevert(abi.encodeWithSelector(SanctionsOracle.SanctionUnchanged.selector, address(token), bob, true));
        through(abi.encodeCall(SanctionsOracle.setSanctioned, (list(bob), true)));
        vm.expectRevert(abi.encodeWithSelector(SanctionsOracle.SanctionUnchanged.selector, address(token), ann, false));
        through(abi.encodeCall(SanctionsOracle.setSanctioned, (list(ann), false)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "oracle"));
        through(abi.encodeCall(SanctionsOracle.setScreening, (address(0), BOTH)));
    }

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.configure(address(token), abi.encode(oracle, BOTH, nobody));
        address other = address(complianceOf(address(token)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, other, address(token)));
        vm.prank(other);
        rule.setScreening(address(oracle), BOTH);
    }

    /* BOUNDS AND PROPERTIES */

    /// @dev Two dear answers and a third that never comes are the worst that an oracle can do.
    function test_When_TheOracleIsAsDearAsItMayBe_EachCallStaysBelowItsGasCap() public {
        screen(BOTH);
        oracle.spend(24_000);
        Transfer memory t = compliance.describe(Kind.TRANSFER, spender, ann, bob, 1);
        chill();
        assertEq(rule.check{ gas: compliance.CHECK_GAS() }(t).code, ReasonCode.OK);
        chill();
        vm.prank(address(compliance));
        rule.enforce{ gas: compliance.ENFORCE_GAS() }(t);

        oracle.spend(26_000);
        chill();
        assertEq(rule.check{ gas: compliance.CHECK_GAS() }(t).code, ReasonCode.SCREENING_UNAVAILABLE);

        oracle.spend(24_000);
        vm.mockFunction(address(oracle), address(new Abyss()), abi.encodeCall(ISanctionsList.isSanctioned, (spender)));
        chill();
        Verdict memory refused = rule.check{ gas: compliance.CHECK_GAS() }(t);
        assertEq(refused.code, ReasonCode.SCREENING_UNAVAILABLE);
        assertEq(refused.actual, uint160(spender));
    }

    function chill() internal {
        vm.cool(address(rule));
        vm.cool(address(oracle));
    }

    function testFuzz_When_Judged_AnyNamedAccountDecides(uint8 mode, uint8 inOracle, uint8 inList, uint8 fault, Fuzzed memory fuzzed)
        public
    {
        Transfer memory t = movement(fuzzed);
        mode = uint8(bound(mode, ORACLE, BOTH));
        oracle.setFault(OracleStandIn.Fault(fault % 7));
        screen(mode);
        address[3] memory named = [t.from, t.to, t.operator];
        bool transferring = t.kind == Kind.TRANSFER;
        uint8 expected;
        for (uint256 i = 0; i < 3; i++) {
            if ((inOracle >> i) & 1 != 0) oracle.set(named[i], true);
            bool again = (i > 0 && named[i] == named[0] && inList & 1 != 0) || (i > 1 && named[i] == named[1] && inList & 2 != 0);
            if ((inList >> i) & 1 != 0 && named[i] != address(0) && !again) {
                through(abi.encodeCall(SanctionsOracle.setSanctioned, (list(named[i]), true)));
            }
        }
        for (uint256 i = 0; i < 3 && expected == 0; i++) {
            if (i == 1 || transferring) expected = rule.screen(address(token), named[i]);
        }
        if (t.kind > Kind.MINT) expected = 0;
        Verdict memory result = rule.check(t);
        assertEq(result.code, expected);
        assertEq(result.pass, expected == 0);
        assertEnforceAgrees(rule, t);
    }
}
