// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice ERC-735, claim holder. Written from the interface asset of EIP-3643 (CC0). A claim's id is keccak256(abi.encode(issuer, topic)).
interface IERC735 {
    event ClaimAdded(
        bytes32 indexed claimId, uint256 indexed topic, uint256 scheme, address indexed issuer, bytes signature, bytes data, string uri
    );
    event ClaimRemoved(
        bytes32 indexed claimId, uint256 indexed topic, uint256 scheme, address indexed issuer, bytes signature, bytes data, string uri
    );
    event ClaimChanged(
        bytes32 indexed claimId, uint256 indexed topic, uint256 scheme, address indexed issuer, bytes signature, bytes data, string uri
    );

    /// @param topic what is stated
    /// @param scheme how it is signed; 1 ECDSA
    /// @param issuer who states it
    /// @param signature the issuer's
    /// @param data what was signed, or its hash
    /// @param uri where the statement is kept
    function addClaim(uint256 topic, uint256 scheme, address issuer, bytes calldata signature, bytes calldata data, string calldata uri)
        external
        returns (bytes32 claimId);
    function removeClaim(bytes32 claimId) external returns (bool success);

    function getClaim(bytes32 claimId)
        external
        view
        returns (uint256 topic, uint256 scheme, address issuer, bytes memory signature, bytes memory data, string memory uri);
    function getClaimIdsByTopic(uint256 topic) external view returns (bytes32[] memory claimIds);
}
