// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { StaticRead } from "../compliance/StaticRead.sol";
import { IFeedProxy } from "../interfaces/IFeedProxy.sol";
import { FeedState, IRoundSource, Round, STALE_FLAG } from "../interfaces/IRoundSource.sol";

/// @dev IRoundSource.latestRound in the types of `latestRoundData`: the same bytes, but read onto the stack and without tests that the
///      result does not need. Every consumer pays for this read.
interface IRoundWords {
    function latestRound(bytes32 feedId)
        external
        view
        returns (int256 value, uint256 valuationTimestamp, uint256 publishedAt, uint64 round, uint256 flags);
}

/// @notice What consumers of one feed hold on to.
/// @dev The source and its phase share a word, so that a consumer's read costs one slot here.
contract FeedProxy is IFeedProxy, AccessManaged {
    /// @param source in force
    /// @param phaseId of `source`, from 1
    /// @param proposed source that waits for its confirmation, zero = none
    /// @param confirmableAt unix seconds, of `proposed`
    /// @param phases sources past and present
    /// @param description for people
    /// @custom:storage-location erc7201:muniment.storage.FeedProxy
    struct FeedProxyStorage {
        IRoundSource source;
        uint16 phaseId;
        address proposed;
        uint40 confirmableAt;
        mapping(uint16 phase => address source) phases;
        string description;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.FeedProxy")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant FEED_PROXY_STORAGE = 0x09abd11d020ba1e15f9a06c436c4bc63887516aebc33858b587d651d1f6a5e00;

    /// @inheritdoc AggregatorV3Interface
    uint256 public constant version = 1;

    uint40 private constant DELAY = 48 hours;
    /// @dev What Chainlink's documentation waits for after a sequencer has come back.
    uint256 private constant GRACE = 1 hours;
    /// @dev What a source may use to tell its state, and the uptime feed to answer.
    uint256 private constant STATE_GAS = 150_000;
    uint256 private constant UPTIME_GAS = 50_000;
    /// @dev Words of `latestRoundData`.
    uint256 private constant ROUND_WORDS = 5;

    /// @inheritdoc IFeedProxy
    bytes32 public immutable feedId;
    /// @inheritdoc AggregatorV3Interface
    uint8 public immutable decimals;
    /// @inheritdoc IFeedProxy
    uint256 public immutable maxAge;
    address private immutable SEQUENCER;

    /// @param source it must know `feedId_` already; a first round it need not have
    /// @param description_ for people
    /// @param maxAge_ seconds after which a value is stale
    /// @param sequencer Chainlink's L2 sequencer uptime feed of this chain; zero on a chain that has no sequencer
    constructor(
        address manager,
        IRoundSource source,
        bytes32 feedId_,
        string memory description_,
        uint256 maxAge_,
        AggregatorV3Interface sequencer
    ) AccessManaged(manager) {
        feedId = feedId_;
        decimals = source.decimalsOf(feedId_);
        maxAge = maxAge_;
        SEQUENCER = address(sequencer);
        _getFeedProxyStorage().description = description_;
        _begin(source, 1);
    }

    /* ROLE FUNCTIONS */

    /// @inheritdoc IFeedProxy
    function proposeAggregator(address proposed) external restricted {
        if (proposed != address(0)) _checkSource(proposed);

        FeedProxyStorage storage $ = _getFeedProxyStorage();
        $.proposed = proposed;
        $.confirmableAt = proposed == address(0) ? 0 : uint40(block.timestamp) + DELAY;

        emit AggregatorProposed(proposed, $.confirmableAt);
    }

    /// @inheritdoc IFeedProxy
    function confirmAggregator(address confirmed) external restricted {
        FeedProxyStorage storage $ = _getFeedProxyStorage();
        if (confirmed == address(0) || confirmed != $.proposed) revert AggregatorNotProposed(confirmed, $.proposed);
        if (block.timestamp < $.confirmableAt) revert AggregatorTooEarly($.confirmableAt);
        _checkSource(confirmed);

        ($.proposed, $.confirmableAt) = (address(0), 0);
        _begin(IRoundSource(confirmed), $.phaseId + 1);
    }

    /* VIEWS */

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        if (SEQUENCER != address(0)) _requireSequencer();
        FeedProxyStorage storage $ = _getFeedProxyStorage();
        (address source, uint80 phase) = (address($.source), $.phaseId);
        uint64 round;
        (answer, updatedAt,, round,) = IRoundWords(source).latestRound(feedId);
        roundId = phase << 64 | round;
        return (roundId, answer, updatedAt, updatedAt, roundId);
    }

    /// @inheritdoc AggregatorV3Interface
    /// @dev `latestRound` is read for its refusals: what a halted feed once said is history (IRoundSource.roundAt), not a price.
    function getRoundData(uint80 _roundId)
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        latestRound();
        // The upper 16 and the lower 64 bits.
        // forge-lint: disable-next-item(unsafe-typecast)
        (uint16 phase, uint64 round) = (uint16(_roundId >> 64), uint64(_roundId));
        address source = _getFeedProxyStorage().phases[phase];
        if (source == address(0) || round == 0) revert FeedRoundUnknown(_roundId);
        return _roundData(IRoundSource(source).roundAt(feedId, round), phase);
    }

    /// @inheritdoc IFeedProxy
    function latestRound() public view returns (Round memory) {
        _requireSequencer();
        return _getFeedProxyStorage().source.latestRound(feedId);
    }

    /// @inheritdoc IFeedProxy
    function requireFresh() external view returns (int256 answer, uint256 updatedAt) {
        Round memory round = latestRound();
        uint256 age = block.timestamp - round.valuationTimestamp; // no source serves a round from the future
        if (age > maxAge || round.flags & STALE_FLAG != 0) revert FeedStale(age, maxAge);
        if (state() != FeedState.LIVE) revert FeedHeld(feedId);
        return (round.value, round.valuationTimestamp);
    }

    /// @inheritdoc IFeedProxy
    /// @dev A call of its own, so that whatever goes wrong in it is caught.
    function isStale() external view returns (bool) {
        try this.requireFresh() returns (int256, uint256) {
            return false;
        } catch {
            return true;
        }
    }

    /// @inheritdoc IFeedProxy
    function state() public view returns (FeedState) {
        if (block.timestamp < _readableFrom()) return FeedState.HALTED;
        (bool answered, uint256 given) =
            StaticRead.word(address(_getFeedProxyStorage().source), STATE_GAS, abi.encodeCall(IRoundSource.stateOf, (feedId)));
        return answered && given <= uint256(type(FeedState).max) ? FeedState(given) : FeedState.UNKNOWN;
    }

    /// @inheritdoc IFeedProxy
    function aggregator() external view returns (address) {
        return address(_getFeedProxyStorage().source);
    }

    /// @inheritdoc IFeedProxy
    function phaseAggregators(uint16 phase) external view returns (address) {
        return _getFeedProxyStorage().phases[phase];
    }

    /// @inheritdoc IFeedProxy
    function phaseId() external view returns (uint16) {
        return _getFeedProxyStorage().phaseId;
    }

    /// @inheritdoc IFeedProxy
    function proposedAggregator() external view returns (address, uint40) {
        FeedProxyStorage storage $ = _getFeedProxyStorage();
        return ($.proposed, $.confirmableAt);
    }

    /// @inheritdoc AggregatorV3Interface
    function description() external view returns (string memory) {
        return _getFeedProxyStorage().description;
    }

    /* INTERNAL */

    function _begin(IRoundSource source, uint16 phase) private {
        FeedProxyStorage storage $ = _getFeedProxyStorage();
        address previous = address($.source);
        ($.source, $.phaseId) = (source, phase);
        $.phases[phase] = address(source);

        emit AggregatorConfirmed(previous, address(source), phase);
    }

    function _checkSource(address source) private view {
        (bool answered, uint256 given) = StaticRead.word(source, STATE_GAS, abi.encodeCall(IRoundSource.stateOf, (feedId)));
        if (!answered || given != uint256(FeedState.LIVE)) revert AggregatorInvalid(source);
        (answered, given) = StaticRead.word(source, STATE_GAS, abi.encodeCall(IRoundSource.decimalsOf, (feedId)));
        if (!answered || given != decimals) revert AggregatorInvalid(source);
    }

    function _requireSequencer() private view {
        uint256 readableFrom = _readableFrom();
        if (block.timestamp < readableFrom) revert SequencerDown(readableFrom);
    }

    /// @dev The uptime feed answers 0 while the sequencer is up, and `startedAt` is the instant of its last change, 0 before the first.
    function _readableFrom() private view returns (uint256) {
        if (SEQUENCER == address(0)) return 0;
        (bool answered, uint256[] memory round) =
            StaticRead.words(SEQUENCER, UPTIME_GAS, abi.encodeCall(AggregatorV3Interface.latestRoundData, ()), ROUND_WORDS);
        (uint256 down, uint256 startedAt) = (round[1], round[2]);
        bool up = answered && down == 0 && startedAt != 0 && startedAt <= block.timestamp;
        return up ? startedAt + GRACE + 1 : type(uint256).max;
    }

    function _roundData(Round memory round, uint16 phase) private pure returns (uint80, int256, uint256, uint256, uint80) {
        uint80 roundId = uint80(phase) << 64 | round.round;
        return (roundId, round.value, round.valuationTimestamp, round.valuationTimestamp, roundId);
    }

    /* STORAGE */

    function _getFeedProxyStorage() private pure returns (FeedProxyStorage storage $) {
        assembly {
            $.slot := FEED_PROXY_STORAGE
        }
    }
}
