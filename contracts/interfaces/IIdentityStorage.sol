// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC3643IdentityRegistryStorage } from "./erc3643/IERC3643IdentityRegistryStorage.sol";

/// @notice A statement of a claim issuer about an identity. The issuer signs it under the storage's EIP-712 domain.
/// @param issuer who states it (an account, or a contract that answers ERC-1271)
/// @param identity whom it is about
/// @param topic what is stated (KYC = 1, AML = 2, ACCREDITED = 3, 4, 5)
/// @param dataHash salted hash of the evidence; nothing personal
/// @param issuedAt unix seconds of the latest block that the issuer has seen, not in the future
/// @param validUntil unix seconds; takes effect rounded down to the hour
/// @param nonce above that of the claim it replaces (per identity and topic), 1 to 4095
struct Claim {
    address issuer;
    address identity;
    uint256 topic;
    bytes32 dataHash;
    uint40 issuedAt;
    uint40 validUntil;
    uint16 nonce;
}

/// @notice A wallet to link to the investor whose identity is the factory address of `salt`.
/// @param wallet account that will hold units
/// @param salt salt of the identity
/// @param country ISO 3166-1 numeric; the same for all wallets of an investor
struct Investor {
    address wallet;
    bytes32 salt;
    uint16 country;
}

/// @notice Who holds which wallet, and what trusted issuers say of him, for many tokens. A claim is verified once, when it is
///         written; a transfer reads two words a party (see Eligibility for their layout). Bound registries write wallets, identities
///         and countries; bound tokens count holdings and retire lost wallets; issuers' signatures write claims.
interface IIdentityStorage is IERC3643IdentityRegistryStorage {
    event ClaimWritten(
        address indexed identity, uint256 indexed topic, address indexed issuer, bytes32 dataHash, uint40 validUntil, uint16 nonce
    );
    event ClaimRevoked(address indexed identity, uint256 indexed topic, address indexed issuer);
    event IssuerAdded(address indexed issuer, uint8 place);
    event IssuerEpochRaised(address indexed issuer, uint8 epoch);
    event IssuerSuspended(address indexed issuer, bool suspended);
    /// @notice By `reserveIdentity`. Onboarding makes an identity known without it: IdentityStored says as much.
    event IdentityReserved(address indexed identity, bytes32 salt);
    event IdentityAllowed(address indexed identity);
    event WalletRetired(address indexed wallet, address indexed identity, address indexed replacement);
    /// @notice Beside IdentityModified, which does not say whose wallet it is about.
    event WalletMoved(address indexed wallet, address indexed previous, address indexed identity);
    event InvestorBlocked(address indexed identity, bool blocked);
    event TokenBound(address indexed token);
    event TokenUnbound(address indexed token);
    event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner);

    /* Who calls */
    error CallerNotBoundRegistry(address caller);
    error CallerNotBoundToken(address caller);
    error CallerNotOwner(address caller);
    error CallerNotPendingOwner(address caller);
    /// @notice Neither the claim's issuer nor the owner of the issuer table.
    error CallerNotIssuer(address caller, address issuer);

    /* Claims */
    error ClaimsEmpty();
    error ClaimTopicOutOfRange(uint256 topic);
    error ClaimIssuerUnknown(address issuer);
    /// @notice One array carries claims of one issuer only.
    error ClaimIssuersDiffer(uint256 index, address expected, address given);
    error ClaimSignatureInvalid(address issuer, bytes32 digest);
    error ClaimIssuedInFuture(uint256 issuedAt, uint256 time);
    /// @notice Signed before the issuer's epoch was raised, or before the claim on this topic was revoked.
    error ClaimIssuedTooEarly(uint256 issuedAt, uint256 earliest);
    /// @notice The hour in which the claim ends has begun.
    error ClaimExpired(uint256 validUntil, uint256 time);
    error ClaimExpiryTooLate(uint256 validUntil, uint256 latest);
    error ClaimNonceTooLow(address identity, uint256 topic, uint256 nonce, uint256 current);
    error ClaimNonceTooHigh(uint256 nonce, uint256 maximum);
    error ClaimUnknown(address identity, uint256 topic);
    error ClaimAlreadyRevoked(address identity, uint256 topic);

    /* Issuers */
    error IssuerInvalid(address issuer);
    error IssuerAlreadyAdded(address issuer, uint8 place);
    error IssuerTableFull(uint256 maximum);
    /// @notice The issuer itself may raise its epoch 239 times, the owner of the table 16 times more.
    error IssuerEpochsExhausted(address issuer);
    error IssuerIsSuspended(address issuer);

    /* Identities and wallets */
    /// @notice Neither a reserved factory address nor an allowed identity contract.
    error IdentityUnknown(address identity);
    error IdentityWithoutCode(address identity);
    error WalletInvalid(address wallet);
    error WalletUnknown(address wallet);
    error WalletTaken(address wallet, address identity);
    /// @notice A retired wallet stays retired.
    error WalletIsRetired(address wallet);
    error WalletHoldsUnits(address wallet, uint256 tokens);
    /// @notice Frozen in a bound token; leaving its investor would be a way around the freeze.
    error WalletFrozen(address wallet, address token);
    error TooManyWallets(address identity, uint256 maximum);
    error CountryDiffers(address identity, uint16 stored, uint16 given);
    error HoldCountOutOfRange(address wallet, uint256 count);

    /* Bindings and batches */
    error BatchTooLong(uint256 length, uint256 maximum);
    error RegistryInvalid(address registry);
    error RegistryAlreadyBound(address registry);
    error RegistryNotBound(address registry);
    error TooManyRegistries(uint256 maximum);
    error TokenNotBound(address token);
    /// @notice A registry of the token is still bound.
    error TokenServed(address token, address registry);
    error OwnerInvalid(address owner);

    /* CLAIMS */

    /// @notice Writes claims of one issuer that carry one signature of it over the whole array. Anyone may relay them.
    /// @param claims 1 to 250 claims
    /// @param signature of `claimsDigest(claims)`: 65 bytes of an account, or what the issuer's ERC-1271 contract takes
    function writeClaims(Claim[] calldata claims, bytes calldata signature) external;

    /// @notice Revokes a claim at once, in every token. Only its issuer, or the owner of the issuer table. What was signed before can
    ///         not bring it back, whatever its nonce.
    function revokeClaim(address identity, uint256 topic) external;

    /// @notice Adds a claim issuer to the table of at most 16, for good. Restricted.
    /// @return place 1 to 16
    function addIssuer(address issuer) external returns (uint8 place);

    /// @notice Voids every claim of an issuer at once, and whatever it signed before. Only that issuer, or the owner of the issuer table.
    /// Warning: whoever holds a leaked key can still sign anew: suspend the issuer too.
    function raiseIssuerEpoch(address issuer) external;

    /// @notice Takes nothing new from an issuer, at once, or lets it sign again. What it signed stays: raise its epoch to void that. Only
    ///         the owner of the issuer table.
    function setIssuerSuspended(address issuer, bool suspended) external;

    /* INVESTORS */

    /// @notice Bars an investor in every token, or lifts the bar. Restricted.
    function setBlocked(address identity, bool blocked) external;

    /// @notice Makes the factory address of `salt` known, so that `registerIdentity` takes it. Anyone; again changes nothing.
    function reserveIdentity(bytes32 salt) external returns (address identity);

    /// @notice Allows an identity contract that was deployed elsewhere. Restricted.
    function allowIdentity(address identity) external;

    /// @notice Reserves identities, links wallets to them, sets countries and writes claims, all or nothing. Only a bound registry.
    /// @param investors at most 125
    /// @param claims as in `writeClaims`
    /// @param signature as in `writeClaims`
    /// @return identities of `investors`, in order
    function onboardBatch(Investor[] calldata investors, Claim[] calldata claims, bytes calldata signature)
        external
        returns (address[] memory identities);

    /// @notice Links `replacement` to the identity of `lost`, and retires `lost`: it keeps its identity but can no longer receive.
    ///         Only a bound token, in a recovery.
    /// @param replacement a wallet without identity, or one of the same identity that is not retired
    function retireWallet(address lost, address replacement) external;

    /// @notice Counts a wallet as holder in one more, or one fewer, bound token. Only a bound token, when the wallet's balance in it
    ///         leaves or reaches zero.
    function noteHolding(address wallet, bool holds) external;

    /* BINDING AND OWNERSHIP */

    /// @notice Takes the power to count holdings and retire wallets from a token that no bound registry serves. Restricted.
    /// Warning: wallets can then neither start nor stop holding that token, and stay counted as its holders.
    function unbindToken(address token) external;

    /// @notice Takes the ownership that `transferOwnership` offered.
    function acceptOwnership() external;
    function pendingOwner() external view returns (address);

    /* VIEWS */

    /// @notice Both parties of a transfer in one call. Zero words where a wallet is zero or unknown.
    function pair(address from, address to)
        external
        view
        returns (uint256 fromWallet, uint256 fromInvestor, uint256 toWallet, uint256 toInvestor, uint256 epochs);

    function walletWord(address wallet) external view returns (uint256);
    function investorWord(address identity) external view returns (uint256);
    /// @notice 16 issuer epochs of 16 bits, in the order of the issuer table.
    function epochs() external view returns (uint256);
    /// @notice Wallets through which an investor holds, or has held, units of a bound token; at most 15. A wallet joins the list with its
    ///         first units (so that onboarding need not pay for it) and leaves it when it is deleted, or retired and empty. The sum of
    ///         balances over the list is the investor's position.
    function walletsOf(address identity) external view returns (address[] memory);
    function issuerPlace(address issuer) external view returns (uint8);
    function issuerAt(uint8 place) external view returns (address);
    function identityFactory() external view returns (address);
    /// @notice The identity address of `salt`, as the factory predicts it.
    function predictIdentity(bytes32 salt) external view returns (address);
    /// @notice Digest that `issuer` signs for `writeClaims`.
    function claimsDigest(Claim[] calldata claims) external view returns (bytes32);
    function isTokenBound(address token) external view returns (bool);
}
