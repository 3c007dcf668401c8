// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC173 } from "./IERC173.sol";

/// @notice Whose claims count for the token, and on which topics. Written from EIP-3643 (CC0).
interface IERC3643TrustedIssuersRegistry is IERC173 {
    event TrustedIssuerAdded(address indexed trustedIssuer, uint256[] claimTopics);
    event TrustedIssuerRemoved(address indexed trustedIssuer);
    event ClaimTopicsUpdated(address indexed trustedIssuer, uint256[] claimTopics);

    /* WRITES */

    /// @param trustedIssuer claim issuer
    /// @param claimTopics topics on which it is believed, at least one
    function addTrustedIssuer(address trustedIssuer, uint256[] calldata claimTopics) external;
    function removeTrustedIssuer(address trustedIssuer) external;

    /// @param claimTopics topics on which it is believed from now on, at least one
    function updateIssuerClaimTopics(address trustedIssuer, uint256[] calldata claimTopics) external;

    /* READS */

    function getTrustedIssuers() external view returns (address[] memory);
    function isTrustedIssuer(address issuer) external view returns (bool);
    function getTrustedIssuerClaimTopics(address trustedIssuer) external view returns (uint256[] memory);
    function getTrustedIssuersForClaimTopic(uint256 claimTopic) external view returns (address[] memory);
    function hasClaimTopic(address issuer, uint256 claimTopic) external view returns (bool);
}
