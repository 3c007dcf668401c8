// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice ERC-734, key manager: keys with purposes, and calls that they approve. Written from the interface asset of EIP-3643 (CC0).
///         Purposes: 1 management, 2 action, 3 claim signer, 4 encryption. The key of an account is keccak256(abi.encode(account)).
interface IERC734 {
    event KeyAdded(bytes32 indexed key, uint256 indexed purpose, uint256 indexed keyType);
    event KeyRemoved(bytes32 indexed key, uint256 indexed purpose, uint256 indexed keyType);
    event Approved(uint256 indexed executionId, bool approved);
    event ExecutionRequested(uint256 indexed executionId, address indexed to, uint256 indexed value, bytes data);
    event Executed(uint256 indexed executionId, address indexed to, uint256 indexed value, bytes data);
    event ExecutionFailed(uint256 indexed executionId, address indexed to, uint256 indexed value, bytes data);

    /// @param key hash of an account, or an encryption key
    /// @param purpose 1 to 4
    /// @param keyType 1 ECDSA, 2 RSA
    function addKey(bytes32 key, uint256 purpose, uint256 keyType) external returns (bool success);
    function removeKey(bytes32 key, uint256 purpose) external returns (bool success);

    /// @notice Asks the identity to call `to`. It does so at once when the caller's key suffices, else when such a key approves.
    /// @param value wei
    function execute(address to, uint256 value, bytes calldata data) external payable returns (uint256 executionId);

    /// @notice Approves, or turns down for good, what `execute` asked for.
    function approve(uint256 id, bool approved) external returns (bool success);

    function getKey(bytes32 key) external view returns (uint256[] memory purposes, uint256 keyType, bytes32 key_);
    function getKeyPurposes(bytes32 key) external view returns (uint256[] memory purposes);
    function getKeysByPurpose(uint256 purpose) external view returns (bytes32[] memory keys);
    function keyHasPurpose(bytes32 key, uint256 purpose) external view returns (bool exists);
}
