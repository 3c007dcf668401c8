// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC173 } from "./IERC173.sol";

/// @notice Claim topics that an investor must have to hold the token. Written from EIP-3643 (CC0).
interface IERC3643ClaimTopicsRegistry is IERC173 {
    event ClaimTopicAdded(uint256 indexed claimTopic);
    event ClaimTopicRemoved(uint256 indexed claimTopic);

    /// @param claimTopic topic that is required from now on
    function addClaimTopic(uint256 claimTopic) external;

    /// @param claimTopic topic that is no longer required
    function removeClaimTopic(uint256 claimTopic) external;

    /// @return required topics
    function getClaimTopics() external view returns (uint256[] memory);
}
