// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IRoundSource, Round } from "./IRoundSource.sol";

/// @notice Values agreed by a quorum of independent signers: 2f + 1 of n ≥ 3f + 1 sign one observation each, the lower median counts.
///         Anyone may transmit. What is neither accepted nor held reverts; the one exception is a ripcord majority, which halts the feed
///         and publishes nothing.
///
///         A round that moves no more than the feed's calm band is accepted at once; of any other the ValuationGuard says whether it is
///         accepted, held or refused. It is asked about the move from the latest round, and about the move from the round that was the
///         latest before the first one that it let pass on the present day of UTC, so that many small steps are judged as the one that
///         they add up to. A round within the calm band meets none of its checks.
///
///         A held round is published by an approver, one hour later at the earliest. Without him a later round that would be held too is
///         published if its value lies within the calm band of the held one, an hour has passed since, and at least 3f + 1 signers agree, in
///         these rounds, with each other as closely: whoever stole one quorum of keys cannot confirm himself. Four days later it expires.
///         It is dropped when another round is accepted or held, when the feed halts, and when its signer set changes. Until a round is
///         accepted the latest one is still read and `stateOf` says HELD.
///
///         Each signer signs, under the EIP-712 domain {name "Muniment QuorumFeed", version "1", chainId, verifyingContract}:
///         Observation(bytes32 feedId,uint32 round,uint32 configVersion,int128 value,uint40 valuationTimestamp,uint40 validUntil,bytes32 evidenceRoot,uint8 flags)
interface IQuorumFeed is IRoundSource {
    /// @param feedId keccak256 of the feed's name
    /// @param round `nextRound`: last submitted + 1
    /// @param configVersion signer set in force
    /// @param valuationTimestamp unix seconds at which the value holds; above that of the latest round, not in the future
    /// @param validUntil unix seconds, last instant at which the round may be submitted
    /// @param evidenceRoot hash of the agreed source record
    struct Header {
        bytes32 feedId;
        uint32 round;
        uint32 configVersion;
        uint40 valuationTimestamp;
        uint40 validUntil;
        bytes32 evidenceRoot;
    }

    /// @param value feed decimals
    /// @param signerIndex position in the signer set
    /// @param flags bit 0 = ripcord: the signer's provider says that the value must not be used
    /// @param r signature
    /// @param vs signature, ERC-2098
    struct Observation {
        int128 value;
        uint8 signerIndex;
        uint8 flags;
        bytes32 r;
        bytes32 vs;
    }

    /// @notice What one round of several feeds has in common. All feeds have the same signer set under the same configuration version.
    ///         Each signer signs once, for all of them:
    ///         BatchObservation(bytes32[] feedIds,uint32[] rounds,uint40[] valuationTimestamps,uint32 configVersion,uint40 validUntil,bytes32 evidenceRoot,int128[] values,uint8 flags)
    struct BatchHeader {
        bytes32[] feedIds;
        uint32[] rounds;
        uint40[] valuationTimestamps;
        uint32 configVersion;
        uint40 validUntil;
        bytes32 evidenceRoot;
    }

    /// @param values one a feed, feed decimals; in no order, the contract sorts them
    struct BatchObservation {
        int128[] values;
        uint8 signerIndex;
        uint8 flags;
        bytes32 r;
        bytes32 vs;
    }

    enum Outcome {
        ACCEPTED,
        HELD,
        /// a majority raised the ripcord: the feed is halted
        RIPCORD
    }

    event FeedCreated(bytes32 indexed feedId, uint8 decimals);
    /// @param calmBps basis points of the latest value a day
    event CalmBandSet(bytes32 indexed feedId, uint16 oldCalmBps, uint16 calmBps);
    event FeedConfigured(bytes32 indexed feedId, uint32 configVersion, address[] signers, uint8 f);
    event FeedBounded(bytes32 indexed feedId, int128 oldMinimum, int128 oldMaximum, int128 minimum, int128 maximum);
    event FeedHalted(bytes32 indexed feedId, bool halted);
    /// @notice A majority of the submitted observations raised the ripcord: the round is used up, nothing is published, the feed halts.
    event RipcordPulled(bytes32 indexed feedId, uint32 indexed round, bytes32 evidenceRoot, uint256 signerBitmap);
    event RoundAccepted(
        bytes32 indexed feedId, uint32 indexed round, int128 value, uint40 valuationTimestamp, bytes32 evidenceRoot, uint256 signerBitmap
    );

    /// @param expiry unix seconds from which it cannot be approved any more
    event RoundHeld(
        bytes32 indexed feedId,
        uint32 indexed round,
        int128 value,
        uint40 valuationTimestamp,
        bytes32 evidenceRoot,
        uint256 signerBitmap,
        bytes32 reason,
        uint40 expiry
    );
    event RoundApproved(bytes32 indexed feedId, uint32 indexed round, address approver);
    /// @param restored round that is the latest again, 0 = none
    event RoundInvalidated(bytes32 indexed feedId, uint32 indexed round, bytes32 reasonHash, uint32 restored);

