// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Values agreed by a quorum of independent signers: 2f + 1 of n ≥ 3f + 1 sign one observation each, the lower median counts.
///         Anyone may transmit. What is not accepted reverts.
interface IQuorumFeed {
    /// @param feedId keccak256 of the feed's name
    /// @param round last accepted + 1
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
    /// @param flags bit 0 = ripcord
    /// @param r signature
    /// @param vs signature, ERC-2098
    struct Observation {
        int128 value;
        uint8 signerIndex;
        uint8 flags;
        bytes32 r;
        bytes32 vs;
    }

    struct Round {
        int128 value;
        uint40 valuationTimestamp;
        uint40 publishedAt;
        uint32 round;
        uint16 flags;
    }

    event FeedConfigured(bytes32 indexed feedId, uint32 configVersion, address[] signers, uint8 f);
    event FeedBounded(bytes32 indexed feedId, int128 minimum, int128 maximum);
    event FeedHalted(bytes32 indexed feedId, bool halted);
    event RoundAccepted(
        bytes32 indexed feedId, uint32 indexed round, int128 value, uint40 valuationTimestamp, bytes32 evidenceRoot, uint256 signerBitmap
    );

    error FeedUnknown(bytes32 feedId);
    error FeedHaltedError(bytes32 feedId);
    error SignerSetInvalid(uint256 signers, uint8 f);
    error SignerSetMismatch(bytes32 given, bytes32 expected);
    error ConfigVersionStale(uint32 given, uint32 current);
    error RoundOutOfOrder(uint32 given, uint32 expected);
    error RoundUnknown(bytes32 feedId, uint32 round);
    error ValuationNotNewer(uint40 given, uint40 latest);
    error ValuationInFuture(uint40 given, uint256 time);
    error ObservationExpired(uint40 validUntil);
    error QuorumMissed(uint256 given, uint256 needed);
    error ObservationsUnsorted(uint256 index);
    error SignerRepeated(uint8 signerIndex);
    error SignatureInvalid(uint8 signerIndex, address recovered);
    error ValueOutOfBounds(int128 value, int128 minimum, int128 maximum);

    /// @notice Publishes a round.
    /// @param signerSet the current signers, abi.encodePacked; compared with the stored hash
    /// @param sorted observations, ascending by value
    function submit(Header calldata header, bytes calldata signerSet, Observation[] calldata sorted) external;

    /// @notice Installs a signer set (4 to 31, n ≥ 3f + 1, f ≥ 1). Observations signed for the one before become void. Restricted.
    function setConfig(bytes32 feedId, address[] calldata signers, uint8 f) external;

    /// @notice Hard bounds; a value outside reverts and is never clamped. Restricted.
    function setBounds(bytes32 feedId, int128 minimum, int128 maximum) external;

    function halt(bytes32 feedId) external;
    function resume(bytes32 feedId) external;

    /// @notice Reverts while the feed has no round or is halted.
    function latestRound(bytes32 feedId) external view returns (Round memory);
    function roundAt(bytes32 feedId, uint32 round) external view returns (Round memory);
    function configOf(bytes32 feedId) external view returns (uint32 configVersion, uint8 f, uint8 signers, bytes32 signerSetHash, bool halted);
}
