// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { Vm } from "forge-std/Test.sol";
import { ISecurityToken, ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TrexSuite } from "../reference/TrexFixture.sol";
import { AbuseFixture } from "./AbuseFixture.sol";

/// @notice Recovery and forced transfer turned against the holder, or found stuck when he needs them.
contract EnforcementAbuseTest is AbuseFixture {
    Vm.Wallet internal thief;

    function setUp() public override {
        super.setUp();
        thief = vm.createWallet("thief");
    }

    /* C4 */

    function test_C04_AVictimIsRecoveredToAStrangersIdentity_Refused() external {
        mint(ann, 100);
        address thiefIdentity = onboard(registry, thief.addr, "thief", GERMANY);
        bytes memory signature = recoverySignature(token, ann, thief, thiefIdentity);
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.RecoveryIdentityMismatch.selector, ann, thiefIdentity, annIdentity));
        token.proposeRecovery(ann, thief.addr, thiefIdentity, signature);
    }

    function test_C04_AVictimIsRecoveredToAStrangersRegisteredWallet_Refused() external {
        mint(ann, 100);
        address thiefIdentity = onboard(registry, thief.addr, "thief", GERMANY);
        bytes memory signature = recoverySignature(token, ann, thief, annIdentity);
        vm.startPrank(agent);
        vm.expectRevert(
            abi.encodeWithSelector(ISecurityTokenCore.RecoveryIdentityMismatch.selector, thief.addr, annIdentity, thiefIdentity)
        );
        token.proposeRecovery(ann, thief.addr, annIdentity, signature);
    }

    /// @dev A dishonest agent with a fresh wallet gets as far as the announcement: the victim sees it for two days, and ends it.
    function test_C04_AVictimIsRecoveredToAFreshWallet_WaitsAndIsVetoed() external {
        mint(ann, 100);
        bytes memory signature = recoverySignature(token, ann, thief, annIdentity);
        vm.startPrank(agent);
        token.proposeRecovery(ann, thief.addr, annIdentity, signature);
        uint40 executableAt = uint40(block.timestamp) + RECOVERY_DELAY;
        vm.warp(executableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.EnforcementTooEarly.selector, executableAt));
        token.recoveryAddress(ann, thief.addr, annIdentity);
        vm.stopPrank();

        vm.prank(annSecond);
        token.cancelRecovery(ann);
        skip(1);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.RecoveryNotProposed.selector, ann, thief.addr));
        token.recoveryAddress(ann, thief.addr, annIdentity);
        assertEq(token.balanceOf(ann), 100);
    }

    /// @dev An agent that may freeze as well silences a victim of one wallet. What is left is the guardian.
    function test_C04_TheVictimIsFrozenSoThatHeCannotVeto_TheGuardianStillCan() external {
        mint(bob, 100);
        bytes memory signature = recoverySignature(token, bob, thief, bobIdentity);
        vm.startPrank(agent);
        token.setAddressFrozen(bob, true);
        token.proposeRecovery(bob, thief.addr, bobIdentity, signature);
        vm.stopPrank();
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", bob));
        token.cancelRecovery(bob);

        vm.prank(guardian);
        token.cancelRecovery(bob);
        skip(RECOVERY_DELAY);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.RecoveryNotProposed.selector, bob, thief.addr));
        token.recoveryAddress(bob, thief.addr, bobIdentity);
    }

    function test_C04_AVictimIsRecoveredToAStrangersIdentity_SucceedsOnTheReference() external {
        address bobsNew = makeAddr("bob, new wallet");
        vm.prank(bob);
        (bool added,) = trexIdentityOf[bob].call(
            abi.encodeWithSignature("addKey(bytes32,uint256,uint256)", keccak256(abi.encode(bobsNew)), uint256(1), uint256(1))
        );
        assertTrue(added);
        trexMint(ann, 100);
        vm.prank(trexAgent);
        trex.token.recoveryAddress(ann, bobsNew, trexIdentityOf[bob]);
        assertEq(trex.token.balanceOf(bobsNew), 100);
        assertEq(trex.registry.identity(bobsNew), trexIdentityOf[bob]);
        assertFalse(trex.registry.contains(ann));
    }

    /* C20 */

    function test_C20_ASecondTokenOnTheSameStorageRecovers() external {
        (ISecurityToken second,,) = newSuite();
        mint(ann, 5);
        vm.prank(agent);
        second.mint(ann, 7);
        recover(token, ann, spareWallet, annIdentity);
        recover(second, ann, spareWallet, annIdentity);
        assertEq(token.balanceOf(spareWallet.addr), 5);
        assertEq(second.balanceOf(spareWallet.addr), 7);
    }

    /// @dev Meanwhile whoever has the lost key can move nothing of the second token.
    function test_C20_TheLostKeySpendsTheSecondToken_Refused() external {
        (ISecurityToken second,,) = newSuite();
        second.unpause();
        mint(ann, 5);
        vm.prank(agent);
        second.mint(ann, 7);
        recover(token, ann, spareWallet, annIdentity);
        expectRefusalBy(address(second), ReasonCode.SENDER_NOT_ELIGIBLE, 0, 0);
        vm.prank(ann);
        second.transfer(bob, 7);
    }

    function test_C20_ASecondTokenOnTheSameStorage_IsStuckOnTheReference() external {
        TrexSuite memory second = newTrexSuite("second", address(trex.store));
        address annNew = makeAddr("ann, new wallet");
        vm.prank(ann);
        (bool added,) = trexIdentityOf[ann].call(
            abi.encodeWithSignature("addKey(bytes32,uint256,uint256)", keccak256(abi.encode(annNew)), uint256(1), uint256(1))
        );
        assertTrue(added);
        trexMint(ann, 5);
        vm.startPrank(trexAgent);
        second.token.mint(ann, 7);
        trex.token.recoveryAddress(ann, annNew, trexIdentityOf[ann]);

        vm.expectRevert("address stored already");
        second.token.recoveryAddress(ann, annNew, trexIdentityOf[ann]);
        assertEq(second.token.balanceOf(ann), 7);
    }

    /* C26 */

    function announce(uint256 amount) internal {
        vm.prank(agent);
        token.scheduleForcedTransfer(ann, bob, amount, "court order");
        skip(FORCED_DELAY);
    }

    function test_C26_TheHolderEmptiesHisWalletBeforeTheExecution_TakesNothingFromOthers() external {
        mint(ann, 10);
        announce(10);
        vm.prank(ann);
        token.transfer(bob, 4);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ann, 6, 10));
        token.forcedTransfer(ann, bob, 10);
    }

    function test_C26_AnyFieldDiffersFromTheAnnouncement_Refused() external {
        mint(ann, 20);
        announce(10);
        address[3] memory froms = [ann, ann, annSecond];
        address[3] memory tos = [bob, annSecond, bob];
        uint256[3] memory amounts = [uint256(9), 10, 10];
        vm.startPrank(agent);
        for (uint256 i = 0; i < 3; i++) {
            vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.ForcedTransferNotScheduled.selector, froms[i], tos[i], amounts[i]));
            token.forcedTransfer(froms[i], tos[i], amounts[i]);
        }
        token.forcedTransfer(ann, bob, 10);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.ForcedTransferNotScheduled.selector, ann, bob, 10));
        token.forcedTransfer(ann, bob, 10);
    }

    function test_C26_TheRecipientLosesHisClaimBeforeTheExecution_Refused() external {
        mint(ann, 10);
        announce(10);
        revokeKyc(bobIdentity);
        vm.prank(agent);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_REVOKED);
        token.forcedTransfer(ann, bob, 10);
    }

    function test_C26_TheAnnouncementIsKeptForLater_Expires() external {
        mint(ann, 10);
        announce(10);
        uint40 expiresAt = uint40(block.timestamp + 7 days);
        vm.warp(expiresAt);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.EnforcementExpired.selector, expiresAt));
        token.forcedTransfer(ann, bob, 10);
    }

    /// @dev An announcement made for one token, or on one chain, serves no other: each keeps its own.
    function test_C26_TheAnnouncementOfOneTokenIsUsedInAnother_Refused() external {
        (ISecurityToken second,,) = newSuite();
        mint(ann, 10);
        vm.prank(agent);
        second.mint(ann, 10);
        announce(10);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.ForcedTransferNotScheduled.selector, ann, bob, 10));
        second.forcedTransfer(ann, bob, 10);
    }

    /* C25 */

    /// @dev Warning: tokens on one storage share their investors. An officer of one who recovers an investor of all to a wallet of his
    ///      own bars that investor's wallet in the others too, and may then veto the recovery there. The others' way out is a forced
    ///      transfer, which nobody but the guardian cancels.
    function test_C25_AnOfficerOfOneTokenRecoversAnInvestorOfAll_AForcedTransferRemains() external {
        (ISecurityToken second,,) = newSuite();
        mint(ann, 100);
        vm.prank(agent);
        second.mint(ann, 1);
        recover(second, ann, thief, annIdentity);
        assertEq(token.balanceOf(thief.addr), 0, "no unit of another token goes along");
        expectRefusal(ReasonCode.SENDER_NOT_ELIGIBLE);
        vm.prank(ann);
        token.transfer(bob, 1);

        bytes memory signature = recoverySignature(token, ann, spareWallet, annIdentity);
        vm.prank(agent);
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
        vm.prank(thief.addr);
        token.cancelRecovery(ann);
        vm.prank(agent);
        token.scheduleForcedTransfer(ann, annSecond, 100, "restitution");
        vm.prank(thief.addr);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", thief.addr));
        token.cancelForcedTransfer(ann, annSecond, 100);
        skip(FORCED_DELAY);
        vm.prank(agent);
        token.forcedTransfer(ann, annSecond, 100);
        assertEq(token.balanceOf(annSecond), 100);
    }
}
