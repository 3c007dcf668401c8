// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Agents of an ERC-3643 contract: accounts that act on it day by day. Written from EIP-3643 (CC0).
interface IAgentRole {
    event AgentAdded(address indexed agent);
    event AgentRemoved(address indexed agent);

    /// @param agent account that becomes an agent
    function addAgent(address agent) external;

    /// @param agent account that stops being an agent
    function removeAgent(address agent) external;

    /// @param agent account asked about
    /// @return whether it is an agent
    function isAgent(address agent) external view returns (bool);
}
