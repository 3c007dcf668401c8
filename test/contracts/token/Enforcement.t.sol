// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { Vm } from "forge-std/Test.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { IERC7943Fungible } from "../../../contracts/interfaces/IERC7943Fungible.sol";
import { IIdentityStorage } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { ISecurityToken, ISecurityTokenCore, ISecurityTokenExtension } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "./TokenFixture.sol";

contract EnforcementTest is TokenFixture {
    function setUp() public override {
        super.setUp();
        mint(ann, 100e18);
    }

    /* FORCED TRANSFER */

    function test_WhenForcing() external {
        vm.startPrank(agent);
        token.freezePartialTokens(ann, 90e18);
        bytes32 id = token.scheduleForcedTransfer(ann, bob, 30e18, "court order");
        (bytes32 scheduled, uint40 executableAt) = token.scheduledForcedTransfer(ann, bob, 30e18);
        assertEq(scheduled, id);
        assertEq(executableAt, block.timestamp + FORCED_DELAY);
        skip(FORCED_DELAY);

        vm.expectEmit(address(token));
        emit IERC3643Token.TokensUnfrozen(ann, 20e18);
        vm.expectEmit(address(token));
        emit IERC7943Fungible.Frozen(ann, 70e18);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(ann, bob, 30e18);
        vm.expectEmit(address(token));
        emit IERC7943Fungible.ForcedTransfer(ann, bob, 30e18);
        assertTrue(token.forcedTransfer(ann, bob, 30e18));

        assertEq(token.balanceOf(bob), 30e18);
        assertEq(token.getFrozenTokens(ann), 70e18);
        (scheduled, executableAt) = token.scheduledForcedTransfer(ann, bob, 30e18);
        assertEq(scheduled, 0);
        assertEq(executableAt, 0);
    }

    /// @dev No holder escapes: frozen, blocked, revoked, paused, and everything at once.
    function test_WhenForcingFromABarredHolder() external {
        vm.startPrank(agent);
        token.setAddressFrozen(ann, true);
        token.setFrozenTokens(ann, 500e18);
        token.pause();
        vm.stopPrank();
        revokeKyc(annIdentity);
        store.setBlocked(annIdentity, true);
        force(ann, bob, 100e18);

        assertEq(token.balanceOf(bob), 100e18);
        assertEq(token.getFrozenTokens(ann), 400e18);
        assertEq(token.holderCount(), 1);
    }

    function test_WhenARuleIsOverridden() external {
        setRule(address(new MaximumBalance()), abi.encode(uint256(10e18)));
        vm.startPrank(agent);
        bytes32 id = token.scheduleForcedTransfer(ann, bob, 30e18, "court order");
        skip(FORCED_DELAY);
        vm.expectEmit(address(token));
        emit ISecurityTokenCore.RuleOverridden(id, ReasonCode.MAX_BALANCE);
        token.forcedTransfer(ann, bob, 30e18);

        assertEq(token.balanceOf(bob), 30e18);
    }

    function test_RevertGiven_NoSchedule() external {
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.ForcedTransferNotScheduled.selector, ann, bob, 1));
        token.forcedTransfer(ann, bob, 1);
        token.scheduleForcedTransfer(ann, bob, 1, "court order");
        skip(FORCED_DELAY);
        token.forcedTransfer(ann, bob, 1);
        // Each announcement serves once.
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.ForcedTransferNotScheduled.selector, ann, bob, 1));
        token.forcedTransfer(ann, bob, 1);
    }

    function test_RevertWhen_TooEarlyOrTooLate() external {
        vm.startPrank(agent);
        token.scheduleForcedTransfer(ann, bob, 1, "court order");
        uint40 executableAt = uint40(block.timestamp) + FORCED_DELAY;
        skip(FORCED_DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.EnforcementTooEarly.selector, executableAt));
        token.forcedTransfer(ann, bob, 1);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.EnforcementPending.selector, executableAt));
        token.scheduleForcedTransfer(ann, bob, 1, "court order");

        skip(1 + 7 days);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.EnforcementExpired.selector, executableAt + 7 days));
        token.forcedTransfer(ann, bob, 1);
        // What expired may be announced anew.
        token.scheduleForcedTransfer(ann, bob, 1, "court order");
    }

    function test_RevertGiven_TheGuardianCancelled() external {
        vm.prank(agent);
        bytes32 id = token.scheduleForcedTransfer(ann, bob, 1, "court order");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        token.cancelForcedTransfer(ann, bob, 1);
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.ForcedTransferCancelled(id, guardian);
        vm.prank(guardian);
        token.cancelForcedTransfer(ann, bob, 1);
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.ForcedTransferNotScheduled.selector, ann, bob, 1));
        token.cancelForcedTransfer(ann, bob, 1);

        skip(FORCED_DELAY);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.ForcedTransferNotScheduled.selector, ann, bob, 1));
        token.forcedTransfer(ann, bob, 1);
    }

    /// @dev C5: judged when it happens, not when it was announced.
    function test_RevertGiven_TheRecipientMayNotReceive() external {
        vm.startPrank(agent);
        token.scheduleForcedTransfer(ann, bob, 1, "court order");
        token.setAddressFrozen(bob, true);
        skip(FORCED_DELAY);
        expectRefusal(ReasonCode.RECIPIENT_FROZEN);
        token.forcedTransfer(ann, bob, 1);

        token.setAddressFrozen(bob, false);
        vm.stopPrank();
        revokeKyc(bobIdentity);
        vm.prank(agent);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_REVOKED);
        token.forcedTransfer(ann, bob, 1);
    }

    /// @dev C17: a freeze cannot be laundered.
    function test_RevertWhen_ForcingToTheSameWallet() external {
        vm.startPrank(agent);
        token.freezePartialTokens(ann, 100e18);
        token.scheduleForcedTransfer(ann, ann, 100e18, "court order");
        skip(FORCED_DELAY);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, ann));
        token.forcedTransfer(ann, ann, 100e18);

        assertEq(token.getFrozenTokens(ann), 100e18);
    }

    function test_RevertWhen_ForcingMoreThanTheBalance() external {
        vm.startPrank(agent);
        token.scheduleForcedTransfer(ann, bob, 101e18, "court order");
        skip(FORCED_DELAY);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ann, 100e18, 101e18));
        token.forcedTransfer(ann, bob, 101e18);
    }

    function test_WhenForcingABatch() external {
        mint(annSecond, 10e18);
        (address[] memory from, address[] memory to, uint256[] memory amounts) = (new address[](2), new address[](2), new uint256[](2));
        (from[0], to[0], amounts[0]) = (ann, bob, 100e18);
        (from[1], to[1], amounts[1]) = (annSecond, bob, 10e18);
        vm.startPrank(agent);
        token.scheduleForcedTransfer(ann, bob, 100e18, "court order");
        token.scheduleForcedTransfer(annSecond, bob, 10e18, "court order");
        skip(FORCED_DELAY);
        token.batchForcedTransfer(from, to, amounts);

        assertEq(token.balanceOf(bob), 110e18);
        assertEq(token.holderCount(), 1);
    }

    function test_RevertGiven_TheCallerIsNoOfficer() external {
        vm.startPrank(stranger);
        expectRoleMissing(stranger, AgentRole.FORCED);
        token.forcedTransfer(ann, bob, 1);
        expectRoleMissing(stranger, AgentRole.FORCED);
        token.scheduleForcedTransfer(ann, bob, 1, "court order");
        expectRoleMissing(stranger, AgentRole.RECOVERY);
        token.proposeRecovery(ann, stranger, annIdentity, "");
        expectRoleMissing(stranger, AgentRole.RECOVERY);
        token.recoveryAddress(ann, stranger, annIdentity);
    }

    /* RECOVERY */

    function test_WhenRecovering() external {
        vm.startPrank(agent);
        token.freezePartialTokens(ann, 60e18);
        token.setAddressFrozen(ann, true);
        vm.stopPrank();
        bytes memory signature = recoverySignature(token, ann, spareWallet, annIdentity);
        vm.startPrank(agent);
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
        skip(RECOVERY_DELAY);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(ann, spareWallet.addr, 100e18);
        vm.expectEmit(address(token));
        emit IERC3643Token.RecoverySuccess(ann, spareWallet.addr, annIdentity);
        token.recoveryAddress(ann, spareWallet.addr, annIdentity);

        assertEq(token.balanceOf(ann), 0);
        assertEq(token.getFrozenTokens(ann), 0);
        assertEq(token.balanceOf(spareWallet.addr), 100e18);
        assertEq(token.getFrozenTokens(spareWallet.addr), 60e18);
        assertTrue(token.isFrozen(spareWallet.addr));
        assertFalse(token.isFrozen(ann), "the freeze went along and is not left behind");
        assertEq(token.holderCount(), 1);
        assertEq(token.positionOf(annIdentity), 100e18);
        assertFalse(registry.contains(ann));
        assertEq(registry.identity(spareWallet.addr), annIdentity);
        assertEq(token.nonces(spareWallet.addr), 1);
        token.setAddressFrozen(ann, false);
        expectRefusal(ReasonCode.RECIPIENT_NOT_REGISTERED);
        token.mint(ann, 1);
    }

    function test_WhenRecoveringToAWalletThatTheInvestorHas() external {
        registry.registerIdentity(spareWallet.addr, annIdentity, GERMANY);
        mint(spareWallet.addr, 5e18);
        recover(token, ann, spareWallet, annIdentity);

        assertEq(token.balanceOf(spareWallet.addr), 105e18);
        assertEq(token.holderCount(), 1);
    }

    function test_WhenBothWalletsAreFrozenBeyondAnyBalance_RecoveryStillWorks() external {
        registry.registerIdentity(spareWallet.addr, annIdentity, GERMANY);
        vm.startPrank(agent);
        token.setFrozenTokens(ann, type(uint112).max);
        token.setFrozenTokens(spareWallet.addr, type(uint112).max);
        vm.stopPrank();
        recover(token, ann, spareWallet, annIdentity);

        assertEq(token.balanceOf(spareWallet.addr), 100e18);
        assertEq(token.getFrozenTokens(ann), 0);
        assertEq(token.getFrozenTokens(spareWallet.addr), type(uint112).max);
        assertExplained(spareWallet.addr, bob, 1, ReasonCode.TOKENS_FROZEN);
    }

    function test_WhenTheNewWalletIsAManagementKey() external {
        identityFactory.deploy("ann", spareWallet.addr);
        vm.startPrank(agent);
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, "");
        skip(RECOVERY_DELAY);
        token.recoveryAddress(ann, spareWallet.addr, annIdentity);

        assertEq(token.balanceOf(spareWallet.addr), 100e18);
    }

    /// @dev Enforcement never bricks.
    function test_WhenRecoveringWhilePausedAndRevoked() external {
        vm.prank(agent);
        token.pause();
        revokeKyc(annIdentity);
        recover(token, ann, spareWallet, annIdentity);

        assertEq(token.balanceOf(spareWallet.addr), 100e18);
    }

    /// @dev C20: the lost wallet is retired for every token, and each recovers from it.
    function test_WhenASecondTokenRecovers() external {
        (ISecurityToken second,,) = newSuite();
        vm.prank(agent);
        second.mint(ann, 7e18);
        recover(token, ann, spareWallet, annIdentity);
        // Whoever found the lost key can do nothing with the other token either.
        second.unpause();
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.SENDER_NOT_ELIGIBLE, second, 0, 0));
        second.transfer(bob, 1);
        recover(second, ann, spareWallet, annIdentity);

        assertEq(second.balanceOf(spareWallet.addr), 7e18);
        assertEq(second.holderCount(), 1);
        assertEq(second.positionOf(annIdentity), 7e18);
    }

    /// @dev C4: nobody recovers to a stranger.
    function test_RevertWhen_TheIdentityIsAnothers() external {
        Vm.Wallet memory thief = vm.createWallet("thief");
        address thiefIdentity = onboard(registry, thief.addr, "thief", GERMANY);
        bytes memory signature = recoverySignature(token, ann, thief, thiefIdentity);
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.RecoveryIdentityMismatch.selector, ann, thiefIdentity, annIdentity));
        token.proposeRecovery(ann, thief.addr, thiefIdentity, signature);
        vm.expectRevert(
            abi.encodeWithSelector(ISecurityTokenCore.RecoveryIdentityMismatch.selector, thief.addr, annIdentity, thiefIdentity)
        );
        token.proposeRecovery(ann, thief.addr, annIdentity, signature);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.RecoveryNotProposed.selector, ann, thief.addr));
        token.recoveryAddress(ann, thief.addr, thiefIdentity);
    }

    function test_RevertWhen_TheSignatureIsNotTheNewWallets() external {
        Vm.Wallet memory other = vm.createWallet("other");
        bytes memory signature = recoverySignature(token, ann, other, annIdentity);
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.RecoverySignatureInvalid.selector, spareWallet.addr));
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.RecoverySignatureInvalid.selector, spareWallet.addr));
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, "");
    }

    function test_RevertWhen_TheSignatureIsUsedAgain() external {
        bytes memory signature = recoverySignature(token, ann, spareWallet, annIdentity);
        vm.prank(agent);
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
        vm.prank(ann);
        token.cancelRecovery(ann);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.RecoverySignatureInvalid.selector, spareWallet.addr));
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
    }

    /// @dev The lost wallet counts until it is empty: the refusal comes with the proposal, not two days later.
    function test_RevertGiven_TheInvestorHasAsManyWalletsAsHeMay() external {
        mint(ann, 1);
        for (uint160 i = 2; i < 15; ++i) {
            registry.registerIdentity(address(i), annIdentity, GERMANY);
        }
        bytes memory signature = recoverySignature(token, ann, spareWallet, annIdentity);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.TooManyWallets.selector, annIdentity, 15));
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
    }

    function test_RevertGiven_NothingToRecover() external {
        bytes memory signature = recoverySignature(token, annSecond, spareWallet, annIdentity);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.NothingToRecover.selector, annSecond));
        token.proposeRecovery(annSecond, spareWallet.addr, annIdentity, signature);
    }

    function test_RevertGiven_TheNewWalletIsUnfit() external {
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.RecoveryWalletInvalid.selector, ann, ReasonCode.INVALID_RECIPIENT));
        token.proposeRecovery(ann, ann, annIdentity, "");
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.RecoveryWalletInvalid.selector, address(0), ReasonCode.INVALID_RECIPIENT));
        token.proposeRecovery(ann, address(0), annIdentity, "");
        token.setAddressFrozen(spareWallet.addr, true);
        vm.expectRevert(
            abi.encodeWithSelector(ISecurityTokenCore.RecoveryWalletInvalid.selector, spareWallet.addr, ReasonCode.RECIPIENT_FROZEN)
        );
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, "");
        token.setAddressFrozen(spareWallet.addr, false);
        token.mint(annSecond, 1);
        vm.stopPrank();
        recover(token, ann, spareWallet, annIdentity);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.RecoveryWalletInvalid.selector, ann, ReasonCode.RECIPIENT_NOT_REGISTERED));
        token.proposeRecovery(annSecond, ann, annIdentity, "");
    }

    function test_RevertWhen_RecoveringTooEarlyOrTooLate() external {
        bytes memory signature = recoverySignature(token, ann, spareWallet, annIdentity);
        vm.startPrank(agent);
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
        (address newWallet, uint40 executableAt) = token.proposedRecovery(ann);
        assertEq(newWallet, spareWallet.addr);
        assertEq(executableAt, block.timestamp + RECOVERY_DELAY);
        skip(RECOVERY_DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.EnforcementTooEarly.selector, executableAt));
        token.recoveryAddress(ann, spareWallet.addr, annIdentity);
        skip(1 + 7 days);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.EnforcementExpired.selector, executableAt + 7 days));
        token.recoveryAddress(ann, spareWallet.addr, annIdentity);
    }

    function test_WhenARecoveryIsVetoed() external {
        address[4] memory vetoers = [ann, annSecond, guardian, agent];
        for (uint256 i = 0; i < vetoers.length; ++i) {
            bytes memory signature = recoverySignature(token, ann, spareWallet, annIdentity);
            vm.prank(agent);
            bytes32 id = token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
            vm.expectEmit(address(token));
            emit ISecurityTokenExtension.RecoveryCancelled(id, vetoers[i]);
            vm.prank(vetoers[i]);
            token.cancelRecovery(ann);
        }
        skip(RECOVERY_DELAY);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.RecoveryNotProposed.selector, ann, spareWallet.addr));
        token.recoveryAddress(ann, spareWallet.addr, annIdentity);
    }

    /// @dev A thief who holds it would veto for ever; the investor's other wallets and the guardian still may.
    function test_RevertGiven_TheLostWalletIsFrozen_ItVetoes() external {
        vm.prank(agent);
        token.setAddressFrozen(ann, true);
        address[2] memory vetoers = [annSecond, guardian];
        for (uint256 i = 0; i < vetoers.length; ++i) {
            bytes memory signature = recoverySignature(token, ann, spareWallet, annIdentity);
            vm.prank(agent);
            token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
            vm.prank(ann);
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, ann));
            token.cancelRecovery(ann);
            vm.prank(vetoers[i]);
            token.cancelRecovery(ann);
        }
    }

    function test_RevertWhen_AStrangerVetoes() external {
        bytes memory signature = recoverySignature(token, ann, spareWallet, annIdentity);
        vm.prank(agent);
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, bob));
        token.cancelRecovery(ann);
    }
}
