// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC5267 } from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { IERC3643Token } from "./erc3643/IERC3643Token.sol";
import { IERC7943Fungible } from "./IERC7943Fungible.sol";
import { Kind, Verdict } from "./IRule.sol";

/// @notice Who may send. A recipient must always be verified.
///         NOT_BLOCKED: registered, not blocked and without a revoked required claim; one that lapsed or was never given may still exit.
///         OPEN: anyone who holds. VERIFIED: as a recipient.
enum SenderPolicy {
    NOT_BLOCKED,
    OPEN,
    VERIFIED
}

/// @param agent account
/// @param roles bits of AgentRole
/// @param mintCap token units that a MINTER may mint per window of a day; 0 = none
struct AgentGrant {
    address agent;
    uint16 roles;
    uint96 mintCap;
}

/// @param name ERC-20 name, and for good the name of the EIP-712 domain
/// @param symbol ERC-20 symbol
/// @param decimals 0 to 18
/// @param manager AccessManager that governs the restricted functions
/// @param owner issuer admin
/// @param onchainID identity contract of the asset, or zero
/// @param identityStorage where wallets and investors are kept; the token must be bound to it before the first mint
/// @param identityRegistry pushes the acceptance matrix
/// @param compliance judges movements, pushes the rule count
/// @param senderPolicy who may send
/// @param forcedDelay seconds between announcing and executing a forced transfer; ≥ 1 day except on chain 31337
/// @param recoveryDelay seconds between proposing and executing a recovery; ≥ 2 days except on chain 31337
/// @param profileMintCap token units per day of an agent that `addAgent` appoints
/// @param agents first agents
struct InitialSettings {
    string name;
    string symbol;
    uint8 decimals;
    address manager;
    address owner;
    address onchainID;
    address identityStorage;
    address identityRegistry;
    address compliance;
    SenderPolicy senderPolicy;
    uint32 forcedDelay;
    uint32 recoveryDelay;
    uint96 profileMintCap;
    AgentGrant[] agents;
}

/// @notice The part of the token that moves units and is called every day (contracts/token/SecurityToken.sol).
interface ISecurityTokenCore is IERC3643Token {
    /// @notice The movement is refused.
    /// @param code ReasonCode of the first failing check
    /// @param rule the rule that refuses, or the token itself
    /// @param actual the value that was judged
    /// @param limit the bound it was judged against
    error TransferRefused(uint8 code, address rule, uint256 actual, uint256 limit);
    error AgentRoleMissing(address caller, uint16 role);
    error CallerNotOwner(address caller);
    error LengthMismatch(uint256 a, uint256 b);
    error BatchTooLong(uint256 length, uint256 maximum);
    error EnforcedPause();
    error ExpectedPause();
    error UnfreezeExceedsFrozen(address wallet, uint256 amount, uint256 frozen);
    /// @notice No such forced transfer is announced.
    error ForcedTransferNotScheduled(address from, address to, uint256 amount);
    error RecoveryNotProposed(address lostWallet, address newWallet);
    /// @notice The announced act may not be executed before `executableAt` (unix seconds).
    error EnforcementTooEarly(uint40 executableAt);
    /// @notice The announced act could be executed until `expiredAt` (unix seconds), exclusive.
    error EnforcementExpired(uint40 expiredAt);
    error RecoveryIdentityMismatch(address wallet, address given, address actual);
    /// @param code ReasonCode: INVALID_RECIPIENT (the same wallet), RECIPIENT_NOT_REGISTERED (retired), RECIPIENT_FROZEN
    error RecoveryWalletInvalid(address newWallet, uint8 code);
    error NothingToRecover(address lostWallet);
    /// @notice The registry serves another token.
    error RegistryForeign(address registry);
    error IdentityStorageMismatch(address given, address current);
    error CallerNotSuitePart(address caller);

