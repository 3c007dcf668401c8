// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC3643Token } from "./erc3643/IERC3643Token.sol";
import { Kind, Verdict } from "./IRule.sol";

/// @notice What Muniment's token offers beyond ERC-3643: business references, agent words, snapshots, documents, delayed
///         enforcement and the reason of every refusal.
interface ISecurityToken is IERC3643Token {
    /// @notice The movement is refused.
    /// @param code ReasonCode of the first failing check
    /// @param rule the rule that refuses, or the token itself
    /// @param actual the value that was judged
    /// @param limit the bound it was judged against
    error TransferRefused(uint8 code, address rule, uint256 actual, uint256 limit);
    error AgentRoleMissing(address caller, uint16 role);
    error LengthMismatch(uint256 a, uint256 b);
    error BatchTooLong(uint256 length, uint256 maximum);

    event AgentSet(address indexed agent, uint16 roles, uint96 mintCap);
    event OperationRecorded(bytes32 indexed ref, bytes4 indexed selector, uint256 index);
    event SnapshotTaken(uint256 indexed id, uint256 blockNumber, uint256 time);
    event RuleOverridden(bytes32 indexed ref, uint8 code);
    event ForcedTransferScheduled(
        bytes32 indexed id, address indexed from, address indexed to, uint256 amount, bytes32 legalBasisHash, uint40 executableAt
    );
    event ForcedTransferCancelled(bytes32 indexed id, address indexed by);
    event RecoveryProposed(
        bytes32 indexed id, address indexed lostWallet, address indexed newWallet, address investorOnchainID, uint40 executableAt
    );
    event RecoveryCancelled(bytes32 indexed id, address indexed by);
    event DocumentUpdated(bytes32 indexed name, string uri, bytes32 documentHash);
    event DocumentRemoved(bytes32 indexed name, string uri, bytes32 documentHash);

    /* ISSUE AND REDEMPTION WITH A BUSINESS REFERENCE */

    /// @param amount token units
    /// @param ref hash of the business key, emitted in OperationRecorded
    function mint(address to, uint256 amount, bytes32 ref) external;
    function burn(address from, uint256 amount, bytes32 ref) external;

    /* ENFORCEMENT */

    /// @notice Announces a forced transfer, executable by `forcedTransfer` after the delay and for 7 days.
    /// @return id hash of all fields
    function scheduleForcedTransfer(address from, address to, uint256 amount, bytes32 legalBasisHash) external returns (bytes32 id);
    function cancelForcedTransfer(address from, address to, uint256 amount) external;

    /// @notice Announces a recovery, executable by `recoveryAddress` after the delay and for 7 days.
    /// @param newWalletSignature EIP-712 signature of `newWallet` over Recovery(address lostWallet,address newWallet,address identity,uint256 nonce)
    function proposeRecovery(
        address lostWallet,
        address newWallet,
        address investorOnchainID,
        bytes calldata newWalletSignature
    ) external returns (bytes32 id);
    /// @notice Vetoes a recovery. The lost wallet, another wallet of the investor, or the guardian.
    function cancelRecovery(address lostWallet) external;

    /* AGENTS: role bits of AgentRole; `mintCap` in token units per window of a day */

    function setAgent(address agent, uint16 roles, uint96 mintCap) external;
    function agentRoles(address agent) external view returns (uint16);
    function mintAllowance(address agent) external view returns (uint256 cap, uint256 minted, uint40 windowEndsAt);

    /* SNAPSHOTS */

    /// @notice Fixes every balance as of now under a new id. Nothing is copied until a balance changes.
    function snapshot() external returns (uint256 id);
    function balanceOfAt(address wallet, uint256 id) external view returns (uint256);
    function totalSupplyAt(uint256 id) external view returns (uint256);
    function snapshotAt(uint256 id) external view returns (uint256 blockNumber, uint256 time);
    function lastSnapshotId() external view returns (uint256);

    /* DOCUMENTS */

    function setDocument(bytes32 name, string calldata uri, bytes32 documentHash) external;
    function removeDocument(bytes32 name) external;
    function getDocument(bytes32 name) external view returns (string memory uri, bytes32 documentHash, uint256 lastModified);
    function getAllDocuments() external view returns (bytes32[] memory);
    function documentVersion(bytes32 name, uint256 index) external view returns (string memory uri, bytes32 documentHash, uint256 lastModified);

    /* REASONS */

    /// @notice Every check of a transfer by its sender. `code` is that of the first failure, 0 when it would succeed.
    function explain(address from, address to, uint256 amount) external view returns (uint8 code, Verdict[] memory verdicts);
    /// @notice The same for any kind and operator (MINT: from = 0, operator = the minting agent; TRANSFER with operator ≠ from: transferFrom).
    function explainAs(
        Kind kind,
        address operator,
        address from,
        address to,
        uint256 amount
    ) external view returns (uint8 code, Verdict[] memory verdicts);
    function detectTransferRestriction(address from, address to, uint256 value) external view returns (uint8);
    function messageForTransferRestriction(uint8 restrictionCode) external view returns (string memory);
    function maxTransferable(address from, address to) external view returns (uint256 amount, uint8 bindingCode);

    /* VIEWS */

    /// @notice Units that an investor holds over all his wallets.
    function positionOf(address identity) external view returns (uint256);
    /// @notice Investors with a position above zero.
    function holderCount() external view returns (uint256);
    function identityStorage() external view returns (address);
    /// @notice Whether `account` may, as such, send or receive (freeze, registration, claims, block); ERC-7943.
    function canSend(address account) external view returns (bool);
    function canReceive(address account) external view returns (bool);
    function canTransfer(address from, address to, uint256 amount) external view returns (bool);

    /* SUITE */

    /// @notice Takes the packed acceptance matrix (5 topics × 16 issuers). Only the identity registry.
    function setAcceptance(uint80 matrix) external;
    /// @notice Takes the number of transfer rules; at 0 compliance is not called. Only the compliance.
    function setRuleCount(uint8 count) external;
}
