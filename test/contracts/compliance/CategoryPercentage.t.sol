// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CategoryPercentage } from "../../../contracts/compliance/rules/CategoryPercentage.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HolderFixture } from "./HolderFixture.sol";

/// @dev The category is the US: Ann, Amy. Outside: Bob, Cem, Dov.
contract CategoryPercentageTest is HolderFixture {
    CategoryPercentage internal rule = new CategoryPercentage();
    uint16 internal immutable INSIDE = rule.INSIDE();
    address internal amy;
    address internal cem;
    address internal dov;

    function setUp() public override {
        super.setUp();
        amy = person("amy", 840);
        cem = person("cem", 792);
        dov = person("dov", 376);
    }

    function parameters(uint16 bps, bool ofSupply) internal pure returns (bytes memory) {
        uint16[] memory countries = new uint16[](1);
        countries[0] = 840;
        return abi.encode(bps, ofSupply, countries, uint8(0), false);
    }

    function set(uint16 bps, bool ofSupply) internal {
        setRule(rule, parameters(bps, ofSupply));
    }

    function members() internal view returns (uint256 holders, uint256 units) {
        return rule.totalsOf(address(token), INSIDE);
    }

    /* OF HOLDERS */

    function test_When_HeadsCount_TheShareIsRoundedDown() public {
        set(2500, false);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 1, 0);
        mint(ann, 10);
        mint(bob, 10);
        mint(cem, 10);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 1, 0);
        mint(ann, 10);
        mint(dov, 10);
        mint(ann, 10);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 2, 1);
        transfer(bob, amy, 5);
        mint(ann, 100);
        transfer(bob, ann, 5);
        assertEq(rule.configuration(address(token)), parameters(2500, false));
    }

    function test_When_AMemberSellsAllToANewMember_TheShareStays() public {
        set(5000, false);
        mint(bob, 10);
        mint(ann, 10);
        transfer(ann, amy, 10);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 2, 1);
        transfer(bob, ann, 10);
    }

    function test_When_SomebodyOutsideLeaves_TheShareGrows() public {
        set(5000, false);
        mint(bob, 10);
        mint(ann, 10);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 1, 0);
        transfer(bob, ann, 10);
        transfer(bob, ann, 9);
        transfer(bob, cem, 1);
        burn(cem, 1);
        transfer(ann, bob, 1);
        transfer(ann, bob, 18);
    }

    function test_When_TheCapIsLowered_OnlyGrowthIsRefused() public {
        set(10_000, false);
        mint(ann, 10);
        mint(amy, 10);
        set(1000, false);
        transfer(ann, amy, 1);
        transfer(ann, amy, 9);
        mint(bob, 1);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 2, 0);
        mint(ann, 1);
    }

    function test_When_TheShareIsZero_ThereIsNoCap() public {
        set(0, false);
        mint(ann, 10);
        transfer(ann, amy, 1);
    }

    /* OF THE SUPPLY */

    function test_When_UnitsCount_TheCategorysShareIsCapped() public {
        set(2500, true);
        mint(bob, 75);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 26, 25);
        mint(ann, 26);
        mint(ann, 25);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 26, 25);
        transfer(bob, ann, 1);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 26, 25);
        transfer(bob, amy, 1);
        transfer(ann, amy, 5);
        transfer(amy, bob, 2);
        (uint256 holders, uint256 units) = members();
        assertEq(holders, 2);
        assertEq(units, 23);
        transfer(bob, ann, 2);
        burn(amy, 3);
        force(bob, ann, 10);
        (, units) = members();
        assertEq(units, 32);
        token.move(Kind.RECOVERY, ann, annSecond, 1);
        (, units) = members();
        assertEq(units, 32);
    }

    function test_When_AHoldersCountryChanges_HisUnitsMoveAtSync() public {
        set(2500, true);
        mint(bob, 75);
        mint(ann, 25);
        token.setWord(ann, Eligibility.withCountry(0, 276));
        transfer(ann, bob, 5);
        (uint256 holders, uint256 units) = members();
        assertEq(units, 20);
        rule.sync(address(token), list(annIdentity));
        (holders, units) = members();
        assertEq(holders, 0);
        assertEq(units, 0);
        transfer(bob, amy, 25);
    }

    function test_When_TheRuleIsSetLate_UnitsAreCountedAtSync() public {
        setRules(new RuleSetting[](0));
        mint(bob, 75);
        mint(ann, 25);
        set(2500, true);
        expectRefusal(rule, ReasonCode.RULE_FAULT, 0, 2);
        mint(amy, 1);
        transfer(bob, ann, 5);
        rule.sync(address(token), list(annIdentity));
        rule.sync(address(token), list(bobIdentity));
        (uint256 holders, uint256 units) = members();
        assertEq(holders, 1);
        assertEq(units, 30);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 31, 25);
        transfer(bob, ann, 1);
    }

    /* CATEGORY */

    function test_When_TheCategoryIsByClaim_ThoseWhoLackItAreCounted() public {
        uint256 retail = Eligibility.withBlocked(0, true);
        token.setTopicStatus(retail, 3, ReasonCode.RECIPIENT_CLAIM_MISSING);
        setRule(rule, abi.encode(uint16(5000), false, new uint16[](0), uint8(3), false));
        mint(bob, 1);
        token.setWord(ann, retail);
        token.setWord(amy, retail);
        mint(ann, 1);
        expectRefusal(rule, ReasonCode.MAX_CATEGORY_PCT, 2, 1);
        mint(amy, 1);
        assertEq(rule.configuration(address(token)), abi.encode(uint16(5000), false, new uint16[](0), uint8(3), false));
    }

    function test_When_WhatIsCountedChanges_EverybodyIsCountedAnew() public {
        set(10_000, false);
        mint(ann, 10);
        set(5000, false);
        assertEq(rule.countedOf(address(token)), 1);
        set(5000, true);
        assertEq(rule.countedOf(address(token)), 0);
    }

    function test_RevertWhen_TheParametersMakeNoSense() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "bps"));
        set(10_001, false);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "category"));
        setRule(rule, abi.encode(uint16(1), false, new uint16[](0), uint8(0), false));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "topic"));
        setRule(rule, abi.encode(uint16(1), false, new uint16[](0), uint8(6), false));
    }

    function test_When_OwnWalletsMoveUnits_ItPasses() public {
        set(10_000, true);
        mint(ann, 10);
        set(1, true);
        transfer(ann, annSecond, 10);
        (, uint256 units) = members();
        assertEq(units, 10);
    }

    /* ANY MOVEMENT */

    function testFuzz_When_Judged_EnforceAndCheckAgree(uint16 bps, bool ofSupply, bool[5] memory hold, bool inStep, Fuzzed memory fuzzed)
        public
    {
        set(uint16(bound(bps, 0, 10_000)), ofSupply);
        address[5] memory wallets = [ann, amy, bob, cem, dov];
        uint256 holders;
        for (uint256 i = 0; i < 5; i++) {
            if (!hold[i]) continue;
            force(address(0), wallets[i], 10);
            holders++;
        }
        Transfer memory t = movement(fuzzed);
        t.fromInvestor = [annIdentity, bobIdentity, identityOf(amy), address(0)][fuzzed.fromPosition % 4];
        if (fuzzed.toWord % 3 != 0) t.toInvestor = [annIdentity, bobIdentity, identityOf(cem)][fuzzed.toPosition % 3];
        if (fuzzed.amount % 2 == 0) t.toPosition = 0;
        if (fuzzed.amount % 3 != 0) t.fromPosition = t.amount;
        if (fuzzed.toWord % 2 == 0) t.toWord = Eligibility.withCountry(0, 840);
        assertEnforceAgreesAsTheTokenCounts(rule, t, inStep ? holders : fuzzed.supply % 1000);
    }

    function testFuzz_When_TheRoomIsAsked_ItIsExact(
        uint16 bps,
        bool ofSupply,
        uint8 to,
        bool fromMember,
        uint64[4] memory positions,
        bool minted
    ) public {
        set(0, ofSupply);
        address[4] memory wallets = [ann, amy, bob, cem];
        for (uint256 i = 0; i < 4; i++) {
            if (positions[i] > 0) force(address(0), wallets[i], positions[i]);
        }
        set(uint16(bound(bps, 1, 10_000)), ofSupply);
        address from = minted ? address(0) : wallets[fromMember ? 0 : 2];
        Transfer memory t = compliance.describe(minted ? Kind.MINT : Kind.TRANSFER, from, from, wallets[to % 2 == 0 ? 1 : 3], 1);
        for (uint256 i = 0; i < 4; i++) {
            t.supply += positions[i];
        }
        assertRoomIsExact(rule, t);
    }
}
