// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { UUPSUpgradeable } from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import { IERC5267 } from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { IERC165 } from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Roles } from "../factory/Roles.sol";
import { AgentRole } from "../interfaces/AgentRole.sol";
import { ICompliance } from "../interfaces/ICompliance.sol";
import { IAgentRole } from "../interfaces/erc3643/IAgentRole.sol";
import { IERC173 } from "../interfaces/erc3643/IERC173.sol";
import { IERC3643Token } from "../interfaces/erc3643/IERC3643Token.sol";
import { IIdentityRegistry } from "../interfaces/IIdentityRegistry.sol";
import { IERC7943Fungible } from "../interfaces/IERC7943Fungible.sol";
import { Kind, Transfer } from "../interfaces/IRule.sol";
import { ISecurityTokenCore } from "../interfaces/ISecurityToken.sol";
import { Continued } from "./Continued.sol";
import { TokenMovements } from "./TokenMovements.sol";
import { AgentWord, ConfigurationWord, HolderWord } from "./TokenWords.sol";

/// @notice A security as an ERC-3643 token: who may hold is settled by the identity storage, what may move by the rules, and every
///         refusal has a code.
/// @dev What keeps records, prepares enforcement or adds to the agents' acts lives in SecurityTokenExtension, what explains in
///      SecurityTokenExplanations; both run on the same storage. The code of all three would not fit one contract (EIP-170). Assumes that identity storage, registry and compliance are ours, and that rules
///      are hostile at worst as far as the compliance's gas caps allow.
contract SecurityToken is ISecurityTokenCore, TokenMovements, Continued, UUPSUpgradeable, IERC165 {
    using SafeCast for uint256;

    uint16 private constant AGENT_PROFILE = AgentRole.MINTER | AgentRole.BURNER | AgentRole.FREEZER | AgentRole.PAUSER;

    /// @param extension SecurityTokenExtension of the same version
    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor(address extension) Continued(extension) {
        _disableInitializers();
    }

    /* HOLDER FUNCTIONS */

    /// @inheritdoc IERC20
    function transfer(address to, uint256 amount) external returns (bool) {
        _transfer(_newTransfer(Kind.TRANSFER, msg.sender, to, amount));
        return true;
    }

    /// @inheritdoc IERC20
    /// @dev A holder who calls this for himself needs no allowance, so that the answer of `explainAs` holds for him too.
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _transfer(_newTransfer(Kind.TRANSFER, from, to, amount));
        return true;
    }

    /// @inheritdoc IERC3643Token
    function batchTransfer(address[] calldata toList, uint256[] calldata amounts) external {
        _checkLengths(toList.length, amounts.length);
        for (uint256 i = 0; i < toList.length; ++i) {
            _transfer(_newTransfer(Kind.TRANSFER, msg.sender, toList[i], amounts[i]));
        }
    }

    /// @inheritdoc IERC20
    function approve(address spender, uint256 amount) external returns (bool) {
        _approve(msg.sender, spender, amount);
        return true;
    }

    /* AGENT FUNCTIONS */

    /// @inheritdoc IERC3643Token
    function mint(address to, uint256 amount) public onlyAgent(AgentRole.MINTER) {
        _mint(_newTransfer(Kind.MINT, address(0), to, amount));
    }

    /// @inheritdoc IERC3643Token
    function burn(address userAddress, uint256 amount) public onlyAgent(AgentRole.BURNER) {
        _burn(_newTransfer(Kind.BURN, userAddress, address(0), amount));
    }

    /// @inheritdoc IERC3643Token
    function forcedTransfer(address from, address to, uint256 amount) public onlyAgent(AgentRole.FORCED) returns (bool) {
        _forcedTransfer(_newTransfer(Kind.FORCED, from, to, amount));
        return true;
    }

    /// @inheritdoc IERC3643Token
    function recoveryAddress(address lostWallet, address newWallet, address investorOnchainID)
        public
        onlyAgent(AgentRole.RECOVERY)
        returns (bool)
    {
        _recover(lostWallet, newWallet, investorOnchainID);
        return true;
    }

    /// @inheritdoc IERC3643Token
    function setAddressFrozen(address userAddress, bool freeze) public onlyAgent(AgentRole.FREEZER) {
        TokenStorage storage $ = _state();
        $.holders[userAddress] = $.holders[userAddress].withFrozen(freeze);

        emit AddressFrozen(userAddress, freeze, msg.sender);
    }

    /// @inheritdoc IERC3643Token
    function freezePartialTokens(address userAddress, uint256 amount) public onlyAgent(AgentRole.FREEZER) {
        HolderWord word = _state().holders[userAddress];
        if (amount > word.free()) revert IERC7943Fungible.ERC7943InsufficientUnfrozenBalance(userAddress, amount, word.free());

        _setFrozenUnits(userAddress, word, word.frozenUnits() + amount);
    }

    /// @inheritdoc IERC3643Token
    function unfreezePartialTokens(address userAddress, uint256 amount) public onlyAgent(AgentRole.FREEZER) {
        HolderWord word = _state().holders[userAddress];
        uint256 frozen = word.frozenUnits();
        if (amount > frozen) revert UnfreezeExceedsFrozen(userAddress, amount, frozen);

        _setFrozenUnits(userAddress, word, frozen - amount);
    }

    /// @inheritdoc ISecurityTokenCore
    function setFrozenTokens(address account, uint256 amount) external onlyAgent(AgentRole.FREEZER) returns (bool) {
        _setFrozenUnits(account, _state().holders[account], amount.toUint112());
        return true;
    }

    /// @inheritdoc IERC3643Token
    function pause() external {
        if (!_state().agents[msg.sender].has(AgentRole.PAUSER)) _checkMember(Roles.GUARDIAN);
        _setPaused(true);

        emit Paused(msg.sender);
    }

    /* BATCHES */

    /// @inheritdoc IERC3643Token
    function batchMint(address[] calldata toList, uint256[] calldata amounts) public {
        _checkLengths(toList.length, amounts.length);
        for (uint256 i = 0; i < toList.length; ++i) {
            mint(toList[i], amounts[i]);
        }
    }

    /// @inheritdoc IERC3643Token
    function batchBurn(address[] calldata userAddresses, uint256[] calldata amounts) public {
        _checkLengths(userAddresses.length, amounts.length);
        for (uint256 i = 0; i < userAddresses.length; ++i) {
            burn(userAddresses[i], amounts[i]);
        }
    }

    /// @inheritdoc IERC3643Token
    function batchForcedTransfer(address[] calldata fromList, address[] calldata toList, uint256[] calldata amounts) public {
        _checkLengths(fromList.length, toList.length);
        _checkLengths(fromList.length, amounts.length);
        for (uint256 i = 0; i < fromList.length; ++i) {
            forcedTransfer(fromList[i], toList[i], amounts[i]);
        }
    }

    /// @inheritdoc IERC3643Token
    function batchSetAddressFrozen(address[] calldata userAddresses, bool[] calldata freeze) public {
        _checkLengths(userAddresses.length, freeze.length);
        for (uint256 i = 0; i < userAddresses.length; ++i) {
            setAddressFrozen(userAddresses[i], freeze[i]);
        }
    }

    /// @inheritdoc IERC3643Token
    function batchFreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) public {
        _checkLengths(userAddresses.length, amounts.length);
        for (uint256 i = 0; i < userAddresses.length; ++i) {
            freezePartialTokens(userAddresses[i], amounts[i]);
        }
    }

    /// @inheritdoc IERC3643Token
    function batchUnfreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) public {
        _checkLengths(userAddresses.length, amounts.length);
        for (uint256 i = 0; i < userAddresses.length; ++i) {
            unfreezePartialTokens(userAddresses[i], amounts[i]);
        }
    }

    /* RESTRICTED FUNCTIONS */

    /// @inheritdoc IERC3643Token
    function unpause() external restricted {
        _setPaused(false);

        emit Unpaused(msg.sender);
    }

    /// @inheritdoc IAgentRole
    /// @dev The profile never holds FORCED or RECOVERY, and takes nothing from one who is an agent already.
    function addAgent(address agent) external restricted {
        TokenStorage storage $ = _state();
        AgentWord word = $.agents[agent];
        uint96 profileCap = $.profileMintCap;
        _setAgent(agent, word.roles() | AGENT_PROFILE, word.cap() > profileCap ? word.cap().toUint96() : profileCap);
    }

    /// @inheritdoc IAgentRole
    /// @dev Revocation has no delay for the guardian.
    function removeAgent(address agent) external onlyMember(Roles.GUARDIAN) {
        _setAgent(agent, 0, 0);
    }

    /// @inheritdoc IERC3643Token
    function setName(string calldata name_) external restricted {
        TokenStorage storage $ = _state();
        if (bytes($.domainName).length == 0) $.domainName = $.name;
        $.name = name_;

        _announceInformation();
    }

    /// @inheritdoc IERC3643Token
    function setSymbol(string calldata symbol_) external restricted {
        _state().symbol = symbol_;

        _announceInformation();
    }

    /// @inheritdoc IERC3643Token
    function setOnchainID(address onchainID_) external restricted {
        _state().onchainID = onchainID_;

        _announceInformation();
    }

    /// @inheritdoc IERC3643Token
    /// @dev Wallets and positions live in the storage, so it can change only while nobody holds.
    function setIdentityRegistry(address identityRegistry_) external restricted {
        TokenStorage storage $ = _state();
        ConfigurationWord configuration = $.configuration;
        if (IIdentityRegistry(identityRegistry_).token() != address(this)) revert RegistryForeign(identityRegistry_);
        address identityStorage_ = IIdentityRegistry(identityRegistry_).identityStorage();
        uint80 matrix = IIdentityRegistry(identityRegistry_).acceptance();
        bool registrationOnly = IIdentityRegistry(identityRegistry_).registrationOnly();
        if (identityStorage_ != configuration.identityStorage()) {
            if ($.totals.supply() != 0) revert IdentityStorageMismatch(identityStorage_, configuration.identityStorage());
            configuration = configuration.withIdentityStorage(identityStorage_);
        }

        $.configuration = configuration.withAcceptance(matrix, registrationOnly);
        $.identityRegistry = identityRegistry_;

        emit IdentityRegistryAdded(identityRegistry_);
        emit AcceptanceSet(matrix, registrationOnly);
    }

    /// @inheritdoc IERC3643Token
    /// @dev The new compliance says itself how many rules stand; ours is closed until its rules are set. The old one
    ///      cannot prevent its replacement.
    function setCompliance(address compliance_) external restricted {
        TokenStorage storage $ = _state();
        try ICompliance($.compliance).unbindToken(address(this)) { } catch { }
        $.compliance = compliance_;
        $.configuration = $.configuration.withRules(0, false);
        ICompliance(compliance_).bindToken(address(this));

        emit ComplianceAdded(compliance_);
    }

    function _authorizeUpgrade(address) internal override restricted { }

    /* OWNER AND SUITE FUNCTIONS */

    /// @inheritdoc IERC173
    /// @dev First of two steps. It needs no delay of its own: the next owner gets the powers of this one under the same delays.
    function transferOwnership(address newOwner) external {
        TokenStorage storage $ = _state();
        if (msg.sender != $.owner) revert CallerNotOwner(msg.sender);
        $.pendingOwner = newOwner;

        emit OwnershipTransferStarted($.owner, newOwner);
    }

    /// @inheritdoc ISecurityTokenCore
    function setAcceptance(uint80 matrix, bool registrationOnly) external {
        TokenStorage storage $ = _state();
        if (msg.sender != $.identityRegistry) revert CallerNotSuitePart(msg.sender);
        $.configuration = $.configuration.withAcceptance(matrix, registrationOnly);

        emit AcceptanceSet(matrix, registrationOnly);
    }

    /// @inheritdoc ISecurityTokenCore
    function setRuleCount(uint8 count, bool feeCharged) external {
        TokenStorage storage $ = _state();
        if (msg.sender != $.compliance) revert CallerNotSuitePart(msg.sender);
        $.configuration = $.configuration.withRules(count, feeCharged);

        emit RuleCountSet(count, feeCharged);
    }

    /* VIEWS */

    /// @inheritdoc IERC20
    function totalSupply() external view returns (uint256) {
        return _state().totals.supply();
    }

    /// @inheritdoc IERC20
    function balanceOf(address account) external view returns (uint256) {
        return _state().holders[account].balance();
    }

    /// @inheritdoc IERC20
    function allowance(address holder, address spender) external view returns (uint256) {
        return _state().allowances[holder][spender];
    }

    /// @inheritdoc IERC20Metadata
    function name() external view returns (string memory) {
        return _state().name;
    }

    /// @inheritdoc IERC20Metadata
    function symbol() external view returns (string memory) {
        return _state().symbol;
    }

    /// @inheritdoc IERC20Metadata
    function decimals() external view returns (uint8) {
        return _state().decimals;
    }

    /// @inheritdoc IERC173
    function owner() external view returns (address) {
        return _state().owner;
    }

    /// @inheritdoc ISecurityTokenCore
    function pendingOwner() external view returns (address) {
        return _state().pendingOwner;
    }

    /// @inheritdoc IERC3643Token
    function onchainID() external view returns (address) {
        return _state().onchainID;
    }

    /// @inheritdoc IERC3643Token
    function version() external pure returns (string memory) {
        return VERSION;
    }

    /// @inheritdoc IERC3643Token
    function identityRegistry() external view returns (address) {
        return _state().identityRegistry;
    }

    /// @inheritdoc IERC3643Token
    function compliance() external view returns (address) {
        return _state().compliance;
    }

    /// @inheritdoc ISecurityTokenCore
    function identityStorage() external view returns (address) {
        return _state().configuration.identityStorage();
    }

    /// @inheritdoc IERC3643Token
    function paused() external view returns (bool) {
        return _state().configuration.paused();
    }

    /// @inheritdoc IERC3643Token
    function isFrozen(address userAddress) external view returns (bool) {
        return _state().holders[userAddress].isFrozen();
    }

    /// @inheritdoc IERC3643Token
    function getFrozenTokens(address userAddress) external view returns (uint256) {
        return _state().holders[userAddress].frozenUnits();
    }

    /// @inheritdoc ISecurityTokenCore
    function holderCount() external view returns (uint256) {
        return _state().totals.holderCount();
    }

    /// @inheritdoc IAgentRole
    function isAgent(address agent) external view returns (bool) {
        return _state().agents[agent].roles() != 0;
    }

    /// @inheritdoc ISecurityTokenCore
    function agentRoles(address agent) external view returns (uint16) {
        return _state().agents[agent].roles();
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC20).interfaceId
            || interfaceId == type(IERC20Metadata).interfaceId || interfaceId == type(IERC20Permit).interfaceId
            || interfaceId == type(IERC5267).interfaceId || interfaceId == type(IERC173).interfaceId
            || interfaceId == type(IERC3643Token).interfaceId || interfaceId == type(IERC7943Fungible).interfaceId;
    }

    /* INTERNAL */

    function _setFrozenUnits(address wallet, HolderWord word, uint256 units) private {
        uint256 before = word.frozenUnits();
        _state().holders[wallet] = word.withFrozenUnits(units);

        if (units >= before) emit TokensFrozen(wallet, units - before);
        else emit TokensUnfrozen(wallet, before - units);
        emit IERC7943Fungible.Frozen(wallet, units);
    }

    function _setPaused(bool paused_) private {
        TokenStorage storage $ = _state();
        ConfigurationWord configuration = $.configuration;
        if (configuration.paused() == paused_) {
            if (paused_) revert EnforcedPause();
            revert ExpectedPause();
        }
        $.configuration = configuration.withPaused(paused_);
    }
}
