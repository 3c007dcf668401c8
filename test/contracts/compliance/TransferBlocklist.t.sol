// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AddressListRule } from "../../../contracts/compliance/rules/AddressListRule.sol";
import { TransferBlocklist } from "../../../contracts/compliance/rules/TransferBlocklist.sol";
import { Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract TransferBlocklistTest is ComplianceFixture {
    TransferBlocklist internal rule = new TransferBlocklist();

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

    function refusal(uint8 code, address account) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, address(rule), uint160(account), 0);
    }

    function test_RevertWhen_EitherWalletIsListed() public {
        setRule(rule, abi.encode(list(ann)));
        vm.expectRevert(refusal(ReasonCode.SENDER_NOT_LISTED, ann));
        transfer(ann, bob, 1);
        vm.expectRevert(refusal(ReasonCode.RECIPIENT_NOT_LISTED, ann));
        transfer(bob, ann, 1);
        assertEq(rule.check(compliance.describe(Kind.TRANSFER, bob, bob, ann, 1)).room, 0);
    }

    function test_When_NeitherWalletIsListed_TheTransferPasses() public {
        setRule(rule, abi.encode(new address[](0)));
        transfer(ann, bob, 1);
        setRule(rule, abi.encode(list(annSecond)));
        transfer(ann, bob, 1);
        assertEq(rule.check(compliance.describe(Kind.TRANSFER, bob, bob, ann, 1)).room, type(uint256).max);
    }

    function test_RevertWhen_UnitsAreIssuedToAListedWallet() public {
        setRule(rule, abi.encode(list(ann)));
        vm.expectRevert(refusal(ReasonCode.RECIPIENT_NOT_LISTED, ann));
        mint(ann, 1);
        mint(bob, 1);
    }

    function test_When_AListedWalletIsRedeemedOrForced_TheUnitsLeave() public {
        setRule(rule, abi.encode(list(ann)));
        token.move(Kind.BURN, ann, address(0), 1);
        token.move(Kind.FORCED, ann, bob, 1);
        token.move(Kind.RECOVERY, ann, annSecond, 1);
    }

    function test_RevertWhen_AListedWalletMovesUnitsToItsOwnersNextWallet() public {
        setRule(rule, abi.encode(list(ann)));
        vm.expectRevert(refusal(ReasonCode.SENDER_NOT_LISTED, ann));
        transfer(ann, annSecond, 1);
    }

    function test_When_TheListChanges_ItHoldsAtOnce() public {
        setRule(rule, abi.encode(list(ann)));
        through(abi.encodeCall(AddressListRule.removeFromList, (list(ann))));
        transfer(ann, bob, 1);
        through(abi.encodeCall(AddressListRule.addToList, (list(bob))));
        vm.expectRevert(refusal(ReasonCode.RECIPIENT_NOT_LISTED, bob));
        transfer(ann, bob, 1);
        setRule(rule, abi.encode(list(annSecond)));
        transfer(ann, bob, 1);
        assertEq(rule.configuration(address(token)), abi.encode(list(annSecond)));
        assertEq(rule.name(), "TransferBlocklist");
    }

    function testFuzz_When_Judged_OneListedWalletIsTooMany(bool fromListed, bool toListed, Fuzzed memory fuzzed) public {
        Transfer memory t = movement(fuzzed);
        vm.assume(t.from != address(0) && t.to != address(0) && t.from != t.to);
        setRule(rule, abi.encode(new address[](0)));
        if (fromListed) through(abi.encodeCall(AddressListRule.addToList, (list(t.from))));
        if (toListed) through(abi.encodeCall(AddressListRule.addToList, (list(t.to))));
        Verdict memory verdict = rule.check(t);
        assertEq(verdict.pass, t.kind > Kind.MINT || !(fromListed || toListed));
        uint8 code = fromListed ? ReasonCode.SENDER_NOT_LISTED : ReasonCode.RECIPIENT_NOT_LISTED;
        assertEq(verdict.code, verdict.pass ? 0 : code);
        assertEnforceAgrees(rule, t);
    }

    function testFuzz_When_NothingIsListed_EnforceAgreesForAnyInput(Fuzzed memory fuzzed) public {
        assertEnforceAgrees(rule, movement(fuzzed));
    }
}
