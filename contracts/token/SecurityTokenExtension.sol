// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { EIP712Upgradeable } from "@openzeppelin/contracts-upgradeable/utils/cryptography/EIP712Upgradeable.sol";
import { NoncesUpgradeable } from "@openzeppelin/contracts-upgradeable/utils/NoncesUpgradeable.sol";
import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { Roles } from "../factory/Roles.sol";
import { Eligibility } from "../identity/Eligibility.sol";
import { AgentRole } from "../interfaces/AgentRole.sol";
import { IERC173 } from "../interfaces/erc3643/IERC173.sol";
import { IERC3643Token } from "../interfaces/erc3643/IERC3643Token.sol";
import { IIdentity } from "../interfaces/IIdentity.sol";
import { IIdentityStorage } from "../interfaces/IIdentityStorage.sol";
import { AgentGrant, InitialSettings, ISecurityTokenCore, ISecurityTokenExtension, SenderPolicy } from "../interfaces/ISecurityToken.sol";
import { Continued } from "./Continued.sol";
import { TokenRecords } from "./TokenRecords.sol";
import { TokenReferences } from "./TokenReferences.sol";
import {
    AgentWord,
    AgentWords,
    ConfigurationWord,
    ConfigurationWords,
    HolderWord,
    ScheduleWord,
    ScheduleWords,
    TotalsWord
} from "./TokenWords.sol";

