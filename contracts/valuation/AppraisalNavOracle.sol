// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { Arrays } from "@openzeppelin/contracts/utils/Arrays.sol";
import { ERC165 } from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { SignedMath } from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import { IAppraisalNavOracle } from "../interfaces/IAppraisalNavOracle.sol";
import { INAVAggregation } from "../interfaces/erc8330/INAVAggregation.sol";
import { INAVSnapshotOracle } from "../interfaces/erc8330/INAVSnapshotOracle.sol";
import { NO_CORRECTED_BY, NO_CORRECTION, PER_SHARE, PER_UNIT, TOTAL } from "../interfaces/erc8330/NAVIdentifiers.sol";
import { InstantSet } from "./InstantSet.sol";
import { NavAggregate } from "./NavAggregate.sol";

/// @notice The appraisal lane of valuation: ERC-8330 in full. Who may publish is a list of each stream, not a role: a role would open every
///         stream to each appraiser, and the key of one building's appraiser would value all the others. Nobody is on a list until put
///         there; leaving it does not unsay what was published.
/// @dev Nothing walks a history. Latest values are not pointers kept in step but the greatest element of sets of instants: those that one
///      provider has valued, and those that at least n providers have, for each n. So an invalidation, or a new quorum, finds its way back
///      at the same cost whatever was published before; what is left to walk is the providers of one instant, at most 64.
///      A snapshot takes two slots; its methodology stands where its provider first gave it and is not stored again.
contract AppraisalNavOracle is IAppraisalNavOracle, AccessManaged, ERC165 {
    using InstantSet for InstantSet.Set;
    using NavAggregate for NavAggregate.Aggregate;
    using SafeCast for uint256;

    /// @param nav value, `decimals` decimals
    /// @param provider its number in the stream
    /// @param valuationTimestamp unix seconds
    /// @param publishedAt unix seconds
    /// @param corrects index of its target, ORIGINAL = none
    /// @param correctedBy index of its correction, 0 = none
    /// @param methodology index of the snapshot under which the methodology stands
    struct Snapshot {
        int256 nav;
        uint32 provider;
        uint40 valuationTimestamp;
        uint40 publishedAt;
        uint8 decimals;
        bool invalidated;
        uint32 corrects;
        uint32 correctedBy;
        uint32 methodology;
    }

    struct Methodology {
        bytes32 hash;
        string uri;
    }

    /// @param number from 1 in the order in which they were listed, 0 = never listed
    /// @param methodology of its last snapshot
    /// @param history indices of all its snapshots
    /// @param valued instants of which it has a current snapshot
    struct Provider {
        bool authorized;
        uint32 number;
        uint32 methodology;
        uint32[] history;
        InstantSet.Set valued;
    }

    /// @param providerAt provider of number n at n − 1
    /// @param submissions for each provider of an instant, in the order of their first publications, its current snapshot; the original
    ///        that was invalidated when it has none
    /// @param valuedBy instants of which at least n providers have a current snapshot
    struct Stream {
        bytes32 navBasis;
        uint64 heartbeat;
        uint64 maxValuationAge;
        uint8 quorum;
        uint16 deviationThresholdBps;
        Snapshot[] snapshots;
        mapping(uint256 index => Methodology) methodologies;
        address[] providerAt;
        mapping(address account => Provider) providers;
        mapping(uint40 instant => uint32[]) submissions;
        mapping(uint256 n => InstantSet.Set) valuedBy;
    }

    /// @custom:storage-location erc7201:muniment.storage.AppraisalNavOracle
    struct AppraisalNavOracleStorage {
        mapping(bytes32 subjectId => mapping(bytes32 currency => Stream)) streams;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.AppraisalNavOracle")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0x5d4d416594ef907b23706a7ab89e814999ab63a2c2715452f62e9ab3407e4c00;

    uint256 private constant MAX_PROVIDERS = 64;
    uint256 private constant MAX_DECIMALS = 18;
    uint256 private constant BASIS = 10_000;
    uint32 private constant ORIGINAL = type(uint32).max;

    constructor(address manager) AccessManaged(manager) { }

    /* PROVIDER FUNCTIONS */

    /// @inheritdoc INAVSnapshotOracle
    /// @dev From the year 36,812 on, when the time no longer fits 40 bits, nothing is taken.
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
    ) external returns (uint256 snapshotIndex) {
        NAVSnapshot memory given;
        given.subjectId = subjectId;
        given.currency = currency;
        given.navBasis = navBasis;
        given.nav = nav;
        given.decimals = decimals;
        given.valuationTimestamp = valuationTimestamp;
        given.publishedAt = block.timestamp.toUint40();
        given.provider = msg.sender;
        given.methodologyHash = methodologyHash;
        given.methodologyURI = methodologyURI;
        given.correctsIndex = correctsIndex;
        return _publish(given);
    }

    /* ROLE FUNCTIONS */

    /// @inheritdoc IAppraisalNavOracle
    function setProvider(bytes32 subjectId, bytes32 currency, address account, bool authorized) external restricted {
        Stream storage stream = _stream(subjectId, currency);
        Provider storage provider = stream.providers[account];
        if (provider.number == 0) {
            stream.providerAt.push(account);
            provider.number = stream.providerAt.length.toUint32();
        }
        provider.authorized = authorized;

        emit ProviderSet(subjectId, currency, account, authorized);
    }

    /// @inheritdoc INAVSnapshotOracle
    function setNAVBasis(bytes32 subjectId, bytes32 currency, bytes32 navBasis) external restricted {
        if (navBasis != PER_UNIT && navBasis != PER_SHARE && navBasis != TOTAL) revert NavBasisInvalid(navBasis);
        Stream storage stream = _stream(subjectId, currency);
        // A stream without a basis has no snapshots.
        if (stream.navBasis != 0) revert NavBasisFixed(stream.navBasis);

        stream.navBasis = navBasis;

        emit NAVBasisConfigured(subjectId, currency, navBasis);
    }

    /// @inheritdoc INAVSnapshotOracle
    function setStalenessConfig(bytes32 subjectId, bytes32 currency, uint64 heartbeat_, uint64 maxValuationAge_) external restricted {
        if (heartbeat_ == 0 || maxValuationAge_ == 0) revert StalenessInvalid(heartbeat_, maxValuationAge_);

        Stream storage stream = _stream(subjectId, currency);
        (stream.heartbeat, stream.maxValuationAge) = (heartbeat_, maxValuationAge_);

        emit StalenessConfigUpdated(subjectId, currency, heartbeat_, maxValuationAge_);
    }

    /// @inheritdoc INAVAggregation
    function setAggregationConfig(bytes32 subjectId, bytes32 currency, uint256 quorum_, uint256 deviationThresholdBps) external restricted {
        if (quorum_ == 0 || quorum_ > MAX_PROVIDERS || deviationThresholdBps > BASIS) {
            revert AggregationInvalid(quorum_, deviationThresholdBps);
        }

        Stream storage stream = _stream(subjectId, currency);
        // Both checked above.
        // forge-lint: disable-next-line(unsafe-typecast)
        (stream.quorum, stream.deviationThresholdBps) = (uint8(quorum_), uint16(deviationThresholdBps));

        emit AggregationConfigUpdated(subjectId, currency, quorum_, deviationThresholdBps);
    }

    /// @inheritdoc INAVSnapshotOracle
    function invalidateSnapshot(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex, bytes32 reasonHash) external restricted {
        if (reasonHash == 0) revert ReasonHashMissing();
        Stream storage stream = _stream(subjectId, currency);
        Snapshot storage snapshot = _snapshot(stream, snapshotIndex);
        if (snapshot.correctedBy != NO_CORRECTED_BY) revert SnapshotCorrected(snapshotIndex, snapshot.correctedBy);
        if (snapshot.invalidated) revert SnapshotInvalidated(snapshotIndex);

        address account = stream.providerAt[snapshot.provider - 1];
        uint40 instant = snapshot.valuationTimestamp;
        (uint256 place, uint256 count) = _find(stream, instant, snapshot.provider);
        uint32 target = snapshot.corrects;
        snapshot.invalidated = true;
        if (target == ORIGINAL) {
            stream.valuedBy[count].remove(instant);
            stream.providers[account].valued.remove(instant);
        } else {
            delete stream.snapshots[target].correctedBy;
            stream.submissions[instant][place] = target;
        }

        emit NAVSnapshotInvalidated(subjectId, currency, account, snapshotIndex, msg.sender, reasonHash);
    }

    /* VIEWS */

    /// @inheritdoc IAppraisalNavOracle
    function isProvider(bytes32 subjectId, bytes32 currency, address provider) external view returns (bool) {
        return _stream(subjectId, currency).providers[provider].authorized;
    }

    /// @inheritdoc INAVSnapshotOracle
    function streamNAVBasis(bytes32 subjectId, bytes32 currency) external view returns (bytes32) {
        return _stream(subjectId, currency).navBasis;
    }

    /// @inheritdoc INAVSnapshotOracle
    function heartbeat(bytes32 subjectId, bytes32 currency) external view returns (uint64) {
        return _stream(subjectId, currency).heartbeat;
    }

    /// @inheritdoc INAVSnapshotOracle
    function maxValuationAge(bytes32 subjectId, bytes32 currency) external view returns (uint64) {
        return _stream(subjectId, currency).maxValuationAge;
    }

    /// @inheritdoc INAVAggregation
    function quorum(bytes32 subjectId, bytes32 currency) external view returns (uint256) {
        return _stream(subjectId, currency).quorum;
    }

    /// @inheritdoc INAVAggregation
    function deviationThreshold(bytes32 subjectId, bytes32 currency) external view returns (uint256) {
        return _stream(subjectId, currency).deviationThresholdBps;
    }

    /// @inheritdoc INAVSnapshotOracle
    function latestNAV(bytes32 subjectId, bytes32 currency)
        external
        view
        returns (int256 nav, uint8 decimals, bytes32 navBasis, uint64 valuationTimestamp, uint64 publishedAt, address provider)
    {
        Stream storage stream = _stream(subjectId, currency);
        Snapshot storage latest = _latest(stream, subjectId, currency);
        return (
            latest.nav,
            latest.decimals,
            stream.navBasis,
            latest.valuationTimestamp,
            latest.publishedAt,
            stream.providerAt[latest.provider - 1]
        );
    }

    /// @inheritdoc INAVSnapshotOracle
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
        )
    {
        Stream storage stream = _stream(subjectId, currency);
        Snapshot storage latest = _latest(stream, subjectId, currency);
        (nav, decimals, navBasis) = (latest.nav, latest.decimals, stream.navBasis);
        (valuationTimestamp, publishedAt) = (latest.valuationTimestamp, latest.publishedAt);
        provider = stream.providerAt[latest.provider - 1];
        if (stream.heartbeat == 0) revert StalenessUnset(subjectId, currency);
        (isPublishStale, isValuationStale) = _staleness(stream, publishedAt, valuationTimestamp);
    }

    /// @inheritdoc INAVSnapshotOracle
    function latestNAVByProvider(bytes32 subjectId, bytes32 currency, address provider) external view returns (NAVSnapshot memory) {
        Stream storage stream = _stream(subjectId, currency);
        (bool found, uint40 instant) = stream.providers[provider].valued.greatest();
        if (!found) revert ProviderNavUnknown(subjectId, currency, provider);
        (uint256 place,) = _find(stream, instant, stream.providers[provider].number);
        return _record(stream, subjectId, currency, stream.submissions[instant][place]);
    }

    /// @inheritdoc INAVSnapshotOracle
    function getSnapshot(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) external view returns (NAVSnapshot memory) {
        return _record(_stream(subjectId, currency), subjectId, currency, snapshotIndex);
    }

    /// @inheritdoc INAVSnapshotOracle
    /// @dev All snapshots of a provider and an instant that are not invalidated are one chain, and its end is the provider's submission.
    function currentSnapshotIndex(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) external view returns (uint256) {
        Stream storage stream = _stream(subjectId, currency);
        Snapshot storage snapshot = _snapshot(stream, snapshotIndex);
        if (snapshot.invalidated) revert SnapshotInvalidated(snapshotIndex);
        (uint256 place,) = _find(stream, snapshot.valuationTimestamp, snapshot.provider);
        return stream.submissions[snapshot.valuationTimestamp][place];
    }

    /// @inheritdoc INAVSnapshotOracle
    function isSnapshotCurrent(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) external view returns (bool) {
        Snapshot storage snapshot = _snapshot(_stream(subjectId, currency), snapshotIndex);
        return snapshot.correctedBy == NO_CORRECTED_BY && !snapshot.invalidated;
    }

    /// @inheritdoc INAVSnapshotOracle
    function isSnapshotInvalidated(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) external view returns (bool) {
        return _snapshot(_stream(subjectId, currency), snapshotIndex).invalidated;
    }

    /// @inheritdoc INAVSnapshotOracle
    function snapshotCount(bytes32 subjectId, bytes32 currency) external view returns (uint256) {
        return _stream(subjectId, currency).snapshots.length;
    }

    /// @inheritdoc INAVSnapshotOracle
    function providerSnapshotCount(bytes32 subjectId, bytes32 currency, address provider) external view returns (uint256) {
        return _stream(subjectId, currency).providers[provider].history.length;
    }

    /// @inheritdoc INAVSnapshotOracle
    function providerSnapshotAt(bytes32 subjectId, bytes32 currency, address provider, uint256 ordinal) external view returns (uint256) {
        uint32[] storage history = _stream(subjectId, currency).providers[provider].history;
        if (ordinal >= history.length) revert OrdinalUnknown(ordinal, history.length);
        return history[ordinal];
    }

    /// @inheritdoc INAVAggregation
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
        )
    {
        (Stream storage stream, uint40 instant) = _aggregation(subjectId, currency);
        if (stream.heartbeat == 0) revert StalenessUnset(subjectId, currency);
        uint256[] memory eligible = _eligible(stream, instant);
        NavAggregate.Aggregate memory aggregate = _aggregate(stream, eligible);
        (nav, decimals, navBasis) = (aggregate.median, aggregate.decimals, stream.navBasis);
        (valuationTimestamp, providerCount) = (instant, eligible.length);
        (isPublishStale, isValuationStale) = _staleness(stream, _lastOf(stream, eligible).publishedAt, instant);
    }

    /// @inheritdoc INAVAggregation
    function latestAggregationTimestamp(bytes32 subjectId, bytes32 currency) external view returns (uint64 instant) {
        (, instant) = _aggregation(subjectId, currency);
    }

    /// @inheritdoc INAVAggregation
    function providerSubmissionCount(bytes32 subjectId, bytes32 currency) external view returns (uint256) {
        (Stream storage stream, uint40 instant) = _aggregation(subjectId, currency);
        return _eligible(stream, instant).length;
    }

    /// @inheritdoc INAVAggregation
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
        )
    {
        (Stream storage stream, uint40 instant) = _aggregation(subjectId, currency);
        uint256[] memory eligible = _eligible(stream, instant);
        if (index >= eligible.length) revert OrdinalUnknown(index, eligible.length);
        snapshotIndex = eligible[index];
        Snapshot storage snapshot = stream.snapshots[snapshotIndex];
        (provider, nav, decimals) = (stream.providerAt[snapshot.provider - 1], snapshot.nav, snapshot.decimals);
        (navBasis, valuationTimestamp, publishedAt) = (stream.navBasis, instant, snapshot.publishedAt);
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(INAVSnapshotOracle).interfaceId || interfaceId == type(INAVAggregation).interfaceId
            || super.supportsInterface(interfaceId);
    }

    /* INTERNAL */

    function _publish(NAVSnapshot memory given) private returns (uint256) {
        Stream storage stream = _stream(given.subjectId, given.currency);
        Provider storage provider = stream.providers[given.provider];
        if (!provider.authorized) revert ProviderUnauthorized(given.subjectId, given.currency, given.provider);
        if (stream.navBasis == 0 || given.navBasis != stream.navBasis) revert NavBasisMismatch(given.navBasis, stream.navBasis);
        _check(given);

        uint32 index = stream.snapshots.length.toUint32();
        uint256 count = _enter(stream, provider, given, index);
        provider.history.push(index);
        provider.methodology = _methodology(stream, provider.methodology, given, index);
        _store(stream, provider, given);

        _emitPublished(given, index);
        if (stream.quorum != 0 && count >= stream.quorum) _warn(stream, given);
        return index;
    }

    function _check(NAVSnapshot memory given) private pure {
        if (given.decimals > MAX_DECIMALS) revert NavDecimalsInvalid(given.decimals);
        if (SignedMath.abs(given.nav) > uint256(type(int256).max) / 10 ** (MAX_DECIMALS - given.decimals)) {
            revert NavOutOfRange(given.nav, given.decimals);
        }
        if (given.valuationTimestamp > given.publishedAt) revert ValuationInFuture(given.valuationTimestamp, given.publishedAt);
        if (given.methodologyHash == 0) revert MethodologyHashMissing();
    }

    /// @dev Puts a snapshot into its provider's place among the submissions of its instant.
    /// @return count providers that have a current snapshot of the instant, this one included
    function _enter(Stream storage stream, Provider storage provider, NAVSnapshot memory given, uint32 index)
        private
        returns (uint256 count)
    {
        // Checked not to be later than the present.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint40 instant = uint40(given.valuationTimestamp);
        uint32[] storage submissions = stream.submissions[instant];
        uint256 place;
        (place, count) = _find(stream, instant, provider.number);
        bool isFirst = place == submissions.length;
        uint256 current = isFirst || stream.snapshots[submissions[place]].invalidated ? NO_CORRECTION : submissions[place];

        if (given.correctsIndex != current) {
            if (given.correctsIndex == NO_CORRECTION) revert ValuationOccupied(given.valuationTimestamp, current);
            revert CorrectionTargetInvalid(given.correctsIndex, current);
        }
        if (isFirst) {
            if (place == MAX_PROVIDERS) revert ProvidersExceeded(given.valuationTimestamp, MAX_PROVIDERS);
            submissions.push(index);
        } else {
            submissions[place] = index;
        }
        if (current == NO_CORRECTION) {
            stream.valuedBy[++count].add(instant);
            provider.valued.add(instant);
        } else {
            stream.snapshots[current].correctedBy = index;
        }
    }

    /// @param last where the methodology of the provider's last snapshot stands
    /// @return where this one stands
    function _methodology(Stream storage stream, uint32 last, NAVSnapshot memory given, uint32 index) private returns (uint32) {
        Methodology storage known = stream.methodologies[last];
        if (known.hash == given.methodologyHash && keccak256(bytes(known.uri)) == keccak256(bytes(given.methodologyURI))) return last;

        stream.methodologies[index] = Methodology({ hash: given.methodologyHash, uri: given.methodologyURI });
        return index;
    }

    function _store(Stream storage stream, Provider storage provider, NAVSnapshot memory given) private {
        // Instants are not later than the present, and an index of a snapshot fits 32 bits.
        // forge-lint: disable-start(unsafe-typecast)
        stream.snapshots
            .push(
                Snapshot({
                    nav: given.nav,
                    provider: provider.number,
                    valuationTimestamp: uint40(given.valuationTimestamp),
                    publishedAt: uint40(given.publishedAt),
                    decimals: given.decimals,
                    invalidated: false,
                    corrects: given.correctsIndex == NO_CORRECTION ? ORIGINAL : uint32(given.correctsIndex),
                    correctedBy: 0,
                    methodology: provider.methodology
                })
            );
        // forge-lint: disable-end(unsafe-typecast)
    }

    function _emitPublished(NAVSnapshot memory given, uint256 index) private {
        emit NAVPublished(
            given.subjectId,
            given.currency,
            given.provider,
            index,
            given.nav,
            given.decimals,
            given.navBasis,
            given.valuationTimestamp,
            given.methodologyHash,
            given.correctsIndex
        );
    }

    /// @dev Raises the alarm when the providers of the snapshot's instant are too far apart.
    function _warn(Stream storage stream, NAVSnapshot memory given) private {
        // Checked not to be later than the present.
        // forge-lint: disable-next-line(unsafe-typecast)
        NavAggregate.Aggregate memory aggregate = _aggregate(stream, _eligible(stream, uint40(given.valuationTimestamp)));
        uint256 deviationBps = aggregate.deviationBps();
        if (deviationBps <= stream.deviationThresholdBps) return;
        emit NAVDeviationDetected(
            given.subjectId, given.currency, given.valuationTimestamp, aggregate.least, aggregate.greatest, deviationBps
        );
    }

    /// @param eligible at least one
    function _aggregate(Stream storage stream, uint256[] memory eligible) private view returns (NavAggregate.Aggregate memory) {
        int256[] memory navs = new int256[](eligible.length);
        uint8[] memory decimals = new uint8[](eligible.length);
        for (uint256 i; i < eligible.length; ++i) {
            Snapshot storage snapshot = stream.snapshots[eligible[i]];
            (navs[i], decimals[i]) = (snapshot.nav, snapshot.decimals);
        }
        return NavAggregate.from(navs, decimals);
    }

    /// @return place where the provider stands among the submissions of an instant, their number if it does not
    /// @return count providers that have a current snapshot of the instant
    function _find(Stream storage stream, uint40 instant, uint32 provider) private view returns (uint256 place, uint256 count) {
        uint32[] storage submissions = stream.submissions[instant];
        uint256 length = submissions.length;
        place = length;
        for (uint256 i; i < length; ++i) {
            Snapshot storage snapshot = stream.snapshots[submissions[i]];
            if (snapshot.provider == provider) place = i;
            if (!snapshot.invalidated) ++count;
        }
    }

    /// @return indices of the current snapshots of an instant, in the order of their providers' first publications
    function _eligible(Stream storage stream, uint40 instant) private view returns (uint256[] memory) {
        uint32[] storage submissions = stream.submissions[instant];
        uint256 length = submissions.length;
        uint256[] memory found = new uint256[](length);
        uint256 count;
        for (uint256 i; i < length; ++i) {
            if (!stream.snapshots[submissions[i]].invalidated) found[count++] = submissions[i];
        }
        return Arrays.slice(found, 0, count);
    }

    function _latest(Stream storage stream, bytes32 subjectId, bytes32 currency) private view returns (Snapshot storage) {
        (bool found, uint40 instant) = stream.valuedBy[1].greatest();
        if (!found) revert NavUnknown(subjectId, currency);
        return _lastOf(stream, _eligible(stream, instant));
    }

    /// @param eligible at least one
    /// @return the last published of them, which is that of the greatest index
    function _lastOf(Stream storage stream, uint256[] memory eligible) private view returns (Snapshot storage) {
        uint256 last;
        for (uint256 i; i < eligible.length; ++i) {
            last = Math.max(last, eligible[i]);
        }
        return stream.snapshots[last];
    }

    /// @return stream of the two
    /// @return instant the greatest that has a quorum
    function _aggregation(bytes32 subjectId, bytes32 currency) private view returns (Stream storage stream, uint40 instant) {
        stream = _stream(subjectId, currency);
        if (stream.quorum == 0) revert QuorumUnset(subjectId, currency);
        bool found;
        (found, instant) = stream.valuedBy[stream.quorum].greatest();
        if (!found) revert QuorumMissed(subjectId, currency, stream.quorum);
    }

    function _staleness(Stream storage stream, uint256 publishedAt, uint256 valuationTimestamp)
        private
        view
        returns (bool isPublishStale, bool isValuationStale)
    {
        isPublishStale = block.timestamp > publishedAt + stream.heartbeat;
        isValuationStale = block.timestamp > valuationTimestamp + stream.maxValuationAge;
    }

    function _record(Stream storage stream, bytes32 subjectId, bytes32 currency, uint256 snapshotIndex)
        private
        view
        returns (NAVSnapshot memory record)
    {
        Snapshot storage snapshot = _snapshot(stream, snapshotIndex);
        Methodology storage methodology = stream.methodologies[snapshot.methodology];
        record.subjectId = subjectId;
        record.currency = currency;
        record.navBasis = stream.navBasis;
        record.nav = snapshot.nav;
        record.decimals = snapshot.decimals;
        record.valuationTimestamp = snapshot.valuationTimestamp;
        record.publishedAt = snapshot.publishedAt;
        record.provider = stream.providerAt[snapshot.provider - 1];
        record.methodologyHash = methodology.hash;
        record.methodologyURI = methodology.uri;
        record.correctsIndex = snapshot.corrects == ORIGINAL ? NO_CORRECTION : snapshot.corrects;
        record.correctedByIndex = snapshot.correctedBy;
    }

    function _snapshot(Stream storage stream, uint256 snapshotIndex) private view returns (Snapshot storage) {
        if (snapshotIndex >= stream.snapshots.length) revert SnapshotUnknown(snapshotIndex);
        return stream.snapshots[snapshotIndex];
    }

    function _stream(bytes32 subjectId, bytes32 currency) private view returns (Stream storage) {
        return _getAppraisalNavOracleStorage().streams[subjectId][currency];
    }

    function _getAppraisalNavOracleStorage() private pure returns (AppraisalNavOracleStorage storage $) {
        assembly {
            $.slot := STORAGE_SLOT
        }
    }
}
