// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { FeedState, Round } from "./IRoundSource.sol";

/// @notice One feed as every consumer of Chainlink reads it, whichever source stands behind it. `updatedAt` and `startedAt` are the instant
///         at which the value holds, never that of its publication; a round id is `phaseId << 64 | round`, and the phase rises with each
///         change of source, so that round ids never come back. Reads revert when there is no data, the round is unknown, the feed is
///         halted, or the chain's sequencer is down.
///
///         `latestRoundData` answers however old the value is and says so in `updatedAt`. Whoever moves value on it calls
///         `requireFresh` instead, or reads the ValuationRegistry.
interface IFeedProxy is AggregatorV3Interface {
    event AggregatorProposed(address indexed aggregator, uint40 confirmableAt);
    event AggregatorConfirmed(address indexed previous, address indexed aggregator, uint16 phaseId);

    /// @notice The value is older than the feed's policy, or its source itself, allows.
    /// @param age seconds since the instant at which the value holds
    /// @param maxAge seconds
    error FeedStale(uint256 age, uint256 maxAge);
    /// @notice A later round waits for approval.
    error FeedHeld(bytes32 feedId);
    /// @notice The chain's sequencer is down, or has not been up again for an hour.
    /// @param readableFrom unix seconds, 2^256 − 1 while it is down
    error SequencerDown(uint256 readableFrom);
    /// @notice The round id belongs to no phase of this proxy, or is not a round number.
    error FeedRoundUnknown(uint80 roundId);
    /// @notice Not a source of this feed, or of other decimals.
    error AggregatorInvalid(address aggregator);
    error AggregatorNotProposed(address given, address proposed);
    /// @param at unix seconds from which it may be confirmed
    error AggregatorTooEarly(uint40 at);

    /// @notice The source behind this proxy, an IRoundSource.
    function aggregator() external view returns (address);
    /// @notice The source of a past or present phase.
    function phaseAggregators(uint16 phase) external view returns (address);
    function feedId() external view returns (bytes32);
    function phaseId() external view returns (uint16);

    /// @notice The source that waits for its confirmation, and from when on; zero when there is none.
    function proposedAggregator() external view returns (address aggregator, uint40 confirmableAt);

    /// @notice Begins a change of source, or takes it back (zero). Restricted.
    /// @param aggregator IRoundSource that has a live round of this feed, of the same decimals
    function proposeAggregator(address aggregator) external;

    /// @notice Ends it, 48 hours later at the earliest; checks the source anew. Restricted.
    function confirmAggregator(address aggregator) external;

    /// @return seconds after which a value is stale; at exactly this age it is not
    function maxAge() external view returns (uint256);

    /// @notice Whether a consumer must not rely on the feed now: stale, halted, held or without data. Never reverts.
    function isStale() external view returns (bool);

    /// @notice The latest answer, only if it is fresh; reverts with FeedStale, FeedHeld, or as `latestRoundData` does.
    /// @return answer feed decimals
    /// @return updatedAt unix seconds at which the answer holds
    function requireFresh() external view returns (int256 answer, uint256 updatedAt);

    /// @notice The latest round with its time of publication. Reverts as `latestRoundData` does.
    function latestRound() external view returns (Round memory);

    /// @notice Its source's state; HALTED also while the chain's sequencer is down. Never reverts.
    function state() external view returns (FeedState);
}
