// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { Arrays } from "@openzeppelin/contracts/utils/Arrays.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { EnumerableSet } from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import { IIdentityFactory } from "../interfaces/IIdentityFactory.sol";
import { IIdentityRegistry } from "../interfaces/IIdentityRegistry.sol";
import { Claim, IIdentityStorage, Investor } from "../interfaces/IIdentityStorage.sol";
import { IAgentRole } from "../interfaces/erc3643/IAgentRole.sol";
import { IERC173 } from "../interfaces/erc3643/IERC173.sol";
import { IERC3643Token } from "../interfaces/erc3643/IERC3643Token.sol";
import { IERC3643IdentityRegistryStorage } from "../interfaces/erc3643/IERC3643IdentityRegistryStorage.sol";
import { Eligibility } from "./Eligibility.sol";

/// @notice The words of every wallet and investor (see Eligibility), the issuer table, and who may write them.
/// @dev No proxy stands in front: it would cost each transfer 4,900 gas. A new storage is a new contract.
///
///      Assumes: the owner binds only registries and tokens whose code it trusts (a bound token can retire wallets and count holdings);
///      issuers in the table sign with the nonce that follows the lane's.
contract IdentityStorage is IIdentityStorage, AccessManaged, EIP712 {
    using Arrays for address[];
    using Eligibility for uint256;
    using EnumerableSet for EnumerableSet.AddressSet;

    /// @param listed whether the issuer is in the table
    /// @param index its index there, 0 to 15
    /// @param issuesFrom unix seconds of the block in which its epoch was raised; claims issued before are void
    /// @param suspended whether it signs nothing new; what it signed before stands until its epoch is raised
    struct Issuer {
        bool listed;
        uint8 index;
        uint40 issuesFrom;
        bool suspended;
    }

    /// @dev The last epochs are the owner's: a stolen issuer's key must not use up what is raised against it.
    uint256 private constant OWNERS_EPOCHS = 16;
    uint256 private constant MAX_CLAIMS = 250;
    uint256 private constant MAX_INVESTORS = 125;
    uint256 private constant MAX_REGISTRIES = 64;
    bytes32 private constant CLAIM_TYPEHASH =
        keccak256("Claim(address issuer,address identity,uint256 topic,bytes32 dataHash,uint40 issuedAt,uint40 validUntil,uint16 nonce)");
    bytes32 private constant CLAIMS_TYPEHASH = keccak256(
        "Claims(Claim[] claims)Claim(address issuer,address identity,uint256 topic,bytes32 dataHash,uint40 issuedAt,uint40 validUntil,uint16 nonce)"
    );

    /// @inheritdoc IIdentityStorage
    address public immutable identityFactory;
    address private immutable _identityImplementation;

    /// @inheritdoc IIdentityStorage
    uint256 public epochs;
    mapping(address wallet => uint256 word) private _wallets;
    mapping(address identity => uint256 word) private _investors;
    mapping(address identity => address[15] wallets) private _listedWallets;
    mapping(address issuer => Issuer) private _issuers;
    address[16] private _issuerTable;
    uint8 private _issuerCount;
    mapping(address identity => mapping(uint256 topic => uint40 time)) private _issuableFrom;
    EnumerableSet.AddressSet private _registries;
    mapping(address token => bool bound) private _tokens;

    /// @inheritdoc IERC173
    address public owner;
    /// @inheritdoc IIdentityStorage
    address public pendingOwner;

    modifier onlyRegistry() {
        if (!_registries.contains(msg.sender)) revert CallerNotBoundRegistry(msg.sender);
        _;
    }

    modifier onlyToken() {
        if (!_tokens[msg.sender]) revert CallerNotBoundToken(msg.sender);
        _;
    }

    /// @param manager AccessManager that governs restricted functions
    /// @param owner_ owner of the issuer table
    /// @param identityFactory_ deployer of identities
    constructor(address manager, address owner_, address identityFactory_) AccessManaged(manager) EIP712("Muniment Identity", "1") {
        if (owner_ == address(0)) revert OwnerInvalid(owner_);

        identityFactory = identityFactory_;
        _identityImplementation = IIdentityFactory(identityFactory_).implementation();
        owner = owner_;
        emit OwnershipTransferred(address(0), owner_);
    }

    /* USER FUNCTIONS: CLAIMS */

    /// @inheritdoc IIdentityStorage
    function writeClaims(Claim[] calldata claims, bytes calldata signature) external {
        Claim[] memory taken = claims;
        (Issuer memory issuer, uint256 epoch) = _checkSignature(taken, signature);
        _storeClaims(taken, 0, issuer, epoch);
    }

    /// @inheritdoc IIdentityStorage
    function revokeClaim(address identity, uint256 topic) external {
        uint256 index = _laneOf(topic);
        uint256 investor = _investors[identity];
        (uint256 issuer, uint256 expiryHour, uint256 epoch, uint256 nonce) = investor.lane(index);
        if (nonce == 0) revert ClaimUnknown(identity, topic);
        address issuerAccount = _issuerTable[issuer];
        if (msg.sender != issuerAccount && msg.sender != owner) revert CallerNotIssuer(msg.sender, issuerAccount);
        if (expiryHour == 0) revert ClaimAlreadyRevoked(identity, topic);

        _investors[identity] = investor.withLane(index, issuer, 0, epoch, nonce);
        _issuableFrom[identity][topic] = uint40(block.timestamp);

        emit ClaimRevoked(identity, topic, issuerAccount);
    }

    /// @inheritdoc IIdentityStorage
    function raiseIssuerEpoch(address issuer) external {
        if (!_issuers[issuer].listed) revert ClaimIssuerUnknown(issuer);
        uint8 index = _issuers[issuer].index;
        if (msg.sender != issuer && msg.sender != owner) revert CallerNotIssuer(msg.sender, issuer);
        uint256 epoch = epochs.epochOf(index) + 1;
        uint256 last = msg.sender == owner ? Eligibility.MAX_EPOCH : Eligibility.MAX_EPOCH - OWNERS_EPOCHS;
        if (epoch > last) revert IssuerEpochsExhausted(issuer);

        epochs = epochs.withEpochRaised(index);
        _issuers[issuer].issuesFrom = uint40(block.timestamp);

        emit IssuerEpochRaised(issuer, SafeCast.toUint8(epoch));
    }

    /// @inheritdoc IIdentityStorage
    function setIssuerSuspended(address issuer, bool suspended) external {
        if (msg.sender != owner) revert CallerNotOwner(msg.sender);
        if (!_issuers[issuer].listed) revert ClaimIssuerUnknown(issuer);

        _issuers[issuer].suspended = suspended;

        emit IssuerSuspended(issuer, suspended);
    }

    /// @inheritdoc IIdentityStorage
    function reserveIdentity(bytes32 salt) external returns (address identity) {
        identity = predictIdentity(salt);
        uint256 investor = _investors[identity];
        if (investor.isKnown()) return identity;

        _investors[identity] = investor.withKnown();

        emit IdentityReserved(identity, salt);
    }

    /// @inheritdoc IIdentityStorage
    function acceptOwnership() external {
        if (msg.sender != pendingOwner) revert CallerNotPendingOwner(msg.sender);

        emit OwnershipTransferred(owner, msg.sender);
        owner = msg.sender;
        pendingOwner = address(0);
    }

    /// @inheritdoc IERC173
    /// @dev In two steps: the next owner takes it with `acceptOwnership`. Zero withdraws an offer.
    function transferOwnership(address newOwner) external {
        if (msg.sender != owner) revert CallerNotOwner(msg.sender);

        pendingOwner = newOwner;

        emit OwnershipTransferStarted(owner, newOwner);
    }

    /* ROLE FUNCTIONS: BOUND REGISTRIES */

    /// @inheritdoc IIdentityStorage
    function onboardBatch(Investor[] calldata investors, Claim[] calldata claims, bytes calldata signature)
        external
        onlyRegistry
        returns (address[] memory identities)
    {
        uint256 length = investors.length;
        if (length > MAX_INVESTORS) revert BatchTooLong(length, MAX_INVESTORS);
        Claim[] memory taken = claims;
        (Issuer memory issuer, uint256 epoch) = _checkSignature(taken, signature);

        identities = new address[](length);
        uint256 next;
        for (uint256 i = 0; i < length; i++) {
            Investor memory entry = investors[i];
            address identity = predictIdentity(entry.salt);
            uint256 investor = _linked(_investors[identity].withKnown(), entry.wallet, identity, entry.country);
            while (next < taken.length && taken[next].identity == identity) {
                investor = _claimed(investor, taken[next++], issuer, epoch);
            }
            _investors[identity] = investor;
            identities[i] = identity;
        }
        _storeClaims(taken, next, issuer, epoch);
    }

    /// @inheritdoc IERC3643IdentityRegistryStorage
    function addIdentityToStorage(address userAddress, address identity, uint16 country) external onlyRegistry {
        uint256 investor = _investors[identity];
        if (!investor.isKnown()) revert IdentityUnknown(identity);
        _investors[identity] = _linked(investor, userAddress, identity, country);
    }

    /// @inheritdoc IERC3643IdentityRegistryStorage
    function removeIdentityFromStorage(address userAddress) external onlyRegistry {
        (uint256 wallet, address identity) = _movableWallet(userAddress);

        _released(userAddress, identity, wallet);
        delete _wallets[userAddress];

        emit IdentityUnstored(userAddress, identity);
    }

    /// @inheritdoc IERC3643IdentityRegistryStorage
    /// @dev A first wallet brings its country along; an investor with wallets keeps his own.
    function modifyStoredIdentity(address userAddress, address identity) external onlyRegistry {
        (uint256 wallet, address previous) = _movableWallet(userAddress);
        uint256 target = _investors[identity];
        if (!target.isKnown()) revert IdentityUnknown(identity);
        if (identity == previous) return;
        uint16 country = target.walletCount() == 0 ? _investors[previous].country() : target.country();

        _released(userAddress, previous, wallet);
        _wallets[userAddress] = Eligibility.newWallet(identity, block.timestamp);
        _investors[identity] = _withWallet(target, identity, country);

        emit IdentityModified(previous, identity);
        emit WalletMoved(userAddress, previous, identity);
    }

    /// @inheritdoc IERC3643IdentityRegistryStorage
    /// @dev The country is the investor's: it changes for every wallet of his. The event names the wallet given and those that hold or
    ///      have held units.
    function modifyStoredInvestorCountry(address userAddress, uint16 country) external onlyRegistry {
        address identity = _wallets[userAddress].identityOf();
        if (identity == address(0)) revert WalletUnknown(userAddress);

        _investors[identity] = _investors[identity].withCountry(country);

        emit CountryModified(userAddress, country);
        address[] memory wallets = walletsOf(identity);
        for (uint256 i = 0; i < wallets.length; i++) {
            if (wallets[i] != userAddress) emit CountryModified(wallets[i], country);
        }
    }

    /* ROLE FUNCTIONS: BOUND TOKENS */

    /// @inheritdoc IIdentityStorage
    function retireWallet(address lost, address replacement) external onlyToken {
        uint256 wallet = _wallets[lost];
        address identity = wallet.identityOf();
        if (identity == address(0)) revert WalletUnknown(lost);
        if (replacement == lost) revert WalletInvalid(replacement);
        uint256 next = _wallets[replacement];
        if (next.isRetired()) revert WalletIsRetired(replacement);

        if (!wallet.isRetired()) {
            wallet = wallet.withRetired();
            if (wallet.holdCount() == 0) wallet = _released(lost, identity, wallet);
            _wallets[lost] = wallet;
        }
        if (next == 0) {
            uint256 investor = _investors[identity];
            _investors[identity] = _linked(investor, replacement, identity, investor.country());
            _wallets[replacement] = Eligibility.newWallet(identity, 0);
        } else if (next.identityOf() != identity) {
            revert WalletTaken(replacement, next.identityOf());
        }

        emit WalletRetired(lost, identity, replacement);
    }

    /// @inheritdoc IIdentityStorage
    function noteHolding(address wallet, bool holds) external onlyToken {
        uint256 word = _wallets[wallet];
        address identity = word.identityOf();
        if (identity == address(0)) revert WalletUnknown(wallet);
        uint256 count = word.holdCount();
        if (count == (holds ? Eligibility.MAX_HOLD_COUNT : 0)) revert HoldCountOutOfRange(wallet, count);

        word = word.withHolding(holds);
        if (holds) {
            if (word.isRetired()) revert WalletIsRetired(wallet);
            if (!word.isListed()) word = _listed(wallet, identity, word);
        } else if (count == 1 && word.isRetired()) {
            word = _released(wallet, identity, word);
        }
        _wallets[wallet] = word;
    }

    /* ROLE FUNCTIONS: RESTRICTED */

    /// @inheritdoc IIdentityStorage
    function addIssuer(address issuer) external restricted returns (uint8 place) {
        if (issuer == address(0)) revert IssuerInvalid(issuer);
        if (_issuers[issuer].listed) revert IssuerAlreadyAdded(issuer, issuerPlace(issuer));
        uint8 index = _issuerCount;
        if (index == Eligibility.MAX_ISSUERS) revert IssuerTableFull(Eligibility.MAX_ISSUERS);

        place = index + 1;
        _issuerCount = place;
        _issuers[issuer].listed = true;
        _issuers[issuer].index = index;
        _issuerTable[index] = issuer;

        emit IssuerAdded(issuer, place);
    }

    /// @inheritdoc IIdentityStorage
    function setBlocked(address identity, bool blocked) external restricted {
        uint256 investor = _investors[identity];
        if (!investor.isKnown()) revert IdentityUnknown(identity);

        _investors[identity] = investor.withBlocked(blocked);

        emit InvestorBlocked(identity, blocked);
    }

    /// @inheritdoc IIdentityStorage
    function allowIdentity(address identity) external restricted {
        if (identity.code.length == 0) revert IdentityWithoutCode(identity);

        _investors[identity] = _investors[identity].withKnown();

        emit IdentityAllowed(identity);
    }

    /// @inheritdoc IERC3643IdentityRegistryStorage
    /// @dev Binds the registry's token too, so that it may count holdings and retire wallets.
    function bindIdentityRegistry(address identityRegistry) external restricted {
        _bind(identityRegistry);
    }

    /// @inheritdoc IERC3643IdentityRegistryStorage
    /// @dev The registry loses its power to write at once. Its token stays bound, so that its holders can still come and go.
    function unbindIdentityRegistry(address identityRegistry) external restricted {
        _unbind(identityRegistry);
    }

    /// @inheritdoc IAgentRole
    /// @dev The agents of a storage are its registries: the same as `bindIdentityRegistry`.
    function addAgent(address agent) external restricted {
        _bind(agent);
    }

    /// @inheritdoc IAgentRole
    /// @dev The same as `unbindIdentityRegistry`.
    function removeAgent(address agent) external restricted {
        _unbind(agent);
    }

    /// @inheritdoc IIdentityStorage
    function unbindToken(address token) external restricted {
        if (!_tokens[token]) revert TokenNotBound(token);
        address[] memory registries = _registries.values();
        for (uint256 i = 0; i < registries.length; i++) {
            if (IIdentityRegistry(registries[i]).token() == token) revert TokenServed(token, registries[i]);
        }

        delete _tokens[token];

        emit TokenUnbound(token);
    }

    /* VIEWS */

    /// @inheritdoc IIdentityStorage
    function pair(address from, address to)
        external
        view
        returns (uint256 fromWallet, uint256 fromInvestor, uint256 toWallet, uint256 toInvestor, uint256 epochs_)
    {
        if (from != address(0)) {
            fromWallet = _wallets[from];
            if (fromWallet != 0) fromInvestor = _investors[fromWallet.identityOf()];
        }
        if (to != address(0)) {
            toWallet = _wallets[to];
            if (toWallet != 0) toInvestor = _investors[toWallet.identityOf()];
        }
        epochs_ = epochs;
    }

    /// @inheritdoc IIdentityStorage
    function walletWord(address wallet) external view returns (uint256) {
        return _wallets[wallet];
    }

    /// @inheritdoc IIdentityStorage
    function investorWord(address identity) external view returns (uint256) {
        return _investors[identity];
    }

    /// @inheritdoc IERC3643IdentityRegistryStorage
    function storedIdentity(address userAddress) external view returns (address) {
        return _wallets[userAddress].identityOf();
    }

    /// @inheritdoc IERC3643IdentityRegistryStorage
    function storedInvestorCountry(address userAddress) external view returns (uint16) {
        address identity = _wallets[userAddress].identityOf();
        return identity == address(0) ? 0 : _investors[identity].country();
    }

    /// @inheritdoc IIdentityStorage
    function walletsOf(address identity) public view returns (address[] memory wallets) {
        uint256 linked = _investors[identity].walletCount();
        address[15] storage list = _listedWallets[identity];
        wallets = new address[](linked);
        uint256 length;
        while (length < linked) {
            address wallet = list[length];
            if (wallet == address(0)) break;
            wallets[length++] = wallet;
        }
        return wallets.splice(0, length);
    }

    /// @inheritdoc IIdentityStorage
    function issuerPlace(address issuer) public view returns (uint8) {
        Issuer memory entry = _issuers[issuer];
        return entry.listed ? entry.index + 1 : 0;
    }

    /// @inheritdoc IIdentityStorage
    function issuerAt(uint8 place) external view returns (address) {
        return place == 0 || place > Eligibility.MAX_ISSUERS ? address(0) : _issuerTable[place - 1];
    }

    /// @inheritdoc IIdentityStorage
    function predictIdentity(bytes32 salt) public view returns (address) {
        return Clones.predictDeterministicAddress(_identityImplementation, salt, identityFactory);
    }

    /// @inheritdoc IIdentityStorage
    function claimsDigest(Claim[] calldata claims) external view returns (bytes32) {
        return _digest(claims);
    }

    /// @inheritdoc IERC3643IdentityRegistryStorage
    function linkedIdentityRegistries() external view returns (address[] memory) {
        return _registries.values();
    }

    /// @inheritdoc IAgentRole
    function isAgent(address agent) external view returns (bool) {
        return _registries.contains(agent);
    }

    /// @inheritdoc IIdentityStorage
    function isTokenBound(address token) external view returns (bool) {
        return _tokens[token];
    }

    /* INTERNAL: CLAIMS */

    /// @dev The signature is judged once for the array. Claims come from memory: each field is read several times, and calldata would
    ///      be validated each time.
    /// @return issuer of all claims
    /// @return epoch of the issuer
    function _checkSignature(Claim[] memory claims, bytes calldata signature) private view returns (Issuer memory issuer, uint256 epoch) {
        uint256 length = claims.length;
        if (length == 0) revert ClaimsEmpty();
        if (length > MAX_CLAIMS) revert BatchTooLong(length, MAX_CLAIMS);
        address account = claims[0].issuer;
        for (uint256 i = 1; i < length; i++) {
            if (claims[i].issuer != account) revert ClaimIssuersDiffer(i, account, claims[i].issuer);
        }
        issuer = _issuers[account];
        if (!issuer.listed) revert ClaimIssuerUnknown(account);
        if (issuer.suspended) revert IssuerIsSuspended(account);
        bytes32 digest = _digest(claims);
        if (!SignatureChecker.isValidSignatureNowCalldata(account, digest, signature)) revert ClaimSignatureInvalid(account, digest);
        epoch = epochs.epochOf(issuer.index);
    }

    /// @param first index of the first claim to store
    function _storeClaims(Claim[] memory claims, uint256 first, Issuer memory issuer, uint256 epoch) private {
        for (uint256 i = first; i < claims.length; i++) {
            address identity = claims[i].identity;
            uint256 investor = _investors[identity];
            if (!investor.isKnown()) revert IdentityUnknown(identity);
            _investors[identity] = _claimed(investor, claims[i], issuer, epoch);
        }
    }

    /// @dev Judges a claim against its lane, and gives the investor word that carries it for the caller to store.
    function _claimed(uint256 investor, Claim memory claim, Issuer memory issuer, uint256 epoch) private returns (uint256) {
        uint256 index = _laneOf(claim.topic);
        if (claim.issuedAt > block.timestamp) revert ClaimIssuedInFuture(claim.issuedAt, block.timestamp);
        if (claim.issuedAt < issuer.issuesFrom) revert ClaimIssuedTooEarly(claim.issuedAt, issuer.issuesFrom);
        uint256 expiryHour = claim.validUntil / 1 hours;
        if (expiryHour <= block.timestamp / 1 hours) revert ClaimExpired(claim.validUntil, block.timestamp);
        if (expiryHour > Eligibility.MAX_EXPIRY_HOUR) revert ClaimExpiryTooLate(claim.validUntil, Eligibility.MAX_EXPIRY_HOUR * 1 hours);
        (, uint256 present,, uint256 nonce) = investor.lane(index);
        if (claim.nonce <= nonce) revert ClaimNonceTooLow(claim.identity, claim.topic, claim.nonce, nonce);
        if (claim.nonce > Eligibility.MAX_NONCE) revert ClaimNonceTooHigh(claim.nonce, Eligibility.MAX_NONCE);
        if (nonce != 0 && present == 0) _checkIssuedAfterRevocation(claim);

        emit ClaimWritten(claim.identity, claim.topic, claim.issuer, claim.dataHash, claim.validUntil, claim.nonce);
        return investor.withLane(index, issuer.index, expiryHour, epoch, claim.nonce);
    }

    /// @dev A claim with a higher nonce may have been signed before the revocation and held back. An issuer dates a claim by the latest
    ///      block that he has seen, so one of the revocation's own second was signed by one who had seen it.
    function _checkIssuedAfterRevocation(Claim memory claim) private view {
        uint40 earliest = _issuableFrom[claim.identity][claim.topic];
        if (claim.issuedAt < earliest) revert ClaimIssuedTooEarly(claim.issuedAt, earliest);
    }

    function _digest(Claim[] memory claims) private view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](claims.length);
        for (uint256 i = 0; i < claims.length; i++) {
            hashes[i] = keccak256(abi.encode(CLAIM_TYPEHASH, claims[i]));
        }
        return _hashTypedDataV4(keccak256(abi.encode(CLAIMS_TYPEHASH, keccak256(abi.encodePacked(hashes)))));
    }

    function _laneOf(uint256 topic) private pure returns (uint256) {
        if (topic == 0 || topic > Eligibility.LANES) revert ClaimTopicOutOfRange(topic);
        return topic - 1;
    }

    /* INTERNAL: WALLETS. Functions named by a participle return the word that their caller stores. */

    /// @dev Links a wallet that has no identity.
    function _linked(uint256 investor, address wallet, address identity, uint16 country) private returns (uint256) {
        if (wallet == address(0)) revert WalletInvalid(wallet);
        address present = _wallets[wallet].identityOf();
        if (present != address(0)) revert WalletTaken(wallet, present);

        _wallets[wallet] = Eligibility.newWallet(identity, block.timestamp);

        emit IdentityStored(wallet, identity);
        return _withWallet(investor, identity, country);
    }

    function _withWallet(uint256 investor, address identity, uint16 country) private pure returns (uint256) {
        uint256 count = investor.walletCount();
        if (count == Eligibility.MAX_WALLETS) revert TooManyWallets(identity, Eligibility.MAX_WALLETS);
        if (count != 0 && country != investor.country()) revert CountryDiffers(identity, investor.country(), country);
        return investor.withCountry(country).withWalletAdded();
    }

    /// @return word of a wallet that may leave its investor: registered, not retired, without units, frozen in no token of a bound registry
    /// @return identity of the wallet
    function _movableWallet(address wallet) private view returns (uint256 word, address identity) {
        word = _wallets[wallet];
        identity = word.identityOf();
        if (identity == address(0)) revert WalletUnknown(wallet);
        if (word.isRetired()) revert WalletIsRetired(wallet);
        if (word.holdCount() != 0) revert WalletHoldsUnits(wallet, word.holdCount());
        address[] memory registries = _registries.values();
        for (uint256 i = 0; i < registries.length; i++) {
            address token = IIdentityRegistry(registries[i]).token();
            if (IERC3643Token(token).isFrozen(wallet)) revert WalletFrozen(wallet, token);
        }
    }

    /// @dev Puts a wallet on its investor's list. A free place exists: at most as many are listed as are linked.
    function _listed(address wallet, address identity, uint256 word) private returns (uint256) {
        address[15] storage list = _listedWallets[identity];
        uint256 place;
        while (list[place] != address(0)) place++;
        list[place] = wallet;
        return word.withListed(true);
    }

    /// @dev Takes a wallet off its investor's count and list. The last of the list fills the gap.
    function _released(address wallet, address identity, uint256 word) private returns (uint256) {
        _investors[identity] = _investors[identity].withWalletRemoved();
        if (!word.isListed()) return word;

        address[15] storage list = _listedWallets[identity];
        uint256 place;
        while (list[place] != wallet) place++;
        uint256 last = place;
        while (last + 1 < Eligibility.MAX_WALLETS && list[last + 1] != address(0)) last++;
        list[place] = list[last];
        delete list[last];
        return word.withListed(false);
    }

    /* INTERNAL: BINDING */

    function _bind(address registry) private {
        if (registry.code.length == 0) revert RegistryInvalid(registry);
        if (_registries.length() == MAX_REGISTRIES) revert TooManyRegistries(MAX_REGISTRIES);
        address token = IIdentityRegistry(registry).token();
        if (token == address(0) || IIdentityRegistry(registry).identityStorage() != address(this)) revert RegistryInvalid(registry);
        if (!_registries.add(registry)) revert RegistryAlreadyBound(registry);

        if (!_tokens[token]) {
            _tokens[token] = true;
            emit TokenBound(token);
        }
        emit IdentityRegistryBound(registry);
        emit AgentAdded(registry);
    }

    function _unbind(address registry) private {
        if (!_registries.remove(registry)) revert RegistryNotBound(registry);

        emit IdentityRegistryUnbound(registry);
        emit AgentRemoved(registry);
    }
}