    event AgentSet(address indexed agent, uint16 roles, uint96 mintCap);
    /// @notice A forced transfer went against a rule. `ref` is the id under which it was announced.
    event RuleOverridden(bytes32 indexed ref, uint8 code);
    /// @notice What UpdatedTokenInformation says, readable: an indexed string is only a hash in the log.
    event TokenInformationUpdated(string name, string symbol, uint8 decimals, string version, address onchainID);
    event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner);
    event AcceptanceSet(uint80 matrix, bool registrationOnly);
    event RuleCountSet(uint8 count, bool feeCharged);

    /// @notice Sets the frozen amount of a wallet; it may exceed the balance (ERC-7943).
    function setFrozenTokens(address account, uint256 amount) external returns (bool);

    /* AGENTS: role bits of AgentRole; `mintCap` in token units per window of a day */

    function agentRoles(address agent) external view returns (uint16);

    /* SUITE */

    /// @notice Takes what the token demands of an investor. Only the identity registry.
    /// @param matrix packed acceptance matrix (5 topics × 16 issuers)
    /// @param registrationOnly whether being registered suffices; the matrix is zero then
    function setAcceptance(uint80 matrix, bool registrationOnly) external;
    /// @notice Takes the number of rules; compliance is called only when there is one. Only the compliance.
    /// @param feeCharged whether one of them takes a fee out of transfers
    function setRuleCount(uint8 count, bool feeCharged) external;

    /* VIEWS */

    function identityStorage() external view returns (address);
    function holderCount() external view returns (uint256);
    function pendingOwner() external view returns (address);
}

