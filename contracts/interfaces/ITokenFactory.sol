// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { RuleSetting } from "./ICompliance.sol";
import { AgentGrant } from "./ISecurityToken.sol";

/// @notice Deploys a token with its registry, compliance, rules and roles in one transaction, and keeps no power over it.
interface ITokenFactory {
    struct TrustedIssuer {
        address issuer;
        uint256[] topics;
    }

    /// @param name ERC-20 name
    /// @param symbol ERC-20 symbol
    /// @param decimals 0 to 18
    /// @param owner issuer admin
    /// @param upgrader may upgrade the token and replace its parts, after the upgrade delay
    /// @param guardian cancels what is scheduled, pauses, revokes
    /// @param snapshotter takes record-date snapshots and keeps the documents
    /// @param manager the issuer's AccessManager; zero deploys one. An existing one must grant this factory ADMIN for the call, which
    ///        the factory gives up before it returns
    /// @param identityStorage shared storage, owned by the caller
    /// @param topics required claim topics, at least one, each with an issuer
    /// @param issuers trusted issuers
    /// @param rules transfer rules in order
    /// @param agents agents of the token
    /// @param registrars agents of the identity registry
    /// @param forcedDelay seconds, ≥ 1 day except on a development chain
    /// @param recoveryDelay seconds, ≥ 2 days except on a development chain
    /// @param adminDelay seconds before a grant or rule change takes effect, ≥ 1 day except on a development chain
    /// @param upgradeDelay seconds, ≥ 2 days except on a development chain
    struct Suite {
        string name;
        string symbol;
        uint8 decimals;
        address owner;
        address upgrader;
        address guardian;
        address snapshotter;
        address manager;
        address identityStorage;
        uint256[] topics;
        TrustedIssuer[] issuers;
        RuleSetting[] rules;
        AgentGrant[] agents;
        AgentGrant[] registrars;
        uint32 forcedDelay;
        uint32 recoveryDelay;
        uint32 adminDelay;
        uint32 upgradeDelay;
    }

    struct Addresses {
        address token;
        address registry;
        address compliance;
        address manager;
    }

    /// @dev Name and shape known to indexers of ERC-3643 suites; the registry serves as topics and issuers registry too.
    event TREXSuiteDeployed(address indexed token, address ir, address irs, address tir, address ctr, address mc, string indexed salt);

    error SuiteInvalid(string field);
    error SuiteDeployed(string salt, address token);
    error StorageNotOwned(address identityStorage, address caller);

    /// @param salt the suite's name for this deployer; a second suite under it reverts
    function deploySuite(string calldata salt, Suite calldata suite) external returns (Addresses memory);

    /// @notice Token address of a deployer's salt, deployed or not.
    function predictToken(address deployer, string calldata salt) external view returns (address);
}
