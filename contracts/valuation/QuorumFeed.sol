// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { SignedMath } from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import { IQuorumFeed } from "../interfaces/IQuorumFeed.sol";
import { FeedState, IRoundSource, Round } from "../interfaces/IRoundSource.sol";
import { IValuationGuard } from "../interfaces/IValuationGuard.sol";
import { Bits } from "./Bits.sol";

/// @notice The relayed lane of valuation: one contract, many feeds, each with its own signers, bounds and rounds.
/// @dev A round within the calm band reads four slots and writes two of them: the latest round, which is also what the next one is compared
///      with, and its place in a ring of 64. The signer set comes in calldata and is compared by hash, because reading four signers from
///      storage would cost more than the rest of the call. Words are packed by hand: the compiler would read and write a struct's slot
///      once for each of its fields.
contract QuorumFeed is IQuorumFeed, AccessManaged, EIP712 {
    /// @param latest packed Round, round 0 = none; its highest bit = halted, so that a read takes one slot
    /// @param config from the lowest bit: configVersion 32, numbers used since `latest` 32, calmBps 16, f 8, CREATED and EMPTIED
    ///        8, and of signerSetHash the lower 160 bits: as hard to forge as the address of a signer
    /// @param bounds minimum in the lower half, maximum in the upper
    /// @param signerSetHash keccak256 of the signers, 20 bytes each
    /// @param anchor value and valuation of the packed Round that was the latest before the first one that the guard let pass on a day of
    ///        UTC, and, as its publication, when that was; 0 = none
    /// @param held packed Round that waits, 0 = none
    /// @param heldBy from the lowest bit: its transmitter 160, held since 40, bitmap of the signers who agree on it 32
    /// @param heldFrom value that was held first, with which the later ones must agree
    /// @param signerOf last configVersion in which an account was a signer
    /// @param ring packed Rounds, at round % 64
    struct Feed {
        uint256 latest;
        uint256 config;
        uint256 bounds;
        uint8 decimals;
        uint8 signers;
        bytes32 signerSetHash;
        uint256 anchor;
        uint256 held;
        uint256 heldBy;
        int128 heldFrom;
        mapping(address signer => uint256 configVersion) signerOf;
        mapping(uint256 place => uint256 round) ring;
    }

    /// @dev A round under examination.
    /// @param value lower median of the observations
    /// @param spread greatest less least observation
    /// @param bitmap of the signers
    /// @param ripcords observations that raise it
    struct Candidate {
        bytes32 feedId;
        uint256 round;
        uint256 configVersion;
        bytes32 signerSetHash;
        uint256 valuationTimestamp;
        bytes32 evidenceRoot;
        int256 value;
        uint256 spread;
        uint256 bitmap;
        uint256 ripcords;
        uint256 observations;
    }

    /// @custom:storage-location erc7201:muniment.storage.QuorumFeed
    struct QuorumFeedStorage {
        mapping(bytes32 feedId => Feed) feeds;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.QuorumFeed")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0x4b03e95ffebca1bea2929b9f6ef0ff30dbfd982c220a89929c1ce0727912a000;

    bytes32 private constant OBSERVATION_TYPEHASH = keccak256(
        "Observation(bytes32 feedId,uint32 round,uint32 configVersion,int128 value,uint40 valuationTimestamp,uint40 validUntil,bytes32 evidenceRoot,uint8 flags)"
    );
    bytes32 private constant BATCH_OBSERVATION_TYPEHASH = keccak256(
        "BatchObservation(bytes32[] feedIds,uint32[] rounds,uint40[] valuationTimestamps,uint32 configVersion,uint40 validUntil,bytes32 evidenceRoot,int128[] values,uint8 flags)"
    );
    /// @dev Place of the value, or of the values' hash, among the words of an encoded observation.
    uint256 private constant VALUE_WORD = 4;
    uint256 private constant VALUES_WORD = 7;

    uint256 private constant RING = 64;
    uint256 private constant MIN_SIGNERS = 4;
    uint256 private constant MAX_SIGNERS = 31;
    uint256 private constant BASIS = 10_000;
    uint40 private constant APPROVAL_DELAY = 1 hours;
    uint40 private constant HELD_LIFETIME = 4 days;

    /// @dev Flags of an observation and of a round.
    uint8 private constant RIPCORD = 1;
    /// @dev Places in a packed Round.
    uint256 private constant VALUED_AT = 128;
    uint256 private constant PUBLISHED_AT = 168;
    uint256 private constant ROUND = 208;
    uint256 private constant FLAGS = 240;
    /// @dev Flag of a round in the ring.
    uint256 private constant INVALID = 1 << 254;
    /// @dev Flag of the latest round.
    uint256 private constant HALTED = 1 << 255;
    /// @dev Places in a config word.
    uint256 private constant USED = 32;
    uint256 private constant CALM = 64;
    uint256 private constant FAULTY = 80;
    uint256 private constant CREATED = 1 << 88;
    /// @dev All rounds that could be restored were taken back, once or more.
    uint256 private constant EMPTIED = 1 << 89;
    uint256 private constant SET_HASH = 96;
    /// @dev Places in a heldBy word.
    uint256 private constant SINCE = 160;
    uint256 private constant BITMAP = 200;

    IValuationGuard private immutable GUARD;

    /// @param guard judges every feed's rounds that are not calm
    constructor(address manager, IValuationGuard guard) AccessManaged(manager) EIP712("Muniment QuorumFeed", "1") {
        GUARD = guard;
    }

    /* USER FUNCTIONS */

    /// @inheritdoc IQuorumFeed
    function submit(Header calldata header, bytes calldata signerSet, Observation[] calldata sorted) external returns (Outcome) {
        if (block.timestamp > header.validUntil) revert ObservationExpired(header.validUntil, block.timestamp);
        Feed storage feed = _feed(header.feedId);
        Candidate memory candidate;
        candidate.feedId = header.feedId;
        candidate.round = header.round;
        candidate.valuationTimestamp = header.valuationTimestamp;
        candidate.evidenceRoot = header.evidenceRoot;
        candidate.configVersion = header.configVersion;
        candidate.signerSetHash = keccak256(signerSet);
        candidate.observations = sorted.length;
        (uint256 latest, uint256 config) = _checkFeed(feed, candidate);
        _checkObservations(candidate, header, signerSet, sorted);
        return _conclude(feed, latest, config, candidate);
    }

    /// @inheritdoc IQuorumFeed
    function submitBatch(BatchHeader calldata header, bytes calldata signerSet, BatchObservation[] calldata observations) external {
        if (block.timestamp > header.validUntil) revert ObservationExpired(header.validUntil, block.timestamp);
        uint256 feeds = header.feedIds.length;
        if (feeds == 0 || header.rounds.length != feeds || header.valuationTimestamps.length != feeds || observations.length == 0) {
            revert BatchInvalid();
        }

        Candidate memory candidate;
        candidate.evidenceRoot = header.evidenceRoot;
        candidate.configVersion = header.configVersion;
        candidate.signerSetHash = keccak256(signerSet);
        candidate.observations = observations.length;
        int256[] memory sorted = _checkBatchObservations(candidate, header, signerSet, observations);
        _concludeBatch(candidate, header.feedIds, header.rounds, header.valuationTimestamps, sorted);
    }

    /* ROLE FUNCTIONS */

    /// @inheritdoc IQuorumFeed
    function approvePending(bytes32 feedId, uint32 round, bytes32 valueHash) external restricted {
        Feed storage feed = _known(feedId);
        uint256 config = feed.config;
        Round memory held = _unpackRound(feed.held);
        uint256 heldBy = feed.heldBy;
        if (round == 0 || held.round != round) revert NothingPending(feedId, round);
        bytes32 expected = keccak256(abi.encode(feedId, round, held.value, held.valuationTimestamp));
        if (valueHash != expected) revert PendingDiffers(valueHash, expected);
        (uint40 earliest, uint40 expiry) = _window(heldBy);
        if (block.timestamp < earliest) revert ApprovalTooEarly(earliest);
        if (block.timestamp >= expiry) revert ApprovalExpired(expiry);
        // forge-lint: disable-next-line(unsafe-typecast)
        if (address(uint160(heldBy)) == msg.sender || feed.signerOf[msg.sender] == uint32(config) || msg.sender == authority()) {
            revert ApproverNotIndependent(msg.sender);
        }
        (int128 minimum, int128 maximum) = _unpackBounds(feed.bounds);
        if (held.value < minimum || held.value > maximum) revert ValueOutOfBounds(held.value, minimum, maximum);

        held.publishedAt = uint40(block.timestamp);
        uint256 word = _packRound(held);
        feed.latest = word;
        feed.ring[round % RING] = word;
        feed.anchor = word;
        _settle(feed, config);

        emit RoundApproved(feedId, round, msg.sender);
    }

    /// @inheritdoc IQuorumFeed
    function invalidate(bytes32 feedId, uint32 round, bytes32 reasonHash) external restricted {
        if (reasonHash == 0) revert ReasonMissing();
        Feed storage feed = _known(feedId);
        uint256 word = _roundWord(feed, feedId, round);

        feed.ring[round % RING] = word | INVALID;
        uint256 latest = feed.latest;
        if (latest & ~HALTED == word) {
            uint256 restored = _validBefore(feed, round);
            if (restored == 0) feed.config |= EMPTIED;
            feed.config += round - _roundOf(restored) << USED;
            latest = latest & HALTED | restored;
            feed.latest = latest;
        }
        feed.anchor = latest & ~HALTED;

        // forge-lint: disable-next-line(unsafe-typecast)
        emit RoundInvalidated(feedId, round, reasonHash, uint32(_roundOf(latest)));
    }

    /// @inheritdoc IQuorumFeed
    function createFeed(bytes32 feedId, uint8 decimals, int128 minimum, int128 maximum) external restricted {
        Feed storage feed = _feed(feedId);
        if (feed.config != 0) revert FeedExists(feedId);

        feed.config = CREATED;
        feed.decimals = decimals;

        emit FeedCreated(feedId, decimals);
        _setBounds(feed, feedId, minimum, maximum);
    }

    /// @inheritdoc IQuorumFeed
    function setCalmBand(bytes32 feedId, uint16 calmBps) external restricted {
        if (calmBps >= BASIS) revert CalmBandInvalid(calmBps);
        Feed storage feed = _known(feedId);
        uint256 config = feed.config;

        feed.config = config & ~(uint256(type(uint16).max) << CALM) | uint256(calmBps) << CALM;

        // forge-lint: disable-next-line(unsafe-typecast)
        emit CalmBandSet(feedId, uint16(config >> CALM), calmBps);
    }

    /// @inheritdoc IQuorumFeed
    function setConfig(bytes32 feedId, address[] calldata signers, uint8 f) external restricted {
        uint256 n = signers.length;
        if (f == 0 || n < MIN_SIGNERS || n > MAX_SIGNERS || n < 3 * uint256(f) + 1) revert SignerSetInvalid(n, f);
        Feed storage feed = _known(feedId);
        uint256 config = feed.config;
        // forge-lint: disable-next-line(unsafe-typecast)
        uint32 version = uint32(config) + 1;
        bytes memory signerSet;
        for (uint256 i; i < n; ++i) {
            address signer = signers[i];
            if (signer == address(0) || feed.signerOf[signer] == version) revert SignerInvalid(signer);
            feed.signerOf[signer] = version;
            signerSet = bytes.concat(signerSet, bytes20(signer));
        }

        bytes32 hash = keccak256(signerSet);
        uint256 kept = config & (uint256(type(uint48).max) << USED | CREATED | EMPTIED);
        // forge-lint: disable-next-line(unsafe-typecast)
        feed.config = kept | version | uint256(f) << FAULTY | uint256(hash) << SET_HASH;
        feed.signerSetHash = hash;
        // forge-lint: disable-next-line(unsafe-typecast)
        feed.signers = uint8(n); // at most 31
        _drop(feed);

        emit FeedConfigured(feedId, version, signers, f);
    }

    /// @inheritdoc IQuorumFeed
    function setBounds(bytes32 feedId, int128 minimum, int128 maximum) external restricted {
        _setBounds(_known(feedId), feedId, minimum, maximum);
    }

    /// @inheritdoc IQuorumFeed
    function halt(bytes32 feedId) external restricted {
        Feed storage feed = _known(feedId);

        feed.latest |= HALTED;
        _drop(feed);

        emit FeedHalted(feedId, true);
    }

    /// @inheritdoc IQuorumFeed
    function resume(bytes32 feedId) external restricted {
        _known(feedId).latest &= ~HALTED;

        emit FeedHalted(feedId, false);
    }

    /* VIEWS */

    /// @inheritdoc IRoundSource
    /// @dev Every consumer pays for this read: while all is well it takes one slot.
    function latestRound(bytes32 feedId) external view returns (Round memory) {
        Feed storage feed = _feed(feedId);
        uint256 latest = feed.latest;
        if (latest != 0 && latest & HALTED == 0) return _unpackRound(latest);

        if (feed.config == 0) revert FeedUnknown(feedId);
        if (latest != 0) revert FeedHaltedError(feedId);
        revert RoundUnknown(feedId, 0);
    }

    /// @inheritdoc IRoundSource
    function roundAt(bytes32 feedId, uint64 round) external view returns (Round memory) {
        return _unpackRound(_roundWord(_feed(feedId), feedId, round));
    }

    /// @inheritdoc IRoundSource
    /// @dev What waited too long can no longer be approved, but a quorum has said that the latest value no longer holds: still HELD.
    function stateOf(bytes32 feedId) external view returns (FeedState) {
        Feed storage feed = _feed(feedId);
        uint256 latest = feed.latest;
        if (latest & HALTED != 0) return FeedState.HALTED;
        if (latest == 0) return FeedState.UNKNOWN;
        return feed.held == 0 ? FeedState.LIVE : FeedState.HELD;
    }

    /// @inheritdoc IRoundSource
    function decimalsOf(bytes32 feedId) external view returns (uint8) {
        return _known(feedId).decimals;
    }

    /// @inheritdoc IQuorumFeed
    function nextRound(bytes32 feedId) external view returns (uint32) {
        Feed storage feed = _feed(feedId);
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint32(_next(feed.latest, feed.config));
    }

    /// @inheritdoc IQuorumFeed
    function pending(bytes32 feedId) external view returns (Round memory round, uint40 earliestApproval, uint40 expiry) {
        Feed storage feed = _feed(feedId);
        round = _unpackRound(feed.held);
        if (round.round == 0) revert NothingPending(feedId, 0);
        (earliestApproval, expiry) = _window(feed.heldBy);
    }

    /// @inheritdoc IQuorumFeed
    function boundsOf(bytes32 feedId) external view returns (int128 minimum, int128 maximum) {
        return _unpackBounds(_feed(feedId).bounds);
    }

    /// @inheritdoc IQuorumFeed
    function configOf(bytes32 feedId)
        external
        view
        returns (uint32 configVersion, uint8 f, uint8 signers, bytes32 signerSetHash, bool halted)
    {
        Feed storage feed = _feed(feedId);
        uint256 config = feed.config;
        // forge-lint: disable-next-line(unsafe-typecast)
        return (uint32(config), uint8(config >> FAULTY), feed.signers, feed.signerSetHash, feed.latest & HALTED != 0);
    }

    /* INTERNAL: WHAT WAS SIGNED */

    // Words are taken apart from here on, and what a candidate holds came as the type that it is cut to: each cast keeps one field.
    // forge-lint: disable-start(unsafe-typecast)

    function _checkFeed(Feed storage feed, Candidate memory candidate) private view returns (uint256 latest, uint256 config) {
        latest = feed.latest;
        config = feed.config;
        if (config == 0) revert FeedUnknown(candidate.feedId);
        if (latest & HALTED != 0) revert FeedHaltedError(candidate.feedId);
        if (candidate.configVersion != uint32(config)) revert ConfigVersionStale(uint32(candidate.configVersion), uint32(config));
        if (candidate.round != _next(latest, config)) revert RoundOutOfOrder(uint32(candidate.round), uint32(_next(latest, config)));
        uint256 valuedAt = candidate.valuationTimestamp;
        if (valuedAt <= uint40(latest >> VALUED_AT)) revert ValuationNotNewer(uint40(valuedAt), uint40(latest >> VALUED_AT));
        if (valuedAt > block.timestamp) revert ValuationInFuture(uint40(valuedAt), block.timestamp);
        if (uint160(uint256(candidate.signerSetHash)) != config >> SET_HASH) {
            revert SignerSetMismatch(candidate.signerSetHash, feed.signerSetHash);
        }
        uint256 quorum = 2 * uint256(uint8(config >> FAULTY)) + 1;
        if (candidate.observations < quorum) revert QuorumMissed(candidate.observations, quorum);
    }

    /// @dev The signature covers the header, so an observation signed for another chain, contract, feed, round or configuration
    ///      recovers a stranger.
    function _checkObservations(Candidate memory candidate, Header calldata header, bytes calldata signerSet, Observation[] calldata sorted)
        private
        view
    {
        bytes32 domain = _domainSeparatorV4();
        bytes memory encoded = _encode(header);
        uint256 bitmap;
        uint256 ripcords;
        int256 previous = type(int256).min;
        for (uint256 i; i < sorted.length; ++i) {
            Observation calldata observation = sorted[i];
            int256 value = observation.value;
            if (value < previous) revert ObservationsUnsorted(i);
            previous = value;
            uint8 flags = observation.flags;
            ripcords += flags & RIPCORD;
            bytes32 structHash = _structHash(encoded, VALUE_WORD, bytes32(uint256(value)), flags);
            bitmap |= _checkSigner(bitmap, signerSet, observation.signerIndex, domain, structHash, observation.r, observation.vs);
        }
        candidate.bitmap = bitmap;
        candidate.ripcords = ripcords;
        candidate.value = sorted[(sorted.length - 1) / 2].value;
        candidate.spread = uint256(previous - sorted[0].value); // ascending
    }

    /// @return sorted values of the first feed, ascending, then those of the second, and so on
    function _checkBatchObservations(
        Candidate memory candidate,
        BatchHeader calldata header,
        bytes calldata signerSet,
        BatchObservation[] calldata observations
    ) private view returns (int256[] memory sorted) {
        sorted = new int256[](header.feedIds.length * observations.length);
        bytes32 domain = _domainSeparatorV4();
        bytes memory encoded = _encodeBatch(header);
        for (uint256 i; i < observations.length; ++i) {
            BatchObservation calldata observation = observations[i];
            if (observation.values.length != header.feedIds.length) revert BatchInvalid();
            _takeValues(sorted, i, observations.length, observation.values);
            uint8 flags = observation.flags;
            candidate.ripcords += flags & RIPCORD;
            bytes32 structHash = _structHash(encoded, VALUES_WORD, _hashOf(observation.values), flags);
            candidate.bitmap |= _checkSigner(
                candidate.bitmap, signerSet, observation.signerIndex, domain, structHash, observation.r, observation.vs
            );
        }
    }

    /// @param sorted gains one value a feed
    /// @param count values that it has of each feed
    /// @param room places that it has for each feed
    function _takeValues(int256[] memory sorted, uint256 count, uint256 room, int128[] calldata values) private pure {
        for (uint256 i; i < values.length; ++i) {
            int256 value = values[i];
            assembly ("memory-safe") {
                let first := add(add(sorted, 32), mul(mul(i, room), 32))
                let place := add(first, mul(count, 32))
                for { } gt(place, first) { } {
                    let below := mload(sub(place, 32))
                    if iszero(sgt(below, value)) { break }
                    mstore(place, below)
                    place := sub(place, 32)
                }
                mstore(place, value)
            }
        }
    }

    /// @param bitmap of the signers seen so far
    /// @return bit of this one
    function _checkSigner(uint256 bitmap, bytes calldata signerSet, uint8 index, bytes32 domain, bytes32 structHash, bytes32 r, bytes32 vs)
        private
        pure
        returns (uint256 bit)
    {
        bit = 1 << index;
        if (uint256(index) * 20 >= signerSet.length) revert SignerUnknown(index);
        if (bitmap & bit != 0) revert SignerRepeated(index);
        // zero when it is no signature
        (address recovered,,) = ECDSA.tryRecover(MessageHashUtils.toTypedDataHash(domain, structHash), r, vs);
        if (recovered != address(bytes20(signerSet[uint256(index) * 20:]))) revert SignatureInvalid(index, recovered);
    }

    /// @dev An observation whose value and flags are left open: they alone differ between signers.
    function _encode(Header calldata header) private pure returns (bytes memory) {
        return abi.encode(
            OBSERVATION_TYPEHASH,
            header.feedId,
            header.round,
            header.configVersion,
            int128(0),
            header.valuationTimestamp,
            header.validUntil,
            header.evidenceRoot,
            uint8(0)
        );
    }

    function _encodeBatch(BatchHeader calldata header) private pure returns (bytes memory) {
        return abi.encode(
            BATCH_OBSERVATION_TYPEHASH,
            keccak256(abi.encodePacked(header.feedIds)),
            _hashOf(header.rounds),
            _hashOf(header.valuationTimestamps),
            header.configVersion,
            header.validUntil,
            header.evidenceRoot,
            bytes32(0),
            uint8(0)
        );
    }

    function _hashOf(uint32[] calldata values) private pure returns (bytes32) {
        uint256 offset;
        assembly {
            offset := values.offset
        }
        return _hashWords(offset, values.length);
    }

    function _hashOf(uint40[] calldata values) private pure returns (bytes32) {
        uint256 offset;
        assembly {
            offset := values.offset
        }
        return _hashWords(offset, values.length);
    }

    function _hashOf(int128[] calldata values) private pure returns (bytes32) {
        uint256 offset;
        assembly {
            offset := values.offset
        }
        return _hashWords(offset, values.length);
    }

    /// @dev An array as EIP-712 hashes it, which is as it lies in calldata. Each element is also read as what it is declared to be, and
    ///      refused if it is more.
    function _hashWords(uint256 offset, uint256 count) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            let size := mul(count, 32)
            calldatacopy(free, offset, size)
            hash := keccak256(free, size)
        }
    }

    function _structHash(bytes memory encoded, uint256 word, bytes32 value, uint8 flags) private pure returns (bytes32) {
        assembly ("memory-safe") {
            mstore(add(encoded, add(32, mul(word, 32))), value)
            mstore(add(encoded, 0x120), flags) // word 8 after the length
        }
        return keccak256(encoded);
    }

    /* INTERNAL: WHAT BECOMES OF IT */

    function _concludeBatch(
        Candidate memory candidate,
        bytes32[] calldata feedIds,
        uint32[] calldata rounds,
        uint40[] calldata valuationTimestamps,
        int256[] memory sorted
    ) private {
        uint256 observations = candidate.observations;
        for (uint256 i; i < feedIds.length; ++i) {
            candidate.feedId = feedIds[i];
            candidate.round = rounds[i];
            candidate.valuationTimestamp = valuationTimestamps[i];
            // All of them are places in `sorted`, and no two values of 128 bits lie further apart than 128 bits can say.
            unchecked {
                uint256 first = i * observations;
                candidate.value = sorted[first + (observations - 1) / 2];
                candidate.spread = uint256(sorted[first + observations - 1] - sorted[first]);
            }
            _takeRound(candidate);
        }
    }

    function _takeRound(Candidate memory candidate) private {
        Feed storage feed = _feed(candidate.feedId);
        (uint256 latest, uint256 config) = _checkFeed(feed, candidate);
        _conclude(feed, latest, config, candidate);
    }

    function _conclude(Feed storage feed, uint256 latest, uint256 config, Candidate memory c) private returns (Outcome) {
        uint32 round = uint32(c.round);
        if (c.ripcords > c.observations / 2) {
            feed.latest = latest | HALTED;
            feed.config = config + (1 << USED);
            _drop(feed);
            emit RipcordPulled(c.feedId, round, c.evidenceRoot, c.bitmap);
            emit FeedHalted(c.feedId, true);
            return Outcome.RIPCORD;
        }

        int128 value = int128(c.value);
        (int128 minimum, int128 maximum) = _unpackBounds(feed.bounds);
        if (value < minimum || value > maximum) revert ValueOutOfBounds(value, minimum, maximum);

        uint256 word = uint128(value) | c.valuationTimestamp << VALUED_AT | block.timestamp << PUBLISHED_AT | c.round << ROUND
            | (c.ripcords == 0 ? 0 : uint256(RIPCORD) << FLAGS);
        if (!_isCalm(latest, config, c) && !_isAdmitted(feed, latest, config, word, c)) return Outcome.HELD;

        feed.latest = word;
        feed.ring[round % RING] = word;
        if (uint32(config >> USED) != 0) _settle(feed, config);
        emit RoundAccepted(c.feedId, round, value, uint40(c.valuationTimestamp), c.evidenceRoot, c.bitmap);
        return Outcome.ACCEPTED;
    }

    /// @dev No product overflows: 128 bits of value, 14 of basis points, 17 of seconds in a day.
    function _isCalm(uint256 latest, uint256 config, Candidate memory c) private pure returns (bool) {
        if (latest == 0) return false;
        unchecked {
            int256 previous = int128(uint128(latest));
            uint256 band = SignedMath.abs(previous) * uint16(config >> CALM);
            uint256 elapsed = c.valuationTimestamp - uint40(latest >> VALUED_AT);
            if (elapsed > 1 days) elapsed = 1 days;
            return c.spread * BASIS <= band && SignedMath.abs(c.value - previous) * BASIS * 1 days <= band * elapsed;
        }
    }

    /// @dev Asks the guard, of the move from the latest round and of the one from the anchor: else each block's step could use up the
    ///      whole band. Days are those of publication, which nobody can date back. Holds the round if that is the answer and nothing
    ///      confirms it, and if there is nothing left to compare it with.
    function _isAdmitted(Feed storage feed, uint256 latest, uint256 config, uint256 word, Candidate memory c) private returns (bool) {
        uint256 anchor = feed.anchor;
        if (uint40(anchor >> VALUED_AT) == 0 || uint40(anchor >> PUBLISHED_AT) / 1 days != block.timestamp / 1 days) {
            anchor = uint168(latest) | block.timestamp << PUBLISHED_AT;
        }
        (IValuationGuard.Verdict verdict, bytes32 reason) = _judge(latest, c);
        if (latest == 0 && config & EMPTIED != 0 && verdict == IValuationGuard.Verdict.ACCEPT) {
            (verdict, reason) = (IValuationGuard.Verdict.HOLD, "invalidated");
        }
        if (uint168(anchor) != uint168(latest)) {
            (IValuationGuard.Verdict second, bytes32 secondReason) = _judge(anchor, c);
            if (second > verdict) (verdict, reason) = (second, secondReason);
        }
        if (verdict == IValuationGuard.Verdict.REJECT) revert ValueRejected(c.feedId, int128(c.value), reason);
        if (verdict == IValuationGuard.Verdict.ACCEPT) {
            feed.anchor = anchor;
            return true;
        }
        if (!_isConfirmed(feed, config, word, c, reason)) return false;
        feed.anchor = word;
        return true;
    }

    function _judge(uint256 from, Candidate memory c) private view returns (IValuationGuard.Verdict, bytes32) {
        uint256 magnitude = SignedMath.abs(c.value);
        uint256 spreadBps = c.spread == 0 ? 0 : magnitude == 0 ? type(uint256).max : (c.spread * BASIS + magnitude - 1) / magnitude;
        return GUARD.check(c.feedId, int128(uint128(from)), uint40(from >> VALUED_AT), c.value, uint40(c.valuationTimestamp), spreadBps);
    }

    /// @dev Rounds that agree with the one held first do not start its hour anew, and all their signers count; but only those of a round
    ///      that agrees in itself, or a thief of a quorum would have an honest signer's other value count for his own.
    function _isConfirmed(Feed storage feed, uint256 config, uint256 word, Candidate memory c, bytes32 reason) private returns (bool) {
        uint256 heldBy = feed.heldBy;
        uint256 since = block.timestamp;
        uint256 bitmap = _isClose(c.spread, c.value, config) ? c.bitmap : 0;
        (uint40 earliest, uint40 expiry) = _window(heldBy);
        int256 from = feed.heldFrom;
        if (block.timestamp < expiry && _isClose(SignedMath.abs(c.value - from), from, config)) {
            since = uint40(heldBy >> SINCE);
            bitmap |= heldBy >> BITMAP;
            if (block.timestamp >= earliest && Bits.count(bitmap) > 3 * uint256(uint8(config >> FAULTY))) return true;
        } else {
            feed.heldFrom = int128(c.value);
        }
        feed.held = word;
        feed.heldBy = uint160(msg.sender) | since << SINCE | bitmap << BITMAP;
        feed.config = config + (1 << USED);
        emit RoundHeld(
            c.feedId,
            uint32(c.round),
            int128(c.value),
            uint40(c.valuationTimestamp),
            c.evidenceRoot,
            c.bitmap,
            reason,
            uint40(since) + HELD_LIFETIME
        );
        return false;
    }

    /// @return whether a distance is within the calm band of a value, whatever the time
    function _isClose(uint256 distance, int256 value, uint256 config) private pure returns (bool) {
        return distance * BASIS <= SignedMath.abs(value) * uint16(config >> CALM);
    }

    /// @dev A round was published: every number up to it is accounted for, and nothing waits any more.
    function _settle(Feed storage feed, uint256 config) private {
        feed.config = config & ~(uint256(type(uint32).max) << USED);
        _drop(feed);
    }

    function _drop(Feed storage feed) private {
        feed.held = 0;
        feed.heldBy = 0;
    }

    function _validBefore(Feed storage feed, uint256 round) private view returns (uint256 word) {
        uint256 last = round > RING ? round - RING : 0;
        while (--round > last) {
            word = feed.ring[round % RING];
            if (_roundOf(word) == round && word & INVALID == 0) return word;
        }
        return 0;
    }

    function _setBounds(Feed storage feed, bytes32 feedId, int128 minimum, int128 maximum) private {
        if (minimum >= maximum) revert BoundsInvalid(minimum, maximum);

        (int128 oldMinimum, int128 oldMaximum) = _unpackBounds(feed.bounds);
        feed.bounds = uint256(uint128(maximum)) << 128 | uint128(minimum);

        emit FeedBounded(feedId, oldMinimum, oldMaximum, minimum, maximum);
    }

    /* INTERNAL: WORDS */

    /// @dev Numbers that were not published leave their places alone. What lies in one is kept no longer than its turn lasts all the same:
    ///      of the last 64 numbers each is known for good, and of those before none but the latest round.
    function _roundWord(Feed storage feed, bytes32 feedId, uint256 round) private view returns (uint256 word) {
        word = feed.ring[round % RING];
        if (round == 0 || _roundOf(word) != round || word & INVALID != 0) revert RoundUnknown(feedId, uint64(round));
        uint256 latest = feed.latest;
        if (latest & ~HALTED != word && round + RING < _next(latest, feed.config)) revert RoundUnknown(feedId, uint64(round));
    }

    function _next(uint256 latest, uint256 config) private pure returns (uint256) {
        unchecked {
            return _roundOf(latest) + uint32(config >> USED) + 1; // of 33 bits
        }
    }

    function _roundOf(uint256 word) private pure returns (uint256) {
        return uint32(word >> ROUND);
    }

    function _window(uint256 heldBy) private pure returns (uint40 earliest, uint40 expiry) {
        uint40 since = uint40(heldBy >> SINCE);
        return (since + APPROVAL_DELAY, since + HELD_LIFETIME);
    }

    function _packRound(Round memory round) private pure returns (uint256) {
        return uint128(round.value) | uint256(round.valuationTimestamp) << VALUED_AT | uint256(round.publishedAt) << PUBLISHED_AT
            | uint256(round.round) << ROUND | uint256(round.flags) << FLAGS;
    }

    function _unpackRound(uint256 word) private pure returns (Round memory round) {
        round.value = int128(uint128(word));
        round.valuationTimestamp = uint40(word >> VALUED_AT);
        round.publishedAt = uint40(word >> PUBLISHED_AT);
        round.round = uint32(word >> ROUND);
        round.flags = uint16(word >> FLAGS);
    }

    function _unpackBounds(uint256 word) private pure returns (int128 minimum, int128 maximum) {
        return (int128(uint128(word)), int128(uint128(word >> 128)));
    }

    // forge-lint: disable-end(unsafe-typecast)

    function _known(bytes32 feedId) private view returns (Feed storage feed) {
        feed = _feed(feedId);
        if (feed.config == 0) revert FeedUnknown(feedId);
    }

    function _feed(bytes32 feedId) private view returns (Feed storage) {
        return _getQuorumFeedStorage().feeds[feedId];
    }

    function _getQuorumFeedStorage() private pure returns (QuorumFeedStorage storage $) {
        assembly {
            $.slot := STORAGE_SLOT
        }
    }
}
