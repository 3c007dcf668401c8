// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { FeedState, IRoundSource, Round } from "../../../contracts/interfaces/IRoundSource.sol";

/// @notice A source that says what the test tells it to.
contract ScriptedSource is IRoundSource {
    struct Feed {
        bool known;
        uint8 decimals;
        FeedState state;
        mapping(uint64 number => Round) rounds;
        uint64 latest;
    }

    mapping(bytes32 feedId => Feed) private feeds;

    function create(bytes32 feedId, uint8 decimals) external {
        (feeds[feedId].known, feeds[feedId].decimals) = (true, decimals);
    }

    function setState(bytes32 feedId, FeedState state) external {
        feeds[feedId].state = state;
    }

    /// @notice The next round, published now.
    function publish(bytes32 feedId, int128 value, uint256 valuedAt) external {
        put(feedId, Round(value, uint40(valuedAt), uint40(block.timestamp), feeds[feedId].latest + 1, 0));
    }

    function put(bytes32 feedId, Round memory round) public {
        Feed storage feed = feeds[feedId];
        feed.rounds[round.round] = round;
        feed.latest = round.round;
        if (feed.state == FeedState.UNKNOWN) feed.state = FeedState.LIVE;
    }

    function latestRound(bytes32 feedId) external view returns (Round memory) {
        Feed storage feed = feeds[feedId];
        if (feed.state == FeedState.UNKNOWN || feed.state == FeedState.HALTED) revert RoundUnknown(feedId, 0);
        return feed.rounds[feed.latest];
    }

    function roundAt(bytes32 feedId, uint64 round) external view returns (Round memory found) {
        found = feeds[feedId].rounds[round];
        if (round == 0 || found.round != round) revert RoundUnknown(feedId, round);
    }

    function stateOf(bytes32 feedId) external view returns (FeedState) {
        return feeds[feedId].state;
    }

    function decimalsOf(bytes32 feedId) external view returns (uint8) {
        if (!feeds[feedId].known) revert RoundUnknown(feedId, 0);
        return feeds[feedId].decimals;
    }
}
