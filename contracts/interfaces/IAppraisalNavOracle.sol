// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { INAVAggregation } from "./erc8330/INAVAggregation.sol";
import { INAVSnapshotOracle } from "./erc8330/INAVSnapshotOracle.sol";

/// @notice ERC-8330 and its aggregation extension, with what the EIP leaves to the implementation: who may publish, and the refusals.
///         At most 64 providers publish for one instant of a stream, and a quorum is no more than that.
///
///         Warning: the EIP calls a value published here current, whatever it is. What moves value reads an AppraisalSource, which serves
///         approved values only.
interface IAppraisalNavOracle is INAVSnapshotOracle, INAVAggregation {
    event ProviderSet(bytes32 indexed subjectId, bytes32 indexed currency, address indexed provider, bool authorized);

    error ProviderUnauthorized(bytes32 subjectId, bytes32 currency, address provider);
    /// @notice The instant has as many providers as it may have, those with an invalidated snapshot included.
    error ProvidersExceeded(uint64 valuationTimestamp, uint256 maximum);
    error NavBasisInvalid(bytes32 navBasis);
    /// @notice The stream has its basis for good.
    error NavBasisFixed(bytes32 navBasis);
    /// @param configured zero while the stream has none
    error NavBasisMismatch(bytes32 given, bytes32 configured);
    /// @notice More than 18 decimals.
    error NavDecimalsInvalid(uint8 decimals);
    /// @notice Not to be written with 18 decimals in an int256.
    error NavOutOfRange(int256 nav, uint8 decimals);
    error ValuationInFuture(uint64 given, uint256 time);
    error MethodologyHashMissing();
    /// @notice The provider has valued that instant; what it says anew is a correction.
    error ValuationOccupied(uint64 valuationTimestamp, uint256 currentIndex);
    /// @notice Only a provider's own current snapshot of the same instant may be corrected.
    /// @param currentIndex that snapshot, NO_CORRECTION when there is none
    error CorrectionTargetInvalid(uint256 given, uint256 currentIndex);
    error SnapshotUnknown(uint256 snapshotIndex);
    error SnapshotCorrected(uint256 snapshotIndex, uint256 correctedByIndex);
    error SnapshotInvalidated(uint256 snapshotIndex);
    error ReasonHashMissing();
    /// @notice There is no current snapshot.
    error NavUnknown(bytes32 subjectId, bytes32 currency);
    error ProviderNavUnknown(bytes32 subjectId, bytes32 currency, address provider);
    error OrdinalUnknown(uint256 given, uint256 count);
    error StalenessInvalid(uint64 heartbeat, uint64 maxValuationAge);
    error StalenessUnset(bytes32 subjectId, bytes32 currency);
    error AggregationInvalid(uint256 quorum, uint256 deviationThresholdBps);
    error QuorumUnset(bytes32 subjectId, bytes32 currency);
    /// @notice No instant has that many providers.
    error QuorumMissed(bytes32 subjectId, bytes32 currency, uint256 quorum);

    /// @notice Lets an address publish to a stream, or no longer. What it published stays. Restricted.
    function setProvider(bytes32 subjectId, bytes32 currency, address provider, bool authorized) external;

    function isProvider(bytes32 subjectId, bytes32 currency, address provider) external view returns (bool);
}
