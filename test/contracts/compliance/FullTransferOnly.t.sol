// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { FullTransferOnly } from "../../../contracts/compliance/rules/FullTransferOnly.sol";
import { Lockup } from "../../../contracts/compliance/rules/Lockup.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "../token/TokenFixture.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract FullTransferOnlyTest is ComplianceFixture {
    FullTransferOnly internal rule = new FullTransferOnly();

    function setUp() public override {
        super.setUp();
        mint(ann, 100);
        mint(bob, 100);
    }

    function only(uint16 country) internal pure returns (uint16[] memory countries) {
        countries = new uint16[](1);
        countries[0] = country;
    }

    function refusal(uint256 actual, uint256 position) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            ISecurityTokenCore.TransferRefused.selector, ReasonCode.FULL_TRANSFER_ONLY, address(rule), actual, position
        );
    }

    function test_When_TheCountryIsListed_OnlyEverythingMoves() public {
        setRule(rule, abi.encode(false, only(840)));
        vm.expectRevert(refusal(99, 100));
        transfer(ann, bob, 99);
        transfer(bob, ann, 50);
        transfer(ann, bob, 150);
        assertEq(token.positionOf(annIdentity), 0);
    }

    function test_When_TheWorldIsBound_EverybodyIs() public {
        setRule(rule, abi.encode(true, new uint16[](0)));
        vm.expectRevert(refusal(99, 100));
        transfer(bob, ann, 99);
        transfer(bob, ann, 100);
        assertEq(rule.configuration(address(token)), abi.encode(true, new uint16[](0)));
    }

    function test_When_HeHoldsInTwoWallets_HeGathersFirst() public {
        setRule(rule, abi.encode(false, only(840)));
        transfer(ann, annSecond, 40);
        vm.expectRevert(refusal(60, 100));
        transfer(ann, bob, 60);
        transfer(annSecond, ann, 40);
        transfer(ann, bob, 100);
    }

    function test_When_UnitsMoveOtherwise_PartsMay() public {
        setRule(rule, abi.encode(true, new uint16[](0)));
        mint(ann, 1);
        token.move(Kind.FORCED, ann, bob, 1);
        token.move(Kind.BURN, ann, address(0), 1);
    }

    function test_When_SetAgain_TheFormerCountriesAreFree() public {
        setRule(rule, abi.encode(true, only(840)));
        setRule(rule, abi.encode(false, only(276)));
        assertEq(rule.configuration(address(token)), abi.encode(false, only(276)));
        assertTrue(rule.isBound(address(token), 276));
        assertFalse(rule.isBound(address(token), 840));
        transfer(ann, bob, 1);
        vm.expectRevert(refusal(1, 101));
        transfer(bob, ann, 1);
    }

    function testFuzz_When_Judged_AllOrNothingMoves(uint16 listed, uint16 country, bool world, bool all, Fuzzed memory fuzzed) public {
        listed = uint16(bound(listed, 1, 999));
        setRule(rule, abi.encode(world, only(listed)));
        Transfer memory t = movement(fuzzed);
        if (country % 2 == 0) country = listed;
        t.fromWord = Eligibility.withCountry(t.fromWord, country);
        if (all) t.amount = t.fromPosition;
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool judged = t.kind == Kind.TRANSFER && !same && (world || country == listed);
        Verdict memory result = rule.check(t);
        assertEq(result.pass, !judged || t.amount == t.fromPosition);
        assertEq(result.room, judged ? t.fromPosition : type(uint256).max);
        assertEq(result.until, 0);
        assertEnforceAgrees(rule, t);
    }
}

/// @notice Through a real token: who cannot move all is told of both reasons.
contract FullTransferOnlySuiteTest is TokenFixture {
    FullTransferOnly internal rule = new FullTransferOnly();
    Lockup internal lockup = new Lockup();

    function codes(uint256 amount) internal view returns (uint8 first, bool frozen, bool locked, bool full) {
        Verdict[] memory verdicts;
        (first, verdicts) = token.explain(bob, ann, amount);
        for (uint256 i = 0; i < verdicts.length; i++) {
            frozen = frozen || verdicts[i].code == ReasonCode.TOKENS_FROZEN;
            locked = locked || verdicts[i].code == ReasonCode.LOCKUP_ACTIVE;
            full = full || verdicts[i].code == ReasonCode.FULL_TRANSFER_ONLY;
        }
    }

    function test_When_UnitsAreFrozenInPart_NeitherAllNorAPartMoves() public {
        setRule(address(rule), abi.encode(true, new uint16[](0)));
        mint(bob, 100);
        vm.prank(agent);
        token.freezePartialTokens(bob, 10);
        expectRefusal(ReasonCode.TOKENS_FROZEN, 100, 90);
        vm.prank(bob);
        token.transfer(ann, 100);
        expectRefusalBy(address(rule), ReasonCode.FULL_TRANSFER_ONLY, 90, 100);
        vm.prank(bob);
        token.transfer(ann, 90);
        (uint8 first, bool frozen,, bool full) = codes(95);
        assertEq(first, ReasonCode.TOKENS_FROZEN);
        assertTrue(frozen && full);
    }

    function test_When_UnitsAreLockedInPart_NeitherAllNorAPartMoves() public {
        RuleSetting[] memory rules = new RuleSetting[](2);
        rules[0] = RuleSetting(address(lockup), abi.encode(uint32(1 days), false));
        rules[1] = RuleSetting(address(rule), abi.encode(true, new uint16[](0)));
        compliance.setRules(rules);
        mint(bob, 90);
        skip(1 days);
        mint(bob, 10);
        expectRefusalBy(address(lockup), ReasonCode.LOCKUP_ACTIVE, 100, 90);
        vm.prank(bob);
        token.transfer(ann, 100);
        expectRefusalBy(address(rule), ReasonCode.FULL_TRANSFER_ONLY, 90, 100);
        vm.prank(bob);
        token.transfer(ann, 90);
        (uint8 first,, bool locked, bool full) = codes(95);
        assertEq(first, ReasonCode.LOCKUP_ACTIVE);
        assertTrue(locked && full);
        skip(1 days);
        vm.prank(bob);
        token.transfer(ann, 100);
    }
}
