// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @param value feed decimals
/// @param valuationTimestamp unix seconds at which the value holds
/// @param publishedAt unix seconds of the block that accepted it
/// @param round number, from 1
/// @param flags bit 0 = some signers, but no majority, raised the ripcord; bit 2 = STALE_FLAG
struct Round {
    int128 value;
    uint40 valuationTimestamp;
    uint40 publishedAt;
    uint64 round;
    uint16 flags;
}

// In Round.flags: the source itself holds the value to be too old, whatever its consumers allow.
uint16 constant STALE_FLAG = 4;

/// @notice How far a feed may be relied on, whatever the age of its value.
enum FeedState {
    /// no such feed, or it has no round
    UNKNOWN,
    /// its latest round may be read
    LIVE,
    /// a later round waits for approval; the latest round is still read
    HELD,
    /// nothing is read
    HALTED
}

/// @notice What every lane of valuation offers to a FeedProxy: a quorum of signers, appraisals, an accruing feed, a feed of Chainlink's.
interface IRoundSource {
    error RoundUnknown(bytes32 feedId, uint64 round);

    /// @notice The latest round that may be relied on. Reverts when there is none and while the feed is halted.
    function latestRound(bytes32 feedId) external view returns (Round memory);

    /// @notice A round by its number, also of a halted feed. Reverts for one that is unknown, was withdrawn or is no longer
    ///         kept: what a round priced stands no longer than the round.
    function roundAt(bytes32 feedId, uint64 round) external view returns (Round memory);

    /// @notice Never reverts.
    function stateOf(bytes32 feedId) external view returns (FeedState);

    /// @return decimals of the feed's values; reverts for an unknown feed
    function decimalsOf(bytes32 feedId) external view returns (uint8);
}
