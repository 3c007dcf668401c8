// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CountryGroup } from "../../../contracts/compliance/CountryValues.sol";
import { MinimumTransfer } from "../../../contracts/compliance/rules/MinimumTransfer.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

/// @dev Ann is in group US (840), Bob in no group.
contract MinimumTransferTest is ComplianceFixture {
    MinimumTransfer internal rule = new MinimumTransfer();

    function parameters(uint256 others, uint256 inUS) internal pure returns (bytes memory) {
        CountryGroup[] memory groups = new CountryGroup[](1);
        groups[0] = CountryGroup(new uint16[](1), inUS);
        groups[0].countries[0] = 840;
        return abi.encode(others, groups);
    }

    function refusal(uint256 actual, uint256 limit) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.MIN_TRANSFER, address(rule), actual, limit);
    }

    function test_When_LessThanTheRecipientsMinimumIsSent_ItIsRefused() public {
        setRule(rule, parameters(10, 100));
        mint(ann, 500);
        mint(bob, 500);
        vm.expectRevert(refusal(9, 10));
        transfer(ann, bob, 9);
        transfer(ann, bob, 10);
        vm.expectRevert(refusal(99, 100));
        transfer(bob, ann, 99);
        transfer(bob, ann, 100);
        assertEq(rule.configuration(address(token)), parameters(10, 100));
    }

    function test_When_EverythingIsSent_LittlePasses() public {
        setRule(rule, parameters(10, 100));
        mint(ann, 4);
        mint(annSecond, 5);
        vm.expectRevert(refusal(4, 10));
        transfer(ann, bob, 4);
        transfer(ann, annSecond, 4);
        transfer(annSecond, bob, 9);
    }

    function test_When_TheMinimumIsLowered_ItHoldsAtOnce() public {
        setRule(rule, parameters(10, 100));
        mint(ann, 50);
        setRule(rule, parameters(0, 0));
        transfer(ann, bob, 1);
        assertEq(rule.minimumOf(address(token), 840), 0);
    }

    function test_When_OwnWalletsOrAnOfficerMoveLittle_ItPasses() public {
        setRule(rule, parameters(10, 100));
        mint(ann, 100);
        transfer(ann, annSecond, 1);
        token.move(Kind.FORCED, ann, bob, 1);
        token.move(Kind.BURN, ann, address(0), 1);
    }

    function testFuzz_When_Judged_TheAmountDecides(uint256 others, uint256 inUS, bool toUS, Fuzzed memory fuzzed) public {
        setRule(rule, parameters(others, inUS));
        Transfer memory t = movement(fuzzed);
        t.toWord = Eligibility.withCountry(t.toWord, toUS ? 840 : 276);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool fits = t.amount >= (toUS ? inUS : others) || t.amount == t.fromPosition;
        assertEq(rule.check(t).pass, same || t.kind != Kind.TRANSFER || fits);
        assertEq(rule.check(t).until, 0);
        assertEnforceAgrees(rule, t);
    }

    function testFuzz_When_TheRoomIsAsked_ItIsAllThatTheSenderHas(uint112 minimum, uint112 position) public {
        setRule(rule, parameters(minimum, 0));
        Transfer memory t;
        (t.token, t.fromInvestor, t.toInvestor) = (address(token), annIdentity, bobIdentity);
        (t.fromPosition, t.amount) = (position, 1);
        Verdict memory verdict = rule.check(t);
        assertEq(verdict.room, minimum == 0 ? type(uint256).max : position);
        t.amount = verdict.room;
        assertTrue(t.amount == 0 || rule.check(t).pass);
    }
}
