// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AddressListRule } from "../../../contracts/compliance/rules/AddressListRule.sol";
import { LiquidateOnly } from "../../../contracts/compliance/rules/LiquidateOnly.sol";
import { Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract LiquidateOnlyTest is ComplianceFixture {
    LiquidateOnly internal rule = new LiquidateOnly();

    function setUp() public override {
        super.setUp();
        mint(ann, 100);
        mint(bob, 100);
    }

    function list(address a) internal pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = a;
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function refusal() internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            ISecurityTokenCore.TransferRefused.selector, ReasonCode.LIQUIDATE_ONLY, address(rule), uint160(annIdentity), 0
        );
    }

    function test_When_AnInvestorIsListed_HeMaySendAndNotReceive() public {
        setRule(rule, abi.encode(list(annIdentity)));
        transfer(ann, bob, 1);
        vm.expectRevert(refusal());
        transfer(bob, ann, 1);
        Verdict memory verdict = rule.check(compliance.describe(Kind.TRANSFER, bob, bob, ann, 1));
        assertEq(verdict.room, 0);
        assertEq(verdict.until, 0);
    }

    function test_RevertWhen_AListedInvestorReceivesOnAnotherWallet() public {
        setRule(rule, abi.encode(list(annIdentity)));
        vm.expectRevert(refusal());
        transfer(bob, annSecond, 1);
    }

    function test_RevertWhen_UnitsAreIssuedToAListedInvestor() public {
        setRule(rule, abi.encode(list(annIdentity)));
        vm.expectRevert(refusal());
        mint(ann, 1);
        mint(bob, 1);
    }

    function test_When_AListedInvestorRedeemsOrIsForced_NothingStandsInTheWay() public {
        setRule(rule, abi.encode(list(annIdentity)));
        token.move(Kind.BURN, ann, address(0), 1);
        token.move(Kind.FORCED, bob, ann, 1);
        token.move(Kind.RECOVERY, ann, annSecond, 1);
    }

    function test_When_BothWalletsAreOneInvestors_HeMayMoveUnits() public {
        setRule(rule, abi.encode(list(annIdentity)));
        transfer(ann, annSecond, 100);
    }

    function test_When_AnInvestorIsTakenOffTheList_HeReceivesAgain() public {
        setRule(rule, abi.encode(list(annIdentity)));
        through(abi.encodeCall(AddressListRule.removeFromList, (list(annIdentity))));
        transfer(bob, ann, 1);
        through(abi.encodeCall(AddressListRule.addToList, (list(annIdentity))));
        vm.expectRevert(refusal());
        transfer(bob, ann, 1);
        setRule(rule, abi.encode(new address[](0)));
        transfer(bob, ann, 1);
        assertEq(rule.name(), "LiquidateOnly");
    }

    function testFuzz_When_Judged_TheRecipientAloneDecides(bool listed, Fuzzed memory fuzzed) public {
        Transfer memory t = movement(fuzzed);
        setRule(rule, abi.encode(list(listed && t.toInvestor != address(0) ? t.toInvestor : address(this))));
        listed = rule.isListed(address(token), t.toInvestor);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        Verdict memory verdict = rule.check(t);
        assertEq(verdict.pass, t.kind > Kind.MINT || same || !listed);
        assertEq(verdict.code, verdict.pass ? 0 : ReasonCode.LIQUIDATE_ONLY);
        assertEq(verdict.room, verdict.pass ? type(uint256).max : 0);
        assertEnforceAgrees(rule, t);
    }
}
