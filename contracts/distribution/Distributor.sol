// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { BitMaps } from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import { AgentRole } from "../interfaces/AgentRole.sol";
import { IERC3643IdentityRegistry } from "../interfaces/erc3643/IERC3643IdentityRegistry.sol";
import { IDistributor } from "../interfaces/IDistributor.sol";
import { ISecurityToken } from "../interfaces/ISecurityToken.sol";
import { FailureReason } from "../issuance/FailureReason.sol";
import { FrozenInvestor } from "../issuance/FrozenInvestor.sol";

/// @notice Pays what a token earned to its holders of the record date.
/// @dev Nobody administers it. Its assumptions: whoever is a PAYER of a token may pay its holders, in any payment token, good or bad.
///      A bad token or payment token can only spoil the distributions that name it, because each one's money is counted apart: no
///      distribution ever pays out more than its own funding.
contract Distributor is IDistributor, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using BitMaps for BitMaps.BitMap;

    struct Distribution {
        Declaration declaration;
        Totals totals;
        BitMaps.BitMap paid;
    }

    /// @custom:storage-location erc7201:muniment.storage.Distributor
    struct DistributorStorage {
        mapping(bytes32 distributionId => Distribution) distributions;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.Distributor")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0x78e93ad066d19bc50b58d06e4ccb853407655faba346eb56d792740b1bc70c00;

    uint256 private constant MAX_BATCH = 250;
    /// @dev What one payment may use: the wallet's eligibility, the bitmap, the stablecoin's transfer, with room. It is a fixed allowance
    ///      so that no caller, and no gas estimate, can make a payment fail for want of gas and have the entitlement held.
    uint256 private constant PAYMENT_GAS = 400_000;
    uint256 private constant PAYMENT_GAS_NEEDED = PAYMENT_GAS * 64 / 63 + 50_000;

    /* PAYER FUNCTIONS */

    /// @inheritdoc IDistributor
    function declare(bytes32 distributionId, Declaration calldata declaration) external {
        // The first 20 of 32 bytes on purpose.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (address(bytes20(distributionId)) != declaration.token) revert DistributionIdForeign(distributionId, declaration.token);
        if (declaration.token.code.length == 0) revert DeclarationInvalid("token");
        _checkPayer(declaration.token);
        Distribution storage distribution = _distribution(distributionId);
        if (distribution.totals.state != State.NONE) revert DistributionExists(distributionId);
        _checkDeclaration(declaration);

        distribution.declaration = declaration;
        distribution.totals.state = State.DECLARED;

        emit DistributionDeclared(distributionId, declaration.token, declaration.snapshotId, declaration);
    }

    /// @inheritdoc IDistributor
    function push(bytes32 distributionId, Entitlement[] calldata entitlements, address[] calldata wallets, bytes32[][] calldata proofs)
        external
        nonReentrant
    {
        Distribution storage distribution = _funded(distributionId);
        _checkPayer(distribution.declaration.token);
        if (entitlements.length > MAX_BATCH) revert BatchTooLong(entitlements.length, MAX_BATCH);
        if (entitlements.length != wallets.length) revert LengthMismatch(entitlements.length, wallets.length);
        if (entitlements.length != proofs.length) revert LengthMismatch(entitlements.length, proofs.length);

        for (uint256 i; i < entitlements.length; ++i) {
            Entitlement calldata entitlement = entitlements[i];
            _checkProof(distribution, distributionId, entitlement, proofs[i]);
            if (distribution.paid.get(entitlement.index)) continue;
            if (gasleft() < PAYMENT_GAS_NEEDED) revert PaymentGasShort(gasleft(), PAYMENT_GAS_NEEDED);

            try this.payEntitlement{ gas: PAYMENT_GAS }(distributionId, entitlement, wallets[i]) { }
            catch {
                emit EntitlementHeld(distributionId, entitlement.index, entitlement.investor, wallets[i], FailureReason.last());
            }
        }
    }

    /// @inheritdoc IDistributor
    function releaseWithheld(bytes32 distributionId) external nonReentrant {
        Distribution storage distribution = _funded(distributionId);
        Declaration storage declaration = distribution.declaration;
        _checkPayer(declaration.token);
        if (distribution.totals.withheldReleased) revert AlreadyReleased(distributionId);

        distribution.totals.withheldReleased = true;
        _send(declaration.paymentToken, declaration.withholdingAgent, declaration.withheld);

        emit WithheldReleased(distributionId, declaration.withholdingAgent, declaration.withheld);
    }

    /// @inheritdoc IDistributor
    function releaseDust(bytes32 distributionId) external nonReentrant {
        Distribution storage distribution = _funded(distributionId);
        Declaration storage declaration = distribution.declaration;
        _checkPayer(declaration.token);
        if (distribution.totals.dustReleased) revert AlreadyReleased(distributionId);

        distribution.totals.dustReleased = true;
        _send(declaration.paymentToken, distribution.totals.funder, declaration.dust);

        emit DustReleased(distributionId, distribution.totals.funder, declaration.dust);
    }

    /// @inheritdoc IDistributor
    function cancel(bytes32 distributionId) external nonReentrant {
        Distribution storage distribution = _distribution(distributionId);
        Totals memory totals = distribution.totals;
        if (totals.state != State.DECLARED && totals.state != State.FUNDED) revert DistributionStateInvalid(distributionId, totals.state);
        _checkPayer(distribution.declaration.token);
        if (totals.paidCount != 0 || totals.withheldReleased || totals.dustReleased) revert CancellationTooLate(distributionId);

        distribution.totals.state = State.CANCELLED;
        uint256 refunded = totals.state == State.FUNDED ? _total(distribution.declaration) : 0;
        _send(distribution.declaration.paymentToken, totals.funder, refunded);

        emit DistributionCancelled(distributionId, refunded);
    }

    /// @inheritdoc IDistributor
    function fund(bytes32 distributionId) external nonReentrant {
        Distribution storage distribution = _distribution(distributionId);
        State state = distribution.totals.state;
        if (state == State.FUNDED) revert DistributionAlreadyFunded(distributionId);
        if (state != State.DECLARED) revert DistributionStateInvalid(distributionId, state);
        _checkPayer(distribution.declaration.token);

        distribution.totals.state = State.FUNDED;
        distribution.totals.funder = msg.sender;

        uint256 amount = _total(distribution.declaration);
        IERC20 paymentToken = IERC20(distribution.declaration.paymentToken);
        uint256 before = paymentToken.balanceOf(address(this));
        paymentToken.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = paymentToken.balanceOf(address(this)) - before;
        if (received != amount) revert FundingShort(received, amount);

        emit DistributionFunded(distributionId, msg.sender, amount);
    }

    /* USER FUNCTIONS */

    /// @inheritdoc IDistributor
    function claim(bytes32 distributionId, Entitlement calldata entitlement, bytes32[] calldata proof) external nonReentrant {
        Distribution storage distribution = _funded(distributionId);
        _checkProof(distribution, distributionId, entitlement, proof);
        if (distribution.paid.get(entitlement.index)) revert EntitlementAlreadyPaid(distributionId, entitlement.index);
        _pay(distribution, distributionId, entitlement, msg.sender);
    }

    /* SELF */

    /// @inheritdoc IDistributor
    function payEntitlement(bytes32 distributionId, Entitlement calldata entitlement, address wallet) external {
        if (msg.sender != address(this)) revert DistributorUnauthorized(msg.sender);
        _pay(_distribution(distributionId), distributionId, entitlement, wallet);
    }

    /* VIEWS */

    /// @inheritdoc IDistributor
    function declarationOf(bytes32 distributionId) external view returns (Declaration memory) {
        return _distribution(distributionId).declaration;
    }

    /// @inheritdoc IDistributor
    function totalsOf(bytes32 distributionId) external view returns (Totals memory) {
        return _distribution(distributionId).totals;
    }

    /// @inheritdoc IDistributor
    function isPaid(bytes32 distributionId, uint256 index) external view returns (bool) {
        return _distribution(distributionId).paid.get(index);
    }

    /// @inheritdoc IDistributor
    /// @dev Hashed twice, so that an inner node of the tree can never pass as a leaf.
    function leafOf(bytes32 distributionId, Entitlement calldata entitlement) public view returns (bytes32) {
        return keccak256(
            bytes.concat(
                keccak256(
                    abi.encode(block.chainid, address(this), distributionId, entitlement.index, entitlement.investor, entitlement.amount)
                )
            )
        );
    }

    /* INTERNAL */

    function _checkDeclaration(Declaration calldata declaration) private view {
        if (declaration.paymentToken.code.length == 0) revert DeclarationInvalid("paymentToken");
        if (declaration.snapshotId == 0 || declaration.snapshotId > ISecurityToken(declaration.token).lastSnapshotId()) {
            revert DeclarationInvalid("snapshotId");
        }
        if (declaration.net == 0 || declaration.net > type(uint128).max) revert DeclarationInvalid("net");
        if (declaration.withheld > type(uint128).max) revert DeclarationInvalid("withheld");
        if (declaration.dust > type(uint128).max) revert DeclarationInvalid("dust");
        if (declaration.count == 0) revert DeclarationInvalid("count");
        bool nobody = declaration.withholdingAgent == address(0) && declaration.withheld != 0;
        if (nobody || declaration.withholdingAgent == address(this)) revert DeclarationInvalid("withholdingAgent");
        if (declaration.root == bytes32(0)) revert DeclarationInvalid("root");
    }

    function _checkProof(
        Distribution storage distribution,
        bytes32 distributionId,
        Entitlement calldata entitlement,
        bytes32[] calldata proof
    ) private view {
        bool known = entitlement.index < distribution.declaration.count
            && MerkleProof.verifyCalldata(proof, distribution.declaration.root, leafOf(distributionId, entitlement));
        if (!known) revert EntitlementProofInvalid(entitlement.index);
    }

    /// @dev Proof and single payment are checked by the callers.
    function _pay(Distribution storage distribution, bytes32 distributionId, Entitlement calldata entitlement, address wallet) private {
        Declaration storage declaration = distribution.declaration;
        ISecurityToken token = ISecurityToken(declaration.token);
        if (!_isPayable(token, entitlement.investor, wallet)) {
            revert WalletNotPayable(wallet, entitlement.investor);
        }
        uint256 remaining = declaration.net - distribution.totals.paid;
        if (entitlement.amount > remaining) revert EntitlementExceedsFunding(entitlement.amount, remaining);

        distribution.paid.set(entitlement.index);
        distribution.totals.paid += entitlement.amount;
        ++distribution.totals.paidCount;
        _send(declaration.paymentToken, wallet, entitlement.amount);

        emit EntitlementPaid(distributionId, entitlement.index, entitlement.investor, wallet, entitlement.amount);
    }

    function _isPayable(ISecurityToken token, address investor, address wallet) private view returns (bool) {
        if (IERC3643IdentityRegistry(token.identityRegistry()).identity(wallet) != investor || !token.canReceive(wallet)) return false;
        return !FrozenInvestor.isFrozen(token, investor);
    }

    function _send(address paymentToken, address to, uint256 amount) private {
        if (amount != 0) IERC20(paymentToken).safeTransfer(to, amount);
    }

    function _total(Declaration storage declaration) private view returns (uint256) {
        return declaration.net + declaration.withheld + declaration.dust;
    }

    function _checkPayer(address token) private view {
        if (ISecurityToken(token).agentRoles(msg.sender) & AgentRole.PAYER == 0) revert DistributorUnauthorized(msg.sender);
    }

    function _funded(bytes32 distributionId) private view returns (Distribution storage distribution) {
        distribution = _distribution(distributionId);
        if (distribution.totals.state != State.FUNDED) revert DistributionNotFunded(distributionId);
    }

    function _distribution(bytes32 distributionId) private view returns (Distribution storage) {
        return _getDistributorStorage().distributions[distributionId];
    }

    function _getDistributorStorage() private pure returns (DistributorStorage storage $) {
        assembly {
            $.slot := STORAGE_SLOT
        }
    }
}
