// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { ERC165Checker } from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { SignedMath } from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import { IAppraisalSource } from "../interfaces/IAppraisalSource.sol";
import { FeedState, IRoundSource, Round } from "../interfaces/IRoundSource.sol";
import { INAVAggregation } from "../interfaces/erc8330/INAVAggregation.sol";
import { INAVSnapshotOracle } from "../interfaces/erc8330/INAVSnapshotOracle.sol";

/// @notice What consumers of appraisals read: ERC-8330 makes a value current as it is published, so the approval that large assets need
///         stands here, in front of the oracle, and the oracle stays what the EIP says.
/// @dev A stream with one appraiser has a quorum of 1; its aggregate is its latest value. Rounds are few (four a year), all are kept.
contract AppraisalSource is IAppraisalSource, AccessManaged {
    using SafeCast for uint256;
    using SafeCast for int256;

    /// @param decimals of the rounds
    /// @param maxMoveBps 0 = no such feed
    /// @param rounds round n at n − 1
    struct Feed {
        bytes32 subjectId;
        bytes32 currency;
        uint8 decimals;
        uint16 maxMoveBps;
        Appraisal[] rounds;
    }

    /// @custom:storage-location erc7201:muniment.storage.AppraisalSource
    struct AppraisalSourceStorage {
        mapping(bytes32 feedId => Feed) feeds;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.AppraisalSource")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0xca62de107939761941f9a91306cfa291f67db90d48cd3540edc2003640c63700;

    uint16 private constant NO_BOUND = type(uint16).max;
    uint256 private constant BASIS = 10_000;
    uint8 private constant MAX_DECIMALS = 18;

    /// @inheritdoc IAppraisalSource
    address public immutable oracle;

    /// @param oracle_ ERC-8330 oracle with aggregation
    constructor(address manager, address oracle_) AccessManaged(manager) {
        if (
            !ERC165Checker.supportsInterface(oracle_, type(INAVSnapshotOracle).interfaceId)
                || !ERC165Checker.supportsInterface(oracle_, type(INAVAggregation).interfaceId)
        ) revert OracleInvalid(oracle_);
        oracle = oracle_;
    }

    /* ROLE FUNCTIONS */

    /// @inheritdoc IAppraisalSource
    function createFeed(bytes32 feedId, bytes32 subjectId, bytes32 currency, uint8 decimals, uint16 maxMoveBps) external restricted {
        Feed storage feed = _getAppraisalSourceStorage().feeds[feedId];
        if (feed.maxMoveBps != 0) revert FeedExists(feedId);
        if (INAVSnapshotOracle(oracle).streamNAVBasis(subjectId, currency) == 0) revert FeedParametersInvalid("stream");
        if (decimals > MAX_DECIMALS) revert FeedParametersInvalid("decimals");

        (feed.subjectId, feed.currency, feed.decimals) = (subjectId, currency, decimals);
        emit FeedCreated(feedId, subjectId, currency, decimals);
        _setMoveBound(feed, feedId, maxMoveBps);
    }

    /// @inheritdoc IAppraisalSource
    function setMoveBound(bytes32 feedId, uint16 maxMoveBps) external restricted {
        _setMoveBound(_feed(feedId), feedId, maxMoveBps);
    }

    /// @inheritdoc IAppraisalSource
    function approve(bytes32 feedId, int128 value, uint40 valuationTimestamp) external restricted {
        Feed storage feed = _feed(feedId);
        (Appraisal memory waiting, bool isStale) = _pending(feed, feedId);
        if (value != waiting.value || valuationTimestamp != waiting.valuationTimestamp) {
            revert PendingDiffers(waiting.value, waiting.valuationTimestamp);
        }
        if (isStale) revert PendingStale(feedId);
        _checkApprover(feed);
        _checkMove(feed, waiting.value);

        // An older instant may be approved once more when a later one has lost its quorum. Times of publication ascend all the same:
        // consumers look for the first round after an instant.
        uint256 rounds = feed.rounds.length;
        if (rounds != 0 && feed.rounds[rounds - 1].publishedAt > waiting.publishedAt) {
            waiting.publishedAt = feed.rounds[rounds - 1].publishedAt;
        }
        feed.rounds.push(waiting);

        emit AppraisalApproved(
            feedId, feed.rounds.length.toUint64(), waiting.value, waiting.valuationTimestamp, waiting.snapshotIndex, msg.sender
        );
    }

    /* VIEWS */

    /// @inheritdoc IRoundSource
    function latestRound(bytes32 feedId) external view returns (Round memory) {
        Feed storage feed = _feed(feedId);
        uint64 round = feed.rounds.length.toUint64();
        if (round == 0) revert RoundUnknown(feedId, 0);
        Appraisal memory latest = feed.rounds[round - 1];
        if (_isWithdrawn(feed, latest)) revert AppraisalWithdrawn(feedId, round, latest.snapshotIndex);
        return _round(latest, round);
    }

    /// @inheritdoc IRoundSource
    function roundAt(bytes32 feedId, uint64 round) external view returns (Round memory) {
        Feed storage feed = _feed(feedId);
        if (round == 0 || round > feed.rounds.length) revert RoundUnknown(feedId, round);
        Appraisal memory found = feed.rounds[round - 1];
        if (_isWithdrawn(feed, found)) revert RoundUnknown(feedId, round);
        return _round(found, round);
    }

    /// @inheritdoc IRoundSource
    function stateOf(bytes32 feedId) external view returns (FeedState) {
        Feed storage feed = _getAppraisalSourceStorage().feeds[feedId];
        uint256 rounds = feed.rounds.length;
        if (rounds == 0) return FeedState.UNKNOWN;
        Appraisal memory latest = feed.rounds[rounds - 1];
        if (_isWithdrawn(feed, latest)) return FeedState.HALTED;
        try INAVAggregation(oracle).aggregatedNAV(feed.subjectId, feed.currency) returns (
            int256 nav, uint8 decimals, bytes32, uint64 valuationTimestamp, uint256, bool, bool
        ) {
            return _says(latest, _scale(nav, decimals, feed.decimals), valuationTimestamp) ? FeedState.LIVE : FeedState.HELD;
        } catch {
            return FeedState.HELD;
        }
    }

    /// @inheritdoc IRoundSource
    function decimalsOf(bytes32 feedId) external view returns (uint8) {
        return _feed(feedId).decimals;
    }

    /// @inheritdoc IAppraisalSource
    function pending(bytes32 feedId) external view returns (Appraisal memory waiting) {
        (waiting,) = _pending(_feed(feedId), feedId);
    }

    /// @inheritdoc IAppraisalSource
    function feedOf(bytes32 feedId) external view returns (bytes32 subjectId, bytes32 currency, uint16 maxMoveBps) {
        Feed storage feed = _feed(feedId);
        return (feed.subjectId, feed.currency, feed.maxMoveBps);
    }

    /* INTERNAL */

    function _setMoveBound(Feed storage feed, bytes32 feedId, uint16 maxMoveBps) private {
        if (maxMoveBps == 0) revert FeedParametersInvalid("maxMoveBps");
        uint16 previous = feed.maxMoveBps;
        feed.maxMoveBps = maxMoveBps;

        emit MoveBoundSet(feedId, previous, maxMoveBps);
    }

    /// @return waiting what the stream says
    /// @return isStale whether it is too old to be approved
    function _pending(Feed storage feed, bytes32 feedId) private view returns (Appraisal memory waiting, bool isStale) {
        (int256 nav, uint8 decimals,, uint64 valuationTimestamp, uint256 count, bool isPublishStale, bool isValuationStale) =
            INAVAggregation(oracle).aggregatedNAV(feed.subjectId, feed.currency);
        int256 value = _scale(nav, decimals, feed.decimals);
        uint256 rounds = feed.rounds.length;
        if (rounds != 0) {
            Appraisal memory latest = feed.rounds[rounds - 1];
            if (_says(latest, value, valuationTimestamp) && !_isWithdrawn(feed, latest)) revert NothingPending(feedId);
        }
        isStale = isPublishStale || isValuationStale;
        waiting.value = value.toInt128();
        waiting.valuationTimestamp = uint256(valuationTimestamp).toUint40();
        _readSubmissions(feed, waiting, nav, decimals, count);
    }

    /// @dev Adds the time of publication and the snapshot that the median is from, the last one of several.
    function _readSubmissions(Feed storage feed, Appraisal memory waiting, int256 nav, uint8 decimals, uint256 count) private view {
        for (uint256 i; i < count; ++i) {
            (uint256 index,, int256 given, uint8 givenDecimals,,, uint64 publishedAt) =
                INAVAggregation(oracle).providerSubmissionAt(feed.subjectId, feed.currency, i);
            if (publishedAt > waiting.publishedAt) waiting.publishedAt = uint256(publishedAt).toUint40();
            if (_scale(given, givenDecimals, decimals) == nav) waiting.snapshotIndex = index.toUint48();
        }
    }

    /// @dev The access manager calls for others, who would not be seen here.
    function _checkApprover(Feed storage feed) private view {
        if (msg.sender == authority()) revert ApproverNotIndependent(msg.sender);
        uint256 count = INAVAggregation(oracle).providerSubmissionCount(feed.subjectId, feed.currency);
        for (uint256 i; i < count; ++i) {
            (, address provider,,,,,) = INAVAggregation(oracle).providerSubmissionAt(feed.subjectId, feed.currency, i);
            if (msg.sender == provider) revert ApproverNotIndependent(provider);
        }
    }

    /// @dev From the last round that was not withdrawn: a wrong value would refuse the right one. An oracle that does not say reverts.
    function _checkMove(Feed storage feed, int128 value) private view {
        if (feed.maxMoveBps == NO_BOUND) return;
        uint256 rounds = feed.rounds.length;
        while (
            rounds != 0
                && INAVSnapshotOracle(oracle).isSnapshotInvalidated(feed.subjectId, feed.currency, feed.rounds[rounds - 1].snapshotIndex)
        ) --rounds;
        if (rounds == 0) return;
        int128 previous = feed.rounds[rounds - 1].value;
        uint256 move = SignedMath.abs(int256(value) - previous);
        if (move * BASIS > SignedMath.abs(int256(previous)) * feed.maxMoveBps) revert MoveOutOfBounds(previous, value, feed.maxMoveBps);
    }

    /// @return whether the snapshot behind the round was invalidated, or the oracle does not say
    function _isWithdrawn(Feed storage feed, Appraisal memory appraisal) private view returns (bool) {
        try INAVSnapshotOracle(oracle).isSnapshotInvalidated(feed.subjectId, feed.currency, appraisal.snapshotIndex) returns (
            bool invalidated
        ) {
            return invalidated;
        } catch {
            return true;
        }
    }

    /// @return whether a round is what the stream says
    function _says(Appraisal memory appraisal, int256 value, uint64 valuationTimestamp) private pure returns (bool) {
        return appraisal.value == value && appraisal.valuationTimestamp == valuationTimestamp;
    }

    /// @dev Rounds down. Cannot overflow: a value of ERC-8330 has room for 18 decimals.
    function _scale(int256 value, uint8 from, uint8 to) private pure returns (int256 scaled) {
        if (to >= from) return value * int256(10 ** uint256(to - from));
        int256 unit = int256(10 ** uint256(from - to));
        scaled = value / unit;
        if (value % unit < 0) --scaled;
    }

    function _round(Appraisal memory appraisal, uint64 round) private pure returns (Round memory) {
        return Round({
            value: appraisal.value,
            valuationTimestamp: appraisal.valuationTimestamp,
            publishedAt: appraisal.publishedAt,
            round: round,
            flags: 0
        });
    }

    function _feed(bytes32 feedId) private view returns (Feed storage feed) {
        feed = _getAppraisalSourceStorage().feeds[feedId];
        if (feed.maxMoveBps == 0) revert FeedUnknown(feedId);
    }

    function _getAppraisalSourceStorage() private pure returns (AppraisalSourceStorage storage $) {
        assembly {
            $.slot := STORAGE_SLOT
        }
    }
}
