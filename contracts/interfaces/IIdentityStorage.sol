// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC3643IdentityRegistryStorage } from "./erc3643/IERC3643IdentityRegistryStorage.sol";

/// @notice A statement of a claim issuer about an identity. The issuer signs it under the storage's EIP-712 domain.
/// @param issuer who states it (an account, or a contract that answers ERC-1271)
/// @param identity whom it is about
/// @param topic what is stated (KYC = 1, AML = 2, ACCREDITED = 3, 4, 5)
/// @param dataHash salted hash of the evidence; nothing personal
/// @param issuedAt unix seconds, not in the future
/// @param validUntil unix seconds; takes effect rounded down to the hour
/// @param nonce above that of the claim it replaces (per identity and topic), ≥ 1
struct Claim {
    address issuer;
    address identity;
    uint256 topic;
    bytes32 dataHash;
    uint40 issuedAt;
    uint40 validUntil;
    uint16 nonce;
}

/// @notice Who holds which wallet, and what trusted issuers say of him, for many tokens. A claim is verified once, when it is
///         written; a transfer reads two words a party (see Eligibility for their layout).
interface IIdentityStorage is IERC3643IdentityRegistryStorage {
    event ClaimWritten(
        address indexed identity, uint256 indexed topic, address indexed issuer, bytes32 dataHash, uint40 validUntil, uint16 nonce
    );
    event ClaimRevoked(address indexed identity, uint256 indexed topic, address indexed issuer);
    event IssuerAdded(address indexed issuer, uint8 index);
    event IssuerEpochRaised(address indexed issuer, uint8 epoch);
    event IdentityReserved(address indexed identity, bytes32 salt);
    event WalletRetired(address indexed wallet, address indexed identity, address indexed replacement);
    event InvestorBlocked(address indexed identity, bool blocked);

    /// @notice Writes claims of one issuer that carry one signature of it over the whole array. Anyone may relay them.
    function writeClaims(Claim[] calldata claims, bytes calldata signature) external;

    /// @notice Revokes a claim at once, in every token. Only its issuer, or the owner of the issuer table.
    function revokeClaim(address identity, uint256 topic) external;

    /// @notice Adds a claim issuer to the table of at most 15. Restricted.
    /// @return index 1 to 15
    function addIssuer(address issuer) external returns (uint8 index);

    /// @notice Voids every claim of an issuer at once. Only that issuer, or the owner of the issuer table.
    function raiseIssuerEpoch(address issuer) external;

    /// @notice Bars an investor in every token, or lifts the bar. Restricted.
    function setBlocked(address identity, bool blocked) external;

    /// @notice Makes the factory address of `salt` known, so that `registerIdentity` takes it.
    function reserveIdentity(bytes32 salt) external returns (address identity);

    /// @notice Allows an identity contract that was deployed elsewhere. Restricted.
    function allowIdentity(address identity) external;

    /// @notice Links `replacement` to the identity of `lost`, and retires `lost`: it keeps its identity but can no longer receive.
    ///         Only a bound token, in a recovery.
    function retireWallet(address lost, address replacement) external;

    /// @notice Counts a wallet as holder in one more, or one fewer, bound token. Only a bound token.
    function noteHolding(address wallet, bool holds) external;

    /// @notice Both parties of a transfer in one call. Zero words where a wallet is zero or unknown.
    function pair(address from, address to)
        external
        view
        returns (uint256 fromWallet, uint256 fromInvestor, uint256 toWallet, uint256 toInvestor, uint256 epochs);

    function walletWord(address wallet) external view returns (uint256);
    function investorWord(address identity) external view returns (uint256);
    /// @notice 16 issuer epochs of 16 bits; index 0 is unused.
    function epochs() external view returns (uint256);
    /// @notice Wallets of an investor, at most 15, retired ones included while they hold units.
    function walletsOf(address identity) external view returns (address[] memory);
    function issuerIndex(address issuer) external view returns (uint8);
    function issuerAt(uint8 index) external view returns (address);
    function identityFactory() external view returns (address);
    /// @notice Digest that `issuer` signs for `writeClaims`.
    function claimsDigest(Claim[] calldata claims) external view returns (bytes32);
    function isTokenBound(address token) external view returns (bool);
}