/// @notice The part of the token that keeps records, prepares enforcement and adds to the agents' acts
///         (contracts/token/SecurityTokenExtension.sol). It runs behind the same proxy; the token hands on to it what it does not know.
interface ISecurityTokenExtension is IERC20Permit, IERC5267 {
    error InitialSettingInvalid(string field);
    error DelayTooShort(uint32 given, uint32 minimum);
    /// @notice The owner gave up ISSUER_ADMIN, so there is no execution delay to hand on.
    error OwnershipRoleMissing(address owner);
    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);
    error SnapshotUnknown(uint256 id, uint256 lastId);
    error DocumentHashMissing(bytes32 name);
    error DocumentUnknown(bytes32 name, uint256 index);
    /// @notice The same act is announced already and still executable.
    error EnforcementPending(uint40 executableAt);
    error RecoverySignatureInvalid(address newWallet);
    /// @notice The same caller used this id for other items or another act.
    error BatchDiffers(bytes32 batchId);

    event OperationRecorded(bytes32 indexed ref, bytes4 indexed selector, uint256 index);
    /// @notice An item of a `tryBatch…` was refused; it may be tried again under the same id.
    /// @param code ReasonCode; UNKNOWN when the refusal has none
    /// @param refusal selector of the error
    event ItemFailed(bytes32 indexed batchId, uint256 indexed index, uint8 code, bytes4 refusal);
    /// @param done bit i: item i is carried out, by this call or an earlier one
    event BatchTried(bytes32 indexed batchId, address indexed caller, bytes4 indexed selector, uint256 done);
    event SenderPolicySet(SenderPolicy previousPolicy, SenderPolicy policy);
    event SnapshotTaken(uint256 indexed id, uint256 blockNumber, uint256 time);
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

    function initialize(InitialSettings calldata settings) external;

    /* ERC-20 BESIDE THE STANDARD */

    function increaseAllowance(address spender, uint256 addedValue) external returns (bool);
    function decreaseAllowance(address spender, uint256 subtractedValue) external returns (bool);

    /* AGENT ACTS WITH A BUSINESS REFERENCE: `ref` is the hash of the business key, emitted in OperationRecorded */

    function mint(address to, uint256 amount, bytes32 ref) external;
    function burn(address userAddress, uint256 amount, bytes32 ref) external;
    function forcedTransfer(address from, address to, uint256 amount, bytes32 ref) external returns (bool);
    function recoveryAddress(address lostWallet, address newWallet, address investorOnchainID, bytes32 ref) external returns (bool);
    function setAddressFrozen(address userAddress, bool freeze, bytes32 ref) external;
    function freezePartialTokens(address userAddress, uint256 amount, bytes32 ref) external;
    function unfreezePartialTokens(address userAddress, uint256 amount, bytes32 ref) external;
    function batchMint(address[] calldata toList, uint256[] calldata amounts, bytes32 ref) external;
    function batchBurn(address[] calldata userAddresses, uint256[] calldata amounts, bytes32 ref) external;
    function batchForcedTransfer(address[] calldata fromList, address[] calldata toList, uint256[] calldata amounts, bytes32 ref) external;
    function batchSetAddressFrozen(address[] calldata userAddresses, bool[] calldata freeze, bytes32 ref) external;
    function batchFreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts, bytes32 ref) external;
    function batchUnfreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts, bytes32 ref) external;

    /* BATCHES THAT GO ON WHERE AN ITEM IS REFUSED: at most 250 items. What is done stays noted under caller and `batchId`, so that the
       same call made again carries out only what was refused before. The gate of each item is that of the single act. */

    /// @return done bit i: item i is carried out, by this call or an earlier one
    function tryBatchTransfer(bytes32 batchId, address[] calldata toList, uint256[] calldata amounts) external returns (uint256 done);
    function tryBatchMint(bytes32 batchId, address[] calldata toList, uint256[] calldata amounts) external returns (uint256 done);
    function tryBatchBurn(bytes32 batchId, address[] calldata userAddresses, uint256[] calldata amounts) external returns (uint256 done);
    function tryBatchForcedTransfer(bytes32 batchId, address[] calldata fromList, address[] calldata toList, uint256[] calldata amounts)
        external
        returns (uint256 done);
    /// @return done bit i: item i of the batch of `caller` is carried out
    function batchProgress(address caller, bytes32 batchId) external view returns (uint256 done);

    /* POLICY */

    /// @notice Sets who may send. Restricted.
    function setSenderPolicy(SenderPolicy policy) external;
    function senderPolicy() external view returns (SenderPolicy);

    /* AGENTS */

    /// @notice Replaces an agent's roles and cap. Restricted.
    function setAgent(address agent, uint16 roles, uint96 mintCap) external;
    /// @return cap token units per window
    /// @return minted token units in the window that is open, 0 when none is
    /// @return windowEndsAt unix seconds, 0 when no window is open
    function mintAllowance(address agent) external view returns (uint256 cap, uint256 minted, uint40 windowEndsAt);

    /* OWNERSHIP */

    /// @notice Completes `transferOwnership`. The ISSUER_ADMIN role of the suite moves with it, under the same execution delay;
    ///         an owner who no longer has the role cannot be succeeded.
    function acceptOwnership() external;

    /* ENFORCEMENT */

    /// @notice Announces a forced transfer, executable by `forcedTransfer` after the delay and for 7 days.
    /// @return id hash of all fields, its lowest 40 bits zero
    function scheduleForcedTransfer(address from, address to, uint256 amount, bytes32 legalBasisHash) external returns (bytes32 id);
    /// @notice Calls an announced forced transfer off. The guardian, or a FORCED agent.
    function cancelForcedTransfer(address from, address to, uint256 amount) external;
    /// @return id as `scheduleForcedTransfer` returned it, zero when nothing is announced
    /// @return executableAt unix seconds
    function scheduledForcedTransfer(address from, address to, uint256 amount) external view returns (bytes32 id, uint40 executableAt);

    /// @notice Announces a recovery, executable by `recoveryAddress` after the delay and for 7 days.
    /// @param newWalletSignature signature of `newWallet` (account or ERC-1271) over the EIP-712 struct
    ///        Recovery(address lostWallet,address newWallet,address identity,uint256 nonce), nonce = nonces(newWallet); empty when `newWallet`
    ///        is a management key of the deployed identity
    function proposeRecovery(address lostWallet, address newWallet, address investorOnchainID, bytes calldata newWalletSignature)
        external
        returns (bytes32 id);
    /// @notice Vetoes a recovery. The lost wallet unless it is frozen, another wallet of the investor, a RECOVERY agent, or the guardian.
    function cancelRecovery(address lostWallet) external;
    /// @return newWallet zero when nothing is proposed
    /// @return executableAt unix seconds
    function proposedRecovery(address lostWallet) external view returns (address newWallet, uint40 executableAt);
    /// @notice Digest that `newWallet` signs for `proposeRecovery`.
    function recoveryDigest(address lostWallet, address newWallet, address investorOnchainID) external view returns (bytes32);

    /* SNAPSHOTS */

    /// @notice Fixes every balance as of now under a new id. Nothing is copied until a balance changes.
    function snapshot() external returns (uint256 id);
    function balanceOfAt(address wallet, uint256 id) external view returns (uint256);
    function totalSupplyAt(uint256 id) external view returns (uint256);
    function snapshotAt(uint256 id) external view returns (uint256 blockNumber, uint256 time);
    function lastSnapshotId() external view returns (uint256);

    /* DOCUMENTS: every version stays readable */

    function setDocument(bytes32 name, string calldata uri, bytes32 documentHash) external;
    /// @notice Takes a document off the list; its versions stay readable.
    function removeDocument(bytes32 name) external;
    function getDocument(bytes32 name) external view returns (string memory uri, bytes32 documentHash, uint256 lastModified);
    function getAllDocuments() external view returns (bytes32[] memory);
    /// @param index 0 is the first version; a removal is a version with a zero hash
    function documentVersion(bytes32 name, uint256 index)
        external
        view
        returns (string memory uri, bytes32 documentHash, uint256 lastModified);
    function documentVersions(bytes32 name) external view returns (uint256);

    /* VIEWS */

    /// @notice The words behind the token, one storage slot each; layouts in contracts/token/TokenWords.sol.
    function words(address wallet) external view returns (uint256 holder, uint256 agent, uint256 configuration, uint256 totals);
}

