// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { MaximumOwnership } from "../../../contracts/compliance/rules/MaximumOwnership.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract MaximumOwnershipTest is ComplianceFixture {
    MaximumOwnership internal rule = new MaximumOwnership();

    function set(uint16 bps, uint112 authorised) internal {
        setRule(rule, abi.encode(bps, authorised));
    }

    function refusal(uint256 actual, uint256 limit) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.MAX_OWNERSHIP_PCT, address(rule), actual, limit);
    }

    function test_When_TheShareOfAuthorisedUnitsIsMetExactly_ItPasses() public {
        set(1000, 1005);
        mint(ann, 60);
        mint(annSecond, 40);
        vm.expectRevert(refusal(101, 100));
        mint(annSecond, 1);
        assertEq(rule.configuration(address(token)), abi.encode(uint16(1000), uint112(1005)));
        (uint16 bps, uint112 authorised) = rule.ownershipOf(address(token));
        assertEq(bps, 1000);
        assertEq(authorised, 1005);
    }

    function test_When_NobodyHoldsYet_TheSupplyAdmitsNoFirstMint() public {
        set(9999, 0);
        vm.expectRevert(refusal(1, 0));
        mint(ann, 1);
        set(10_000, 0);
        mint(ann, 100);
    }

    function test_When_Minted_TheSupplyAfterCounts() public {
        set(10_000, 0);
        mint(ann, 100);
        set(2500, 0);
        vm.expectRevert(refusal(34, 33));
        mint(bob, 34);
        mint(bob, 33);
        vm.expectRevert(refusal(101, 33));
        transfer(bob, ann, 1);
    }

    function test_When_ABurnRaisesTheShares_OnlyNewReceiptsAreRefused() public {
        set(5000, 200);
        mint(ann, 100);
        mint(bob, 100);
        set(5000, 0);
        token.move(Kind.BURN, bob, address(0), 60);
        transfer(ann, bob, 10);
        vm.expectRevert(refusal(91, 70));
        transfer(bob, ann, 1);
        token.move(Kind.FORCED, bob, ann, 1);
    }

    function test_When_OwnWalletsAreAboveTheCap_TheyMayRebalance() public {
        set(10_000, 0);
        mint(ann, 100);
        set(100, 0);
        transfer(ann, annSecond, 50);
    }

    function test_When_TheCapIsZero_ThereIsNone() public {
        set(0, 0);
        mint(ann, type(uint112).max);
    }

    function test_RevertWhen_TheShareIsMoreThanAll() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "bps"));
        set(10_001, 0);
    }

    function testFuzz_When_Judged_TheShareAfterDecides(uint16 bps, uint112 authorised, Fuzzed memory fuzzed) public {
        bps = uint16(bound(bps, 0, 10_000));
        set(bps, authorised);
        fuzzed.amount >>= 128;
        fuzzed.toPosition >>= 128;
        fuzzed.supply >>= 128;
        Transfer memory t = movement(fuzzed);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        uint256 whole = authorised != 0 ? authorised : t.kind == Kind.MINT ? t.supply + t.amount : t.supply;
        bool fits = bps == 0 || (t.toPosition + t.amount) * 10_000 <= bps * whole;
        assertEq(rule.check(t).pass, same || fits || t.kind > Kind.MINT);
        assertEq(rule.check(t).until, 0);
        assertEnforceAgrees(rule, t);
    }

    function testFuzz_When_AnythingIsAsked_EnforceAndCheckAgree(uint16 bps, uint112 authorised, Fuzzed memory fuzzed) public {
        set(uint16(bound(bps, 0, 10_000)), authorised);
        assertEnforceAgrees(rule, movement(fuzzed));
    }

    function testFuzz_When_OneUnitMoreThanTheRoomIsAsked_ItFails(
        uint16 bps,
        uint112 authorised,
        uint112 position,
        uint112 supply,
        bool minted
    ) public {
        set(uint16(bound(bps, 1, 10_000)), authorised);
        Transfer memory t;
        (t.token, t.kind, t.toPosition, t.supply) = (address(token), minted ? Kind.MINT : Kind.TRANSFER, position, supply);
        t.fromInvestor = minted ? address(0) : bobIdentity;
        t.amount = 1;
        Verdict memory first = rule.check(t);
        t.amount = first.room;
        if (first.room == type(uint256).max) t.amount = type(uint112).max;
        assertTrue(t.amount == 0 || rule.check(t).pass, "room");
        if (first.room == type(uint256).max) return;
        t.amount++;
        assertFalse(rule.check(t).pass, "room + 1");
    }
}