/// @notice The part of SecurityToken that keeps records, prepares enforcement and adds references and progress to the agents' acts. It
///         runs only by delegatecall from the token, on the token's storage; called by itself it knows nothing and can change nothing
///         that matters. What it does not know it hands on to SecurityTokenExplanations.
contract SecurityTokenExtension is TokenReferences, TokenRecords, Continued, EIP712Upgradeable, NoncesUpgradeable {
    using SafeCast for uint256;

    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant RECOVERY_TYPEHASH = keccak256("Recovery(address lostWallet,address newWallet,address identity,uint256 nonce)");

    uint256 private constant DEVELOPMENT_CHAIN = 31337;
    uint32 private constant MIN_FORCED_DELAY = 1 days;
    uint32 private constant MIN_RECOVERY_DELAY = 2 days;

    /// @dev ERC-734.
    uint256 private constant MANAGEMENT_KEY = 1;

    /// @param explanations SecurityTokenExplanations of the same version
    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor(address explanations) Continued(explanations) {
        _disableInitializers();
    }

    /// @inheritdoc ISecurityTokenExtension
    function initialize(InitialSettings calldata settings) external initializer {
        if (settings.decimals > 18) revert InitialSettingInvalid("decimals");
        if (
            settings.manager == address(0) || settings.owner == address(0) || settings.identityStorage == address(0)
                || settings.identityRegistry == address(0) || settings.compliance == address(0)
        ) revert InitialSettingInvalid("address");
        _checkDelay(settings.forcedDelay, MIN_FORCED_DELAY);
        _checkDelay(settings.recoveryDelay, MIN_RECOVERY_DELAY);

        __AccessManaged_init(settings.manager);
        TokenStorage storage $ = _state();
        $.configuration = ConfigurationWords.create(settings.identityStorage, uint256(settings.senderPolicy));
        $.compliance = settings.compliance;
        $.identityRegistry = settings.identityRegistry;
        $.decimals = settings.decimals;
        $.forcedDelay = settings.forcedDelay;
        $.recoveryDelay = settings.recoveryDelay;
        $.owner = settings.owner;
        $.profileMintCap = settings.profileMintCap;
        $.name = settings.name;
        $.symbol = settings.symbol;
        if (settings.onchainID != address(0)) $.onchainID = settings.onchainID;
        for (uint256 i = 0; i < settings.agents.length; ++i) {
            AgentGrant calldata grant = settings.agents[i];
            _setAgent(grant.agent, grant.roles, grant.mintCap);
        }

        emit IERC173.OwnershipTransferred(address(0), settings.owner);
        emit IERC3643Token.IdentityRegistryAdded(settings.identityRegistry);
        emit IERC3643Token.ComplianceAdded(settings.compliance);
        _announceInformation();
    }

    function _checkDelay(uint32 given, uint32 minimum) private view {
        if (given < minimum && block.chainid != DEVELOPMENT_CHAIN) revert DelayTooShort(given, minimum);
    }

    /* ALLOWANCES */

    /// @inheritdoc ISecurityTokenExtension
    function increaseAllowance(address spender, uint256 addedValue) external returns (bool) {
        _approve(msg.sender, spender, _state().allowances[msg.sender][spender] + addedValue);
        return true;
    }

    /// @inheritdoc ISecurityTokenExtension
    function decreaseAllowance(address spender, uint256 subtractedValue) external returns (bool) {
        uint256 allowed = _state().allowances[msg.sender][spender];
        if (subtractedValue > allowed) revert IERC20Errors.ERC20InsufficientAllowance(spender, allowed, subtractedValue);
        _approve(msg.sender, spender, allowed - subtractedValue);
        return true;
    }

    /// @inheritdoc IERC20Permit
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        if (block.timestamp > deadline) revert ERC2612ExpiredSignature(deadline);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, _useNonce(owner), deadline)));
        address signer = ECDSA.recover(digest, v, r, s);
        if (signer != owner) revert ERC2612InvalidSigner(signer, owner);

        _approve(owner, spender, value);
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(IERC20Permit, NoncesUpgradeable) returns (uint256) {
        return super.nonces(owner);
    }

    /// @inheritdoc IERC20Permit
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev The name that the token was deployed under: renaming it must not revive or void signatures.
    function _EIP712Name() internal view override returns (string memory) {
        TokenStorage storage $ = _state();
        return bytes($.domainName).length == 0 ? $.name : $.domainName;
    }

    function _EIP712Version() internal pure override returns (string memory) {
        return "1";
    }

    /* POLICY */

    /// @inheritdoc ISecurityTokenExtension
    function setSenderPolicy(SenderPolicy policy) external restricted {
        TokenStorage storage $ = _state();
        SenderPolicy previous = senderPolicy();
        $.configuration = $.configuration.withSenderPolicy(uint256(policy));

        emit SenderPolicySet(previous, policy);
    }

    /// @inheritdoc ISecurityTokenExtension
    function senderPolicy() public view returns (SenderPolicy) {
        return SenderPolicy(_state().configuration.senderPolicy());
    }

    /* AGENTS */

    /// @inheritdoc ISecurityTokenExtension
    function setAgent(address agent, uint16 roles, uint96 mintCap) external restricted {
        _setAgent(agent, roles, mintCap);
    }

    /// @inheritdoc ISecurityTokenExtension
    function mintAllowance(address agent) external view returns (uint256 cap, uint256 minted, uint40 windowEndsAt) {
        AgentWord word = _state().agents[agent];
        cap = word.cap();
        minted = word.minted(block.timestamp);
        if (minted != 0) windowEndsAt = (word.windowStart() + AgentWords.WINDOW).toUint40();
    }

    /// @inheritdoc ISecurityTokenExtension
    function words(address wallet) external view returns (uint256 holder, uint256 agent, uint256 configuration, uint256 totals) {
        TokenStorage storage $ = _state();
        holder = HolderWord.unwrap($.holders[wallet]);
        agent = AgentWord.unwrap($.agents[wallet]);
        configuration = ConfigurationWord.unwrap($.configuration);
        totals = TotalsWord.unwrap($.totals);
    }

    /* OWNERSHIP */

    /// @inheritdoc ISecurityTokenExtension
    function acceptOwnership() external {
        TokenStorage storage $ = _state();
        if (msg.sender != $.pendingOwner) revert ISecurityTokenCore.CallerNotOwner(msg.sender);
        address previousOwner = $.owner;
        $.owner = msg.sender;
        $.pendingOwner = address(0);

        if (previousOwner != msg.sender) {
            IAccessManager manager = IAccessManager(authority());
            uint64 role = Roles.id(address(this), Roles.ISSUER_ADMIN);
            // Without the role its delay reads as 0: the next owner would get the role without one.
            (uint48 since, uint32 delay,,) = manager.getAccess(role, previousOwner);
            if (since == 0) revert OwnershipRoleMissing(previousOwner);
            manager.grantRole(role, msg.sender, delay);
            manager.revokeRole(role, previousOwner);
        }

        emit IERC173.OwnershipTransferred(previousOwner, msg.sender);
    }

    /* FORCED TRANSFER */

    /// @inheritdoc ISecurityTokenExtension
    function scheduleForcedTransfer(address from, address to, uint256 amount, bytes32 legalBasisHash)
        external
        onlyAgent(AgentRole.FORCED)
        returns (bytes32 id)
    {
        TokenStorage storage $ = _state();
        bytes32 key = _movementKey(from, to, amount);
        _checkNotPending($.forcedTransfers[key]);
        uint40 executableAt = uint40(block.timestamp) + $.forcedDelay;
        id = ScheduleWords.idOf(keccak256(abi.encode(block.chainid, address(this), from, to, amount, legalBasisHash, executableAt)));
        $.forcedTransfers[key] = ScheduleWords.forId(id, executableAt);

        emit ForcedTransferScheduled(id, from, to, amount, legalBasisHash, executableAt);
    }

    /// @inheritdoc ISecurityTokenExtension
    function cancelForcedTransfer(address from, address to, uint256 amount) external {
        TokenStorage storage $ = _state();
        if (!$.agents[msg.sender].has(AgentRole.FORCED)) _checkMember(Roles.GUARDIAN);
        bytes32 key = _movementKey(from, to, amount);
        ScheduleWord announced = $.forcedTransfers[key];
        if (!announced.isSet()) revert ISecurityTokenCore.ForcedTransferNotScheduled(from, to, amount);
        $.forcedTransfers[key] = ScheduleWord.wrap(0);

        emit ForcedTransferCancelled(announced.id(), msg.sender);
    }

    /// @inheritdoc ISecurityTokenExtension
    function scheduledForcedTransfer(address from, address to, uint256 amount) external view returns (bytes32 id, uint40 executableAt) {
        ScheduleWord announced = _state().forcedTransfers[_movementKey(from, to, amount)];
        return (announced.id(), announced.executableAt());
    }

    /* RECOVERY */

    /// @inheritdoc ISecurityTokenExtension
    function proposeRecovery(address lostWallet, address newWallet, address investorOnchainID, bytes calldata newWalletSignature)
        external
        onlyAgent(AgentRole.RECOVERY)
        returns (bytes32 id)
    {
        TokenStorage storage $ = _state();
        _checkNotPending($.recoveries[lostWallet]);
        _checkRecovery($.configuration, lostWallet, newWallet, investorOnchainID);
        _checkControl(lostWallet, newWallet, investorOnchainID, newWalletSignature);

        uint40 executableAt = uint40(block.timestamp) + $.recoveryDelay;
        $.recoveries[lostWallet] = ScheduleWords.forWallet(newWallet, executableAt);

        id = _recoveryId(lostWallet, newWallet, executableAt);
        emit RecoveryProposed(id, lostWallet, newWallet, investorOnchainID, executableAt);
    }

    /// @inheritdoc ISecurityTokenExtension
    function cancelRecovery(address lostWallet) external {
        TokenStorage storage $ = _state();
        ScheduleWord proposed = $.recoveries[lostWallet];
        if (!proposed.isSet()) revert ISecurityTokenCore.RecoveryNotProposed(lostWallet, address(0));
        if (!$.agents[msg.sender].has(AgentRole.RECOVERY) && !_speaksForInvestor(msg.sender, lostWallet)) _checkMember(Roles.GUARDIAN);
        $.recoveries[lostWallet] = ScheduleWord.wrap(0);

        emit RecoveryCancelled(_recoveryId(lostWallet, proposed.wallet(), proposed.executableAt()), msg.sender);
    }

    /// @inheritdoc ISecurityTokenExtension
    function proposedRecovery(address lostWallet) external view returns (address newWallet, uint40 executableAt) {
        ScheduleWord proposed = _state().recoveries[lostWallet];
        return (proposed.wallet(), proposed.executableAt());
    }

    /// @inheritdoc ISecurityTokenExtension
    function recoveryDigest(address lostWallet, address newWallet, address investorOnchainID) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(RECOVERY_TYPEHASH, lostWallet, newWallet, investorOnchainID, nonces(newWallet))));
    }

    /// @dev Whoever proposes must show that the new wallet is in the investor's hand: by its signature, or by the management key that
    ///      ERC-3643 asks for.
    function _checkControl(address lostWallet, address newWallet, address identity, bytes calldata signature) private {
        if (signature.length == 0 && identity.code.length != 0) {
            if (IIdentity(identity).keyHasPurpose(keccak256(abi.encode(newWallet)), MANAGEMENT_KEY)) return;
        }
        if (!SignatureChecker.isValidSignatureNow(newWallet, recoveryDigest(lostWallet, newWallet, identity), signature)) {
            revert RecoverySignatureInvalid(newWallet);
        }
        _useNonce(newWallet);
    }

    /// @dev Not a wallet that is on probation, was retired, being lost for another token, nor the lost one once it is frozen: a thief who holds it must not
    ///      veto for ever.
    function _speaksForInvestor(address wallet, address lostWallet) private view returns (bool) {
        if (wallet == lostWallet && _state().holders[wallet].isFrozen()) return false;
        (uint256 word,, uint256 lostWord,,) = IIdentityStorage(_state().configuration.identityStorage()).pair(wallet, lostWallet);
        return !Eligibility.isRetired(word) && !Eligibility.isOnProbation(word) && Eligibility.identityOf(word) != address(0)
            && Eligibility.identityOf(word) == Eligibility.identityOf(lostWord);
    }

    function _recoveryId(address lostWallet, address newWallet, uint40 executableAt) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), lostWallet, newWallet, executableAt));
    }

    function _checkNotPending(ScheduleWord announced) private view {
        if (announced.isSet() && block.timestamp < announced.executableAt() + ENFORCEMENT_WINDOW) {
            revert EnforcementPending(announced.executableAt());
        }
    }
}
