// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CountryGroup } from "../../../contracts/compliance/CountryValues.sol";
import { MinimumHolding } from "../../../contracts/compliance/rules/MinimumHolding.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

/// @dev Ann is in group US (840), Bob in no group.
contract MinimumHoldingTest is ComplianceFixture {
    MinimumHolding internal rule = new MinimumHolding();

    function parameters(uint256 others, uint256 inUS) internal pure returns (bytes memory) {
        CountryGroup[] memory groups = new CountryGroup[](1);
        groups[0] = CountryGroup(new uint16[](1), inUS);
        groups[0].countries[0] = 840;
        return abi.encode(others, groups);
    }

    function refusal(uint256 actual, uint256 limit) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.MIN_HOLDING, address(rule), actual, limit);
    }

    function test_When_MintedToANewcomer_HeMustReachHisMinimum() public {
        setRule(rule, parameters(10, 100));
        vm.expectRevert(refusal(99, 100));
        mint(ann, 99);
        mint(ann, 100);
        mint(bob, 10);
        mint(bob, 1);
        assertEq(rule.configuration(address(token)), parameters(10, 100));
        assertEq(rule.minimumOf(address(token), 840), 100);
    }

    function test_When_ASenderKeepsTooLittle_OnlyMoreOrAllPasses() public {
        setRule(rule, parameters(10, 100));
        mint(ann, 150);
        mint(bob, 10);
        vm.expectRevert(refusal(99, 100));
        transfer(ann, bob, 51);
        transfer(ann, bob, 50);
        transfer(ann, bob, 100);
        assertEq(token.positionOf(annIdentity), 0);
    }

    function test_RevertWhen_DustIsSentToANewcomer() public {
        setRule(rule, parameters(10, 100));
        mint(ann, 150);
        vm.expectRevert(refusal(9, 10));
        transfer(ann, bob, 9);
        transfer(ann, bob, 10);
    }

    function test_When_TheMinimumIsRaisedAboveAHolding_HeMayStillExit() public {
        setRule(rule, parameters(10, 100));
        mint(ann, 100);
        mint(bob, 10);
        setRule(rule, parameters(50, 500));
        vm.expectRevert(refusal(9, 50));
        transfer(bob, ann, 1);
        vm.expectRevert(refusal(110, 500));
        transfer(bob, ann, 10);
        vm.expectRevert(refusal(60, 500));
        transfer(ann, bob, 40);
        transfer(ann, bob, 100);
    }

    function test_When_OwnWalletsOrAnOfficerMoveLittle_ItPasses() public {
        setRule(rule, parameters(10, 100));
        mint(ann, 100);
        transfer(ann, annSecond, 1);
        token.move(Kind.FORCED, ann, bob, 1);
        token.move(Kind.BURN, ann, address(0), 90);
    }

    function testFuzz_When_Judged_BothPositionsAfterDecide(uint112 others, uint112 inUS, Fuzzed memory fuzzed) public {
        setRule(rule, parameters(others, inUS));
        Transfer memory t = movement(fuzzed);
        t.toWord = Eligibility.withCountry(t.toWord, t.toPosition % 2 == 0 ? 840 : 276);
        t.fromWord = Eligibility.withCountry(t.fromWord, t.fromPosition % 2 == 0 ? 840 : 276);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        uint256 minimum = t.toPosition % 2 == 0 ? inUS : others;
        bool reaches = t.toPosition >= minimum || t.amount >= minimum - t.toPosition;
        minimum = t.kind == Kind.MINT ? 0 : t.fromPosition % 2 == 0 ? inUS : others;
        bool keeps = t.amount >= t.fromPosition || t.fromPosition - t.amount >= minimum;
        assertEq(rule.check(t).pass, same || t.kind > Kind.MINT || (reaches && keeps));
        assertEq(rule.check(t).until, 0);
        assertEnforceAgrees(rule, t);
    }

    function testFuzz_When_TheRoomIsAsked_ItIsAllThatTheSenderHasOrNothingPasses(
        uint112 others,
        uint112 inUS,
        uint112 fromPosition,
        uint112 toPosition,
        uint112 amount
    ) public {
        setRule(rule, parameters(others, inUS));
        Transfer memory t;
        (t.token, t.fromInvestor, t.toInvestor) = (address(token), annIdentity, bobIdentity);
        (t.fromPosition, t.toPosition) = (fromPosition, toPosition);
        t.fromWord = Eligibility.withCountry(0, 840);
        t.amount = bound(amount, 1, type(uint112).max);
        Verdict memory verdict = rule.check(t);
        if (verdict.room == 0 && t.amount <= fromPosition) assertFalse(verdict.pass, "none passes");
        if (verdict.room == type(uint256).max) assertTrue(verdict.pass, "any passes");
        t.amount = verdict.room;
        assertTrue(t.amount == 0 || rule.check(t).pass, "room");
    }
}
