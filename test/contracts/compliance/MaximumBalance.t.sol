// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract MaximumBalanceTest is ComplianceFixture {
    MaximumBalance internal rule = new MaximumBalance();

    function refusal(uint256 actual, uint256 limit) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.MAX_BALANCE, address(rule), actual, limit);
    }

    function test_When_TheCapIsMetExactly_ItPasses() public {
        setRule(rule, abi.encode(uint256(100)));
        mint(ann, 100);
        vm.expectRevert(refusal(101, 100));
        mint(ann, 1);
    }

    function test_When_ASecondWalletReceives_TheInvestorsPositionCounts() public {
        setRule(rule, abi.encode(uint256(100)));
        mint(ann, 60);
        vm.expectRevert(refusal(110, 100));
        mint(annSecond, 50);
    }

    function test_When_AtTheCap_OwnWalletsMayRebalance() public {
        setRule(rule, abi.encode(uint256(100)));
        mint(ann, 100);
        transfer(ann, annSecond, 40);
    }

    function test_When_TheCapIsLoweredBelowAHolding_HeMayOnlyReduce() public {
        setRule(rule, abi.encode(uint256(100)));
        mint(ann, 100);
        mint(bob, 10);
        setRule(rule, abi.encode(uint256(50)));
        transfer(ann, bob, 10);
        vm.expectRevert(refusal(91, 50));
        transfer(bob, ann, 1);
    }

    function test_When_TheCapIsZero_ThereIsNone() public {
        setRule(rule, abi.encode(uint256(0)));
        mint(ann, type(uint112).max);
    }

    function test_When_AnOfficerForces_TheCapDoesNotStopHim() public {
        setRule(rule, abi.encode(uint256(100)));
        mint(ann, 100);
        mint(bob, 100);
        token.move(Kind.FORCED, ann, bob, 100);
        assertEq(token.positionOf(bobIdentity), 200);
    }

    function testFuzz_When_Judged_ThePositionAfterDecides(uint256 cap, Fuzzed memory fuzzed) public {
        setRule(rule, abi.encode(cap));
        Transfer memory t = movement(fuzzed);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool fits = cap == 0 || (t.toPosition <= cap && t.amount <= cap - t.toPosition);
        Verdict memory verdict = rule.check(t);
        // A cap of 2^256 − 1 is met by the saturated sum.
        if (cap != type(uint256).max) assertEq(verdict.pass, same || fits || t.kind > Kind.MINT);
        if (!verdict.pass) assertEq(verdict.room, t.toPosition >= cap ? 0 : cap - t.toPosition);
        assertEnforceAgrees(rule, t);
    }

    function testFuzz_When_OneUnitMoreThanTheRoomIsAsked_ItFails(uint112 cap, uint112 position) public {
        cap = uint112(bound(cap, 1, type(uint112).max));
        setRule(rule, abi.encode(cap));
        Transfer memory t;
        (t.token, t.kind, t.toPosition, t.amount) = (address(token), Kind.MINT, position, 1);
        t.amount = rule.check(t).room;
        assertTrue(t.amount == 0 || rule.check(t).pass);
        t.amount++;
        assertFalse(rule.check(t).pass);
    }
}
