// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManagedUpgradeable } from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import { Checkpoints } from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import { Roles } from "../factory/Roles.sol";
import { Eligibility } from "../identity/Eligibility.sol";
import { IAgentRole } from "../interfaces/erc3643/IAgentRole.sol";
import { IERC3643Token } from "../interfaces/erc3643/IERC3643Token.sol";
import { IIdentityStorage } from "../interfaces/IIdentityStorage.sol";
import { ISecurityTokenCore, SenderPolicy } from "../interfaces/ISecurityToken.sol";
import { ReasonCode } from "../interfaces/ReasonCode.sol";
import { AgentWord, ConfigurationWord, HolderWord, ScheduleWord, TotalsWord } from "./TokenWords.sol";

/// @notice What the token and its extension share: the storage, who may call, and the judgements that both must make alike.
abstract contract TokenState is AccessManagedUpgradeable {
    using Checkpoints for Checkpoints.Trace208;

    /// @param blockNumber block in which the snapshot was taken
    /// @param time unix seconds
    struct SnapshotMark {
        uint48 blockNumber;
        uint40 time;
    }

    struct DocumentVersion {
        bytes32 documentHash;
        uint40 time;
        string uri;
    }

    /// @param content hash of the act and all items
    /// @param done bit i: item i is carried out
    struct Batch {
        bytes32 content;
        uint256 done;
    }

    /// @custom:storage-location erc7201:muniment.storage.SecurityToken
    struct TokenStorage {
        ConfigurationWord configuration;
        TotalsWord totals;
        mapping(address wallet => HolderWord) holders;
        mapping(address holder => mapping(address spender => uint256)) allowances;
        mapping(address account => AgentWord) agents;
        address compliance;
        address identityRegistry;
        uint8 decimals;
        uint32 forcedDelay;
        uint32 recoveryDelay;
        address owner;
        uint96 profileMintCap;
        address pendingOwner;
        address onchainID;
        string name;
        string symbol;
        // Set by the first `setName` to the name before it: the name of the EIP-712 domain never changes.
        string domainName;
        mapping(bytes32 movement => ScheduleWord) forcedTransfers;
        mapping(address lostWallet => ScheduleWord) recoveries;
        SnapshotMark[] snapshots;
        mapping(address wallet => Checkpoints.Trace208) balanceHistory;
        Checkpoints.Trace208 supplyHistory;
        mapping(bytes32 name => DocumentVersion[]) documents;
        bytes32[] documentNames;
        // Position in `documentNames` plus one.
        mapping(bytes32 name => uint256) documentPositions;
        mapping(address caller => mapping(bytes32 batchId => Batch)) batches;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.SecurityToken")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant TOKEN_STORAGE = 0x4e1462d0d7fb4d0f49eaf7c512446a7457d2128ffb31aa3d046c310a30c1d700;

    string internal constant VERSION = "1.0.0";

    /// @dev An announced act may be executed for this long once its delay has passed.
    uint40 internal constant ENFORCEMENT_WINDOW = 7 days;

    uint256 internal constant MAX_BATCH = 250;

    /* WHO MAY CALL */

    /// @dev Agents act through their word: one slot, written only by restricted functions.
    modifier onlyAgent(uint16 role) {
        _checkAgent(role);
        _;
    }

    /// @dev A role without delay acts at once; anyone else whom the AccessManager lets call this function may too, under his delay.
    modifier onlyMember(string memory role) {
        _checkMember(role);
        _;
    }

    function _checkAgent(uint16 role) internal view {
        if (!_state().agents[msg.sender].has(role)) revert ISecurityTokenCore.AgentRoleMissing(msg.sender, role);
    }

    function _checkMember(string memory role) internal {
        (bool member, uint32 delay) = IAccessManager(authority()).hasRole(Roles.id(address(this), role), msg.sender);
        if (!member || delay != 0) _checkCanCall(msg.sender, msg.data);
    }

    /* JUDGEMENTS */

    /// @param code what Eligibility says of an investor
    /// @return the same, or 0 where he lacks a claim that this token does not ask for
    function _excused(ConfigurationWord configuration, uint8 code) internal pure returns (uint8) {
        return code == ReasonCode.RECIPIENT_CLAIM_MISSING && configuration.registrationOnly() ? ReasonCode.OK : code;
    }

    /// @return code SENDER_NOT_ELIGIBLE, or 0
    function _senderCode(ConfigurationWord configuration, uint256 walletWord, uint256 investorWord, uint256 epochs)
        internal
        view
        returns (uint8 code)
    {
        uint256 policy = configuration.senderPolicy();
        if (policy == uint256(SenderPolicy.OPEN)) return ReasonCode.OK;

        code = Eligibility.check(walletWord, investorWord, configuration.acceptance(), epochs, block.timestamp);
        if (code == ReasonCode.OK || _excused(configuration, code) == ReasonCode.OK) return ReasonCode.OK;
        if (policy == uint256(SenderPolicy.NOT_BLOCKED)) {
            // A claim that lapsed, or that was never asked of this holder, must not trap him.
            if (code == ReasonCode.RECIPIENT_CLAIM_EXPIRED || code == ReasonCode.RECIPIENT_CLAIM_MISSING) return ReasonCode.OK;
        }
        return ReasonCode.SENDER_NOT_ELIGIBLE;
    }

    /// @notice Units that an investor holds over all wallets.
    /// @param ownBalance balance of one of his wallets, which is the answer when he has no other
    function _position(ConfigurationWord configuration, address identity, uint256 investorWord, uint256 ownBalance)
        internal
        view
        returns (uint256)
    {
        if (Eligibility.walletCount(investorWord) <= 1) return ownBalance;
        return _sumOfWallets(configuration, identity);
    }

    function _sumOfWallets(ConfigurationWord configuration, address identity) internal view returns (uint256 position) {
        TokenStorage storage $ = _state();
        // At most 15 wallets.
        address[] memory wallets = IIdentityStorage(configuration.identityStorage()).walletsOf(identity);
        for (uint256 i = 0; i < wallets.length; ++i) {
            position += $.holders[wallets[i]].balance();
        }
    }

    /// @dev Both when a recovery is proposed and when it is carried out.
    function _checkRecovery(ConfigurationWord configuration, address lostWallet, address newWallet, address identity) internal view {
        (uint256 lostWord, uint256 investorWord, uint256 newWord,,) =
            IIdentityStorage(configuration.identityStorage()).pair(lostWallet, newWallet);

        address lostIdentity = Eligibility.identityOf(lostWord);
        if (lostIdentity == address(0) || lostIdentity != identity) {
            revert ISecurityTokenCore.RecoveryIdentityMismatch(lostWallet, identity, lostIdentity);
        }
        address newIdentity = Eligibility.identityOf(newWord);
        if (newIdentity != address(0) && newIdentity != identity) {
            revert ISecurityTokenCore.RecoveryIdentityMismatch(newWallet, identity, newIdentity);
        }
        // The lost wallet counts until it is empty.
        if (newIdentity == address(0) && Eligibility.walletCount(investorWord) == Eligibility.MAX_WALLETS) {
            revert IIdentityStorage.TooManyWallets(identity, Eligibility.MAX_WALLETS);
        }
        if (newWallet == lostWallet || newWallet == address(0)) {
            revert ISecurityTokenCore.RecoveryWalletInvalid(newWallet, ReasonCode.INVALID_RECIPIENT);
        }
        if (Eligibility.isRetired(newWord)) {
            revert ISecurityTokenCore.RecoveryWalletInvalid(newWallet, ReasonCode.RECIPIENT_NOT_REGISTERED);
        }
        if (_state().holders[newWallet].isFrozen()) {
            revert ISecurityTokenCore.RecoveryWalletInvalid(newWallet, ReasonCode.RECIPIENT_FROZEN);
        }
        if (_state().holders[lostWallet].balance() == 0) revert ISecurityTokenCore.NothingToRecover(lostWallet);
    }

    /// @dev ERC-20; `approve` and `permit` end here. An allowance moves nothing, so neither pause nor freeze stops it.
    function _approve(address holder, address spender, uint256 amount) internal {
        if (holder == address(0)) revert IERC20Errors.ERC20InvalidApprover(address(0));
        if (spender == address(0)) revert IERC20Errors.ERC20InvalidSpender(address(0));
        _state().allowances[holder][spender] = amount;

        emit IERC20.Approval(holder, spender, amount);
    }

    /* SETTINGS */

    function _setAgent(address agent, uint16 roles, uint96 mintCap) internal {
        TokenStorage storage $ = _state();
        AgentWord word = $.agents[agent];
        uint16 before = word.roles();
        $.agents[agent] = word.withGrant(roles, mintCap);

        if (before == 0 && roles != 0) emit IAgentRole.AgentAdded(agent);
        if (before != 0 && roles == 0) emit IAgentRole.AgentRemoved(agent);
        emit ISecurityTokenCore.AgentSet(agent, roles, mintCap);
    }

    /// @dev The standard's event hashes the strings; the second one can be read.
    function _announceInformation() internal {
        TokenStorage storage $ = _state();
        string memory name_ = $.name;
        string memory symbol_ = $.symbol;
        emit IERC3643Token.UpdatedTokenInformation(name_, symbol_, $.decimals, VERSION, $.onchainID);
        emit ISecurityTokenCore.TokenInformationUpdated(name_, symbol_, $.decimals, VERSION, $.onchainID);
    }

    function _checkLengths(uint256 a, uint256 b) internal pure {
        if (a != b) revert ISecurityTokenCore.LengthMismatch(a, b);
        if (a > MAX_BATCH) revert ISecurityTokenCore.BatchTooLong(a, MAX_BATCH);
    }

    function _movementKey(address from, address to, uint256 amount) internal pure returns (bytes32) {
        return keccak256(abi.encode(from, to, amount));
    }

    /* STORAGE */

    function _state() internal pure returns (TokenStorage storage $) {
        assembly {
            $.slot := TOKEN_STORAGE
        }
    }
}
