// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CountryInvalid, CountryRepeated } from "../../../contracts/compliance/CountrySet.sol";
import { CountryAllow } from "../../../contracts/compliance/rules/CountryAllow.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract CountryAllowTest is ComplianceFixture {
    CountryAllow internal rule = new CountryAllow();

    function list(uint16 a, uint16 b) internal pure returns (uint16[] memory countries) {
        countries = new uint16[](2);
        (countries[0], countries[1]) = (a, b);
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function test_When_TheRecipientsCountryIsListed_HeReceives() public {
        setRule(rule, abi.encode(list(840, 276)));
        mint(ann, 10);
        transfer(ann, bob, 10);
        assertEq(abi.encode(rule.countriesOf(address(token))), abi.encode(list(276, 840)));
        assertEq(rule.configuration(address(token)), abi.encode(list(276, 840)));
        assertTrue(rule.isCountryAllowed(address(compliance), 276));
    }

    function test_RevertWhen_TheRecipientsCountryIsNotListed() public {
        setRule(rule, abi.encode(list(840, 4)));
        mint(ann, 10);
        vm.expectRevert(
            abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.COUNTRY_RESTRICTED, address(rule), 276, 0)
        );
        transfer(ann, bob, 10);
    }

    function test_When_AHoldersCountryIsRemoved_HeMaySendAndNotReceive() public {
        setRule(rule, abi.encode(list(840, 276)));
        mint(ann, 10);
        mint(bob, 10);
        through(abi.encodeCall(CountryAllow.removeAllowedCountry, (276)));
        transfer(bob, ann, 1);
        vm.expectRevert(
            abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.COUNTRY_RESTRICTED, address(rule), 276, 0)
        );
        transfer(ann, bob, 1);
    }

    function test_When_TheListIsEmpty_NobodyReceives() public {
        setRule(rule, abi.encode(new uint16[](0)));
        assertFalse(compliance.canTransfer(address(0), ann, 1));
        assertEq(rule.countriesOf(address(token)).length, 0);
    }

    function test_When_TheListIsSetAgain_ItReplacesTheFormer() public {
        setRule(rule, abi.encode(list(840, 276)));
        setRule(rule, abi.encode(list(36, 999)));
        assertEq(abi.encode(rule.countriesOf(address(token))), abi.encode(list(36, 999)));
    }

    function test_When_AllCountriesComeInOneBatch_AllAreAllowed() public {
        setRule(rule, abi.encode(new uint16[](0)));
        uint16[] memory all = new uint16[](196);
        for (uint16 i = 0; i < 196; i++) {
            all[i] = i * 5 + 4;
        }
        through(abi.encodeCall(CountryAllow.batchAllowCountries, (all)));
        assertEq(abi.encode(rule.countriesOf(address(token))), abi.encode(all));
        through(abi.encodeCall(CountryAllow.batchDisallowCountries, (all)));
        assertEq(rule.countriesOf(address(token)).length, 0);
    }

    function test_RevertWhen_ACountryIsAddedOrRemovedTwice() public {
        setRule(rule, abi.encode(list(840, 276)));
        vm.startPrank(issuer);
        vm.expectRevert(abi.encodeWithSelector(CountryAllow.CountryAlreadyAllowed.selector, address(token), 276));
        compliance.callModuleFunction(abi.encodeCall(CountryAllow.addAllowedCountry, (276)), address(rule));
        vm.expectRevert(abi.encodeWithSelector(CountryAllow.CountryNotAllowed.selector, address(token), 8));
        compliance.callModuleFunction(abi.encodeCall(CountryAllow.removeAllowedCountry, (8)), address(rule));
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(CountryRepeated.selector, 8));
        setRule(rule, abi.encode(list(8, 8)));
    }

    function test_RevertWhen_TheCodeIsNoCountry() public {
        vm.expectRevert(abi.encodeWithSelector(CountryInvalid.selector, 0));
        setRule(rule, abi.encode(list(840, 0)));
        vm.expectRevert(abi.encodeWithSelector(CountryInvalid.selector, 1000));
        setRule(rule, abi.encode(list(840, 1000)));
    }

    function test_When_TheRecipientHasNoCountry_HeIsRefused() public {
        setRule(rule, abi.encode(list(840, 276)));
        token.link(bob, bobIdentity, 0);
        assertFalse(compliance.canTransfer(address(0), bob, 1));
        assertFalse(rule.isAllowed(address(token), 0));
        assertFalse(rule.isAllowed(address(token), 1000));
    }

    function test_When_BothWalletsAreOneInvestors_HeMayMoveUnits() public {
        setRule(rule, abi.encode(list(840, 276)));
        mint(ann, 10);
        through(abi.encodeCall(CountryAllow.removeAllowedCountry, (840)));
        transfer(ann, annSecond, 10);
    }

    function testFuzz_When_Judged_TheCountryAloneDecides(uint16 allowed, uint16 country, Fuzzed memory fuzzed) public {
        allowed = uint16(bound(allowed, 1, 999));
        setRule(rule, abi.encode(list(allowed, allowed == 1 ? 2 : 1)));
        Transfer memory t = movement(fuzzed);
        t.toWord = Eligibility.withCountry(t.toWord, country);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool listed = country == allowed || country == (allowed == 1 ? 2 : 1);
        Verdict memory verdict = rule.check(t);
        assertEq(verdict.pass, same || listed || t.kind > Kind.MINT);
        assertEq(verdict.code, verdict.pass ? 0 : ReasonCode.COUNTRY_RESTRICTED);
        assertEnforceAgrees(rule, t);
    }
}
