// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { IERC3643Token } from "../interfaces/erc3643/IERC3643Token.sol";
import { ISecurityTokenCore, ISecurityTokenExtension } from "../interfaces/ISecurityToken.sol";
import { ReasonCode } from "../interfaces/ReasonCode.sol";
import { TokenState } from "./TokenState.sol";

/// @notice The token's acts under a name of the caller's books: with a business reference, or as a batch that notes what is done.
/// @dev Each act is a call of the token to itself as its present caller, so that its gate, its checks and its events are those of the act.
abstract contract TokenReferences is TokenState, ISecurityTokenExtension {
    /* ACTS WITH A BUSINESS REFERENCE */

    /// @inheritdoc ISecurityTokenExtension
    function mint(address, uint256, bytes32 ref) external {
        _record(ref, IERC3643Token.mint.selector);
    }

    /// @inheritdoc ISecurityTokenExtension
    function burn(address, uint256, bytes32 ref) external {
        _record(ref, IERC3643Token.burn.selector);
    }

    /// @inheritdoc ISecurityTokenExtension
    function forcedTransfer(address, address, uint256, bytes32 ref) external returns (bool) {
        _record(ref, IERC3643Token.forcedTransfer.selector);
        return true;
    }

    /// @inheritdoc ISecurityTokenExtension
    function recoveryAddress(address, address, address, bytes32 ref) external returns (bool) {
        _record(ref, IERC3643Token.recoveryAddress.selector);
        return true;
    }

    /// @inheritdoc ISecurityTokenExtension
    function setAddressFrozen(address, bool, bytes32 ref) external {
        _record(ref, IERC3643Token.setAddressFrozen.selector);
    }

    /// @inheritdoc ISecurityTokenExtension
    function freezePartialTokens(address, uint256, bytes32 ref) external {
        _record(ref, IERC3643Token.freezePartialTokens.selector);
    }

    /// @inheritdoc ISecurityTokenExtension
    function unfreezePartialTokens(address, uint256, bytes32 ref) external {
        _record(ref, IERC3643Token.unfreezePartialTokens.selector);
    }

    /// @inheritdoc ISecurityTokenExtension
    function batchMint(address[] calldata, uint256[] calldata, bytes32 ref) external {
        _record(ref, IERC3643Token.batchMint.selector);
    }

    /// @inheritdoc ISecurityTokenExtension
    function batchBurn(address[] calldata, uint256[] calldata, bytes32 ref) external {
        _record(ref, IERC3643Token.batchBurn.selector);
    }

    /// @inheritdoc ISecurityTokenExtension
    function batchForcedTransfer(address[] calldata, address[] calldata, uint256[] calldata, bytes32 ref) external {
        _record(ref, IERC3643Token.batchForcedTransfer.selector);
    }

    /// @inheritdoc ISecurityTokenExtension
    function batchSetAddressFrozen(address[] calldata, bool[] calldata, bytes32 ref) external {
        _record(ref, IERC3643Token.batchSetAddressFrozen.selector);
    }

    /// @inheritdoc ISecurityTokenExtension
    function batchFreezePartialTokens(address[] calldata, uint256[] calldata, bytes32 ref) external {
        _record(ref, IERC3643Token.batchFreezePartialTokens.selector);
    }

    /// @inheritdoc ISecurityTokenExtension
    function batchUnfreezePartialTokens(address[] calldata, uint256[] calldata, bytes32 ref) external {
        _record(ref, IERC3643Token.batchUnfreezePartialTokens.selector);
    }

    /// @dev The reference is the last argument: the act reads those before it from the same bytes and never looks at it.
    /// @custom:oz-upgrades-unsafe-allow-reachable delegatecall
    function _record(bytes32 ref, bytes4 act) private {
        Address.functionDelegateCall(address(this), abi.encodePacked(act, msg.data[4:]));

        emit OperationRecorded(ref, msg.sig, 0);
    }

    /* BATCHES THAT GO ON */

    /// @inheritdoc ISecurityTokenExtension
    function tryBatchTransfer(bytes32 batchId, address[] calldata toList, uint256[] calldata amounts) external returns (uint256) {
        return _tryPairs(batchId, IERC20.transfer.selector, toList, amounts);
    }

    /// @inheritdoc ISecurityTokenExtension
    function tryBatchMint(bytes32 batchId, address[] calldata toList, uint256[] calldata amounts) external returns (uint256) {
        return _tryPairs(batchId, IERC3643Token.mint.selector, toList, amounts);
    }

    /// @inheritdoc ISecurityTokenExtension
    function tryBatchBurn(bytes32 batchId, address[] calldata userAddresses, uint256[] calldata amounts) external returns (uint256) {
        return _tryPairs(batchId, IERC3643Token.burn.selector, userAddresses, amounts);
    }

    /// @inheritdoc ISecurityTokenExtension
    function tryBatchForcedTransfer(bytes32 batchId, address[] calldata fromList, address[] calldata toList, uint256[] calldata amounts)
        external
        returns (uint256)
    {
        _checkLengths(fromList.length, toList.length);
        _checkLengths(fromList.length, amounts.length);
        bytes[] memory acts = new bytes[](fromList.length);
        for (uint256 i = 0; i < acts.length; ++i) {
            acts[i] = abi.encodeCall(IERC3643Token.forcedTransfer, (fromList[i], toList[i], amounts[i]));
        }
        return _try(batchId, acts);
    }

    /// @inheritdoc ISecurityTokenExtension
    function batchProgress(address caller, bytes32 batchId) external view returns (uint256 done) {
        return _state().batches[caller][batchId].done;
    }

    function _tryPairs(bytes32 batchId, bytes4 act, address[] calldata accounts, uint256[] calldata amounts) private returns (uint256) {
        _checkLengths(accounts.length, amounts.length);
        bytes[] memory acts = new bytes[](accounts.length);
        for (uint256 i = 0; i < acts.length; ++i) {
            acts[i] = abi.encodeWithSelector(act, accounts[i], amounts[i]);
        }
        return _try(batchId, acts);
    }

    /// @dev Noted at the end: an item calls nobody who could come back for another one, and a call that runs out of gas did nothing.
    /// @custom:oz-upgrades-unsafe-allow delegatecall
    function _try(bytes32 batchId, bytes[] memory acts) private returns (uint256 done) {
        Batch storage batch = _state().batches[msg.sender][batchId];
        bytes32 content = keccak256(abi.encode(msg.sig, acts));
        if (batch.content == 0) batch.content = content;
        else if (batch.content != content) revert BatchDiffers(batchId);

        done = batch.done;
        for (uint256 i = 0; i < acts.length; ++i) {
            if ((done >> i) & 1 != 0) continue;
            // The token itself is called, and what it runs is the gated act.
            // forge-lint: disable-next-line(unchecked-call)
            (bool success, bytes memory result) = address(this).delegatecall(acts[i]);
            if (success) done |= 1 << i;
            else emit ItemFailed(batchId, i, _codeOf(result), _selectorOf(result));
        }
        batch.done = done;

        emit BatchTried(batchId, msg.sender, msg.sig, done);
    }

    /// @return first four bytes, zero where there are none
    function _selectorOf(bytes memory refusal) private pure returns (bytes4) {
        // The rest falls away on purpose.
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes4(refusal);
    }

    /// @return ReasonCode of a refusal
    function _codeOf(bytes memory refusal) private pure returns (uint8) {
        bytes4 selector = _selectorOf(refusal);
        if (selector == ISecurityTokenCore.TransferRefused.selector) return uint8(refusal[35]);
        if (selector == IERC20Errors.ERC20InsufficientBalance.selector) return ReasonCode.INSUFFICIENT_BALANCE;
        if (selector == IERC20Errors.ERC20InvalidReceiver.selector) return ReasonCode.INVALID_RECIPIENT;
        return ReasonCode.UNKNOWN;
    }
}
