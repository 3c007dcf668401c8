// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { IQuorumFeed } from "../interfaces/IQuorumFeed.sol";
import { FeedState, IRoundSource, Round } from "../interfaces/IRoundSource.sol";

/// @notice The relayed lane of valuation: one contract, many feeds, each with its own signers, bounds and rounds.
/// @dev A round costs three slots read and two written: the feed's head, its signer set's hash and bounds, one place in a ring of 64.
///      The signer set comes in calldata and is compared by hash, because reading four signers from storage would cost more than the
///      rest of the call. Words are packed by hand: the compiler would read and write a struct's slot once for each of its fields.
contract QuorumFeed is IQuorumFeed, AccessManaged, EIP712 {
    /// @param configVersion signer set in force, 0 = unknown feed
    /// @param f faulty signers tolerated
    /// @param signers size of the set
    /// @param halted nothing is accepted, latestRound reverts
    /// @param submitted last round number used, also by a ripcord
    /// @param latest last round accepted, 0 = none
    /// @param latestValuation valuation timestamp of `latest`
    struct Head {
        uint32 configVersion;
        uint8 f;
        uint8 signers;
        bool halted;
        uint32 submitted;
        uint32 latest;
        uint40 latestValuation;
    }

    /// @param head packed Head
    /// @param signerSetHash keccak256 of the signers, 20 bytes each
    /// @param bounds minimum in the lower half, maximum in the upper; 0 = none
    /// @param ring packed Rounds, at round % 64
    struct Feed {
        uint256 head;
        bytes32 signerSetHash;
        uint256 bounds;
        mapping(uint256 place => uint256 round) ring;
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
    uint256 private constant RING = 64;
    uint256 private constant MIN_SIGNERS = 4;
    uint256 private constant MAX_SIGNERS = 31;
    uint8 private constant RIPCORD = 1;
    /// @dev Places of fields in a packed Head.
    uint256 private constant HALTED = 48;
    uint256 private constant LATEST = 88;

    constructor(address manager) AccessManaged(manager) EIP712("Muniment QuorumFeed", "1") { }

    /* USER FUNCTIONS */

    /// @inheritdoc IQuorumFeed
    function submit(Header calldata header, bytes calldata signerSet, Observation[] calldata sorted) external {
        Feed storage feed = _feed(header.feedId);
        Head memory head = _unpackHead(feed.head);
        _checkHeader(header, head);
        if (keccak256(signerSet) != feed.signerSetHash) revert SignerSetMismatch(keccak256(signerSet), feed.signerSetHash);

        (uint256 bitmap, uint256 ripcords) = _checkObservations(header, head, signerSet, sorted);

        head.submitted = header.round;
        if (2 * ripcords > sorted.length) {
            head.halted = true;
            feed.head = _packHead(head);
            emit RipcordPulled(header.feedId, header.round, header.evidenceRoot, bitmap);
            emit FeedHalted(header.feedId, true);
            return;
        }

        int128 value = sorted[(sorted.length - 1) / 2].value;
        _checkBounds(feed, header.feedId, value);
        head.latest = header.round;
        head.latestValuation = header.valuationTimestamp;
        feed.head = _packHead(head);
        feed.ring[header.round % RING] = _packRound(
            Round({
                value: value,
                valuationTimestamp: header.valuationTimestamp,
                publishedAt: uint40(block.timestamp),
                round: header.round,
                flags: ripcords == 0 ? 0 : RIPCORD
            })
        );
        emit RoundAccepted(header.feedId, header.round, value, header.valuationTimestamp, header.evidenceRoot, bitmap);
    }

    /* ROLE FUNCTIONS */

    /// @inheritdoc IQuorumFeed
    function setConfig(bytes32 feedId, address[] calldata signers, uint8 f) external restricted {
        uint256 n = signers.length;
        if (f == 0 || n < MIN_SIGNERS || n > MAX_SIGNERS || n < 3 * uint256(f) + 1) revert SignerSetInvalid(n, f);
        bytes memory signerSet;
        for (uint256 i; i < n; ++i) {
            if (signers[i] == address(0)) revert SignerInvalid(signers[i]);
            for (uint256 j; j < i; ++j) {
                if (signers[j] == signers[i]) revert SignerInvalid(signers[i]);
            }
            signerSet = bytes.concat(signerSet, bytes20(signers[i]));
        }

        Feed storage feed = _feed(feedId);
        Head memory head = _unpackHead(feed.head);
        ++head.configVersion;
        head.f = f;
        // forge-lint: disable-next-line(unsafe-typecast)
        head.signers = uint8(n); // n ≤ 31
        feed.head = _packHead(head);
        feed.signerSetHash = keccak256(signerSet);

        emit FeedConfigured(feedId, head.configVersion, signers, f);
    }

    /// @inheritdoc IQuorumFeed
    function setBounds(bytes32 feedId, int128 minimum, int128 maximum) external restricted {
        if (minimum >= maximum) revert BoundsInvalid(minimum, maximum);

        Feed storage feed = _feed(feedId);
        (int128 oldMinimum, int128 oldMaximum) = _unpackBounds(feed.bounds);
        // forge-lint: disable-next-line(unsafe-typecast)
        feed.bounds = uint256(uint128(maximum)) << 128 | uint128(minimum);

        emit FeedBounded(feedId, oldMinimum, oldMaximum, minimum, maximum);
    }

    /// @inheritdoc IQuorumFeed
    function halt(bytes32 feedId) external restricted {
        _setHalted(feedId, true);
    }

    /// @inheritdoc IQuorumFeed
    function resume(bytes32 feedId) external restricted {
        _setHalted(feedId, false);
    }

    /* VIEWS */

    /// @inheritdoc IRoundSource
    /// @dev Every consumer pays for this read, so it takes only the two fields it needs out of the head.
    function latestRound(bytes32 feedId) external view returns (Round memory) {
        Feed storage feed = _feed(feedId);
        uint256 head = feed.head;
        // Fields of the packed head.
        // forge-lint: disable-start(unsafe-typecast)
        uint256 latest = uint32(head >> LATEST);
        if (uint8(head >> HALTED) == 0 && latest != 0) return _unpackRound(feed.ring[latest % RING]);

        if (uint32(head) == 0) revert FeedUnknown(feedId);
        if (uint8(head >> HALTED) != 0) revert FeedHaltedError(feedId);
        // forge-lint: disable-end(unsafe-typecast)
        revert RoundUnknown(feedId, 0);
    }

    /// @inheritdoc IRoundSource
    function roundAt(bytes32 feedId, uint64 round) external view returns (Round memory found) {
        found = _unpackRound(_feed(feedId).ring[round % RING]);
        if (round == 0 || found.round != round) revert RoundUnknown(feedId, round);
    }

    /// @inheritdoc IRoundSource
    function stateOf(bytes32 feedId) external view returns (FeedState) {
        Head memory head = _unpackHead(_feed(feedId).head);
        if (head.halted) return FeedState.HALTED;
        return head.latest == 0 ? FeedState.UNKNOWN : FeedState.LIVE;
    }

    /// @inheritdoc IRoundSource
    function decimalsOf(bytes32 feedId) external view returns (uint8) {
        if (_feed(feedId).head == 0) revert FeedUnknown(feedId);
        return 8;
    }

    /// @inheritdoc IQuorumFeed
    function nextRound(bytes32 feedId) external view returns (uint32) {
        return _unpackHead(_feed(feedId).head).submitted + 1;
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
        Head memory head = _unpackHead(feed.head);
        return (head.configVersion, head.f, head.signers, feed.signerSetHash, head.halted);
    }

    /* INTERNAL */

    function _checkHeader(Header calldata header, Head memory head) private view {
        if (head.configVersion == 0) revert FeedUnknown(header.feedId);
        if (head.halted) revert FeedHaltedError(header.feedId);
        if (header.configVersion != head.configVersion) revert ConfigVersionStale(header.configVersion, head.configVersion);
        if (header.round != head.submitted + 1) revert RoundOutOfOrder(header.round, head.submitted + 1);
        if (header.valuationTimestamp <= head.latestValuation) {
            revert ValuationNotNewer(header.valuationTimestamp, head.latestValuation);
        }
        if (header.valuationTimestamp > block.timestamp) revert ValuationInFuture(header.valuationTimestamp, block.timestamp);
        if (block.timestamp > header.validUntil) revert ObservationExpired(header.validUntil, block.timestamp);
    }

    /// @dev The signature covers the header, so an observation signed for another chain, contract, feed, round or configuration
    ///      recovers a stranger.
    function _checkObservations(Header calldata header, Head memory head, bytes calldata signerSet, Observation[] calldata sorted)
        private
        view
        returns (uint256 bitmap, uint256 ripcords)
    {
        uint256 quorum = 2 * uint256(head.f) + 1;
        if (sorted.length < quorum) revert QuorumMissed(sorted.length, quorum);
        uint256 signers = head.signers;
        bytes32 domain = _domainSeparatorV4();
        bytes memory encoded = _encode(header);
        int128 previous = type(int128).min;
        for (uint256 i; i < sorted.length; ++i) {
            Observation calldata observation = sorted[i];
            uint8 index = observation.signerIndex;
            if (index >= signers) revert SignerUnknown(index);
            if (bitmap & (1 << index) != 0) revert SignerRepeated(index);
            bitmap |= 1 << index;
            if (observation.value < previous) revert ObservationsUnsorted(i);
            previous = observation.value;
            ripcords += observation.flags & RIPCORD;

            address recovered = _recover(domain, encoded, observation);
            if (recovered != _signerAt(signerSet, index)) revert SignatureInvalid(index, recovered);
        }
    }

    /// @return signer zero when the signature is not one
    function _recover(bytes32 domain, bytes memory encoded, Observation calldata observation) private pure returns (address signer) {
        bytes32 structHash = _structHash(encoded, observation.value, observation.flags);
        (signer,,) = ECDSA.tryRecover(MessageHashUtils.toTypedDataHash(domain, structHash), observation.r, observation.vs);
    }

    function _signerAt(bytes calldata signerSet, uint256 index) private pure returns (address) {
        return address(bytes20(signerSet[index * 20:]));
    }

    /// @dev The observation of a round with its value and flags left open: they alone differ between signers.
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

    function _structHash(bytes memory encoded, int128 value, uint8 flags) private pure returns (bytes32) {
        assembly ("memory-safe") {
            mstore(add(encoded, 0xa0), value) // word 4 after the length
            mstore(add(encoded, 0x120), flags) // word 8 after the length
        }
        return keccak256(encoded);
    }

    function _checkBounds(Feed storage feed, bytes32 feedId, int128 value) private view {
        (int128 minimum, int128 maximum) = _unpackBounds(feed.bounds);
        if (minimum == maximum) revert FeedUnbounded(feedId);
        if (value < minimum || value > maximum) revert ValueOutOfBounds(value, minimum, maximum);
    }

    function _setHalted(bytes32 feedId, bool halted) private {
        Feed storage feed = _feed(feedId);
        Head memory head = _unpackHead(feed.head);
        if (head.configVersion == 0) revert FeedUnknown(feedId);

        head.halted = halted;
        feed.head = _packHead(head);

        emit FeedHalted(feedId, halted);
    }

    // Words are taken apart here: each cast keeps one field.
    // forge-lint: disable-start(unsafe-typecast)
    /// @dev From the lowest bit: configVersion 32, f 8, signers 8, halted 8, submitted 32, latest 32, latestValuation 40. 96 are free.
    function _packHead(Head memory head) private pure returns (uint256) {
        return head.configVersion | uint256(head.f) << 32 | uint256(head.signers) << 40 | (head.halted ? 1 << HALTED : 0)
            | uint256(head.submitted) << 56 | uint256(head.latest) << LATEST | uint256(head.latestValuation) << 120;
    }

    function _unpackHead(uint256 word) private pure returns (Head memory head) {
        head.configVersion = uint32(word);
        head.f = uint8(word >> 32);
        head.signers = uint8(word >> 40);
        head.halted = uint8(word >> HALTED) != 0;
        head.submitted = uint32(word >> 56);
        head.latest = uint32(word >> LATEST);
        head.latestValuation = uint40(word >> 120);
    }

    /// @dev From the lowest bit: value 128, valuationTimestamp 40, publishedAt 40, round 32, flags 16.
    function _packRound(Round memory round) private pure returns (uint256) {
        return uint128(round.value) | uint256(round.valuationTimestamp) << 128 | uint256(round.publishedAt) << 168 | uint256(round.round)
            << 208 | uint256(round.flags) << 240;
    }

    function _unpackRound(uint256 word) private pure returns (Round memory round) {
        round.value = int128(uint128(word));
        round.valuationTimestamp = uint40(word >> 128);
        round.publishedAt = uint40(word >> 168);
        round.round = uint32(word >> 208);
        round.flags = uint16(word >> 240);
    }

    function _unpackBounds(uint256 word) private pure returns (int128 minimum, int128 maximum) {
        return (int128(uint128(word)), int128(uint128(word >> 128)));
    }
    // forge-lint: disable-end(unsafe-typecast)

    function _feed(bytes32 feedId) private view returns (Feed storage) {
        return _getQuorumFeedStorage().feeds[feedId];
    }

    function _getQuorumFeedStorage() private pure returns (QuorumFeedStorage storage $) {
        assembly {
            $.slot := STORAGE_SLOT
        }
    }
}
