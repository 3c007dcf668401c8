// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IQuorumFeed } from "../interfaces/IQuorumFeed.sol";

/// @notice The relayed lane of valuation: one contract, many feeds, each with its own signers, bounds and rounds.
/// @dev A round costs two written slots: the feed's head and one place in a ring of 64. The signer set comes in calldata and is
///      compared by hash, because reading four signers from storage would cost more than the rest of the call.
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

    struct Feed {
        Head head;
        bytes32 signerSetHash;
        int128 minimum;
        int128 maximum;
        mapping(uint256 place => Round) ring;
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

    constructor(address manager) AccessManaged(manager) EIP712("Muniment QuorumFeed", "1") { }

    /* USER FUNCTIONS */

    /// @inheritdoc IQuorumFeed
    function submit(Header calldata header, bytes calldata signerSet, Observation[] calldata sorted) external {
        Feed storage feed = _feed(header.feedId);
        Head memory head = feed.head;
        _checkHeader(header, head);
        if (keccak256(signerSet) != feed.signerSetHash) revert SignerSetMismatch(keccak256(signerSet), feed.signerSetHash);

        (uint256 bitmap, uint256 ripcords) = _checkObservations(header, head, signerSet, sorted);

        head.submitted = header.round;
        if (2 * ripcords > sorted.length) {
            head.halted = true;
            feed.head = head;
            emit RipcordPulled(header.feedId, header.round, header.evidenceRoot, bitmap);
            emit FeedHalted(header.feedId, true);
            return;
        }

        int128 value = sorted[(sorted.length - 1) / 2].value;
        _checkBounds(feed, header.feedId, value);
        head.latest = header.round;
        head.latestValuation = header.valuationTimestamp;
        feed.head = head;
        feed.ring[header.round % RING] = Round({
            value: value,
            valuationTimestamp: header.valuationTimestamp,
            publishedAt: uint40(block.timestamp),
            round: header.round,
            flags: ripcords == 0 ? 0 : RIPCORD
        });
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
        uint32 version = feed.head.configVersion + 1;
        feed.head.configVersion = version;
        feed.head.f = f;
        feed.head.signers = uint8(n); // n ≤ 31
        feed.signerSetHash = keccak256(signerSet);

        emit FeedConfigured(feedId, version, signers, f);
    }

    /// @inheritdoc IQuorumFeed
    function setBounds(bytes32 feedId, int128 minimum, int128 maximum) external restricted {
        if (minimum >= maximum) revert BoundsInvalid(minimum, maximum);

        Feed storage feed = _feed(feedId);
        emit FeedBounded(feedId, feed.minimum, feed.maximum, minimum, maximum);
        feed.minimum = minimum;
        feed.maximum = maximum;
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

    /// @inheritdoc IQuorumFeed
    function latestRound(bytes32 feedId) external view returns (Round memory) {
        Feed storage feed = _feed(feedId);
        Head memory head = feed.head;
        if (head.configVersion == 0) revert FeedUnknown(feedId);
        if (head.halted) revert FeedHaltedError(feedId);
        if (head.latest == 0) revert RoundUnknown(feedId, 0);
        return feed.ring[head.latest % RING];
    }

    /// @inheritdoc IQuorumFeed
    function roundAt(bytes32 feedId, uint32 round) external view returns (Round memory found) {
        found = _feed(feedId).ring[round % RING];
        if (round == 0 || found.round != round) revert RoundUnknown(feedId, round);
    }

    /// @inheritdoc IQuorumFeed
    function nextRound(bytes32 feedId) external view returns (uint32) {
        return _feed(feedId).head.submitted + 1;
    }

    /// @inheritdoc IQuorumFeed
    function boundsOf(bytes32 feedId) external view returns (int128 minimum, int128 maximum) {
        Feed storage feed = _feed(feedId);
        return (feed.minimum, feed.maximum);
    }

    /// @inheritdoc IQuorumFeed
    function configOf(bytes32 feedId)
        external
        view
        returns (uint32 configVersion, uint8 f, uint8 signers, bytes32 signerSetHash, bool halted)
    {
        Feed storage feed = _feed(feedId);
        Head memory head = feed.head;
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
        for (uint256 i; i < sorted.length; ++i) {
            Observation calldata observation = sorted[i];
            uint8 index = observation.signerIndex;
            if (index >= head.signers) revert SignerUnknown(index);
            if (bitmap & (1 << index) != 0) revert SignerRepeated(index);
            bitmap |= 1 << index;
            if (i != 0 && observation.value < sorted[i - 1].value) revert ObservationsUnsorted(i);
            if (observation.flags & RIPCORD != 0) ++ripcords;

            address signer = address(bytes20(signerSet[uint256(index) * 20:]));
            (address recovered,,) = ECDSA.tryRecover(_digest(header, observation), observation.r, observation.vs);
            if (recovered != signer) revert SignatureInvalid(index, recovered);
        }
    }

    function _digest(Header calldata header, Observation calldata observation) private view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    OBSERVATION_TYPEHASH,
                    header.feedId,
                    header.round,
                    header.configVersion,
                    observation.value,
                    header.valuationTimestamp,
                    header.validUntil,
                    header.evidenceRoot,
                    observation.flags
                )
            )
        );
    }

    function _checkBounds(Feed storage feed, bytes32 feedId, int128 value) private view {
        (int128 minimum, int128 maximum) = (feed.minimum, feed.maximum);
        if (minimum == maximum) revert FeedUnbounded(feedId);
        if (value < minimum || value > maximum) revert ValueOutOfBounds(value, minimum, maximum);
    }

    function _setHalted(bytes32 feedId, bool halted) private {
        Head storage head = _feed(feedId).head;
        if (head.configVersion == 0) revert FeedUnknown(feedId);
        head.halted = halted;
        emit FeedHalted(feedId, halted);
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