/// @notice The part of the token that says why (contracts/token/SecurityTokenExplanations.sol), behind the same proxy.
interface ISecurityTokenExplanations {
    /* REASONS */

    /// @notice Every check of a transfer by its sender. `code` is that of the first failure, 0 when it would succeed.
    ///         A verdict of the token itself names its check by `code` also when it passes: read `pass`.
    function explain(address from, address to, uint256 amount) external view returns (uint8 code, Verdict[] memory verdicts);
    /// @notice The same for any kind and operator (MINT: from = 0, operator = the minting agent; TRANSFER with operator ≠ from: transferFrom).
    function explainAs(Kind kind, address operator, address from, address to, uint256 amount)
        external
        view
        returns (uint8 code, Verdict[] memory verdicts);
    /// @notice ERC-1404. `transfer` in the same state reverts iff this is not 0.
    function detectTransferRestriction(address from, address to, uint256 value) external view returns (uint8);
    function messageForTransferRestriction(uint8 restrictionCode) external view returns (string memory);
    /// @return amount greatest amount of token units that `from` may transfer to `to` now; 0 is also said where only single amounts pass
    ///         (TransferApproval)
    /// @return bindingCode ReasonCode that refuses one unit more
    function maxTransferable(address from, address to) external view returns (uint256 amount, uint8 bindingCode);

    /* VIEWS */

    /// @notice Units that an investor holds over all his wallets.
    function positionOf(address identity) external view returns (uint256);
    /// @notice Whether `account` may, as such, send or receive (freeze, registration, claims, block); ERC-7943.
    function canSend(address account) external view returns (bool);
    function canReceive(address account) external view returns (bool);
    /// @notice Every permission including pause, frozen amount and rules, but not the plain balance; ERC-7943. Not to be confused with
    ///         the compliance's function of the same selector, which asks the rules alone.
    function canTransfer(address from, address to, uint256 amount) external view returns (bool);
}

/// @notice What Muniment's token offers: ERC-3643, ERC-20 with ERC-2612, ERC-7943, and beyond them business references, agent words,
///         snapshots, documents, delayed enforcement and the reason of every refusal.
interface ISecurityToken is ISecurityTokenCore, ISecurityTokenExtension, ISecurityTokenExplanations, IERC7943Fungible {
    function forcedTransfer(address from, address to, uint256 amount) external override(IERC3643Token, IERC7943Fungible) returns (bool);
    function setFrozenTokens(address account, uint256 amount) external override(ISecurityTokenCore, IERC7943Fungible) returns (bool);
    function getFrozenTokens(address account) external view override(IERC3643Token, IERC7943Fungible) returns (uint256);
    function canSend(address account) external view override(ISecurityTokenExplanations, IERC7943Fungible) returns (bool);
    function canReceive(address account) external view override(ISecurityTokenExplanations, IERC7943Fungible) returns (bool);
    function canTransfer(address from, address to, uint256 amount)
        external
        view
        override(ISecurityTokenExplanations, IERC7943Fungible)
        returns (bool);
}
