// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC734 } from "./erc735/IERC734.sol";
import { IERC735 } from "./erc735/IERC735.sol";

/// @notice The contract of an investor's identity: his keys, the calls they approve, the claims he shows to others. No token of
///         Muniment reads it to decide a transfer: claims that count are in the identity storage.
interface IIdentity is IERC734, IERC735 {
    /// @notice The caller has no key of this purpose, nor of purpose 1.
    error KeyPurposeMissing(address caller, uint256 purpose);
    error KeyInvalid(bytes32 key);
    error KeyPurposeUnknown(uint256 purpose);
    error KeyAlreadyAdded(bytes32 key, uint256 purpose);
    error KeyNotFound(bytes32 key, uint256 purpose);
    error KeyTypeDiffers(bytes32 key, uint256 stored, uint256 given);
    /// @notice Without a management key nobody could ever act.
    error LastManagementKey(bytes32 key);
    error TooManyKeys(uint256 purpose, uint256 maximum);
    error ExecutionUnknown(uint256 executionId);
    /// @notice It was executed, or turned down.
    error ExecutionClosed(uint256 executionId);
    error ClaimNotValid(address issuer, uint256 topic);
    error ClaimNotFound(bytes32 claimId);
    error TooManyClaims(uint256 topic, uint256 maximum);

    /// @notice Gives a fresh clone its first management key. Once.
    function initialize(address managementKey) external;
}
