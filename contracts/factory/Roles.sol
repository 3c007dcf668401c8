// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Roles of a token suite in its AccessManager. Their ids carry the token, so that no role of one suite means anything in
///         another that the same manager governs.
library Roles {
    /// @notice Grants and revokes agents, sets rules, topics, issuers and metadata; the token's `owner()`.
    string internal constant ISSUER_ADMIN = "ISSUER_ADMIN";
    /// @notice Upgrades the token and replaces its registry or compliance, after the upgrade delay.
    string internal constant UPGRADER = "UPGRADER";
    /// @notice Cancels what is scheduled and takes agents' powers away. Guardian of the two roles above.
    string internal constant GUARDIAN = "GUARDIAN";
    /// @notice Takes record-date snapshots and keeps the documents.
    string internal constant SNAPSHOTTER = "SNAPSHOTTER";
    /// @notice Held by the token alone: administers ISSUER_ADMIN, so that `acceptOwnership` moves the role with the ownership.
    string internal constant OWNERSHIP = "OWNERSHIP";

    /// @return role id of a token's role. The upper bits of the hash fall away on purpose: 64 bits are what AccessManager has.
    function id(address token, string memory role) internal pure returns (uint64) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint64(uint256(keccak256(abi.encode(token, role))));
    }
}
