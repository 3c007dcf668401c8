// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IDistributor } from "../../../contracts/interfaces/IDistributor.sol";
import { Distributor } from "../../../contracts/distribution/Distributor.sol";
import { HostileMoney } from "../money/HostileMoney.sol";
import { MoneyTokenStandIn } from "../money/MoneyTokenStandIn.sol";
import { GasFigure } from "../money/GasFigure.sol";
import { DistributorFixture } from "./DistributorFixture.sol";
import { MerkleTree } from "./MerkleTree.sol";

contract DistributorTest is DistributorFixture, GasFigure {
    uint40 private constant LIMIT = 1_900_000_000;

    function _unauthorized(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDistributor.DistributorUnauthorized.selector, caller);
    }

    function _badProof(uint256 index) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDistributor.EntitlementProofInvalid.selector, index);
    }

    /* DECLARE */

    function test_When_declared_itIsKnown() public {
        bytes32 next = _id(address(token), "next");
        vm.expectEmit(address(distributor));
        emit IDistributor.DistributionDeclared(next, address(token), 1, _declaration());
        vm.prank(payer);
        distributor.declare(next, _declaration());
        assertEq(abi.encode(distributor.declarationOf(next)), abi.encode(_declaration()));
        assertEq(uint8(distributor.totalsOf(next).state), uint8(IDistributor.State.DECLARED));
    }

    function test_RevertWhen_declaredByAnother() public {
        token.grant(stranger, type(uint16).max & ~AgentRole.PAYER);
        vm.prank(stranger);
        vm.expectRevert(_unauthorized(stranger));
        distributor.declare(_id(address(token), "next"), _declaration());
    }

    function test_RevertWhen_declaredTwice() public {
        vm.prank(payer);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.DistributionExists.selector, id));
        distributor.declare(id, _declaration());
    }

    function test_RevertWhen_idIsOfAnotherToken() public {
        MoneyTokenStandIn own = new MoneyTokenStandIn(0);
        own.grant(stranger, AgentRole.PAYER);
        IDistributor.Declaration memory declaration = _declaration();
        declaration.token = address(own);
        bytes32 taken = _id(address(token), "next");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.DistributionIdForeign.selector, taken, address(own)));
        distributor.declare(taken, declaration);
    }

    function test_RevertWhen_declarationMakesNoSense() public {
        IDistributor.Declaration memory d = _declaration();
        d.paymentToken = stranger;
        _refuse(d, "paymentToken");
        d = _declaration();
        d.snapshotId = 0;
        _refuse(d, "snapshotId");
        d.snapshotId = 2;
        _refuse(d, "snapshotId");
        d = _declaration();
        d.net = 0;
        _refuse(d, "net");
        d.net = uint256(type(uint128).max) + 1;
        _refuse(d, "net");
        d = _declaration();
        d.withheld = uint256(type(uint128).max) + 1;
        _refuse(d, "withheld");
        d = _declaration();
        d.dust = uint256(type(uint128).max) + 1;
        _refuse(d, "dust");
        d = _declaration();
        d.count = 0;
        _refuse(d, "count");
        d = _declaration();
        d.withholdingAgent = address(0);
        _refuse(d, "withholdingAgent");
        d.withholdingAgent = address(distributor);
        _refuse(d, "withholdingAgent");
        d = _declaration();
        d.root = 0;
        _refuse(d, "root");
    }

    function _refuse(IDistributor.Declaration memory declaration, string memory field) private {
        vm.prank(payer);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.DeclarationInvalid.selector, field));
        distributor.declare(_id(address(token), "next"), declaration);
    }

    function test_RevertWhen_tokenIsNoContract() public {
        IDistributor.Declaration memory declaration = _declaration();
        declaration.token = stranger;
        vm.expectRevert(abi.encodeWithSelector(IDistributor.DeclarationInvalid.selector, "token"));
        distributor.declare(_id(stranger, "next"), declaration);
    }

    /* FUND */

    function test_When_funded_allOfItIsHere() public {
        vm.expectEmit(address(distributor));
        emit IDistributor.DistributionFunded(id, funder, TOTAL);
        _fund();
        assertEq(distributor.totalsOf(id).funder, funder);
        _assertConserved();
    }

    function test_RevertWhen_fundedTwice() public {
        _fund();
        vm.prank(funder);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.DistributionAlreadyFunded.selector, id));
        distributor.fund(id);
    }

    function test_RevertGiven_unknownOrCancelled_fund() public {
        bytes32 none = _id(address(token), "none");
        vm.prank(funder);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.DistributionStateInvalid.selector, none, IDistributor.State.NONE));
        distributor.fund(none);
        vm.prank(payer);
        distributor.cancel(id);
        vm.prank(funder);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.DistributionStateInvalid.selector, id, IDistributor.State.CANCELLED));
        distributor.fund(id);
    }

    function test_RevertWhen_funderHasTooLittle() public {
        vm.prank(payer);
        money.approve(address(distributor), type(uint256).max);
        vm.prank(payer);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, payer, 0, TOTAL));
        distributor.fund(id);
    }

    /// @dev Otherwise whoever funds first would be the funder, and the payer's own funding would fail.
    function test_RevertWhen_aStrangerFunds() public {
        money.mint(stranger, TOTAL);
        vm.startPrank(stranger);
        money.approve(address(distributor), type(uint256).max);
        vm.expectRevert(_unauthorized(stranger));
        distributor.fund(id);
        vm.stopPrank();
        _fund();
        assertEq(distributor.totalsOf(id).funder, funder);
    }

    function test_RevertGiven_moneyTakesAFee() public {
        money.behave(HostileMoney.Mode.FEE);
        vm.prank(funder);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.FundingShort.selector, TOTAL - TOTAL / 100, TOTAL));
        distributor.fund(id);
    }

    function test_RevertGiven_moneyAnswersFalse() public {
        money.behave(HostileMoney.Mode.FALSE);
        vm.prank(funder);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(money)));
        distributor.fund(id);
    }

    function test_When_moneyAnswersNothing_everyoneIsPaid() public {
        money.behave(HostileMoney.Mode.NOTHING);
        _fund();
        _pushAll();
        assertEq(distributor.totalsOf(id).paid, NET);
        _assertConserved();
    }

    function test_RevertGiven_moneyReenters() public {
        _fund();
        bytes32 next = _id(address(token), "next");
        vm.prank(payer);
        distributor.declare(next, _declaration());
        (IDistributor.Entitlement[] memory entitlements, address[] memory to, bytes32[][] memory proofs) = _batch();
        bytes[7] memory calls;
        calls[0] = abi.encodeCall(IDistributor.fund, (next));
        calls[1] = abi.encodeCall(IDistributor.claim, (id, entitlements[1], proofs[1]));
        calls[2] = abi.encodeCall(IDistributor.push, (id, entitlements, to, proofs));
        calls[3] = abi.encodeCall(IDistributor.cancel, (id));
        calls[4] = abi.encodeCall(IDistributor.releaseWithheld, (id));
        calls[5] = abi.encodeCall(IDistributor.releaseDust, (id));
        calls[6] = abi.encodeCall(IDistributor.returnRest, (id));
        for (uint256 i; i < calls.length; ++i) {
            money.reenter(address(distributor), calls[i]);
            vm.prank(wallets[0]);
            vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
            distributor.claim(id, entitlements[0], proofs[0]);
        }
        money.reenter(address(distributor), abi.encodeCall(IDistributor.payEntitlement, (id, entitlements[1], to[1])));
        vm.prank(wallets[0]);
        vm.expectRevert(_unauthorized(address(money)));
        distributor.claim(id, entitlements[0], proofs[0]);
        assertEq(distributor.totalsOf(id).paid, 0);
    }

    /* CLAIM */

    function test_When_claimed_theInvestorsWalletIsPaid() public {
        _fund();
        vm.expectEmit(address(distributor));
        emit IDistributor.EntitlementPaid(id, 0, investors[0], wallets[0], amounts[0]);
        _claim(0);
        assertEq(money.balanceOf(wallets[0]), amounts[0]);
        assertTrue(distributor.isPaid(id, 0));
        assertFalse(distributor.isPaid(id, 1));
        _assertConserved();
    }

    function test_When_theWalletWasReplaced_itsSuccessorIsPaid() public {
        _fund();
        token.register(wallets[0], address(0));
        token.register(stranger, investors[0]);
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        bytes32[] memory proof = _proof(0);
        vm.prank(wallets[0]);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.WalletNotPayable.selector, wallets[0], investors[0]));
        distributor.claim(id, entitlement, proof);
        vm.prank(stranger);
        distributor.claim(id, entitlement, proof);
        assertEq(money.balanceOf(stranger), amounts[0]);
    }

    function test_RevertWhen_claimedByAnotherInvestor() public {
        _fund();
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        bytes32[] memory proof = _proof(0);
        vm.prank(wallets[1]);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.WalletNotPayable.selector, wallets[1], investors[0]));
        distributor.claim(id, entitlement, proof);
    }

    function test_RevertGiven_aWalletOfTheInvestorIsFrozen_anotherOfHisIsNoWayAround() public {
        _fund();
        token.refuse(wallets[0], 12);
        token.register(stranger, investors[0]);
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        bytes32[] memory proof = _proof(0);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.WalletNotPayable.selector, stranger, investors[0]));
        distributor.claim(id, entitlement, proof);
    }

    function test_RevertGiven_walletIsFrozen_claimUntilItIsNot() public {
        _fund();
        token.refuse(wallets[0], 12);
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        bytes32[] memory proof = _proof(0);
        vm.prank(wallets[0]);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.WalletNotPayable.selector, wallets[0], investors[0]));
        distributor.claim(id, entitlement, proof);
        token.refuse(wallets[0], 0);
        _claim(0);
        assertEq(money.balanceOf(wallets[0]), amounts[0]);
    }

    function test_RevertWhen_claimedTwice() public {
        _fund();
        _claim(0);
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        bytes32[] memory proof = _proof(0);
        vm.prank(wallets[0]);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.EntitlementAlreadyPaid.selector, id, 0));
        distributor.claim(id, entitlement, proof);
    }

    function test_RevertGiven_notFunded() public {
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        bytes32[] memory proof = _proof(0);
        bytes memory reason = abi.encodeWithSelector(IDistributor.DistributionNotFunded.selector, id);
        vm.prank(wallets[0]);
        vm.expectRevert(reason);
        distributor.claim(id, entitlement, proof);
        (IDistributor.Entitlement[] memory entitlements, address[] memory to, bytes32[][] memory proofs) = _batch();
        vm.startPrank(payer);
        vm.expectRevert(reason);
        distributor.push(id, entitlements, to, proofs);
        vm.expectRevert(reason);
        distributor.releaseWithheld(id);
        vm.expectRevert(reason);
        distributor.releaseDust(id);
        vm.expectRevert(reason);
        distributor.limitClaims(id, LIMIT);
        vm.expectRevert(reason);
        distributor.returnRest(id);
        vm.stopPrank();
    }

    /* PROOFS */

    function testFuzz_RevertWhen_anyFieldIsChanged(uint256 field, uint256 salt) public {
        _fund();
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        bytes32[] memory proof = _proof(0);
        field = bound(field, 0, 3);
        salt = bound(salt, 1, type(uint160).max);
        if (field == 0) entitlement.index += salt;
        else if (field == 1) entitlement.investor = address(uint160(entitlement.investor) ^ uint160(salt));
        else if (field == 2) entitlement.amount += salt;
        else proof[0] = bytes32(uint256(proof[0]) ^ salt);
        vm.prank(wallets[0]);
        vm.expectRevert(_badProof(entitlement.index));
        distributor.claim(id, entitlement, proof);
    }

    function test_RevertWhen_proofIsOfAnotherDistribution() public {
        bytes32 next = _id(address(token), "next");
        vm.prank(payer);
        distributor.declare(next, _declaration());
        vm.prank(funder);
        distributor.fund(next);
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        bytes32[] memory proof = _proof(0);
        vm.prank(wallets[0]);
        vm.expectRevert(_badProof(0));
        distributor.claim(next, entitlement, proof);
    }

    function test_RevertWhen_proofIsOfAnotherChainOrContract() public {
        _fund();
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        bytes32[] memory proof = _proof(0);
        vm.chainId(1);
        vm.prank(wallets[0]);
        vm.expectRevert(_badProof(0));
        distributor.claim(id, entitlement, proof);
        vm.chainId(31337);

        Distributor other = new Distributor();
        vm.prank(payer);
        other.declare(id, _declaration());
        vm.startPrank(funder);
        money.approve(address(other), TOTAL);
        other.fund(id);
        vm.stopPrank();
        vm.prank(wallets[0]);
        vm.expectRevert(_badProof(0));
        other.claim(id, entitlement, proof);
    }

    /// @dev An inner node shown as a leaf: its preimage is two hashes, a leaf's is one.
    function test_RevertWhen_anInnerNodePosesAsALeaf() public {
        _fund();
        bytes32[] memory none = new bytes32[](0);
        IDistributor.Entitlement memory forged = IDistributor.Entitlement({ index: 0, investor: stranger, amount: uint256(tree[1]) });
        token.register(stranger, stranger);
        vm.prank(stranger);
        vm.expectRevert(_badProof(0));
        distributor.claim(id, forged, none);
        assertNotEq(distributor.leafOf(id, forged), tree[0]);
        assertNotEq(distributor.leafOf(id, _entitlement(0)), keccak256(_preimage(0)), "hashed twice");
        assertEq(distributor.leafOf(id, _entitlement(0)), keccak256(abi.encode(keccak256(_preimage(0)))));
    }

    function _preimage(uint256 i) private view returns (bytes memory) {
        return abi.encode(block.chainid, address(distributor), id, i, investors[i], amounts[i]);
    }

    function test_RevertWhen_indexIsBeyondTheCount() public {
        IDistributor.Declaration memory declaration = _declaration();
        declaration.count = 2;
        Distributor fresh = new Distributor();
        vm.etch(address(distributor), address(fresh).code);
        bytes32 next = _id(address(token), "short");
        id = next;
        tree = MerkleTree.build(_leaves());
        declaration.root = tree[0];
        vm.prank(payer);
        distributor.declare(next, declaration);
        _fund();
        IDistributor.Entitlement memory entitlement = _entitlement(2);
        bytes32[] memory proof = _proof(2);
        vm.prank(wallets[2]);
        vm.expectRevert(_badProof(2));
        distributor.claim(id, entitlement, proof);
    }

    /// @dev The figures are those of the npm package @openzeppelin/merkle-tree 1.0.8 for the same three entitlements.
    function test_leafAndTreeAreThoseOfTheLibraryOffChain() public {
        Distributor there = Distributor(address(0xD1571));
        vm.etch(address(there), address(distributor).code);
        bytes32 given = 0xabababababababababababababababababababababababababababababababab;
        bytes32[] memory leaves = new bytes32[](3);
        leaves[0] = there.leafOf(given, IDistributor.Entitlement(0, 0x1111111111111111111111111111111111111111, 1000));
        leaves[1] = there.leafOf(given, IDistributor.Entitlement(1, 0x2222222222222222222222222222222222222222, 2000));
        leaves[2] = there.leafOf(given, IDistributor.Entitlement(2, 0x3333333333333333333333333333333333333333, 3000));
        assertEq(leaves[1], 0xf78a818570aee91d9d6191e9377aebf0cc0be1a8735b226dcfbfe1d6e1bdabc2);
        bytes32[] memory expected = MerkleTree.build(leaves);
        assertEq(expected[0], 0x7927b46ce24c70431f549e9f112c93b6ff746586eafba8394e23124d68759b3e);
        bytes32[] memory proof = MerkleTree.proofOf(expected, leaves[1]);
        assertEq(proof.length, 1);
        assertEq(proof[0], 0xacb54d1fbf79e22a4df7ab4c46924dfc823065a2f6407e1c38f8371342f4b3bd);
    }

    /* PUSH */

    function test_When_pushed_allArePaidAndNothingIsLeftOver() public {
        _fund();
        _pushAll();
        IDistributor.Totals memory totals = distributor.totalsOf(id);
        assertEq(totals.paid, NET);
        assertEq(totals.paidCount, 3);
        vm.startPrank(payer);
        distributor.releaseWithheld(id);
        distributor.releaseDust(id);
        vm.stopPrank();
        assertEq(money.balanceOf(agent), WITHHELD);
        assertEq(money.balanceOf(funder), 10 * TOTAL - TOTAL + DUST);
        assertEq(money.balanceOf(address(distributor)), 0);
    }

    function test_When_oneCannotBePaid_itAloneIsHeldAndStaysDue() public {
        _fund();
        token.refuse(wallets[1], 12);
        vm.expectEmit(address(distributor));
        emit IDistributor.EntitlementHeld(
            id, 1, investors[1], wallets[1], abi.encodeWithSelector(IDistributor.WalletNotPayable.selector, wallets[1], investors[1])
        );
        _pushAll();
        assertEq(distributor.totalsOf(id).paid, amounts[0] + amounts[2]);
        _assertConserved();
        token.refuse(wallets[1], 0);
        _pushAll();
        assertEq(money.balanceOf(wallets[0]), amounts[0], "what is paid is skipped");
        assertEq(money.balanceOf(wallets[1]), amounts[1]);
        _assertConserved();
    }

    function test_When_moneyRefusesAWallet_theOthersArePaid() public {
        _fund();
        money.block_(wallets[0]);
        vm.expectEmit(address(distributor));
        emit IDistributor.EntitlementHeld(
            id, 0, investors[0], wallets[0], abi.encodeWithSelector(HostileMoney.WalletBlocked.selector, wallets[0])
        );
        _pushAll();
        assertFalse(distributor.isPaid(id, 0));
        assertEq(distributor.totalsOf(id).paidCount, 2);
        _assertConserved();
    }

    /// @dev Logged whole, the reason alone would cost 800,000 gas.
    function test_When_moneyRefusesAtLength_theReasonIsCut() public {
        _fund();
        money.block_(wallets[1]);
        money.behave(HostileMoney.Mode.BABBLE);
        (IDistributor.Entitlement[] memory entitlements, address[] memory to, bytes32[][] memory proofs) = _batch();
        vm.expectEmit(address(distributor));
        emit IDistributor.EntitlementHeld(id, 1, investors[1], wallets[1], new bytes(512));
        vm.prank(payer);
        uint256 before = gasleft();
        distributor.push(id, entitlements, to, proofs);
        assertLt(before - gasleft(), 600_000);
        assertEq(distributor.totalsOf(id).paidCount, 2);
        _assertConserved();
    }

    function test_When_theSameIndexIsPushedTwiceInOneBatch_itIsPaidOnce() public {
        _fund();
        (IDistributor.Entitlement[] memory entitlements, address[] memory to, bytes32[][] memory proofs) = _batch();
        (entitlements[2], to[2], proofs[2]) = (entitlements[0], to[0], proofs[0]);
        vm.prank(payer);
        distributor.push(id, entitlements, to, proofs);
        assertEq(money.balanceOf(wallets[0]), amounts[0]);
        assertEq(distributor.totalsOf(id).paidCount, 2);
    }

    function test_RevertWhen_oneProofIsWrong() public {
        _fund();
        (IDistributor.Entitlement[] memory entitlements, address[] memory to, bytes32[][] memory proofs) = _batch();
        entitlements[2].amount += 1;
        vm.prank(payer);
        vm.expectRevert(_badProof(2));
        distributor.push(id, entitlements, to, proofs);
        assertEq(distributor.totalsOf(id).paid, 0);
    }

    function test_RevertWhen_listsDifferInLengthOrAreTooLong() public {
        _fund();
        vm.startPrank(payer);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.LengthMismatch.selector, 1, 2));
        distributor.push(id, new IDistributor.Entitlement[](1), new address[](2), new bytes32[][](1));
        vm.expectRevert(abi.encodeWithSelector(IDistributor.LengthMismatch.selector, 1, 0));
        distributor.push(id, new IDistributor.Entitlement[](1), new address[](1), new bytes32[][](0));
        vm.expectRevert(abi.encodeWithSelector(IDistributor.BatchTooLong.selector, 251, 250));
        distributor.push(id, new IDistributor.Entitlement[](251), new address[](251), new bytes32[][](251));
        vm.stopPrank();
    }

    function test_RevertWhen_pushedByAnother() public {
        _fund();
        (IDistributor.Entitlement[] memory entitlements, address[] memory to, bytes32[][] memory proofs) = _batch();
        vm.prank(stranger);
        vm.expectRevert(_unauthorized(stranger));
        distributor.push(id, entitlements, to, proofs);
    }

    /// @dev A gas estimate that searches for the least gas that does not revert must not find one at which payments are held.
    function test_RevertWhen_gasWouldNotDo() public {
        _fund();
        (IDistributor.Entitlement[] memory entitlements, address[] memory to, bytes32[][] memory proofs) = _batch();
        vm.prank(payer);
        vm.expectPartialRevert(IDistributor.PaymentGasShort.selector);
        distributor.push{ gas: 400_000 }(id, entitlements, to, proofs);
        vm.prank(payer);
        distributor.push{ gas: 900_000 }(id, entitlements, to, proofs);
        assertEq(distributor.totalsOf(id).paidCount, 3);
    }

    function test_When_gasWouldNotDo_theReadmeNamesWhatIsNeeded() public {
        _fund();
        (IDistributor.Entitlement[] memory entitlements, address[] memory to, bytes32[][] memory proofs) = _batch();
        vm.prank(payer);
        try distributor.push{ gas: 400_000 }(id, entitlements, to, proofs) {
            fail();
        } catch (bytes memory refusal) {
            _assertNamed("contracts/distribution/README.md", refusal);
        }
    }

    function test_RevertWhen_payEntitlementIsCalledFromOutside() public {
        _fund();
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        vm.prank(payer);
        vm.expectRevert(_unauthorized(payer));
        distributor.payEntitlement(id, entitlement, wallets[0]);
    }

    /* RELEASE AND CANCEL */

    function test_RevertWhen_releasedTwice() public {
        _fund();
        bytes memory reason = abi.encodeWithSelector(IDistributor.AlreadyReleased.selector, id);
        vm.startPrank(payer);
        vm.expectEmit(address(distributor));
        emit IDistributor.WithheldReleased(id, agent, WITHHELD);
        distributor.releaseWithheld(id);
        vm.expectRevert(reason);
        distributor.releaseWithheld(id);
        vm.expectEmit(address(distributor));
        emit IDistributor.DustReleased(id, funder, DUST);
        distributor.releaseDust(id);
        vm.expectRevert(reason);
        distributor.releaseDust(id);
        vm.stopPrank();
        _pushAll();
        assertEq(distributor.totalsOf(id).paid, NET);
    }

    function test_RevertWhen_releasedOrCancelledByAnother() public {
        _fund();
        vm.startPrank(stranger);
        vm.expectRevert(_unauthorized(stranger));
        distributor.releaseWithheld(id);
        vm.expectRevert(_unauthorized(stranger));
        distributor.releaseDust(id);
        vm.expectRevert(_unauthorized(stranger));
        distributor.cancel(id);
        vm.stopPrank();
    }

    function test_When_nothingIsWithheld_releasingMovesNothing() public {
        IDistributor.Declaration memory declaration = _declaration();
        (declaration.withheld, declaration.dust, declaration.withholdingAgent) = (0, 0, address(0));
        bytes32 next = _id(address(token), "gross");
        vm.startPrank(payer);
        distributor.declare(next, declaration);
        vm.stopPrank();
        vm.prank(funder);
        distributor.fund(next);
        vm.startPrank(payer);
        distributor.releaseWithheld(next);
        distributor.releaseDust(next);
        vm.stopPrank();
        assertEq(money.balanceOf(address(distributor)), NET);
    }

    function test_When_cancelled_theFunderHasAllBack() public {
        _fund();
        vm.expectEmit(address(distributor));
        emit IDistributor.DistributionCancelled(id, TOTAL);
        vm.prank(payer);
        distributor.cancel(id);
        assertEq(money.balanceOf(funder), 10 * TOTAL);
        vm.prank(payer);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.DistributionStateInvalid.selector, id, IDistributor.State.CANCELLED));
        distributor.cancel(id);
        _assertConserved();
    }

    function test_When_cancelledBeforeFunding_nothingMoves() public {
        vm.expectEmit(address(distributor));
        emit IDistributor.DistributionCancelled(id, 0);
        vm.prank(payer);
        distributor.cancel(id);
    }

    function test_RevertGiven_somethingIsPaidOrReleased_cancel() public {
        bytes memory reason = abi.encodeWithSelector(IDistributor.CancellationTooLate.selector, id);
        _fund();
        uint256 funded = vm.snapshotState();
        _claim(2);
        vm.prank(payer);
        vm.expectRevert(reason);
        distributor.cancel(id);
        vm.revertToState(funded);
        vm.startPrank(payer);
        distributor.releaseWithheld(id);
        vm.expectRevert(reason);
        distributor.cancel(id);
        vm.stopPrank();
        vm.revertToState(funded);
        vm.startPrank(payer);
        distributor.releaseDust(id);
        vm.expectRevert(reason);
        distributor.cancel(id);
        vm.stopPrank();
    }

    /* THE END OF CLAIMS */

    function _limit(uint40 claimableUntil) private {
        vm.prank(payer);
        distributor.limitClaims(id, claimableUntil);
    }

    function _refuseLimit(uint40 claimableUntil, uint256 earliest) private {
        vm.prank(payer);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.ClaimLimitTooEarly.selector, claimableUntil, earliest));
        distributor.limitClaims(id, claimableUntil);
    }

    function test_When_claimsAreLimited_theEndIsKnownAndCanOnlyBePutOff() public {
        _fund();
        vm.warp(LIMIT - 365 days);
        vm.expectEmit(address(distributor));
        emit IDistributor.ClaimsLimited(id, 0, LIMIT + 5);
        _limit(LIMIT + 5);
        assertEq(distributor.totalsOf(id).claimableUntil, LIMIT + 5);
        _refuseLimit(LIMIT + 4, LIMIT + 5);
        vm.expectEmit(address(distributor));
        emit IDistributor.ClaimsLimited(id, LIMIT + 5, LIMIT + 6);
        _limit(LIMIT + 6);
    }

    function test_RevertWhen_claimsWouldEndWithinAYear() public {
        _fund();
        vm.warp(LIMIT - 365 days);
        _refuseLimit(LIMIT - 1, LIMIT);
        _refuseLimit(0, LIMIT);
        _limit(LIMIT);
    }

    function test_RevertWhen_limitedByAnother() public {
        _fund();
        vm.prank(stranger);
        vm.expectRevert(_unauthorized(stranger));
        distributor.limitClaims(id, LIMIT);
    }

    function test_RevertWhen_theRestIsNotDue() public {
        _fund();
        vm.warp(LIMIT);
        vm.prank(payer);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.RestNotDue.selector, id, 0));
        distributor.returnRest(id);
        vm.warp(LIMIT - 365 days);
        _limit(LIMIT);
        vm.warp(LIMIT - 1);
        vm.prank(payer);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.RestNotDue.selector, id, LIMIT));
        distributor.returnRest(id);
    }

    /// @dev Bob's last wallet is gone: his share, and nothing that was paid or released, goes back.
    function test_When_theEndHasPassed_anyoneReturnsWhatIsLeftToTheFunder() public {
        _fund();
        _claim(0);
        vm.startPrank(payer);
        distributor.releaseWithheld(id);
        distributor.releaseDust(id);
        vm.stopPrank();
        _limit(LIMIT);
        vm.warp(LIMIT);
        _claim(2);
        uint256 before = money.balanceOf(funder);
        vm.expectEmit(address(distributor));
        emit IDistributor.RestReturned(id, funder, amounts[1]);
        vm.prank(stranger);
        distributor.returnRest(id);
        assertEq(money.balanceOf(funder), before + amounts[1]);
        assertEq(money.balanceOf(address(distributor)), 0);
        assertEq(uint8(distributor.totalsOf(id).state), uint8(IDistributor.State.ENDED));
        _assertConserved();
    }

    function test_When_netExceedsTheLeaves_theRestIsNotLost() public {
        IDistributor.Declaration memory declaration = _declaration();
        id = _id(address(token), "too much");
        tree = MerkleTree.build(_leaves());
        (declaration.root, declaration.net) = (tree[0], NET + 100_000000);
        vm.prank(payer);
        distributor.declare(id, declaration);
        _fund();
        _pushAll();
        _limit(LIMIT);
        vm.warp(LIMIT);
        distributor.returnRest(id);
        assertEq(money.balanceOf(funder), 10 * TOTAL - NET);
        assertEq(money.balanceOf(address(distributor)), 0);
    }

    function test_When_moneyRefusesTheWithholdingAgent_theTaxComesBackAtTheEnd() public {
        _fund();
        _pushAll();
        money.block_(agent);
        vm.prank(payer);
        vm.expectRevert(abi.encodeWithSelector(HostileMoney.WalletBlocked.selector, agent));
        distributor.releaseWithheld(id);
        _limit(LIMIT);
        vm.warp(LIMIT);
        distributor.returnRest(id);
        assertEq(money.balanceOf(funder), 10 * TOTAL - NET);
        assertEq(money.balanceOf(address(distributor)), 0);
    }

    function test_RevertGiven_itEnded() public {
        _fund();
        _limit(LIMIT);
        vm.warp(LIMIT);
        distributor.returnRest(id);
        assertEq(money.balanceOf(funder), 10 * TOTAL);
        IDistributor.Entitlement memory entitlement = _entitlement(0);
        bytes32[] memory proof = _proof(0);
        bytes memory reason = abi.encodeWithSelector(IDistributor.DistributionNotFunded.selector, id);
        vm.prank(wallets[0]);
        vm.expectRevert(reason);
        distributor.claim(id, entitlement, proof);
        vm.expectRevert(reason);
        distributor.returnRest(id);
        vm.startPrank(payer);
        vm.expectRevert(reason);
        distributor.releaseWithheld(id);
        vm.expectRevert(reason);
        distributor.limitClaims(id, 2 * LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.DistributionStateInvalid.selector, id, IDistributor.State.ENDED));
        distributor.cancel(id);
        vm.stopPrank();
    }

    /* PROPERTIES */

    function test_storageSlotIsThatOfItsNamespace() public view {
        bytes32 slot = keccak256(abi.encode(uint256(keccak256("muniment.storage.Distributor")) - 1)) & ~bytes32(uint256(0xff));
        bytes32 first = vm.load(address(distributor), keccak256(abi.encode(id, slot)));
        assertEq(address(uint160(uint256(first))), address(token));
    }

    /// @dev A tree that promises more than was funded: who comes first is paid, nobody is paid with another distribution's money.
    function testFuzz_neverPaysMoreThanItsFunding(uint256 seed, uint256 net) public {
        _fund();
        for (uint256 i; i < 3; ++i) {
            amounts[i] = bound(uint256(keccak256(abi.encode(seed, i))), 0, NET);
        }
        net = bound(net, 1, 2 * NET);
        IDistributor.Declaration memory declaration = _declaration();
        bytes32 sound = id;
        id = _id(address(token), "fuzz");
        tree = MerkleTree.build(_leaves());
        (declaration.root, declaration.net) = (tree[0], net);
        vm.prank(payer);
        distributor.declare(id, declaration);
        _fund();
        uint256 paid;
        for (uint256 i; i < 3; ++i) {
            IDistributor.Entitlement memory entitlement = _entitlement(i);
            bytes32[] memory proof = _proof(i);
            bool fits = entitlement.amount <= net - paid;
            if (!fits) {
                vm.expectRevert(abi.encodeWithSelector(IDistributor.EntitlementExceedsFunding.selector, entitlement.amount, net - paid));
            }
            vm.prank(wallets[i]);
            distributor.claim(id, entitlement, proof);
            if (fits) paid += entitlement.amount;
            assertEq(distributor.isPaid(id, i), fits);
        }
        assertEq(distributor.totalsOf(id).paid, paid);
        assertEq(money.balanceOf(address(distributor)), TOTAL + net + WITHHELD + DUST - paid);
        assertEq(distributor.totalsOf(sound).paid, 0);
    }
}
