// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice ERC-8330: valuations of a subject in a currency, each under its provider's name, corrected by its provider, invalidated by an
///         administrator, never erased. Written from the EIP (CC0). A value is nav · 10^−decimals and may be negative; instants are unix
///         seconds, ages seconds; indices count from 0 within a stream (subjectId, currency).
interface INAVSnapshotOracle {
    /// @param navBasis PER_UNIT, PER_SHARE or TOTAL
    /// @param valuationTimestamp at which the value holds
    /// @param publishedAt of the block that took it
    /// @param correctsIndex snapshot that this one corrects, NO_CORRECTION = none
    /// @param correctedByIndex snapshot that corrects this one, NO_CORRECTED_BY = none
    struct NAVSnapshot {
        bytes32 subjectId;
        bytes32 currency;
        bytes32 navBasis;
        int256 nav;
        uint8 decimals;
        uint64 valuationTimestamp;
        uint64 publishedAt;
        address provider;
        bytes32 methodologyHash;
        string methodologyURI;
        uint256 correctsIndex;
        uint256 correctedByIndex;
    }

    event NAVPublished(
        bytes32 indexed subjectId,
        bytes32 indexed currency,
        address indexed provider,
        uint256 snapshotIndex,
        int256 nav,
        uint8 decimals,
        bytes32 navBasis,
        uint64 valuationTimestamp,
        bytes32 methodologyHash,
        uint256 correctsIndex
    );

    event StalenessConfigUpdated(bytes32 indexed subjectId, bytes32 indexed currency, uint64 heartbeat, uint64 maxValuationAge);

    event NAVBasisConfigured(bytes32 indexed subjectId, bytes32 indexed currency, bytes32 navBasis);

    event NAVSnapshotInvalidated(
        bytes32 indexed subjectId,
        bytes32 indexed currency,
        address indexed provider,
        uint256 snapshotIndex,
        address invalidatedBy,
        bytes32 reasonHash
    );

    /// @notice Publishes the caller's valuation, or its correction of one. Providers of the stream only.
    function publishNAV(
        bytes32 subjectId,
        bytes32 currency,
        bytes32 navBasis,
        int256 nav,
        uint8 decimals,
        uint64 valuationTimestamp,
        bytes32 methodologyHash,
        string calldata methodologyURI,
        uint256 correctsIndex
    ) external returns (uint256 snapshotIndex);

    /// @notice Says once and for all what a stream's values are of. Restricted.
    function setNAVBasis(bytes32 subjectId, bytes32 currency, bytes32 navBasis) external;

    /// @notice Takes a snapshot that nothing corrects out of everything but the history; what it corrected is current again. Restricted.
    function invalidateSnapshot(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex, bytes32 reasonHash) external;

    function isSnapshotInvalidated(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) external view returns (bool);

    /// @notice Sets from which age on a stream counts as stale; at exactly that age it does not. Restricted.
    /// @param heartbeat seconds since the publication, not 0
    /// @param maxValuationAge seconds since the instant of valuation, not 0
    function setStalenessConfig(bytes32 subjectId, bytes32 currency, uint64 heartbeat, uint64 maxValuationAge) external;

    function streamNAVBasis(bytes32 subjectId, bytes32 currency) external view returns (bytes32 navBasis);

    /// @notice The current snapshot of the greatest valuation timestamp, the last published of several, however old it is.
    function latestNAV(bytes32 subjectId, bytes32 currency)
        external
        view
        returns (int256 nav, uint8 decimals, bytes32 navBasis, uint64 valuationTimestamp, uint64 publishedAt, address provider);

    /// @notice The same with both judgements of its age. Reverts until the thresholds are set.
    function latestNAVStatus(bytes32 subjectId, bytes32 currency)
        external
        view
        returns (
            int256 nav,
            uint8 decimals,
            bytes32 navBasis,
            uint64 valuationTimestamp,
            uint64 publishedAt,
            address provider,
            bool isPublishStale,
            bool isValuationStale
        );

    function getSnapshot(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) external view returns (NAVSnapshot memory);

    /// @notice The snapshot that stands today for a given one, itself or its last correction. Reverts for one that was invalidated.
    function currentSnapshotIndex(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) external view returns (uint256);

    /// @return whether nothing corrects it and nobody invalidated it
    function isSnapshotCurrent(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) external view returns (bool);

    /// @return all that were ever published
    function snapshotCount(bytes32 subjectId, bytes32 currency) external view returns (uint256);

    function latestNAVByProvider(bytes32 subjectId, bytes32 currency, address provider) external view returns (NAVSnapshot memory);

    /// @return all that the provider ever published
    function providerSnapshotCount(bytes32 subjectId, bytes32 currency, address provider) external view returns (uint256);

    /// @param ordinal from 0, in order of publication
    function providerSnapshotAt(bytes32 subjectId, bytes32 currency, address provider, uint256 ordinal)
        external
        view
        returns (uint256 snapshotIndex);

    function heartbeat(bytes32 subjectId, bytes32 currency) external view returns (uint64);

    function maxValuationAge(bytes32 subjectId, bytes32 currency) external view returns (uint64);
}
