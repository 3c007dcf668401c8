// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IRoundSource } from "./IRoundSource.sol";

/// @notice Streams of an ERC-8330 oracle as feeds. A feed's round is an aggregate of its stream that an approver has approved, within a
///         hard bound of the last one that is not withdrawn; nothing else is ever served. `publishedAt` of a round is the greatest time of publication of
///         the snapshots behind it, not that of the approval.
///
///         LIVE while the stream says what was last approved, HELD once it says anything else (a later instant, a correction, a median
///         moved by one more provider, no quorum), HALTED when the latest round is withdrawn: the snapshot that it rests on has been
///         invalidated. A withdrawn round is unknown to `roundAt`. What was not approved within the stream's thresholds of age never will be.
///
///         Warning: the value is on the stream's basis. A stream of basis TOTAL values the whole subject, not a token.
interface IAppraisalSource is IRoundSource {
    /// @param value feed decimals, rounded down
    /// @param valuationTimestamp unix seconds at which the value holds
    /// @param publishedAt unix seconds, the greatest of the snapshots behind it
    /// @param snapshotIndex snapshot whose value is the median
    struct Appraisal {
        int128 value;
        uint40 valuationTimestamp;
        uint40 publishedAt;
        uint48 snapshotIndex;
    }

    event FeedCreated(bytes32 indexed feedId, bytes32 indexed subjectId, bytes32 indexed currency, uint8 decimals);
    /// @param maxMoveBps basis points of the last round that is not withdrawn
    event MoveBoundSet(bytes32 indexed feedId, uint16 previousMaxMoveBps, uint16 maxMoveBps);
    event AppraisalApproved(
        bytes32 indexed feedId,
        uint64 indexed round,
        int128 value,
        uint40 valuationTimestamp,
        uint256 snapshotIndex,
        address indexed approver
    );

    /// @notice Not an ERC-8330 oracle with aggregation.
    error OracleInvalid(address oracle);
    error FeedUnknown(bytes32 feedId);
    error FeedExists(bytes32 feedId);
    error FeedParametersInvalid(string parameter);
    /// @notice The snapshot behind the latest round was invalidated.
    error AppraisalWithdrawn(bytes32 feedId, uint64 round, uint256 snapshotIndex);
    /// @notice The stream says what is approved already.
    error NothingPending(bytes32 feedId);
    /// @notice Not what waits; it may have changed since the approver saw it.
    error PendingDiffers(int128 value, uint40 valuationTimestamp);
    /// @notice Too old to be approved, by the stream's own thresholds.
    error PendingStale(bytes32 feedId);
    /// @notice An approver is neither one of the providers behind the value nor somebody unseen behind the access manager.
    error ApproverNotIndependent(address approver);
    error MoveOutOfBounds(int128 previous, int128 value, uint16 maxMoveBps);

    /// @notice Opens a feed on a stream. Restricted.
    /// @param decimals of the feed, at most 18
    /// @param maxMoveBps as in `setMoveBound`
    function createFeed(bytes32 feedId, bytes32 subjectId, bytes32 currency, uint8 decimals, uint16 maxMoveBps) external;

    /// @notice Sets how far a round may lie from the last one that is not withdrawn; the first such may lie anywhere. Restricted.
    /// @param maxMoveBps basis points of that round, from 1; 65,535 = no bound
    function setMoveBound(bytes32 feedId, uint16 maxMoveBps) external;

    /// @notice Makes what waits the latest round. Restricted, and to be called by the approver itself, not through the access manager.
    /// @param value of `pending`
    /// @param valuationTimestamp of `pending`
    function approve(bytes32 feedId, int128 value, uint40 valuationTimestamp) external;

    /// @notice What waits for approval. Reverts when nothing does.
    function pending(bytes32 feedId) external view returns (Appraisal memory);

    /// @return subjectId of the stream
    /// @return currency of the stream
    /// @return maxMoveBps basis points, 65,535 = no bound
    function feedOf(bytes32 feedId) external view returns (bytes32 subjectId, bytes32 currency, uint16 maxMoveBps);

    /// @return address of the ERC-8330 oracle
    function oracle() external view returns (address);
}
