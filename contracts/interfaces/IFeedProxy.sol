// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";

/// @notice One feed of a QuorumFeed as every consumer of Chainlink reads it. `updatedAt` and `startedAt` are the instant at which the
///         value holds, never that of its publication; a round id is `phaseId << 64 | round`. Reads revert when there is no data, the
///         round is unknown, or the feed is halted.
///
///         `latestRoundData` answers however old the value is and says so in `updatedAt`. Whoever moves value on it calls
///         `requireFresh` instead.
interface IFeedProxy is AggregatorV3Interface {
    /// @notice The value is older than the feed's policy allows.
    /// @param age seconds since the instant at which the value holds
    /// @param maxAge seconds
    error FeedStale(uint256 age, uint256 maxAge);
    /// @notice The round id belongs to no phase of this proxy, or is not a round number.
    error FeedRoundUnknown(uint80 roundId);

    /// @notice The QuorumFeed behind this proxy.
    function aggregator() external view returns (address);
    function feedId() external view returns (bytes32);
    function phaseId() external view returns (uint16);

    /// @return seconds after which a value is stale; at exactly this age it is not
    function maxAge() external view returns (uint256);

    /// @notice Whether a consumer must not rely on the feed now: stale, halted or without data. Never reverts.
    function isStale() external view returns (bool);

    /// @notice The latest answer, only if it is fresh; reverts with FeedStale, or as `latestRoundData` does.
    /// @return answer feed decimals
    /// @return updatedAt unix seconds at which the answer holds
    function requireFresh() external view returns (int256 answer, uint256 updatedAt);
}