    error FeedExists(bytes32 feedId);
    error FeedUnknown(bytes32 feedId);
    error FeedHaltedError(bytes32 feedId);
    /// @notice A calm band of 100 % and more would let a value change its sign.
    error CalmBandInvalid(uint16 calmBps);
    error BoundsInvalid(int128 minimum, int128 maximum);
    error SignerSetInvalid(uint256 signers, uint8 f);
    /// @notice Zero, or already in the set.
    error SignerInvalid(address signer);
    error SignerSetMismatch(bytes32 given, bytes32 expected);
    error ConfigVersionStale(uint32 given, uint32 current);
    error RoundOutOfOrder(uint32 given, uint32 expected);
    error ValuationNotNewer(uint40 given, uint40 latest);
    error ValuationInFuture(uint40 given, uint256 time);
    error ObservationExpired(uint40 validUntil, uint256 time);
    error QuorumMissed(uint256 given, uint256 needed);
    error ObservationsUnsorted(uint256 index);
    error SignerUnknown(uint8 signerIndex);
    error SignerRepeated(uint8 signerIndex);
    /// @param recovered zero when the signature is not one (s in the upper half, r or s out of range)
    error SignatureInvalid(uint8 signerIndex, address recovered);
    error ValueOutOfBounds(int128 value, int128 minimum, int128 maximum);
    /// @param reason of the guard
    error ValueRejected(bytes32 feedId, int128 value, bytes32 reason);
    error BatchInvalid();
    error NothingPending(bytes32 feedId, uint32 round);
    error PendingDiffers(bytes32 given, bytes32 expected);
    error ApprovalTooEarly(uint40 earliest);
    error ApprovalExpired(uint40 expiry);
    /// @notice Whoever signs for the feed or transmitted the round does not approve it, nor does anybody through the access manager.
    error ApproverNotIndependent(address approver);
    error ReasonMissing();

    /// @notice Publishes a round. Anyone may call it.
    /// @param header what all observations have in common
    /// @param signerSet the current signers, 20 bytes each, one after the other; its keccak256 is compared with the stored one
    /// @param sorted observations of distinct signers, ascending by value
    /// @return outcome what became of it
    function submit(Header calldata header, bytes calldata signerSet, Observation[] calldata sorted) external returns (Outcome outcome);

    /// @notice Publishes one round of each of several feeds, all or none (a held round is no failure). Anyone may call it.
    function submitBatch(BatchHeader calldata header, bytes calldata signerSet, BatchObservation[] calldata observations) external;

    /// @notice Publishes the held round. Restricted; the caller neither signs for the feed nor transmitted the round, and
    ///         is not the access manager, which does not say for whom it calls.
    /// @param valueHash keccak256(abi.encode(feedId, round, value, valuationTimestamp)), so that nobody approves what he has not seen
    function approvePending(bytes32 feedId, uint32 round, bytes32 valueHash) external;

    /// @notice Takes an accepted round out of use: it is unknown to `roundAt` from then on, its events and its record in storage stay, and
    ///         the last valid round among the 63 numbers before it is the latest again. If there is none, the next round is held.
    ///         Restricted.
    /// @param round one that `roundAt` knows: among the last 64 numbers, or the latest
    /// @param reasonHash hash of the reason, not zero
    function invalidate(bytes32 feedId, uint32 round, bytes32 reasonHash) external;

    /// @notice Creates a feed. Restricted.
    /// @param feedId keccak256 of the feed's name
    /// @param decimals of its values, for good
    function createFeed(bytes32 feedId, uint8 decimals, int128 minimum, int128 maximum) external;

    /// @notice The move from the latest value and the spread of observations that need no guard. Restricted.
    /// @param calmBps basis points of the latest value, below 10,000. The move may use them up within a day, part of them within part of
    ///        a day (from valuation to valuation), and no more after a longer time; the spread may always be that wide. 0 = the guard
    ///        judges every round that moves
    function setCalmBand(bytes32 feedId, uint16 calmBps) external;

    /// @notice Installs a signer set. Observations signed for the one before become void. Restricted.
    /// @param feedId the feed
    /// @param signers 4 to 31 distinct accounts, n ≥ 3f + 1
    /// @param f faulty signers tolerated, ≥ 1; 2f + 1 make a quorum
    function setConfig(bytes32 feedId, address[] calldata signers, uint8 f) external;

    /// @notice Hard bounds; a value outside reverts and is never clamped. Restricted.
    /// @param minimum least value, feed decimals, below `maximum`
    /// @param maximum greatest value, feed decimals
    function setBounds(bytes32 feedId, int128 minimum, int128 maximum) external;

    /// @notice Stops a feed: nothing is accepted, the latest round cannot be read. Restricted; a guardian's, without delay.
    function halt(bytes32 feedId) external;

    /// @notice Takes a halted feed up again, at its last round. Restricted.
    function resume(bytes32 feedId) external;

    /// @notice The number that the next submission must carry.
    function nextRound(bytes32 feedId) external view returns (uint32);

    /// @notice The held round, if there is one; reverts with NothingPending otherwise.
    /// @return round as it would be published; `publishedAt` is when it was held
    /// @return earliestApproval unix seconds
    /// @return expiry unix seconds from which it cannot be approved any more
    function pending(bytes32 feedId) external view returns (Round memory round, uint40 earliestApproval, uint40 expiry);

    function boundsOf(bytes32 feedId) external view returns (int128 minimum, int128 maximum);
    function configOf(bytes32 feedId)
        external
        view
        returns (uint32 configVersion, uint8 f, uint8 signers, bytes32 signerSetHash, bool halted);
}
