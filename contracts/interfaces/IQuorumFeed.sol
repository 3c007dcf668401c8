// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IRoundSource } from "./IRoundSource.sol";

/// @notice Values agreed by a quorum of independent signers: 2f + 1 of n ≥ 3f + 1 sign one observation each, the lower median counts.
///         Anyone may transmit. What is not accepted reverts; the one exception is a ripcord majority, which halts the feed and
///         publishes nothing.
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

    event FeedConfigured(bytes32 indexed feedId, uint32 configVersion, address[] signers, uint8 f);
    event FeedBounded(bytes32 indexed feedId, int128 oldMinimum, int128 oldMaximum, int128 minimum, int128 maximum);
    event FeedHalted(bytes32 indexed feedId, bool halted);
    /// @notice A majority of the submitted observations raised the ripcord: the round is used up, nothing is published, the feed halts.
    event RipcordPulled(bytes32 indexed feedId, uint32 indexed round, bytes32 evidenceRoot, uint256 signerBitmap);
    event RoundAccepted(
        bytes32 indexed feedId, uint32 indexed round, int128 value, uint40 valuationTimestamp, bytes32 evidenceRoot, uint256 signerBitmap
    );

    error FeedUnknown(bytes32 feedId);
    error FeedHaltedError(bytes32 feedId);
    /// @notice A feed without hard bounds accepts nothing.
    error FeedUnbounded(bytes32 feedId);
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

    /// @notice Publishes a round. Anyone may call it.
    /// @param header what all observations have in common
    /// @param signerSet the current signers, 20 bytes each, one after the other; its keccak256 is compared with the stored one
    /// @param sorted observations of distinct signers, ascending by value
    function submit(Header calldata header, bytes calldata signerSet, Observation[] calldata sorted) external;

    /// @notice Installs a signer set. Observations signed for the one before become void. Restricted.
    /// @param feedId the feed; its first configuration creates it
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

    function boundsOf(bytes32 feedId) external view returns (int128 minimum, int128 maximum);
    function configOf(bytes32 feedId)
        external
        view
        returns (uint32 configVersion, uint8 f, uint8 signers, bytes32 signerSetHash, bool halted);
}
