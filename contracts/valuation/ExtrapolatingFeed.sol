// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { SignedMath } from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import { Round, STALE_FLAG } from "../interfaces/IRoundSource.sol";
import { RoundSource } from "./RoundSource.sol";
import { SignedFloor } from "./SignedFloor.sol";

/// @notice The extrapolating mode of an accruing feed, for an issuer who publishes net asset values and no rate: the straight line through
///         the last two checkpoints that have taken effect, rounded down. It has no value before two of them are in force; five days after
///         the later one took effect the value stays and carries STALE_FLAG.
///
///         Warning: whoever holds the role adds checkpoints alone; no quorum signs them. `valuationTimestamp` is that of the later
///         checkpoint, a past round is a checkpoint as it was added.
contract ExtrapolatingFeed is RoundSource, AccessManaged {
    using SafeCast for int256;
    using SafeCast for uint256;
    using SignedFloor for int256;

    /// @param value feed decimals
    /// @param timestamp unix seconds at which the value holds
    /// @param effectiveAt unix seconds from which it is used
    /// @param addedAt unix seconds
    struct Checkpoint {
        int128 value;
        uint40 timestamp;
        uint40 effectiveAt;
        uint40 addedAt;
    }

    /// @param checkpoints in order of both their times; round n is the one at n − 1
    /// @param maxDelta feed decimals
    /// @custom:storage-location erc7201:muniment.storage.ExtrapolatingFeed
    struct ExtrapolatingFeedStorage {
        Checkpoint[] checkpoints;
        uint128 maxDelta;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.ExtrapolatingFeed")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant EXTRAPOLATING_FEED_STORAGE = 0x78b39e0a815a75f9c2efc6e195f306d590182173e483dc3413931eb5cd379700;

    uint256 private constant EXPIRY = 5 days;

    /// @param round its number, from 1
    event CheckpointAdded(uint64 indexed round, int128 value, uint40 timestamp, uint40 effectiveAt);
    event MaxDeltaSet(uint128 oldMaxDelta, uint128 maxDelta);

    error CheckpointNotPast(uint40 timestamp, uint256 time);
    error CheckpointEffectiveInPast(uint40 effectiveAt, uint256 time);
    /// @notice Not after the checkpoint before, which is the last one in force.
    error CheckpointOutOfOrder(uint40 timestamp, uint40 effectiveAt);
    error CheckpointJump(int128 value, int128 previous, uint128 maxDelta);

    /// @param maxDelta_ greatest difference of two checkpoints in a row, feed decimals
    constructor(address manager, bytes32 feedId_, uint8 decimals_, uint128 maxDelta_)
        RoundSource(feedId_, decimals_)
        AccessManaged(manager)
    {
        _setMaxDelta(maxDelta_);
    }

    /* ROLE FUNCTIONS */

    /// @notice Adds a checkpoint, in place of one that has not taken effect yet. Restricted.
    /// @param value feed decimals
    /// @param timestamp unix seconds at which the value holds: in the past, after that of the checkpoint before
    /// @param effectiveAt unix seconds from which it is used: now or later, after that of the checkpoint before
    function addCheckpoint(int128 value, uint40 timestamp, uint40 effectiveAt) external restricted {
        if (timestamp >= block.timestamp) revert CheckpointNotPast(timestamp, block.timestamp);
        if (effectiveAt < block.timestamp) revert CheckpointEffectiveInPast(effectiveAt, block.timestamp);
        ExtrapolatingFeedStorage storage $ = _getExtrapolatingFeedStorage();
        uint256 inForce = _inForce($.checkpoints);
        if (inForce != $.checkpoints.length) $.checkpoints.pop();
        if (inForce != 0) {
            Checkpoint memory last = $.checkpoints[inForce - 1];
            if (timestamp <= last.timestamp || effectiveAt <= last.effectiveAt) revert CheckpointOutOfOrder(timestamp, effectiveAt);
            if (SignedMath.abs(int256(value) - last.value) > $.maxDelta) revert CheckpointJump(value, last.value, $.maxDelta);
        }

        $.checkpoints.push(Checkpoint(value, timestamp, effectiveAt, uint40(block.timestamp)));

        emit CheckpointAdded((inForce + 1).toUint64(), value, timestamp, effectiveAt);
    }

    /// @notice Sets the greatest difference of two checkpoints in a row. Restricted.
    /// @param maxDelta_ feed decimals
    function setMaxDelta(uint128 maxDelta_) external restricted {
        _setMaxDelta(maxDelta_);
    }

    /* VIEWS */

    /// @return feed decimals
    function maxDelta() external view returns (uint128) {
        return _getExtrapolatingFeedStorage().maxDelta;
    }

    /* INTERNAL */

    /// @inheritdoc RoundSource
    function _latestRound() internal view override returns (Round memory round) {
        Checkpoint[] storage checkpoints = _getExtrapolatingFeedStorage().checkpoints;
        uint256 inForce = _inForce(checkpoints);
        if (inForce < 2) revert RoundUnknown(feedId, 0);
        Checkpoint memory earlier = checkpoints[inForce - 2];
        Checkpoint memory later = checkpoints[inForce - 1];

        uint256 expiry = later.effectiveAt + EXPIRY;
        int256 elapsed = (Math.min(block.timestamp, expiry) - later.timestamp).toInt256();
        int256 period = int256(uint256(later.timestamp - earlier.timestamp));
        round = _toRound(later, inForce);
        round.value = (later.value + ((int256(later.value) - earlier.value) * elapsed).floorDiv(period)).toInt128();
        if (block.timestamp > expiry) round.flags = STALE_FLAG;
    }

    /// @inheritdoc RoundSource
    function _roundAt(uint64 round) internal view override returns (Round memory) {
        Checkpoint[] storage checkpoints = _getExtrapolatingFeedStorage().checkpoints;
        if (round > _inForce(checkpoints)) revert RoundUnknown(feedId, round);
        return _toRound(checkpoints[round - 1], round);
    }

    /// @return count of checkpoints that have taken effect: all, or all but the last
    function _inForce(Checkpoint[] storage checkpoints) private view returns (uint256 count) {
        count = checkpoints.length;
        if (count != 0 && checkpoints[count - 1].effectiveAt > block.timestamp) --count;
    }

    function _toRound(Checkpoint memory checkpoint, uint256 number) private pure returns (Round memory) {
        return Round(checkpoint.value, checkpoint.timestamp, checkpoint.addedAt, number.toUint64(), 0);
    }

    function _setMaxDelta(uint128 maxDelta_) private {
        ExtrapolatingFeedStorage storage $ = _getExtrapolatingFeedStorage();
        uint128 previous = $.maxDelta;
        $.maxDelta = maxDelta_;

        emit MaxDeltaSet(previous, maxDelta_);
    }

    /* STORAGE */

    function _getExtrapolatingFeedStorage() private pure returns (ExtrapolatingFeedStorage storage $) {
        assembly {
            $.slot := EXTRAPOLATING_FEED_STORAGE
        }
    }
}
