// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { UUPSUpgradeable } from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { ApprovalClosed } from "../../../contracts/compliance/ApprovalQueue.sol";
import { TransferApproval } from "../../../contracts/compliance/rules/TransferApproval.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { IIdentityStorage, Claim } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { TokenFixture } from "../token/TokenFixture.sol";
import { WatchingRule } from "./WatchingRule.sol";

/// @notice What never goes back to what it was.
contract ForbiddenTransitionTest is TokenFixture {
    /* A RETIRED WALLET IS NEVER ACTIVE AGAIN */

    function test_RevertWhen_ARetiredWalletIsDeletedRegisteredOrMoved() external {
        retireAnn();
        bytes memory refusal = abi.encodeWithSelector(IIdentityStorage.WalletIsRetired.selector, ann);
        vm.expectRevert(refusal);
        registry.deleteIdentity(ann);
        vm.expectRevert(refusal);
        registry.updateIdentity(ann, bobIdentity);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletTaken.selector, ann, annIdentity));
        registry.registerIdentity(ann, annIdentity, GERMANY);
        assertFalse(registry.contains(ann));
    }

    function test_RevertWhen_ARetiredWalletReceives() external {
        retireAnn();
        renewKyc(annIdentity, 2);
        vm.prank(bob);
        expectRefusal(ReasonCode.RECIPIENT_NOT_REGISTERED);
        token.transfer(ann, 1);
        vm.prank(agent);
        expectRefusal(ReasonCode.RECIPIENT_NOT_REGISTERED);
        token.mint(ann, 1);
    }

    function test_RevertWhen_ARetiredWalletTakesARecoveryOver() external {
        retireAnn();
        bytes memory signature = recoverySignature(token, spareWallet.addr, annWallet, annIdentity);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSignature("RecoveryWalletInvalid(address,uint8)", ann, ReasonCode.RECIPIENT_NOT_REGISTERED));
        token.proposeRecovery(spareWallet.addr, ann, annIdentity, signature);
    }

    /* A LAUNCHED TOKEN IS NEVER BEFORE ITS LAUNCH AGAIN: A PAUSE STOPS ITS ISSUE */

    function test_RevertWhen_ALaunchedTokenIsIssuedDuringAPause_WhateverWasReplaced() external {
        vm.prank(guardian);
        token.pause();
        token.setCompliance(address(newCompliance(address(token))));
        token.setIdentityRegistry(address(registry));
        UUPSUpgradeable(address(token)).upgradeToAndCall(implementation(), "");
        registry.setRegistrationOnly();
        takeSnapshot();
        vm.prank(agent);
        expectRefusal(ReasonCode.TOKEN_PAUSED);
        token.mint(bob, 1);
    }

    /* AN APPROVAL THAT WAS USED OR REVOKED IS NEVER USED */

    function test_RevertWhen_AnApprovalIsUsedTwice() external {
        (TransferApproval rule, TransferApproval.Approval memory approval) = approved();
        vm.prank(bob);
        token.transfer(ann, 40);
        assertApprovalIsClosed(rule, approval);
    }

    function test_RevertWhen_ARevokedApprovalIsUsed() external {
        (TransferApproval rule, TransferApproval.Approval memory approval) = approved();
        vm.prank(guardian);
        rule.revoke(approval);
        assertApprovalIsClosed(rule, approval);
    }

    /* A REMOVED RULE IS NEVER CALLED */

    function test_When_ARuleIsRemoved_NoPathCallsIt() external {
        WatchingRule rule = new WatchingRule();
        setRule(address(rule), "");
        rule.refuse();
        compliance.removeModule(address(rule));
        vm.expectCall(address(rule), "", 0);
        mint(bob, 100);
        vm.prank(bob);
        token.transfer(ann, 40);
        force(bob, ann, 10);
        vm.prank(agent);
        token.burn(bob, 10);
        recover(token, ann, spareWallet, annIdentity);
    }

    function test_When_AComplianceIsReplaced_NeitherItNorItsRulesAreCalled() external {
        WatchingRule rule = new WatchingRule();
        setRule(address(rule), "");
        Compliance old = compliance;
        compliance = newCompliance(address(token));
        token.setCompliance(address(compliance));
        expectRefusalBy(address(compliance), ReasonCode.RULE_FAULT, 0, 0);
        vm.prank(agent);
        token.mint(bob, 100);
        compliance.setRules(new RuleSetting[](0));
        vm.expectCall(address(rule), "", 0);
        vm.expectCall(address(old), "", 0);
        mint(bob, 100);
        vm.prank(bob);
        token.transfer(ann, 40);
    }

    /* A NONCE IS NEVER LOWERED */

    function test_RevertWhen_AClaimComesWithALowerNonce_AfterRevocationAndEpoch() external {
        renewKyc(annIdentity, 7);
        revokeKyc(annIdentity);
        vm.prank(issuer.addr);
        store.raiseIssuerEpoch(issuer.addr);
        skip(1);
        for (uint16 nonce = 1; nonce <= 7; ++nonce) {
            Claim[] memory claims = list(claimOn(annIdentity, nonce));
            bytes memory signature = signed(claims);
            vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimNonceTooLow.selector, annIdentity, KYC, nonce, 7));
            store.writeClaims(claims, signature);
        }
        (,,, uint256 kept) = Eligibility.lane(store.investorWord(annIdentity), KYC - 1);
        assertEq(kept, 7);
    }

    function test_When_AnyWalletOfTheInvestorGoes_TheNonceStays() external {
        renewKyc(bobIdentity, 7);
        registry.deleteIdentity(bob);
        (,,, uint256 kept) = Eligibility.lane(store.investorWord(bobIdentity), KYC - 1);
        assertEq(kept, 7);
        registry.registerIdentity(bob, bobIdentity, FRANCE);
        (,,, kept) = Eligibility.lane(store.investorWord(bobIdentity), KYC - 1);
        assertEq(kept, 7);
    }

    /* HOW */

    /// @dev The guardian approves alone.
    function approved() private returns (TransferApproval rule, TransferApproval.Approval memory approval) {
        mint(bob, 100);
        rule = new TransferApproval();
        address[] memory approvers = new address[](1);
        approvers[0] = guardian;
        setRule(address(rule), abi.encode(approvers, uint8(1), uint32(7 days), false));
        approval = TransferApproval.Approval(address(token), bob, ann, 40, rule.openNumber(address(token), bob, ann, 40), type(uint40).max);
        vm.prank(guardian);
        rule.approve(approval);
    }

    /// @dev Neither can it be used nor does the same vote open it again.
    function assertApprovalIsClosed(TransferApproval rule, TransferApproval.Approval memory approval) private {
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(bob);
            expectRefusalBy(address(rule), ReasonCode.APPROVAL_REQUIRED, 0, 1);
            token.transfer(ann, 40);
            vm.prank(guardian);
            vm.expectPartialRevert(ApprovalClosed.selector);
            rule.approve(approval);
        }
    }

    function retireAnn() private {
        mint(ann, 100);
        mint(bob, 100);
        recover(token, ann, spareWallet, annIdentity);
    }
}
