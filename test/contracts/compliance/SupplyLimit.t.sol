// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { SupplyLimit } from "../../../contracts/compliance/rules/SupplyLimit.sol";
import { Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract SupplyLimitTest is ComplianceFixture {
    SupplyLimit internal rule = new SupplyLimit();

    function refusal(uint256 actual, uint256 limit) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.SUPPLY_CAP, address(rule), actual, limit);
    }

    function test_When_TheLimitIsMetExactly_ItPasses() public {
        setRule(rule, abi.encode(uint256(100)));
        mint(ann, 60);
        mint(bob, 40);
        vm.expectRevert(refusal(101, 100));
        mint(bob, 1);
        assertEq(rule.getSupplyLimit(address(compliance)), 100);
        assertEq(rule.limitOf(address(token)), 100);
        assertEq(rule.configuration(address(token)), abi.encode(uint256(100)));
    }

    function test_When_UnitsAreBurned_TheyMayBeIssuedAgain() public {
        setRule(rule, abi.encode(uint256(100)));
        mint(ann, 100);
        token.move(Kind.BURN, ann, address(0), 1);
        mint(bob, 1);
    }

    function test_When_TheLimitIsBelowTheSupply_OnlyMintingIsClosed() public {
        setRule(rule, abi.encode(uint256(100)));
        mint(ann, 100);
        vm.prank(issuer);
        compliance.callModuleFunction(abi.encodeCall(SupplyLimit.setSupplyLimit, (10)), address(rule));
        transfer(ann, bob, 50);
        vm.expectRevert(refusal(101, 10));
        mint(ann, 1);
    }

    function test_When_TheLimitIsZero_ThereIsNone() public {
        setRule(rule, abi.encode(uint256(0)));
        mint(ann, type(uint112).max);
    }

    function testFuzz_When_Judged_TheSupplyAfterDecides(uint256 limit, Fuzzed memory fuzzed) public {
        setRule(rule, abi.encode(limit));
        Transfer memory t = movement(fuzzed);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool fits = limit == 0 || (t.supply <= limit && t.amount <= limit - t.supply);
        Verdict memory verdict = rule.check(t);
        // A limit of 2^256 − 1 is met by the saturated sum.
        if (limit != type(uint256).max) assertEq(verdict.pass, t.kind != Kind.MINT || same || fits);
        assertEnforceAgrees(rule, t);
    }
}
