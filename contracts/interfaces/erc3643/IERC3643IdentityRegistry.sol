// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAgentRole } from "./IAgentRole.sol";
import { IERC173 } from "./IERC173.sol";

/// @notice Says of a wallet whose it is and whether it may hold the token. Written from EIP-3643 (CC0).
interface IERC3643IdentityRegistry is IERC173, IAgentRole {
    event ClaimTopicsRegistrySet(address indexed claimTopicsRegistry);
    event IdentityStorageSet(address indexed identityStorage);
    event TrustedIssuersRegistrySet(address indexed trustedIssuersRegistry);
    event IdentityRegistered(address indexed investorAddress, address indexed identity);
    event IdentityRemoved(address indexed investorAddress, address indexed identity);
    event IdentityUpdated(address indexed oldIdentity, address indexed newIdentity);
    event CountryUpdated(address indexed investorAddress, uint16 indexed country);

    /* READS */

    /// @return storage of wallets and identities
    function identityStorage() external view returns (address);

    /// @return registry of trusted issuers
    function issuersRegistry() external view returns (address);

    /// @return registry of required claim topics
    function topicsRegistry() external view returns (address);

    /// @return whether the wallet is registered and not retired
    function contains(address userAddress) external view returns (bool);

    /// @return whether the wallet may receive the token, as far as its investor is concerned
    function isVerified(address userAddress) external view returns (bool);

    /// @return the wallet's identity, or zero
    function identity(address userAddress) external view returns (address);

    /// @return ISO 3166-1 numeric country of the wallet's investor, or zero
    function investorCountry(address userAddress) external view returns (uint16);

    /* WRITES */

    function setIdentityRegistryStorage(address identityRegistryStorage) external;
    function setClaimTopicsRegistry(address claimTopicsRegistry) external;
    function setTrustedIssuersRegistry(address trustedIssuersRegistry) external;

    /// @param userAddress wallet
    /// @param identity_ the investor it belongs to
    /// @param country ISO 3166-1 numeric
    function registerIdentity(address userAddress, address identity_, uint16 country) external;

    /// @param userAddress wallet that leaves its investor
    function deleteIdentity(address userAddress) external;

    /// @param country ISO 3166-1 numeric
    function updateCountry(address userAddress, uint16 country) external;

    /// @param identity_ the investor that the wallet belongs to from now on
    function updateIdentity(address userAddress, address identity_) external;

    /// @notice `registerIdentity` for arrays of equal length.
    function batchRegisterIdentity(address[] calldata userAddresses, address[] calldata identities, uint16[] calldata countries) external;
}
