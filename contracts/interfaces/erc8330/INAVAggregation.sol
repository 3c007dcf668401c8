// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice ERC-8330, extension: the lower median of what several providers said of one instant. Written from the EIP (CC0).
interface INAVAggregation {
    /// @param minNav least value, at the greatest of the submitted decimals
    /// @param maxNav greatest value, at the same decimals
    /// @param deviationBps their difference, basis points of the median; 2^256 − 1 = no such number
    event NAVDeviationDetected(
        bytes32 indexed subjectId, bytes32 indexed currency, uint64 valuationTimestamp, int256 minNav, int256 maxNav, uint256 deviationBps
    );

    event AggregationConfigUpdated(bytes32 indexed subjectId, bytes32 indexed currency, uint256 quorum, uint256 deviationThresholdBps);

    /// @notice Sets how many providers make an aggregate, and above which spread a publication raises the alarm. Restricted.
    /// @param quorum providers, from 1
    /// @param deviationThresholdBps basis points of the median, at most 10,000; the threshold itself is silent
    function setAggregationConfig(bytes32 subjectId, bytes32 currency, uint256 quorum, uint256 deviationThresholdBps) external;

    /// @notice The lower median at the greatest instant that has a quorum. Reverts without one and until the stream's thresholds are set.
    /// @return nav value, decimals the greatest of the submitted ones
    function aggregatedNAV(bytes32 subjectId, bytes32 currency)
        external
        view
        returns (
            int256 nav,
            uint8 decimals,
            bytes32 navBasis,
            uint64 valuationTimestamp,
            uint256 providerCount,
            bool isPublishStale,
            bool isValuationStale
        );

    /// @return providers that make up the aggregate
    function providerSubmissionCount(bytes32 subjectId, bytes32 currency) external view returns (uint256);

    /// @notice One of the snapshots that make up the aggregate.
    /// @param index from 0, in the order in which the providers first published for that instant
    function providerSubmissionAt(bytes32 subjectId, bytes32 currency, uint256 index)
        external
        view
        returns (
            uint256 snapshotIndex,
            address provider,
            int256 nav,
            uint8 decimals,
            bytes32 navBasis,
            uint64 valuationTimestamp,
            uint64 publishedAt
        );

    /// @return the greatest instant of valuation that has a quorum
    function latestAggregationTimestamp(bytes32 subjectId, bytes32 currency) external view returns (uint64);

    function quorum(bytes32 subjectId, bytes32 currency) external view returns (uint256);

    function deviationThreshold(bytes32 subjectId, bytes32 currency) external view returns (uint256);
}
