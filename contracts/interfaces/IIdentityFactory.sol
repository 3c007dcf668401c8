// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Knows the address of every investor's identity before it exists, and deploys the contract when the investor wants one.
interface IIdentityFactory {
    event IdentityDeployed(address indexed identity, bytes32 indexed salt, address indexed managementKey);

    error ImplementationInvalid(address implementation);

    /// @notice Deploys the ERC-734/735 contract of an identity at its predicted address. Restricted: whoever chooses the management key
    ///         controls the identity.
    /// @param salt salt of the identity
    /// @param managementKey account that manages it
    function deploy(bytes32 salt, address managementKey) external returns (address identity);

    /// @return address of the identity of `salt`, deployed or not
    function predict(bytes32 salt) external view returns (address);

    /// @return code that identities delegate to
    function implementation() external view returns (address);
}
