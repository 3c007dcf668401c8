// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CountryInvalid, CountryRepeated } from "../../../contracts/compliance/CountrySet.sol";
import { CountryAllow } from "../../../contracts/compliance/rules/CountryAllow.sol";
import { CountryRestrict } from "../../../contracts/compliance/rules/CountryRestrict.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract CountryRestrictTest is ComplianceFixture {
    CountryRestrict internal rule = new CountryRestrict();

    function list(uint16 a, uint16 b) internal pure returns (uint16[] memory countries) {
        countries = new uint16[](2);
        (countries[0], countries[1]) = (a, b);
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function refusal(uint16 country) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.COUNTRY_RESTRICTED, address(rule), country, 0);
    }

    function test_RevertWhen_TheRecipientsCountryIsListed() public {
        setRule(rule, abi.encode(list(643, 276)));
        mint(ann, 10);
        vm.expectRevert(refusal(276));
        transfer(ann, bob, 10);
        vm.expectRevert(refusal(276));
        mint(bob, 10);
        assertEq(rule.configuration(address(token)), abi.encode(list(276, 643)));
        assertTrue(rule.isCountryRestricted(address(compliance), 276));
        assertFalse(rule.isRestricted(address(token), 840));
    }

    function test_When_AHoldersCountryIsListed_HeMaySendAndNotReceive() public {
        setRule(rule, abi.encode(new uint16[](0)));
        mint(bob, 10);
        through(abi.encodeCall(CountryRestrict.addCountryRestriction, (276)));
        transfer(bob, ann, 1);
        vm.expectRevert(refusal(276));
        transfer(ann, bob, 1);
        through(abi.encodeCall(CountryRestrict.removeCountryRestriction, (276)));
        transfer(ann, bob, 1);
    }

    function test_When_TheListIsEmpty_EverybodyReceives() public {
        setRule(rule, abi.encode(new uint16[](0)));
        mint(ann, 10);
        transfer(ann, bob, 10);
    }

    function test_When_TheCountryIsAllowedAndRestricted_TheRestrictionWins() public {
        RuleSetting[] memory settings = new RuleSetting[](2);
        settings[0] = RuleSetting(address(new CountryAllow()), abi.encode(list(840, 276)));
        settings[1] = RuleSetting(address(rule), abi.encode(list(276, 643)));
        setRules(settings);
        assertTrue(compliance.canTransfer(address(0), ann, 1));
        assertFalse(compliance.canTransfer(address(0), bob, 1));
    }

    function test_When_AllCountriesComeInOneBatch_AllAreRestricted() public {
        setRule(rule, abi.encode(new uint16[](0)));
        uint16[] memory all = new uint16[](196);
        for (uint16 i = 0; i < 196; i++) {
            all[i] = i * 5 + 4;
        }
        through(abi.encodeCall(CountryRestrict.batchRestrictCountries, (all)));
        assertEq(abi.encode(rule.countriesOf(address(token))), abi.encode(all));
        through(abi.encodeCall(CountryRestrict.batchUnrestrictCountries, (all)));
        assertEq(rule.countriesOf(address(token)).length, 0);
    }

    function test_RevertWhen_ACountryIsAddedOrRemovedTwice() public {
        setRule(rule, abi.encode(list(840, 276)));
        vm.startPrank(issuer);
        vm.expectRevert(abi.encodeWithSelector(CountryRestrict.CountryAlreadyRestricted.selector, address(token), 276));
        compliance.callModuleFunction(abi.encodeCall(CountryRestrict.addCountryRestriction, (276)), address(rule));
        vm.expectRevert(abi.encodeWithSelector(CountryRestrict.CountryNotRestricted.selector, address(token), 8));
        compliance.callModuleFunction(abi.encodeCall(CountryRestrict.removeCountryRestriction, (8)), address(rule));
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(CountryRepeated.selector, 8));
        setRule(rule, abi.encode(list(8, 8)));
        vm.expectRevert(abi.encodeWithSelector(CountryInvalid.selector, 1000));
        setRule(rule, abi.encode(list(8, 1000)));
    }

    function test_RevertWhen_AStrangerSetsIt() public {
        setRule(rule, abi.encode(list(840, 276)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.configure(address(token), abi.encode(new uint16[](0)));
    }

    function test_When_BothWalletsAreOneInvestors_HeMayMoveUnits() public {
        setRule(rule, abi.encode(new uint16[](0)));
        mint(ann, 10);
        through(abi.encodeCall(CountryRestrict.addCountryRestriction, (840)));
        transfer(ann, annSecond, 10);
    }

    function testFuzz_When_Judged_TheCountryAloneDecides(uint16 restricted, uint16 country, Fuzzed memory fuzzed) public {
        restricted = uint16(bound(restricted, 1, 999));
        setRule(rule, abi.encode(list(restricted, restricted == 1 ? 2 : 1)));
        Transfer memory t = movement(fuzzed);
        t.toWord = Eligibility.withCountry(t.toWord, country);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool listed = country == restricted || country == (restricted == 1 ? 2 : 1);
        Verdict memory verdict = rule.check(t);
        assertEq(verdict.pass, same || !listed || t.kind > Kind.MINT);
        assertEq(verdict.room, verdict.pass ? type(uint256).max : 0);
        assertEq(rule.check(t).until, 0);
        assertEnforceAgrees(rule, t);
    }
}
