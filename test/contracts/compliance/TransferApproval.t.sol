// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ApproverUnknown, ApproversInvalid } from "../../../contracts/compliance/ApprovalPanel.sol";
import { ApprovalClosed, ApprovalNumberTooHigh } from "../../../contracts/compliance/ApprovalQueue.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { TransferApproval } from "../../../contracts/compliance/rules/TransferApproval.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

/// @dev A contract that signs, by ERC-1271, what it was told to.
contract SigningContract {
    mapping(bytes32 digest => bool) internal agreed;

    function agree(bytes32 digest) external {
        agreed[digest] = true;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return agreed[digest] ? this.isValidSignature.selector : bytes4(0);
    }
}

contract TransferApprovalTest is ComplianceFixture {
    TransferApproval internal rule = new TransferApproval();
    uint40 internal constant EVER = type(uint40).max;
    uint32 internal constant VALID = 7 days;
    /// @dev erc7201:muniment.storage.TransferApproval
    bytes32 internal constant STORAGE = 0xa95ad42a58a3f0aed50c314132e9e65f326f701da4dde5215c8fb5bce9a4d200;

    address[] internal approvers;
    uint256[] internal keys;

    function setUp() public override {
        super.setUp();
        string[4] memory names = ["approver 0", "approver 1", "approver 2", "approver 3"];
        for (uint256 i = 0; i < 4; i++) {
            (address approver, uint256 key) = makeAddrAndKey(names[i]);
            approvers.push(approver);
            keys.push(key);
        }
        mint(ann, 1000);
        mint(bob, 1000);
        set(first(3), 2, false);
    }

    function first(uint256 count) internal view returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i = 0; i < count; i++) {
            list[i] = approvers[i];
        }
    }

    function set(address[] memory list, uint8 threshold, bool mintGated) internal {
        setRule(rule, abi.encode(list, threshold, VALID, mintGated));
    }

    function sale(uint256 amount, uint64 number) internal view returns (TransferApproval.Approval memory) {
        return TransferApproval.Approval(address(token), ann, bob, amount, number, EVER);
    }

    /// @dev As `sale`, with the end that a signed vote needs.
    function signedSale() internal view returns (TransferApproval.Approval memory approval) {
        approval = sale(10, 0);
        approval.validUntil = uint40(block.timestamp + VALID);
    }

    function approve(uint256 who, TransferApproval.Approval memory approval) internal {
        vm.prank(approvers[who]);
        rule.approve(approval);
    }

    function signedBy(uint256 who, TransferApproval.Approval memory approval)
        internal
        view
        returns (TransferApproval.SignedVote[] memory votes)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[who], rule.digestOf(approval, approvers[who]));
        return vote(approvers[who], abi.encodePacked(r, s, v));
    }

    function vote(address approver, bytes memory signature) internal pure returns (TransferApproval.SignedVote[] memory votes) {
        votes = new TransferApproval.SignedVote[](1);
        votes[0] = TransferApproval.SignedVote(approver, signature);
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function verdict(uint256 amount) internal view returns (Verdict memory) {
        return rule.check(compliance.describe(Kind.TRANSFER, ann, ann, bob, amount));
    }

    function refusal(uint256 votes, uint256 threshold) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            ISecurityTokenCore.TransferRefused.selector, ReasonCode.APPROVAL_REQUIRED, address(rule), votes, threshold
        );
    }

    function assertRefused(uint256 amount, uint256 votes, uint256 threshold) internal {
        vm.expectRevert(refusal(votes, threshold));
        transfer(ann, bob, amount);
    }

    /* VOTES BY CALL */

    function test_When_EnoughApproversAgree_TheTransferPassesOnce() public {
        assertRefused(10, 0, 2);
        approve(0, sale(10, 0));
        assertRefused(10, 1, 2);
        approve(0, sale(10, 0));
        assertRefused(10, 1, 2);
        approve(2, sale(10, 0));
        assertRefused(11, 0, 2);
        vm.expectRevert(refusal(0, 2));
        transfer(bob, ann, 10);
        vm.expectRevert(refusal(0, 2));
        transfer(annSecond, bob, 10);

        assertEq(verdict(10).room, 10);
        vm.expectEmit(address(rule));
        emit TransferApproval.ApprovalUsed(address(token), ann, bob, 10, 0);
        transfer(ann, bob, 10);
        assertRefused(10, 0, 2);
    }

    function test_When_IdenticalApprovalsAreGiven_EachServesOnce() public {
        for (uint64 i = 0; i < 3; i++) {
            assertEq(rule.openNumber(address(token), ann, bob, 10), i);
            approve(0, sale(10, i));
            approve(1, sale(10, i));
        }
        for (uint256 i = 0; i < 3; i++) {
            transfer(ann, bob, 10);
        }
        assertRefused(10, 0, 2);
        assertEq(rule.openNumber(address(token), ann, bob, 10), 3);
        (uint256 votes, uint40 until, bool usable) = rule.approvalOf(sale(10, 2));
        assertEq(votes, 0);
        assertEq(until, 0);
        assertFalse(usable);
    }

    function test_When_VotesStandUnderDifferentNumbers_TheyDoNotAddUp() public {
        approve(0, sale(10, 0));
        approve(1, sale(10, 1));
        assertRefused(10, 1, 2);
        approve(2, sale(10, 1));
        transfer(ann, bob, 10);
        assertRefused(10, 1, 2);
        approve(1, sale(10, 0));
        transfer(ann, bob, 10);
    }

    function test_When_ALateVoteComes_TheNumberThatWasUsedIsClosed() public {
        approve(0, sale(10, 0));
        approve(1, sale(10, 0));
        transfer(ann, bob, 10);
        vm.expectRevert(abi.encodeWithSelector(ApprovalClosed.selector, 0));
        approve(2, sale(10, 0));
    }

    function test_When_AnApprovalIsNotUsedInTime_ItIsOver() public {
        approve(0, sale(10, 0));
        vm.warp(block.timestamp + VALID - 1);
        approve(1, sale(10, 0));
        assertTrue(verdict(10).pass);
        vm.warp(block.timestamp + 1);
        assertRefused(10, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(ApprovalClosed.selector, 0));
        approve(2, sale(10, 0));
        approve(0, sale(10, 1));
        approve(1, sale(10, 1));
        transfer(ann, bob, 10);
    }

    function test_When_AVoterSetsAnEarlierEnd_ItBinds() public {
        TransferApproval.Approval memory short = sale(10, 0);
        short.validUntil = uint40(block.timestamp + 60);
        approve(0, short);
        approve(1, sale(10, 0));
        (uint256 votes, uint40 until, bool usable) = rule.approvalOf(sale(10, 0));
        assertEq(votes, 2);
        assertEq(until, block.timestamp + 61);
        assertTrue(usable);
        vm.warp(block.timestamp + 60);
        assertTrue(verdict(10).pass);
        vm.warp(block.timestamp + 1);
        assertFalse(verdict(10).pass);
        short.number = 1;
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalExpired.selector, short.validUntil));
        approve(0, short);
    }

    function test_RevertWhen_TheCallerIsNoApprover() public {
        vm.expectRevert(abi.encodeWithSelector(ApproverUnknown.selector, approvers[3]));
        approve(3, sale(10, 0));
        vm.expectRevert(abi.encodeWithSelector(ApproverUnknown.selector, address(this)));
        rule.revoke(sale(10, 0));
        vm.prank(address(0));
        vm.expectRevert(abi.encodeWithSelector(ApproverUnknown.selector, address(0)));
        rule.approve(sale(10, 0));
    }

    /* SIGNED VOTES */

    function test_When_AnyoneBringsSignedVotes_TheyCount() public {
        TransferApproval.SignedVote[] memory both = new TransferApproval.SignedVote[](2);
        (both[0], both[1]) = (signedBy(0, signedSale())[0], signedBy(1, signedSale())[0]);
        vm.prank(makeAddr("anyone"));
        rule.approveSigned(signedSale(), votesOf(both[0]));
        // Known already: the other still counts.
        rule.approveSigned(signedSale(), both);
        transfer(ann, bob, 10);
        vm.expectRevert(abi.encodeWithSelector(ApprovalClosed.selector, 0));
        rule.approveSigned(signedSale(), both);
    }

    function votesOf(TransferApproval.SignedVote memory one) internal pure returns (TransferApproval.SignedVote[] memory) {
        return vote(one.approver, one.signature);
    }

    function test_When_AContractIsAnApprover_ItSignsByErc1271() public {
        SigningContract signer = new SigningContract();
        address[] memory list = new address[](1);
        list[0] = address(signer);
        set(list, 1, false);
        bytes32 digest = rule.digestOf(signedSale(), address(signer));
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalSignatureInvalid.selector, address(signer), digest));
        rule.approveSigned(signedSale(), vote(address(signer), ""));
        signer.agree(digest);
        rule.approveSigned(signedSale(), vote(address(signer), ""));
        transfer(ann, bob, 10);
    }

    /// @dev C16.
    function test_RevertWhen_AnApprovalIsForged() public {
        bytes[4] memory forgeries = [bytes(""), new bytes(65), abi.encodePacked(uint256(1), uint256(2), uint8(29)), new bytes(64)];
        address[2] memory strangers = [address(0), ann];
        bytes32 digest = rule.digestOf(signedSale(), approvers[0]);
        for (uint256 i = 0; i < forgeries.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalSignatureInvalid.selector, approvers[0], digest));
            rule.approveSigned(signedSale(), vote(approvers[0], forgeries[i]));
            for (uint256 j = 0; j < strangers.length; j++) {
                vm.expectRevert(abi.encodeWithSelector(ApproverUnknown.selector, strangers[j]));
                rule.approveSigned(signedSale(), vote(strangers[j], forgeries[i]));
            }
        }
        TransferApproval.SignedVote[] memory another = signedBy(1, signedSale());
        another[0].approver = approvers[0];
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalSignatureInvalid.selector, approvers[0], digest));
        rule.approveSigned(signedSale(), another);
        vm.expectRevert(abi.encodeWithSelector(ApproverUnknown.selector, approvers[3]));
        rule.digestOf(signedSale(), approvers[3]);
        assertRefused(10, 0, 2);
    }

    function test_RevertWhen_AnyFieldOfASignedVoteIsChanged() public {
        TransferApproval.SignedVote[] memory votes = signedBy(0, signedSale());
        for (uint256 field = 0; field < 7; field++) {
            TransferApproval.Approval memory changed = signedSale();
            if (field == 0) changed.to = ann;
            if (field == 1) changed.from = annSecond;
            if (field == 2) changed.to = annSecond;
            if (field == 3) changed.amount = 11;
            if (field == 4) changed.number = 1;
            if (field == 5) changed.validUntil--;
            if (field == 6) vm.chainId(99);
            bytes32 digest = rule.digestOf(changed, approvers[0]);
            vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalSignatureInvalid.selector, approvers[0], digest));
            rule.approveSigned(changed, votes);
            vm.chainId(31337);
        }
        rule.approveSigned(signedSale(), votes);
    }

    function test_When_ASignatureIsForAnotherTokenOrRule_ItDoesNotServe() public {
        TransferApproval other = new TransferApproval();
        TransferApproval.Approval memory approval = signedSale();
        TransferApproval.SignedVote[] memory votes = signedBy(0, approval);
        bytes32 digest = rule.digestOf(approval, approvers[0]);
        setRule(other, abi.encode(first(3), 2, VALID, false));
        assertEq(other.seatOf(address(token), approvers[0]), 1);
        assertNotEq(other.digestOf(approval, approvers[0]), digest);
        approval.token = bob;
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalTooLong.selector, approval.validUntil, block.timestamp));
        rule.approveSigned(approval, votes);
    }

    function test_RevertWhen_ASignedVoteHasNoEndInSight() public {
        TransferApproval.Approval memory approval = sale(10, 0);
        TransferApproval.SignedVote[] memory votes = signedBy(0, approval);
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalTooLong.selector, EVER, block.timestamp + VALID));
        rule.approveSigned(approval, votes);
        approval = signedSale();
        approval.validUntil++;
        votes = signedBy(0, approval);
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalTooLong.selector, approval.validUntil, block.timestamp + VALID));
        rule.approveSigned(approval, votes);
    }

    function test_RevertWhen_AnApproverWasRemovedAndNamedAgain_WhatHeSignedBeforeIsVoid() public {
        TransferApproval.SignedVote[] memory votes = signedBy(0, signedSale());
        address[] memory others = new address[](2);
        (others[0], others[1]) = (approvers[1], approvers[2]);
        set(others, 2, false);
        set(first(3), 2, false);
        bytes32 digest = rule.digestOf(signedSale(), approvers[0]);
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalSignatureInvalid.selector, approvers[0], digest));
        rule.approveSigned(signedSale(), votes);
        rule.approveSigned(signedSale(), signedBy(0, signedSale()));
    }

    function test_When_TheChainForks_ApprovalsDoNotGoAlong() public {
        approve(0, sale(10, 0));
        approve(1, sale(10, 0));
        vm.chainId(99);
        assertFalse(verdict(10).pass);
    }

    /* REVOCATION */

    function test_When_AnApproverRevokes_NeitherVotesNorSignaturesBringItBack() public {
        TransferApproval.SignedVote[] memory votes = signedBy(0, signedSale());
        approve(0, sale(10, 0));
        approve(1, sale(10, 0));
        vm.expectEmit(address(rule));
        emit TransferApproval.ApprovalRevoked(address(token), ann, bob, 10, 0, approvers[2]);
        vm.prank(approvers[2]);
        rule.revoke(sale(10, 0));
        assertRefused(10, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(ApprovalClosed.selector, 0));
        rule.approveSigned(signedSale(), votes);
        vm.prank(approvers[2]);
        vm.expectRevert(abi.encodeWithSelector(ApprovalClosed.selector, 0));
        rule.revoke(sale(10, 0));
    }

    function test_When_ANumberIsRevokedAheadOfItsVotes_TheyComeTooLate() public {
        vm.prank(approvers[0]);
        rule.revoke(sale(10, 3));
        vm.expectRevert(abi.encodeWithSelector(ApprovalClosed.selector, 3));
        approve(1, sale(10, 3));
        approve(0, sale(10, 4));
        approve(1, sale(10, 4));
        transfer(ann, bob, 10);
        assertEq(rule.openNumber(address(token), ann, bob, 10), 0);
    }

    function test_When_AnApproverIsRemoved_HisVoteNoLongerCounts() public {
        approve(0, sale(10, 0));
        approve(2, sale(10, 0));
        assertTrue(verdict(10).pass);
        set(first(2), 2, false);
        assertRefused(10, 1, 2);

        // Neither does it when he is back, nor for whoever took his place.
        address[] memory list = first(3);
        (list[2], list[1]) = (approvers[3], approvers[1]);
        set(list, 2, false);
        assertRefused(10, 1, 2);
        set(first(4), 2, false);
        assertRefused(10, 1, 2);
        approve(2, sale(10, 0));
        transfer(ann, bob, 10);
    }

    function test_When_TheThresholdChanges_ItHoldsAtOnce() public {
        approve(0, sale(10, 0));
        set(first(3), 1, false);
        assertTrue(verdict(10).pass);
        set(first(3), 3, false);
        approve(1, sale(10, 0));
        assertRefused(10, 2, 3);
    }

    /* MINTS AND WHAT NEEDS NONE */

    function test_When_MintsAreGated_TheyNeedOneToo() public {
        set(first(3), 1, true);
        vm.expectRevert(refusal(0, 1));
        mint(bob, 10);
        approve(0, TransferApproval.Approval(address(token), address(0), bob, 10, 0, EVER));
        mint(bob, 10);
        vm.expectRevert(refusal(0, 1));
        mint(bob, 10);
        set(first(3), 1, false);
        approve(0, TransferApproval.Approval(address(token), address(0), bob, 10, 1, EVER));
        mint(bob, 10);
        set(first(3), 1, true);
        mint(bob, 10);
    }

    function test_When_NothingMovesOrHeStaysTheSame_NoApprovalIsNeededOrUsed() public {
        set(first(3), 1, false);
        token.report(compliance.describe(Kind.TRANSFER, ann, ann, bob, 0));
        assertTrue(compliance.canTransfer(ann, bob, 0));
        approve(0, TransferApproval.Approval(address(token), ann, annSecond, 10, 0, EVER));
        transfer(ann, annSecond, 10);
        approve(0, sale(10, 0));
        token.move(Kind.FORCED, ann, bob, 10);
        token.move(Kind.BURN, ann, address(0), 10);
        transfer(ann, bob, 10);
    }

    /* THE ISSUER */

    function test_When_TheIssuerApprovesAsClientsDo_ItSuffices() public {
        for (uint256 i = 0; i < 2; i++) {
            through(abi.encodeWithSignature("approveTransfer(address,address,uint256)", ann, bob, 10));
        }
        transfer(ann, bob, 10);
        through(abi.encodeWithSignature("unApproveTransfer(address,address,uint256)", ann, bob, 10));
        assertRefused(10, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalMissing.selector, address(token), ann, bob, 10));
        through(abi.encodeCall(TransferApproval.unApproveTransfer, (ann, bob, 10)));

        set(new address[](0), 1, false);
        through(abi.encodeCall(TransferApproval.approveTransfer, (ann, bob, 10)));
        vm.warp(block.timestamp + VALID);
        assertRefused(10, 0, 1);
    }

    function test_When_TheIssuerApprovesBatchesAsClientsDo_AllOrNoneHold() public {
        (address[] memory from, address[] memory to, uint256[] memory amounts) = (new address[](2), new address[](2), new uint256[](2));
        (from[0], to[0], amounts[0]) = (ann, bob, 10);
        (from[1], to[1], amounts[1]) = (bob, ann, 20);
        bytes memory revoke = abi.encodeWithSignature("batchUnApproveTransfers(address[],address[],uint256[])", from, to, amounts);
        for (uint256 i = 0; i < 2; i++) {
            through(abi.encodeWithSignature("batchApproveTransfers(address[],address[],uint256[])", from, to, amounts));
        }
        transfer(ann, bob, 10);
        through(revoke);
        assertRefused(10, 0, 2);
        transfer(bob, ann, 20);

        through(abi.encodeCall(TransferApproval.approveTransfer, (ann, bob, 10)));
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.ApprovalMissing.selector, address(token), bob, ann, 20));
        through(revoke);
        transfer(ann, bob, 10);
    }

    function test_RevertWhen_ABatchIsUneven() public {
        (address[] memory one, address[] memory two) = (new address[](1), new address[](2));
        (uint256[] memory amount, uint256[] memory amounts) = (new uint256[](1), new uint256[](2));
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.LengthMismatch.selector, 1, 2));
        through(abi.encodeCall(TransferApproval.batchApproveTransfers, (one, two, amount)));
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.LengthMismatch.selector, 2, 1));
        through(abi.encodeCall(TransferApproval.batchApproveTransfers, (two, two, amount)));
        vm.expectRevert(abi.encodeWithSelector(TransferApproval.LengthMismatch.selector, 1, 2));
        through(abi.encodeCall(TransferApproval.batchUnApproveTransfers, (one, one, amounts)));
    }

    function test_RevertWhen_SomebodyElseApprovesAsTheIssuer() public {
        Compliance pretender = complianceOf(address(token));
        bytes memory refused = abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(pretender), address(token));
        vm.startPrank(address(pretender));
        vm.expectRevert(refused);
        rule.approveTransfer(ann, bob, 10);
        vm.expectRevert(refused);
        rule.batchApproveTransfers(new address[](0), new address[](0), new uint256[](0));
        vm.expectRevert(refused);
        rule.batchUnApproveTransfers(new address[](0), new address[](0), new uint256[](0));
        vm.stopPrank();
    }

    /* BOUNDS AND SETTINGS */

    function test_RevertWhen_TooManyAreOpen() public {
        for (uint64 i = 0; i < 8; i++) {
            approve(0, sale(10, i));
        }
        vm.expectRevert(abi.encodeWithSelector(ApprovalNumberTooHigh.selector, 8, 7));
        approve(0, sale(10, 8));
        vm.expectRevert(abi.encodeWithSelector(ApprovalNumberTooHigh.selector, 8, 7));
        through(abi.encodeCall(TransferApproval.approveTransfer, (ann, bob, 10)));
        vm.warp(block.timestamp + VALID);
        for (uint64 i = 8; i < 16; i++) {
            approve(1, sale(10, i));
            approve(2, sale(10, i));
            transfer(ann, bob, 10);
        }
        vm.expectRevert(abi.encodeWithSelector(ApprovalNumberTooHigh.selector, type(uint64).max, 23));
        approve(0, sale(10, type(uint64).max));
    }

    function test_RevertWhen_TheParametersMakeNoSense() public {
        address[] memory list = first(2);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "threshold"));
        set(list, 3, false);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "threshold"));
        set(list, 0, false);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "validSeconds"));
        setRule(rule, abi.encode(list, uint8(1), uint32(0), false));
        list[1] = list[0];
        vm.expectRevert(abi.encodeWithSelector(ApproversInvalid.selector, list));
        set(list, 1, false);
        list[1] = address(0);
        vm.expectRevert(abi.encodeWithSelector(ApproversInvalid.selector, list));
        set(list, 1, false);
        list = new address[](9);
        vm.expectRevert(abi.encodeWithSelector(ApproversInvalid.selector, list));
        set(list, 1, false);
    }

    /// @dev 65,535 seatings are 8,192 new panels of eight: the count of them is set instead.
    function test_RevertWhen_NoSerialIsLeftForANewApprover() public {
        bytes32 terms = keccak256(abi.encode(address(token), STORAGE));
        bytes32 lastSerial = bytes32(uint256(terms) + 2);
        assertEq(uint256(vm.load(address(rule), lastSerial)), 3);
        vm.store(address(rule), lastSerial, bytes32(uint256(type(uint16).max)));
        set(first(2), 2, false);
        vm.expectRevert(abi.encodeWithSelector(ApproversInvalid.selector, first(4)));
        set(first(4), 2, false);
        // Whoever sits keeps his serial, and with it his vote.
        approve(0, sale(10, 0));
        approve(1, sale(10, 0));
        transfer(ann, bob, 10);
    }

    function test_When_Configured_TheParametersReadBack() public view {
        assertEq(rule.configuration(address(token)), abi.encode(first(3), uint8(2), VALID, false));
        assertEq(rule.approversOf(address(token)), first(3));
    }

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, bob, 1);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.enforce(t);
    }

    function test_When_EightAreOpenWithEightVotes_EachCallStaysBelowItsGasCap() public {
        address[] memory list = new address[](8);
        for (uint160 i = 0; i < 8; i++) {
            list[i] = address(i + 100);
        }
        set(list, 8, false);
        for (uint64 number = 0; number < 8; number++) {
            for (uint256 i = 0; i < (number == 7 ? 8 : 7); i++) {
                vm.prank(list[i]);
                rule.approve(sale(10, number));
            }
        }
        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, bob, 10);
        vm.cool(address(rule));
        uint256 before = gasleft();
        assertTrue(rule.check(t).pass);
        assertLt(before - gasleft(), compliance.CHECK_GAS(), "check");
        vm.cool(address(rule));
        vm.prank(address(compliance));
        before = gasleft();
        rule.enforce(t);
        assertLt(before - gasleft(), compliance.ENFORCE_GAS(), "enforce");
    }

    /* PROPERTIES */

    /// @dev Each act: who votes (or revokes) for which of nine numbers, and sometimes a transfer. A naive model keeps the same books.
    function testFuzz_When_VotesComeAndGo_AtMostOneTransferAnApproval(uint16[24] memory acts) public {
        mapping(uint64 number => uint256) storage voted = votes_;
        uint256 complete;
        for (uint256 i = 0; i < acts.length; i++) {
            (uint256 who, uint64 number, uint256 what) = (acts[i] % 3, uint64((acts[i] >> 2) % 9), (acts[i] >> 8) % 8);
            if (what == 0) {
                bool passes = complete > 0;
                assertEq(verdict(10).pass, passes);
                Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, bob, 10);
                vm.prank(address(compliance));
                (bool moved,) = address(rule).call(abi.encodeCall(IRule.enforce, (t)));
                assertEq(moved, passes);
                if (!moved) continue;
                complete--;
                uint64 used;
                while (voted[used] == CLOSED || ones(voted[used]) < 2) used++;
                voted[used] = CLOSED;
            } else {
                vm.prank(approvers[who]);
                (bool done,) = address(rule)
                    .call(
                        what == 1
                            ? abi.encodeCall(TransferApproval.revoke, (sale(10, number)))
                            : abi.encodeCall(TransferApproval.approve, (sale(10, number)))
                    );
                if (voted[number] == CLOSED) assertFalse(done, "a closed number took a vote");
                if (!done) continue;
                bool before = ones(voted[number]) >= 2;
                voted[number] = what == 1 ? CLOSED : voted[number] | (1 << who);
                bool afterwards = voted[number] != CLOSED && ones(voted[number]) >= 2;
                if (before && !afterwards) complete--;
                if (!before && afterwards) complete++;
            }
        }
    }

    uint256 internal constant CLOSED = 1 << 255;
    mapping(uint64 number => uint256) internal votes_;

    function ones(uint256 bits) internal pure returns (uint256) {
        return (bits & 1) + ((bits >> 1) & 1) + ((bits >> 2) & 1);
    }

    function testFuzz_When_Judged_OnlyTheVeryMovementPasses(uint8 voters, uint8 shape, bool mintGated, Fuzzed memory fuzzed) public {
        set(first(3), 2, mintGated);
        Transfer memory t = movement(fuzzed);
        TransferApproval.Approval memory approval = TransferApproval.Approval(address(token), t.from, t.to, t.amount, 0, EVER);
        if (shape & 1 != 0) approval.amount ^= 1;
        if (shape & 2 != 0) approval.to = address(uint160(approval.to) ^ 1);
        for (uint256 i = 0; i < 3; i++) {
            if ((voters >> i) & 1 != 0) approve(i, approval);
        }
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool judged = !same && t.amount != 0 && (t.kind == Kind.TRANSFER || (t.kind == Kind.MINT && mintGated));
        bool approved = shape & 3 == 0 && ones(voters) >= 2;
        Verdict memory result = rule.check(t);
        assertEq(result.pass, !judged || approved);
        if (judged) assertEq(result.room, approved ? t.amount : 0);
        assertEnforceAgrees(rule, t);
        if (judged) assertFalse(rule.check(t).pass, "used twice");
    }

    /// @dev A vote that is never completed must not use up the numbers that the issuer approves under.
    function test_When_AVoteStaysAlone_TheIssuerStillApproves() public {
        approve(0, sale(10, 7));
        for (uint256 i = 0; i < 12; i++) {
            through(abi.encodeCall(TransferApproval.approveTransfer, (ann, bob, 10)));
            transfer(ann, bob, 10);
        }
    }
}
