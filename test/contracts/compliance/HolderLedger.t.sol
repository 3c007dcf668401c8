// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { CountryGroup } from "../../../contracts/compliance/CountryValues.sol";
import { HolderCapByCountry } from "../../../contracts/compliance/rules/HolderCapByCountry.sol";
import { HolderLedger } from "../../../contracts/compliance/rules/HolderLedger.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { IRule, Kind, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HolderFixture } from "./HolderFixture.sol";

/// @notice The ledger that rules by category share, on the one that counts by country. Ann is of group US.
contract HolderLedgerTest is HolderFixture {
    HolderCapByCountry internal rule = new HolderCapByCountry();
    uint16 internal immutable OTHERS = rule.FIRST_GROUP();
    uint16 internal immutable US = rule.FIRST_GROUP() + 1;
    address internal cem;

    function setUp() public override {
        super.setUp();
        cem = person("cem", 792);
    }

    function groupOf(uint16 country, uint256 cap) internal pure returns (CountryGroup[] memory groups) {
        groups = new CountryGroup[](1);
        groups[0] = CountryGroup(new uint16[](1), cap);
        groups[0].countries[0] = country;
    }

    function set(uint16 country, uint256 cap) internal {
        setRule(rule, abi.encode(uint256(0), groupOf(country, cap)));
    }

    function assertCounted(uint256 inUS, uint256 others) internal view {
        (uint256 counted,) = rule.totalsOf(address(token), US);
        assertEq(counted, inUS, "US");
        (counted,) = rule.totalsOf(address(token), OTHERS);
        assertEq(counted, others, "others");
        assertEq(rule.countedOf(address(token)), inUS + others, "all");
    }

    /* MOVEMENTS */

    function test_When_UnitsMove_JoiningAndLeavingIsCounted() public {
        set(840, 0);
        vm.expectEmit(address(rule));
        emit HolderLedger.HolderCounted(address(token), annIdentity, 0, US);
        mint(ann, 10);
        assertCounted(1, 0);
        transfer(ann, bob, 4);
        transfer(ann, bob, 1);
        assertCounted(1, 1);
        transfer(ann, cem, 5);
        assertCounted(0, 2);
        assertEq(rule.categoryOf(address(token), annIdentity), 0);
        burn(bob, 4);
        assertCounted(0, 2);
        burn(bob, 1);
        assertCounted(0, 1);
        force(cem, ann, 5);
        assertCounted(1, 0);
        transfer(ann, annSecond, 5);
        token.move(Kind.RECOVERY, annSecond, ann, 5);
        assertCounted(1, 0);
    }

    function test_RevertWhen_AStrangerReportsAMovement() public {
        set(840, 0);
        Transfer memory t;
        t.token = address(token);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.enforce(t);
    }

    /* SYNC */

    function test_When_TheCountryChanges_TheHolderStaysWhereHeCountsUntilSync() public {
        set(840, 0);
        mint(ann, 10);
        token.setWord(ann, Eligibility.withCountry(0, 276));
        transfer(ann, bob, 1);
        assertCounted(1, 1);
        vm.expectEmit(address(rule));
        emit HolderLedger.HolderCounted(address(token), annIdentity, US, OTHERS);
        rule.sync(address(token), list(annIdentity));
        assertCounted(0, 2);
        vm.recordLogs();
        rule.sync(address(token), list(annIdentity));
        assertEq(vm.getRecordedLogs().length, 0);
        assertCounted(0, 2);
    }

    function test_When_TheCountryChangedBeforeTheExit_TheOldCategoryLosesTheHolder() public {
        set(840, 0);
        mint(ann, 10);
        token.setWord(ann, Eligibility.withCountry(0, 276));
        transfer(ann, bob, 10);
        assertCounted(0, 1);
    }

    function test_When_SyncNamesWhoHoldsNothing_NobodyIsCounted() public {
        set(840, 0);
        rule.sync(address(token), list(annIdentity));
        rule.sync(address(token), list(address(0)));
        assertCounted(0, 0);
    }

    function test_RevertWhen_SyncNamesTooManyOrAnUnknownToken() public {
        set(840, 0);
        vm.expectRevert(abi.encodeWithSelector(HolderLedger.SyncTooLong.selector, 101, 100));
        rule.sync(address(token), new address[](101));
        rule.sync(address(token), new address[](100));
        vm.expectRevert(abi.encodeWithSelector(HolderLedger.LedgerUnknown.selector, address(this)));
        rule.sync(address(this), new address[](0));
    }

    /* INCOMPLETE */

    function test_When_TheRuleIsSetLate_NewcomersWaitUntilAllAreCounted() public {
        setRules(new RuleSetting[](0));
        mint(ann, 10);
        mint(bob, 10);
        set(840, 0);
        expectRefusal(rule, ReasonCode.RULE_FAULT, 0, 2);
        mint(cem, 1);
        expectRefusal(rule, ReasonCode.RULE_FAULT, 0, 2);
        transfer(ann, cem, 10);
        mint(ann, 1);
        transfer(ann, bob, 1);
        rule.sync(address(token), list(annIdentity));
        expectRefusal(rule, ReasonCode.RULE_FAULT, 1, 2);
        transfer(ann, cem, 1);
        rule.sync(address(token), list(bobIdentity));
        transfer(ann, cem, 1);
        assertCounted(1, 2);
    }

    function test_When_TheRuleIsSetLate_HoldersMayLeave() public {
        setRules(new RuleSetting[](0));
        mint(ann, 10);
        mint(bob, 10);
        set(840, 1);
        rule.sync(address(token), list(bobIdentity));
        transfer(ann, bob, 10);
        assertCounted(0, 1);
        burn(bob, 20);
        assertCounted(0, 0);
        mint(ann, 1);
        assertFalse(compliance.rules()[0].faulted);
    }

    function test_When_AnOfficerForcesToANewcomer_HeIsCountedEvenWhileOthersAreMissing() public {
        setRules(new RuleSetting[](0));
        mint(ann, 10);
        set(840, 0);
        force(ann, bob, 5);
        assertCounted(0, 1);
        rule.sync(address(token), list(annIdentity));
        assertCounted(1, 1);
        mint(cem, 1);
    }

    function test_When_AHolderLeftUnseen_SyncForgetsHim() public {
        set(840, 0);
        mint(ann, 10);
        mint(bob, 10);
        setRules(new RuleSetting[](0));
        burn(ann, 10);
        set(840, 0);
        expectRefusal(rule, ReasonCode.RULE_FAULT, 2, 1);
        mint(cem, 1);
        rule.sync(address(token), list(annIdentity));
        assertCounted(0, 1);
        mint(cem, 1);
    }

    function test_When_HoldersChangedPlacesUnseen_ARecountFindsThem() public {
        set(840, 0);
        mint(ann, 10);
        setRules(new RuleSetting[](0));
        transfer(ann, bob, 10);
        set(840, 0);
        assertCounted(1, 0);
        vm.prank(issuer);
        compliance.callModuleFunction(abi.encodeCall(HolderLedger.recount, ()), address(rule));
        assertCounted(0, 0);
        expectRefusal(rule, ReasonCode.RULE_FAULT, 0, 1);
        mint(ann, 1);
        address[] memory both = new address[](2);
        (both[0], both[1]) = (annIdentity, bobIdentity);
        rule.sync(address(token), both);
        assertCounted(0, 1);
        mint(ann, 1);
        assertCounted(1, 1);
    }

    function test_RevertWhen_AStrangerRecounts() public {
        set(840, 0);
        Compliance other = complianceOf(address(token));
        vm.prank(address(other));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(other), address(token)));
        rule.recount();
    }

    /* RECONFIGURATION */

    function test_When_OnlyCapsChange_TheLedgerStays() public {
        set(840, 0);
        mint(ann, 10);
        set(840, 5);
        assertCounted(1, 0);
        assertEq(rule.configuration(address(token)), abi.encode(uint256(0), groupOf(840, 5)));
    }

    function test_When_GroupsChange_EverybodyIsCountedAnew() public {
        set(840, 0);
        mint(ann, 10);
        vm.expectEmit(address(rule));
        emit HolderLedger.LedgerRestarted(address(token), 2);
        set(276, 5);
        assertCounted(0, 0);
        expectRefusal(rule, ReasonCode.RULE_FAULT, 0, 1);
        mint(bob, 1);
        rule.sync(address(token), list(annIdentity));
        assertCounted(0, 1);
        set(840, 0);
        assertCounted(0, 0);
    }

    function test_When_ComplianceIsReplaced_EverybodyIsCountedAnew() public {
        set(840, 0);
        mint(ann, 10);
        compliance = complianceOf(address(token));
        token.setCompliance(compliance);
        set(840, 1);
        expectRefusal(rule, ReasonCode.RULE_FAULT, 0, 1);
        mint(bob, 1);
        rule.sync(address(token), list(annIdentity));
        mint(bob, 1);
        assertCounted(1, 1);
    }

    function test_When_TheRuleWasNeverSet_CheckAnswersForAnyToken() public view {
        Transfer memory t;
        (t.token, t.amount, t.toInvestor) = (address(1), 1, bobIdentity);
        assertTrue(rule.check(t).pass);
    }
}
