// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IFeedProxy } from "../interfaces/IFeedProxy.sol";
import { IQuorumFeed } from "../interfaces/IQuorumFeed.sol";
import { Round } from "../interfaces/IRoundSource.sol";

/// @notice What consumers of one feed hold on to.
/// @dev Nobody can change it. The phase id is there from the start, so that a proxy whose aggregator can be swapped keeps the round ids.
contract FeedProxy is IFeedProxy {
    /// @inheritdoc IFeedProxy
    uint16 public constant phaseId = 1;
    /// @inheritdoc AggregatorV3Interface
    uint256 public constant version = 1;

    IQuorumFeed private immutable FEED;
    /// @inheritdoc IFeedProxy
    bytes32 public immutable feedId;
    /// @inheritdoc AggregatorV3Interface
    uint8 public immutable decimals;
    /// @inheritdoc IFeedProxy
    uint256 public immutable maxAge;
    /// @inheritdoc AggregatorV3Interface
    string public description;

    /// @param feed the QuorumFeed; it must know `feedId_` already
    /// @param feedId_ keccak256 of the feed's name
    /// @param decimals_ of the feed's values
    /// @param description_ for people
    /// @param maxAge_ seconds after which a value is stale
    constructor(IQuorumFeed feed, bytes32 feedId_, uint8 decimals_, string memory description_, uint256 maxAge_) {
        (uint32 configVersion,,,,) = feed.configOf(feedId_);
        if (configVersion == 0) revert IQuorumFeed.FeedUnknown(feedId_);
        FEED = feed;
        feedId = feedId_;
        decimals = decimals_;
        description = description_;
        maxAge = maxAge_;
    }

    /* VIEWS */

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        return _roundData(FEED.latestRound(feedId));
    }

    /// @inheritdoc AggregatorV3Interface
    /// @dev `latestRound` is read for its refusals: what a halted feed once said is history (QuorumFeed.roundAt), not a price.
    function getRoundData(uint80 _roundId)
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        uint80 round = _roundId & type(uint64).max;
        if (_roundId >> 64 != phaseId || round > type(uint32).max) revert FeedRoundUnknown(_roundId);
        FEED.latestRound(feedId);
        // Checked above.
        // forge-lint: disable-next-line(unsafe-typecast)
        return _roundData(FEED.roundAt(feedId, uint64(round)));
    }

    /// @inheritdoc IFeedProxy
    function requireFresh() external view returns (int256 answer, uint256 updatedAt) {
        Round memory round = FEED.latestRound(feedId);
        uint256 age = block.timestamp - round.valuationTimestamp; // no round is accepted from the future
        if (age > maxAge) revert FeedStale(age, maxAge);
        return (round.value, round.valuationTimestamp);
    }

    /// @inheritdoc IFeedProxy
    function isStale() external view returns (bool) {
        try FEED.latestRound(feedId) returns (Round memory round) {
            return block.timestamp - round.valuationTimestamp > maxAge;
        } catch {
            return true;
        }
    }

    /// @inheritdoc IFeedProxy
    function aggregator() external view returns (address) {
        return address(FEED);
    }

    /* INTERNAL */

    function _roundData(Round memory round) private pure returns (uint80, int256, uint256, uint256, uint80) {
        uint80 roundId = uint80(phaseId) << 64 | round.round;
        return (roundId, round.value, round.valuationTimestamp, round.valuationTimestamp, roundId);
    }
}
