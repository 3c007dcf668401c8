// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManagedUpgradeable } from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Roles } from "../factory/Roles.sol";
import { AgentRole } from "../interfaces/AgentRole.sol";
import { IIdentityRegistry } from "../interfaces/IIdentityRegistry.sol";
import { Claim, IIdentityStorage, Investor } from "../interfaces/IIdentityStorage.sol";
import { ISecurityToken } from "../interfaces/ISecurityToken.sol";
import { ReasonCode } from "../interfaces/ReasonCode.sol";
import { IAgentRole } from "../interfaces/erc3643/IAgentRole.sol";
import { IERC173 } from "../interfaces/erc3643/IERC173.sol";
import { IERC3643ClaimTopicsRegistry } from "../interfaces/erc3643/IERC3643ClaimTopicsRegistry.sol";
import { IERC3643IdentityRegistry } from "../interfaces/erc3643/IERC3643IdentityRegistry.sol";
import { IERC3643TrustedIssuersRegistry } from "../interfaces/erc3643/IERC3643TrustedIssuersRegistry.sol";
import { Eligibility } from "./Eligibility.sol";

/// @notice Identity registry of one token, with its claim topics and trusted issuers: a clone, tied to its token once.
/// @dev Wallets, identities and claims live in the shared storage. Here are only the token's demands, packed as a *trust* matrix (which
///      issuer is believed on which topic) and the required topics; both together make the acceptance matrix.
contract IdentityRegistry is IIdentityRegistry, AccessManagedUpgradeable {
    using Eligibility for uint80;

    /// @custom:storage-location erc7201:muniment.storage.IdentityRegistry
    /// @param token token that is served
    /// @param trust bit j of lane i: issuer index j is believed on topic i + 1
    /// @param required bit i: topic i + 1 is required
    /// @param registrationOnly whether being registered suffices; no topic is required then
    /// @param identityStorage shared storage
    /// @param roles agent words
    struct IdentityRegistryStorage {
        address token;
        uint80 trust;
        uint8 required;
        bool registrationOnly;
        IIdentityStorage identityStorage;
        mapping(address agent => uint16) roles;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.IdentityRegistry")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_LOCATION = 0x14b67e2aa7e510d6481c09d33fbcc40a6be5d98920553902ce72fb7f5bba8b00;
    uint256 private constant MAX_BATCH = 125;

    modifier onlyRegistrar() {
        if (agentRoles(msg.sender) & AgentRole.REGISTRAR == 0) revert AgentRoleMissing(msg.sender, AgentRole.REGISTRAR);
        _;
    }

    constructor() {
        _disableInitializers();
    }

    /// @inheritdoc IIdentityRegistry
    function initialize(address token_, address identityStorage_, address manager) external initializer {
        if (token_ == address(0)) revert PartInvalid(token_);
        if (identityStorage_.code.length == 0) revert PartInvalid(identityStorage_);
        if (manager.code.length == 0) revert PartInvalid(manager);

        __AccessManaged_init(manager);
        IdentityRegistryStorage storage $ = _getStorage();
        $.token = token_;
        $.identityStorage = IIdentityStorage(identityStorage_);

        emit IdentityStorageSet(identityStorage_);
        emit ClaimTopicsRegistrySet(address(this));
        emit TrustedIssuersRegistrySet(address(this));
    }

    /* ROLE FUNCTIONS: REGISTRAR */

    /// @inheritdoc IIdentityRegistry
    function onboard(Investor calldata investor, Claim[] calldata claims, bytes calldata signature)
        external
        onlyRegistrar
        returns (address)
    {
        Investor[] memory investors = new Investor[](1);
        investors[0] = investor;

        address registered = _getStorage().identityStorage.onboardBatch(investors, claims, signature)[0];

        emit IdentityRegistered(investor.wallet, registered);
        return registered;
    }

    /// @inheritdoc IIdentityRegistry
    /// @dev The storage has the same function: the call is passed on as it came. Encoding it anew would cost 800 gas an investor.
    function onboardBatch(Investor[] calldata investors, Claim[] calldata, bytes calldata) external onlyRegistrar {
        bytes memory result = Address.functionCall(address(_getStorage().identityStorage), msg.data);
        address[] memory identities = abi.decode(result, (address[]));

        for (uint256 i = 0; i < identities.length; i++) {
            emit IdentityRegistered(investors[i].wallet, identities[i]);
        }
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function registerIdentity(address userAddress, address identity_, uint16 country) external onlyRegistrar {
        _register(userAddress, identity_, country);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function batchRegisterIdentity(address[] calldata userAddresses, address[] calldata identities, uint16[] calldata countries)
        external
        onlyRegistrar
    {
        uint256 length = userAddresses.length;
        if (length != identities.length) revert LengthMismatch(length, identities.length);
        if (length != countries.length) revert LengthMismatch(length, countries.length);
        if (length > MAX_BATCH) revert BatchTooLong(length, MAX_BATCH);

        for (uint256 i = 0; i < length; i++) {
            _register(userAddresses[i], identities[i], countries[i]);
        }
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function deleteIdentity(address userAddress) external onlyRegistrar {
        address previous = identity(userAddress);

        _getStorage().identityStorage.removeIdentityFromStorage(userAddress);

        emit IdentityRemoved(userAddress, previous);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    /// @dev The country is the investor's: the event is repeated for his wallets that hold or have held units.
    function updateCountry(address userAddress, uint16 country) external onlyRegistrar {
        IIdentityStorage store = _getStorage().identityStorage;

        store.modifyStoredInvestorCountry(userAddress, country);

        emit CountryUpdated(userAddress, country);
        address[] memory wallets = store.walletsOf(store.storedIdentity(userAddress));
        for (uint256 i = 0; i < wallets.length; i++) {
            if (wallets[i] != userAddress) emit CountryUpdated(wallets[i], country);
        }
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function updateIdentity(address userAddress, address identity_) external onlyRegistrar {
        address previous = identity(userAddress);

        _getStorage().identityStorage.modifyStoredIdentity(userAddress, identity_);

        emit IdentityUpdated(previous, identity_);
    }

    /* ROLE FUNCTIONS: RESTRICTED */

    /// @inheritdoc IERC3643ClaimTopicsRegistry
    /// @dev An issuer must be trusted on the topic already: otherwise nobody would be verified.
    function addClaimTopic(uint256 claimTopic) external restricted {
        IdentityRegistryStorage storage $ = _getStorage();
        uint8 bit = _topicBit(claimTopic);
        uint8 required = $.required;
        if (required & bit != 0) revert TopicAlreadyRequired(claimTopic);

        _demand($.trust, required | bit, false);

        emit ClaimTopicAdded(claimTopic);
    }

    /// @inheritdoc IERC3643ClaimTopicsRegistry
    function removeClaimTopic(uint256 claimTopic) external restricted {
        IdentityRegistryStorage storage $ = _getStorage();
        uint8 bit = _topicBit(claimTopic);
        uint8 required = $.required;
        if (required & bit == 0) revert TopicNotRequired(claimTopic);
        if (required == bit) revert TopicIsLast(claimTopic);

        _demand($.trust, required & ~bit, false);

        emit ClaimTopicRemoved(claimTopic);
    }

    /// @inheritdoc IIdentityRegistry
    function setRegistrationOnly() external restricted {
        _demand(_getStorage().trust, 0, true);

        emit RegistrationOnlySet();
    }

    /// @inheritdoc IERC3643TrustedIssuersRegistry
    function addTrustedIssuer(address trustedIssuer, uint256[] calldata claimTopics) external restricted {
        uint8 place = _getStorage().identityStorage.issuerPlace(trustedIssuer);
        if (place == 0) revert IssuerUnknown(trustedIssuer);
        if (_topicsOf(place) != 0) revert IssuerAlreadyTrusted(trustedIssuer);

        _trust(place, _topicBits(trustedIssuer, claimTopics));

        emit TrustedIssuerAdded(trustedIssuer, claimTopics);
    }

    /// @inheritdoc IERC3643TrustedIssuersRegistry
    function removeTrustedIssuer(address trustedIssuer) external restricted {
        _trust(_trustedPlace(trustedIssuer), 0);

        emit TrustedIssuerRemoved(trustedIssuer);
    }

    /// @inheritdoc IERC3643TrustedIssuersRegistry
    function updateIssuerClaimTopics(address trustedIssuer, uint256[] calldata claimTopics) external restricted {
        _trust(_trustedPlace(trustedIssuer), _topicBits(trustedIssuer, claimTopics));

        emit ClaimTopicsUpdated(trustedIssuer, claimTopics);
    }

    /// @inheritdoc IIdentityRegistry
    function setAgent(address agent, uint16 roles) external restricted {
        _setAgent(agent, roles);
    }

    /// @inheritdoc IAgentRole
    /// @dev Makes the account a REGISTRAR.
    function addAgent(address agent) external restricted {
        _setAgent(agent, AgentRole.REGISTRAR);
    }

    /// @inheritdoc IAgentRole
    /// @dev Revocation has no delay for the guardian, as in the token.
    function removeAgent(address agent) external {
        (bool guardian, uint32 delay) = IAccessManager(authority()).hasRole(Roles.id(token(), Roles.GUARDIAN), msg.sender);
        if (!guardian || delay != 0) _checkCanCall(msg.sender, msg.data);
        _setAgent(agent, 0);
    }

    /* FIXED PARTS: in the ABI of ERC-3643, refused here */

    /// @inheritdoc IERC3643IdentityRegistry
    function setIdentityRegistryStorage(address identityRegistryStorage) external pure {
        revert PartFixed(identityRegistryStorage);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function setClaimTopicsRegistry(address claimTopicsRegistry) external pure {
        revert PartFixed(claimTopicsRegistry);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function setTrustedIssuersRegistry(address trustedIssuersRegistry) external pure {
        revert PartFixed(trustedIssuersRegistry);
    }

    /// @inheritdoc IERC173
    function transferOwnership(address) external view {
        revert OwnershipFollowsToken(token());
    }

    /* VIEWS: WALLETS */

    /// @inheritdoc IERC3643IdentityRegistry
    function isVerified(address userAddress) external view returns (bool) {
        return verification(userAddress) == ReasonCode.OK;
    }

    /// @inheritdoc IIdentityRegistry
    function verification(address wallet) public view returns (uint8 code) {
        (,, uint256 walletWord, uint256 investorWord, uint256 epochs) = _getStorage().identityStorage.pair(address(0), wallet);
        code = Eligibility.check(walletWord, investorWord, acceptance(), epochs, block.timestamp);
        if (code == ReasonCode.RECIPIENT_CLAIM_MISSING && registrationOnly()) code = ReasonCode.OK;
    }

    /// @inheritdoc IIdentityRegistry
    function topicStatus(uint256 investorWord, uint256 topic) external view returns (uint8 code) {
        IdentityRegistryStorage storage $ = _getStorage();
        if (!_isLane(topic) || $.trust.acceptedOf(topic - 1) == 0) return ReasonCode.RECIPIENT_CLAIM_MISSING;
        return Eligibility.status(investorWord, topic - 1, $.trust, $.identityStorage.epochs(), block.timestamp);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function contains(address userAddress) external view returns (bool) {
        uint256 word = _getStorage().identityStorage.walletWord(userAddress);
        return word != 0 && !Eligibility.isRetired(word);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function identity(address userAddress) public view returns (address) {
        return _getStorage().identityStorage.storedIdentity(userAddress);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function investorCountry(address userAddress) external view returns (uint16) {
        return _getStorage().identityStorage.storedInvestorCountry(userAddress);
    }

    /* VIEWS: TOPICS AND ISSUERS */

    /// @inheritdoc IIdentityRegistry
    function acceptance() public view returns (uint80) {
        IdentityRegistryStorage storage $ = _getStorage();
        return _matrix($.trust, $.required);
    }

    /// @inheritdoc IIdentityRegistry
    function registrationOnly() public view returns (bool) {
        return _getStorage().registrationOnly;
    }

    /// @inheritdoc IERC3643ClaimTopicsRegistry
    function getClaimTopics() external view returns (uint256[] memory) {
        return _topicList(_getStorage().required);
    }

    /// @inheritdoc IERC3643TrustedIssuersRegistry
    function getTrustedIssuers() external view returns (address[] memory) {
        uint256 accepted;
        for (uint256 i = 0; i < Eligibility.LANES; i++) {
            accepted |= _getStorage().trust.acceptedOf(i);
        }
        return _issuerList(accepted);
    }

    /// @inheritdoc IERC3643TrustedIssuersRegistry
    function getTrustedIssuersForClaimTopic(uint256 claimTopic) external view returns (address[] memory) {
        return _issuerList(_isLane(claimTopic) ? _getStorage().trust.acceptedOf(claimTopic - 1) : 0);
    }

    /// @inheritdoc IERC3643TrustedIssuersRegistry
    function isTrustedIssuer(address issuer) external view returns (bool) {
        return _topicsOf(_getStorage().identityStorage.issuerPlace(issuer)) != 0;
    }

    /// @inheritdoc IERC3643TrustedIssuersRegistry
    function getTrustedIssuerClaimTopics(address trustedIssuer) external view returns (uint256[] memory) {
        return _topicList(_topicsOf(_trustedPlace(trustedIssuer)));
    }

    /// @inheritdoc IERC3643TrustedIssuersRegistry
    function hasClaimTopic(address issuer, uint256 claimTopic) external view returns (bool) {
        return _isLane(claimTopic) && _topicsOf(_getStorage().identityStorage.issuerPlace(issuer)) & _topicBit(claimTopic) != 0;
    }

    /* VIEWS: PARTS AND ROLES */

    /// @inheritdoc IIdentityRegistry
    function token() public view returns (address) {
        return _getStorage().token;
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function identityStorage() external view returns (address) {
        return address(_getStorage().identityStorage);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function issuersRegistry() external view returns (address) {
        return address(this);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function topicsRegistry() external view returns (address) {
        return address(this);
    }

    /// @inheritdoc IERC173
    function owner() external view returns (address) {
        return IERC173(token()).owner();
    }

    /// @inheritdoc IAgentRole
    function isAgent(address agent) external view returns (bool) {
        return agentRoles(agent) != 0;
    }

    /// @inheritdoc IIdentityRegistry
    function agentRoles(address agent) public view returns (uint16) {
        return _getStorage().roles[agent];
    }

    /* INTERNAL: WRITES */

    function _register(address wallet, address identity_, uint16 country) private {
        _getStorage().identityStorage.addIdentityToStorage(wallet, identity_, country);
        emit IdentityRegistered(wallet, identity_);
    }

    function _setAgent(address agent, uint16 roles) private {
        if (agent == address(0)) revert AgentInvalid(agent);
        if (roles & ~AgentRole.REGISTRAR != 0) revert AgentRolesInvalid(agent, roles);
        mapping(address => uint16) storage words = _getStorage().roles;
        uint16 previous = words[agent];

        words[agent] = roles;

        emit AgentSet(agent, roles);
        if (previous == 0 && roles != 0) emit AgentAdded(agent);
        if (previous != 0 && roles == 0) emit AgentRemoved(agent);
    }

    /// @dev Makes exactly the topics of `topics` those on which the issuer is believed.
    function _trust(uint256 place, uint256 topics) private {
        IdentityRegistryStorage storage $ = _getStorage();
        uint80 trust = $.trust;
        for (uint256 i = 0; i < Eligibility.LANES; i++) {
            trust = trust.withIssuer(i, place - 1, (topics >> i) & 1 != 0);
        }
        _demand(trust, $.required, $.registrationOnly);
    }

    /// @dev Sets what the token demands and pushes it. A token that uses another registry takes the matrix when it changes to this one.
    function _demand(uint80 trust, uint8 required, bool registrationOnly_) private {
        IdentityRegistryStorage storage $ = _getStorage();
        for (uint256 i = 0; i < Eligibility.LANES; i++) {
            if ((required >> i) & 1 != 0 && trust.acceptedOf(i) == 0) revert TopicWithoutIssuer(i + 1);
        }
        uint80 previous = _matrix($.trust, $.required);
        uint80 matrix = _matrix(trust, required);
        bool changed = matrix != previous || registrationOnly_ != $.registrationOnly;

        $.trust = trust;
        $.required = required;
        $.registrationOnly = registrationOnly_;

        if (!changed) return;
        emit AcceptanceChanged(previous, matrix);
        ISecurityToken served = ISecurityToken($.token);
        if (served.identityRegistry() == address(this)) served.setAcceptance(matrix, registrationOnly_);
    }

    /* INTERNAL: READS */

    function _matrix(uint80 trust, uint8 required) private pure returns (uint80 matrix) {
        for (uint256 i = 0; i < Eligibility.LANES; i++) {
            if ((required >> i) & 1 != 0) matrix = matrix.withAccepted(i, trust.acceptedOf(i));
        }
    }

    function _isLane(uint256 topic) private pure returns (bool) {
        return topic != 0 && topic <= Eligibility.LANES;
    }

    function _topicBit(uint256 topic) private pure returns (uint8) {
        if (!_isLane(topic)) revert TopicOutOfRange(topic);
        return SafeCast.toUint8(1 << (topic - 1));
    }

    function _topicBits(address issuer, uint256[] calldata topics) private pure returns (uint8 bits) {
        if (topics.length == 0) revert TopicsEmpty(issuer);
        // A sixth topic repeats one or is out of range: the loop ends there.
        for (uint256 i = 0; i < topics.length; i++) {
            uint8 bit = _topicBit(topics[i]);
            if (bits & bit != 0) revert TopicRepeated(topics[i]);
            bits |= bit;
        }
    }

    /// @return place of a trusted issuer in the storage's table, 1 to 16
    function _trustedPlace(address issuer) private view returns (uint8 place) {
        place = _getStorage().identityStorage.issuerPlace(issuer);
        if (_topicsOf(place) == 0) revert IssuerNotTrusted(issuer);
    }

    /// @return topics on which an issuer is believed, bit i for topic i + 1; none for place 0
    function _topicsOf(uint256 place) private view returns (uint8 topics) {
        if (place == 0) return 0;
        uint80 trust = _getStorage().trust;
        for (uint256 i = 0; i < Eligibility.LANES; i++) {
            if ((trust.acceptedOf(i) >> (place - 1)) & 1 != 0) topics |= _topicBit(i + 1);
        }
    }

    function _topicList(uint8 topics) private pure returns (uint256[] memory list) {
        list = new uint256[](_bitCount(topics));
        uint256 length;
        for (uint256 i = 0; i < Eligibility.LANES; i++) {
            if ((topics >> i) & 1 != 0) list[length++] = i + 1;
        }
    }

    function _issuerList(uint256 accepted) private view returns (address[] memory list) {
        list = new address[](_bitCount(accepted));
        uint256 length;
        for (uint8 place = 1; place <= Eligibility.MAX_ISSUERS; place++) {
            if ((accepted >> (place - 1)) & 1 != 0) list[length++] = _getStorage().identityStorage.issuerAt(place);
        }
    }

    /// @param bits below 2^16
    function _bitCount(uint256 bits) private pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) {
            count++;
        }
    }

    function _getStorage() private pure returns (IdentityRegistryStorage storage $) {
        assembly {
            $.slot := STORAGE_LOCATION
        }
    }
}
