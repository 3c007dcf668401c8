// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { RuleTable } from "../../../contracts/compliance/RuleTable.sol";
import { CountryAllow } from "../../../contracts/compliance/rules/CountryAllow.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { BoundRule, ICompliance, RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Capability, IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture, TokenStandIn } from "./ComplianceFixture.sol";
import { HostileRule } from "./HostileRule.sol";

contract ComplianceTest is ComplianceFixture {
    MaximumBalance internal maximum = new MaximumBalance();
    CountryAllow internal countries = new CountryAllow();

    function setBoth(uint256 cap) internal {
        RuleSetting[] memory settings = new RuleSetting[](2);
        uint16[] memory allowed = new uint16[](2);
        (allowed[0], allowed[1]) = (840, 276);
        settings[0] = RuleSetting(address(countries), abi.encode(allowed));
        settings[1] = RuleSetting(address(maximum), abi.encode(cap));
        setRules(settings);
    }

    /* RULE SET */

    function test_When_RulesAreSet_TheTableIsCodeAndTheTokenKnowsTheCount() public {
        setBoth(100);
        assertEq(token.ruleCount(), 2);
        (address[] memory rules, uint16[] memory capabilities) = RuleTable(compliance.ruleTable()).entries();
        assertEq(rules.length, 2);
        assertEq(rules[0], address(countries));
        assertEq(rules[1], address(maximum));
        assertEq(capabilities[1], maximum.capabilities());
        assertEq(RuleTable(compliance.ruleTable()).token(), address(token));
        BoundRule[] memory bound = compliance.rules();
        assertEq(bound[1].rule, address(maximum));
        assertEq(bound[1].capabilities, maximum.capabilities());
        assertFalse(bound[1].faulted);
        assertEq(compliance.getModules(), rules);
        assertTrue(compliance.isModuleBound(address(maximum)));
        assertTrue(maximum.isComplianceBound(address(compliance)));
        assertTrue(maximum.canComplianceBind(address(compliance)));
        assertEq(maximum.getMaxBalance(address(compliance)), 100);
        assertEq(maximum.configuration(address(token)), abi.encode(uint256(100)));
    }

    function test_When_RulesChange_TheOldTableStaysReadable() public {
        setBoth(100);
        address before = compliance.ruleTable();
        vm.expectEmit(address(compliance));
        emit ICompliance.ModuleRemoved(address(countries));
        setRule(maximum, abi.encode(uint256(50)));
        assertNotEq(compliance.ruleTable(), before);
        (address[] memory rules,) = RuleTable(before).entries();
        assertEq(rules.length, 2);
        assertEq(token.ruleCount(), 1);
        assertFalse(compliance.isModuleBound(address(countries)));
    }

    function test_RevertWhen_ARuleIsSetTwice() public {
        RuleSetting[] memory settings = new RuleSetting[](2);
        settings[0] = settings[1] = RuleSetting(address(maximum), abi.encode(uint256(1)));
        vm.expectRevert(abi.encodeWithSelector(ICompliance.RuleBoundTwice.selector, address(maximum)));
        setRules(settings);
    }

    function test_RevertWhen_RulesExceedSixteen() public {
        vm.expectRevert(abi.encodeWithSelector(ICompliance.TooManyRules.selector, 17, 16));
        setRules(new RuleSetting[](17));
    }

    function test_RevertWhen_ARuleDeclaresToCheckAnExit() public {
        vm.mockCall(address(maximum), abi.encodeCall(IRule.capabilities, ()), abi.encode(uint256(1) << uint8(Kind.BURN)));
        vm.expectRevert(abi.encodeWithSelector(ICompliance.RuleInvalid.selector, address(maximum), uint256(1) << uint8(Kind.BURN)));
        setRule(maximum, abi.encode(uint256(1)));
    }

    function test_RevertWhen_CallerHasNoRole() public {
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, ann);
        vm.startPrank(ann);
        vm.expectRevert(refused);
        compliance.setRules(new RuleSetting[](0));
        vm.expectRevert(refused);
        compliance.removeModule(address(maximum));
        vm.expectRevert(refused);
        compliance.callModuleFunction("", address(maximum));
    }

    function test_RevertWhen_ARuleIsAddedWithoutParameters() public {
        vm.expectRevert(abi.encodeWithSelector(ICompliance.RuleNeedsParameters.selector, address(maximum)));
        compliance.addModule(address(maximum));
    }

    function test_When_ASetterIsCalledThroughTheCompliance_ItSetsTheParameter() public {
        setBoth(100);
        vm.expectEmit(address(compliance));
        emit ICompliance.ModuleInteraction(address(maximum), MaximumBalance.setMaxBalance.selector);
        vm.prank(issuer);
        compliance.callModuleFunction(abi.encodeCall(MaximumBalance.setMaxBalance, (7)), address(maximum));
        assertEq(maximum.maximumOf(address(token)), 7);
    }

    function test_RevertWhen_AModuleCallWouldSpeakAsTheToken() public {
        setBoth(100);
        Transfer memory t;
        vm.startPrank(issuer);
        vm.expectRevert(abi.encodeWithSelector(ICompliance.ModuleFunctionRefused.selector, IRule.enforce.selector));
        compliance.callModuleFunction(abi.encodeCall(IRule.enforce, (t)), address(maximum));
        vm.expectRevert(abi.encodeWithSelector(ICompliance.ModuleFunctionRefused.selector, IRule.configure.selector));
        compliance.callModuleFunction(abi.encodeCall(IRule.configure, (address(token), "")), address(maximum));
        vm.expectRevert(abi.encodeWithSelector(ICompliance.RuleNotBound.selector, address(token)));
        compliance.callModuleFunction(abi.encodeCall(TokenStandIn.setRuleCount, (0, false)), address(token));
    }

    function test_RevertWhen_ARuleIsRemovedThatIsNotBound() public {
        setRule(maximum, abi.encode(uint256(100)));
        vm.expectRevert(abi.encodeWithSelector(ICompliance.RuleNotBound.selector, address(countries)));
        vm.prank(issuer);
        compliance.removeModule(address(countries));
        assertEq(token.ruleCount(), 1);
    }

    function test_When_NoRuleChargesAFee_ThereIsNone() public {
        setBoth(100);
        (uint256 fee, address collector) = compliance.feeOf(compliance.describe(Kind.TRANSFER, ann, ann, bob, 1));
        assertEq(fee, 0);
        assertEq(collector, address(0));
        assertFalse(token.feeCharged());
    }

    /* JUDGEMENT */

    function test_When_EveryRulePasses_TheMovementGoesOn() public {
        setBoth(100);
        mint(ann, 100);
        transfer(ann, bob, 40);
        assertTrue(compliance.canTransfer(ann, bob, 60));
        assertTrue(maximum.moduleCheck(ann, bob, 60, address(compliance)));
    }

    function test_RevertWhen_ARuleRefuses_NamingItAndTheNumbers() public {
        setBoth(100);
        mint(ann, 100);
        vm.expectRevert(
            abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.MAX_BALANCE, address(maximum), 101, 100)
        );
        mint(ann, 1);
        assertFalse(compliance.canTransfer(address(0), ann, 1));
        assertFalse(maximum.moduleCheck(address(0), ann, 1, address(compliance)));
    }

    function test_When_SeveralRulesRefuse_CheckTellsAllInOrder() public {
        setBoth(100);
        token.link(bob, bobIdentity, 643);
        Verdict[] memory verdicts = compliance.check(compliance.describe(Kind.TRANSFER, ann, ann, bob, 101));
        assertEq(verdicts.length, 2);
        assertEq(verdicts[0].rule, address(countries));
        assertEq(verdicts[0].code, ReasonCode.COUNTRY_RESTRICTED);
        assertEq(verdicts[1].code, ReasonCode.MAX_BALANCE);
        assertEq(verdicts[1].room, 100);
    }

    function test_When_TheKindIsAnExit_NoRuleIsAsked() public {
        setBoth(100);
        assertEq(compliance.check(compliance.describe(Kind.BURN, ann, ann, address(0), 101)).length, 0);
        assertTrue(compliance.canTransfer(ann, address(0), 101));
    }

    function test_RevertWhen_EnforceIsNotCalledByTheToken() public {
        Transfer memory t;
        vm.expectRevert(abi.encodeWithSelector(ICompliance.ComplianceCallerNotToken.selector, address(this)));
        compliance.enforce(t);
    }

    /* HOSTILE RULES */

    function test_When_ARuleMisbehaves_ItBlocksTransfersAndNeverExits() public {
        for (uint8 mode = 0; mode <= uint8(type(HostileRule.Mode).max); mode++) {
            if (HostileRule.Mode(mode) == HostileRule.Mode.RETURN_MUCH || HostileRule.Mode(mode) == HostileRule.Mode.RETURN_NOTHING) {
                continue;
            }
            HostileRule rule = new HostileRule(HostileRule.Mode(mode));
            setRules(new RuleSetting[](0));
            mint(ann, 10);
            setRule(rule, "");

            vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.RULE_FAULT, address(rule), 0, 0));
            transfer(ann, bob, 1);
            token.move(Kind.FORCED, ann, bob, 3);
            token.move(Kind.RECOVERY, ann, annSecond, 3);
            token.move(Kind.BURN, ann, address(0), 7);
            token.move(Kind.BURN, bob, address(0), 3);

            assertTrue(compliance.rules()[0].faulted);
            vm.prank(issuer);
            compliance.removeModule(address(rule));
            assertEq(token.ruleCount(), 0);
            mint(ann, 1);
            token.move(Kind.BURN, ann, address(0), 1);
        }
    }

    function test_When_ARuleCannotAnswer_CheckSaysRuleFault() public {
        for (uint8 mode = 0; mode <= uint8(type(HostileRule.Mode).max); mode++) {
            if (HostileRule.Mode(mode) == HostileRule.Mode.RETURN_MUCH) continue;
            HostileRule rule = new HostileRule(HostileRule.Mode(mode));
            setRule(rule, "");
            Verdict[] memory verdicts = compliance.check(compliance.describe(Kind.TRANSFER, ann, ann, bob, 1));
            assertEq(verdicts[0].code, ReasonCode.RULE_FAULT);
            assertEq(verdicts[0].rule, address(rule));
            assertFalse(verdicts[0].pass);
        }
    }

    function test_When_ARuleReturnsMuch_OnlyItsOwnGasIsLost() public {
        HostileRule rule = new HostileRule(HostileRule.Mode.REVERT_MUCH);
        mint(ann, 1);
        setRule(rule, "");
        uint256 before = gasleft();
        token.move(Kind.BURN, ann, address(0), 1);
        assertLt(before - gasleft(), 260_000);
    }

    function test_When_ARuleFaultedInAnExit_ItBlocksUntilItIsSetAgain() public {
        HostileRule rule = new HostileRule(HostileRule.Mode.REVERT);
        setRule(rule, "");
        rule.setQuiet(true);
        mint(ann, 10);
        rule.setQuiet(false);
        vm.expectEmit(address(compliance));
        emit ICompliance.RuleFaulted(address(rule), Kind.BURN);
        token.move(Kind.BURN, ann, address(0), 1);

        rule.setQuiet(true);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.RULE_FAULT, address(rule), 0, 0));
        transfer(ann, bob, 1);
        assertEq(compliance.check(compliance.describe(Kind.TRANSFER, ann, ann, bob, 1))[0].code, ReasonCode.RULE_FAULT);

        setRule(rule, "");
        transfer(ann, bob, 1);
        assertEq(compliance.check(compliance.describe(Kind.TRANSFER, ann, ann, bob, 1))[0].rule, address(rule));
    }

    function test_When_AnotherRuleIsRemoved_TheFaultStays() public {
        HostileRule rule = new HostileRule(HostileRule.Mode.REVERT);
        RuleSetting[] memory settings = new RuleSetting[](2);
        settings[0] = RuleSetting(address(maximum), abi.encode(uint256(0)));
        settings[1] = RuleSetting(address(rule), "");
        setRules(settings);
        token.link(annSecond, annIdentity, 840);
        rule.setQuiet(true);
        mint(ann, 10);
        rule.setQuiet(false);
        token.move(Kind.BURN, ann, address(0), 1);
        vm.prank(issuer);
        compliance.removeModule(address(maximum));
        assertTrue(compliance.rules()[0].faulted);
        assertEq(compliance.rules()[0].rule, address(rule));
    }

    function test_RevertWhen_TheCallerTriesToStarveARule() public {
        HostileRule rule = new HostileRule(HostileRule.Mode.REVERT);
        setRule(rule, "");
        rule.setQuiet(true);
        mint(ann, 10);
        Transfer memory t = compliance.describe(Kind.BURN, ann, ann, address(0), 1);
        bytes memory call = abi.encodeCall(TokenStandIn.report, (t));
        for (uint256 gas = 20_000; gas < 400_000; gas += 3_000) {
            (bool success,) = address(token).call{ gas: gas }(call);
            if (success) assertFalse(compliance.rules()[0].faulted, "starved");
        }
        assertGt(rule.calls(), 1);
    }

    function test_When_SixteenRulesBurnTheirGas_ExitsStillWork() public {
        mint(ann, 1);
        RuleSetting[] memory settings = new RuleSetting[](16);
        for (uint256 i = 0; i < 16; i++) {
            settings[i] = RuleSetting(address(new HostileRule(HostileRule.Mode.BURN_GAS)), "");
        }
        setRules(settings);
        uint256 before = gasleft();
        token.move(Kind.BURN, ann, address(0), 1);
        assertLt(before - gasleft(), 2_700_000);
        for (uint256 i = 0; i < 16; i++) {
            assertTrue(compliance.rules()[i].faulted);
        }
    }

    /* BINDING */

    function test_When_BoundByItsToken_ItSaysSo() public view {
        assertTrue(compliance.isTokenBound(address(token)));
        assertFalse(compliance.isTokenBound(address(this)));
        assertEq(compliance.getTokenBound(), address(token));
        assertEq(compliance.owner(), issuer);
        assertEq(compliance.authority(), address(manager));
    }

    function test_When_ComplianceIsReplaced_TheTokenStaysClosedUntilRulesAreSet() public {
        setBoth(100);
        mint(ann, 10);
        Compliance next = complianceOf(address(token));
        token.setCompliance(next);
        assertFalse(compliance.isTokenBound(address(token)));
        assertEq(token.ruleCount(), 1);
        assertFalse(next.canTransfer(ann, bob, 1));

        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.RULE_FAULT, address(next), 0, 0));
        transfer(ann, bob, 1);
        token.move(Kind.BURN, ann, address(0), 1);

        compliance = next;
        setBoth(100);
        transfer(ann, bob, 1);
    }

    function test_When_ComplianceIsReplacedBeforeTheFirstIssue_TheTokenIsClosedToo() public {
        setBoth(100);
        Compliance next = complianceOf(address(token));
        token.setCompliance(next);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.RULE_FAULT, address(next), 0, 0));
        mint(ann, 1);
        compliance = next;
        setBoth(100);
        mint(ann, 1);
    }

    function test_When_AnOldComplianceReturns_ItsTableIsForgotten() public {
        setBoth(100);
        token.setCompliance(complianceOf(address(token)));
        token.setCompliance(compliance);
        assertEq(compliance.ruleTable(), address(0));
        assertEq(compliance.getModules().length, 0);
    }

    function test_RevertWhen_AStrangerBindsOrHooks() public {
        bytes memory refused = abi.encodeWithSelector(ICompliance.ComplianceCallerNotToken.selector, address(this));
        vm.expectRevert(refused);
        compliance.bindToken(address(token));
        vm.expectRevert(refused);
        compliance.unbindToken(address(token));
        vm.expectRevert(refused);
        compliance.transferred(ann, bob, 1);
        vm.expectRevert(refused);
        compliance.created(ann, 1);
        vm.expectRevert(refused);
        compliance.destroyed(ann, 1);
    }

    function test_RevertWhen_TheTokenUsesTheHooksThatEnforceReplaces() public {
        vm.startPrank(address(token));
        vm.expectRevert(abi.encodeWithSelector(ICompliance.HookReplaced.selector, Compliance.transferred.selector));
        compliance.transferred(ann, bob, 1);
        vm.expectRevert(abi.encodeWithSelector(ICompliance.HookReplaced.selector, Compliance.created.selector));
        compliance.created(ann, 1);
        vm.expectRevert(abi.encodeWithSelector(ICompliance.HookReplaced.selector, Compliance.destroyed.selector));
        compliance.destroyed(ann, 1);
        vm.expectRevert(abi.encodeWithSelector(ICompliance.ComplianceTokenFixed.selector, address(token)));
        compliance.bindToken(address(this));
        vm.expectRevert(abi.encodeWithSelector(ICompliance.ComplianceTokenFixed.selector, address(token)));
        compliance.unbindToken(address(this));
    }

    function test_RevertWhen_OwnershipOrAuthorityIsMovedHere() public {
        bytes memory refused = abi.encodeWithSelector(ICompliance.OwnershipFollowsToken.selector, address(token));
        vm.startPrank(issuer);
        vm.expectRevert(refused);
        compliance.transferOwnership(ann);
        vm.expectRevert(refused);
        compliance.setAuthority(ann);
    }

    function test_RevertWhen_AStrangerConfiguresARule() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        maximum.configure(address(token), abi.encode(uint256(1)));

        Compliance foreign = complianceOf(address(token));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(foreign), address(token)));
        vm.prank(address(foreign));
        maximum.setMaxBalance(1);
    }
}
