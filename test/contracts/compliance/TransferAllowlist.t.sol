// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AddressRepeated, AddressZero } from "../../../contracts/compliance/AddressList.sol";
import { AddressListRule } from "../../../contracts/compliance/rules/AddressListRule.sol";
import { TransferAllowlist } from "../../../contracts/compliance/rules/TransferAllowlist.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract TransferAllowlistTest is ComplianceFixture {
    TransferAllowlist internal rule = new TransferAllowlist();

    function setUp() public override {
        super.setUp();
        mint(ann, 100);
        mint(bob, 100);
    }

    function list(address a) internal pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = a;
    }

    function list(address a, address b) internal pure returns (address[] memory accounts) {
        accounts = new address[](2);
        (accounts[0], accounts[1]) = (a, b);
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function refusal(address from) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            ISecurityTokenCore.TransferRefused.selector, ReasonCode.SENDER_NOT_LISTED, address(rule), uint160(from), 0
        );
    }

    /* TRANSFERS */

    function test_When_EitherWalletIsListed_TheTransferPasses() public {
        setRule(rule, abi.encode(list(ann)));
        transfer(ann, bob, 10);
        transfer(bob, ann, 10);
        Verdict memory verdict = rule.check(compliance.describe(Kind.TRANSFER, ann, ann, bob, 1));
        assertEq(verdict.room, type(uint256).max);
        assertTrue(rule.moduleCheck(bob, ann, 1, address(compliance)));
    }

    function test_RevertWhen_NeitherWalletIsListed() public {
        setRule(rule, abi.encode(new address[](0)));
        vm.expectRevert(refusal(ann));
        transfer(ann, bob, 1);
        Verdict memory verdict = rule.check(compliance.describe(Kind.TRANSFER, ann, ann, bob, 1));
        assertEq(verdict.room, 0);
        assertEq(verdict.until, 0);
        assertEq(verdict.actual, uint160(ann));
    }

    function test_RevertWhen_AnotherWalletOfTheInvestorIsListed() public {
        setRule(rule, abi.encode(list(annSecond)));
        vm.expectRevert(refusal(ann));
        transfer(ann, bob, 1);
    }

    function test_When_UnitsAreIssuedOrRedeemed_TheListIsNotAsked() public {
        setRule(rule, abi.encode(new address[](0)));
        mint(bob, 1);
        token.move(Kind.BURN, bob, address(0), 1);
        token.move(Kind.FORCED, bob, ann, 1);
        assertTrue(compliance.canTransfer(address(0), bob, 1));
    }

    function test_When_BothWalletsAreOneInvestors_HeMayMoveUnits() public {
        setRule(rule, abi.encode(new address[](0)));
        transfer(ann, annSecond, 10);
    }

    /* CHANGES */

    function test_When_ClientsChangeTheList_ItHoldsAtOnce() public {
        setRule(rule, abi.encode(new address[](0)));
        vm.expectEmit(address(rule));
        emit AddressListRule.AccountListed(address(token), ann);
        through(abi.encodeWithSignature("allowUser(address)", ann));
        assertTrue(rule.isUserAllowed(address(compliance), ann));
        transfer(ann, bob, 1);
        vm.expectEmit(address(rule));
        emit AddressListRule.AccountUnlisted(address(token), ann);
        through(abi.encodeWithSignature("disallowUser(address)", ann));
        assertFalse(rule.isUserAllowed(address(compliance), ann));
        vm.expectRevert(refusal(ann));
        transfer(ann, bob, 1);

        through(abi.encodeWithSignature("batchAllowUsers(address[])", list(ann, bob)));
        assertEq(abi.encode(rule.listOf(address(token))), abi.encode(list(ann, bob)));
        through(abi.encodeWithSignature("batchDisallowUsers(address[])", list(bob, ann)));
        assertEq(rule.listOf(address(token)).length, 0);
    }

    function test_When_TheListIsSetAgain_ItReplacesTheFormer() public {
        setRule(rule, abi.encode(list(ann, annSecond)));
        vm.expectEmit(address(rule));
        emit AddressListRule.ListReplaced(address(token), list(bob));
        setRule(rule, abi.encode(list(bob)));
        assertEq(rule.configuration(address(token)), abi.encode(list(bob)));
        assertFalse(rule.isListed(address(token), ann));
        assertTrue(rule.isListed(address(token), bob));
        setRule(rule, abi.encode(list(ann, annSecond)));
        assertEq(rule.configuration(address(token)), abi.encode(list(ann, annSecond)));
    }

    function test_RevertWhen_AnAccountIsListedOrUnlistedTwice() public {
        setRule(rule, abi.encode(list(ann)));
        vm.expectRevert(abi.encodeWithSelector(AddressListRule.AccountAlreadyListed.selector, address(token), ann));
        through(abi.encodeCall(AddressListRule.addToList, (list(bob, ann))));
        assertFalse(rule.isListed(address(token), bob));
        vm.expectRevert(abi.encodeWithSelector(AddressListRule.AccountNotListed.selector, address(token), bob));
        through(abi.encodeCall(AddressListRule.removeFromList, (list(ann, bob))));
        vm.expectRevert(abi.encodeWithSelector(AddressRepeated.selector, bob));
        setRule(rule, abi.encode(list(bob, bob)));
    }

    function test_RevertWhen_TheZeroAddressIsListed() public {
        vm.expectRevert(AddressZero.selector);
        setRule(rule, abi.encode(list(address(0))));
        setRule(rule, abi.encode(list(ann)));
        vm.expectRevert(AddressZero.selector);
        through(abi.encodeCall(TransferAllowlist.allowUser, (address(0))));
        assertFalse(rule.isListed(address(token), address(0)));
    }

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        setRule(rule, abi.encode(list(ann)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.configure(address(token), abi.encode(list(bob)));
        address stranger = address(complianceOf(address(token)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, stranger, address(token)));
        vm.prank(stranger);
        rule.allowUser(bob);
    }

    function test_When_Asked_TheRuleSaysWhatItIs() public {
        assertTrue(rule.canComplianceBind(address(compliance)));
        assertFalse(rule.isComplianceBound(address(compliance)));
        setRule(rule, abi.encode(list(ann)));
        assertTrue(rule.isComplianceBound(address(compliance)));
        assertFalse(rule.canComplianceBind(address(complianceOf(address(token)))));
        assertFalse(rule.isPlugAndPlay());
        assertEq(rule.name(), "TransferAllowlist");
    }

    /* PROPERTIES */

    function testFuzz_When_Judged_OneListedWalletIsEnough(bool fromListed, bool toListed, Fuzzed memory fuzzed) public {
        Transfer memory t = movement(fuzzed);
        vm.assume(t.from != address(0) && t.to != address(0) && t.from != t.to);
        setRule(rule, abi.encode(new address[](0)));
        if (fromListed) through(abi.encodeCall(TransferAllowlist.allowUser, (t.from)));
        if (toListed) through(abi.encodeCall(TransferAllowlist.allowUser, (t.to)));
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        Verdict memory verdict = rule.check(t);
        assertEq(verdict.pass, t.kind != Kind.TRANSFER || same || fromListed || toListed);
        assertEq(verdict.code, verdict.pass ? 0 : ReasonCode.SENDER_NOT_LISTED);
        assertEnforceAgrees(rule, t);
    }

    function testFuzz_When_NothingIsListed_EnforceAgreesForAnyInput(Fuzzed memory fuzzed) public {
        assertEnforceAgrees(rule, movement(fuzzed));
    }
}
