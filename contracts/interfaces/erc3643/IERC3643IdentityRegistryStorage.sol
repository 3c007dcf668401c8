// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAgentRole } from "./IAgentRole.sol";
import { IERC173 } from "./IERC173.sol";

/// @notice Wallets, identities and countries, shared by many registries; its agents are the registries bound to it. Written from
///         EIP-3643 (CC0).
interface IERC3643IdentityRegistryStorage is IERC173, IAgentRole {
    event IdentityStored(address indexed investorAddress, address indexed identity);
    event IdentityUnstored(address indexed investorAddress, address indexed identity);
    event IdentityModified(address indexed oldIdentity, address indexed newIdentity);
    event CountryModified(address indexed investorAddress, uint16 indexed country);
    event IdentityRegistryBound(address indexed identityRegistry);
    event IdentityRegistryUnbound(address indexed identityRegistry);

    /* READS */

    /// @return the wallet's identity, or zero
    function storedIdentity(address userAddress) external view returns (address);

    /// @return ISO 3166-1 numeric country of the wallet's investor, or zero
    function storedInvestorCountry(address userAddress) external view returns (uint16);

    /// @return registries that may write
    function linkedIdentityRegistries() external view returns (address[] memory);

    /* WRITES */

    /// @param userAddress wallet
    /// @param identity the investor it belongs to
    /// @param country ISO 3166-1 numeric
    function addIdentityToStorage(address userAddress, address identity, uint16 country) external;
    function removeIdentityFromStorage(address userAddress) external;

    /// @param country ISO 3166-1 numeric
    function modifyStoredInvestorCountry(address userAddress, uint16 country) external;
    function modifyStoredIdentity(address userAddress, address identity) external;

    /// @param identityRegistry registry that may write from now on
    function bindIdentityRegistry(address identityRegistry) external;

    /// @param identityRegistry registry that may no longer write
    function unbindIdentityRegistry(address identityRegistry) external;
}
