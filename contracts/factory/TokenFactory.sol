// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import { UUPSUpgradeable } from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { Create2 } from "@openzeppelin/contracts/utils/Create2.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { RuleTableCodec } from "../compliance/RuleTableCodec.sol";
import { ICompliance } from "../interfaces/ICompliance.sol";
import { IIdentityRegistry } from "../interfaces/IIdentityRegistry.sol";
import { IIdentityStorage } from "../interfaces/IIdentityStorage.sol";
import { IRule } from "../interfaces/IRule.sol";
import { InitialSettings, ISecurityToken, SenderPolicy } from "../interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../interfaces/ITokenFactory.sol";
import { IERC3643Token } from "../interfaces/erc3643/IERC3643Token.sol";
import { IssuerManager } from "./IssuerManager.sol";
import { Roles } from "./Roles.sol";
import { TokenProxy } from "./TokenProxy.sol";

/// @notice Deploys token suites. Whoever owns an identity storage may call it, once the storage's manager lets this factory bind
///         registries there; the one power it keeps.
/// @dev It governs a suite only while it sets it up, as ADMIN of the manager: it configures the parts first, which are unmapped until
///      then, gives them to their roles, and lays ADMIN down. A failure in any step reverts all.
contract TokenFactory is ITokenFactory, ReentrancyGuardTransient {
    uint256 private constant DEVELOPMENT_CHAIN = 31337;
    uint64 private constant ADMIN_ROLE = 0;

    address public immutable TOKEN_IMPLEMENTATION;
    address public immutable REGISTRY_IMPLEMENTATION;
    address public immutable COMPLIANCE_IMPLEMENTATION;
    address public immutable MANAGER_IMPLEMENTATION;

    /// @param tokenImplementation SecurityToken
    /// @param registryImplementation IdentityRegistry
    /// @param complianceImplementation Compliance
    /// @param managerImplementation IssuerManager
    constructor(
        address tokenImplementation,
        address registryImplementation,
        address complianceImplementation,
        address managerImplementation
    ) {
        TOKEN_IMPLEMENTATION = tokenImplementation;
        REGISTRY_IMPLEMENTATION = registryImplementation;
        COMPLIANCE_IMPLEMENTATION = complianceImplementation;
        MANAGER_IMPLEMENTATION = managerImplementation;
    }

    /* USER FUNCTIONS */

    /// @inheritdoc ITokenFactory
    function deploySuite(string calldata salt, Suite calldata suite) external nonReentrant returns (Addresses memory parts) {
        _checkSuite(suite);
        bytes32 hashed = _hashOf(msg.sender, salt);
        parts.token = _predictToken(hashed);
        if (parts.token.code.length != 0) revert SuiteDeployed(salt, parts.token);

        parts.manager = _managerOf(suite, hashed);
        parts.registry = Clones.cloneDeterministic(REGISTRY_IMPLEMENTATION, hashed);
        parts.compliance = Clones.cloneDeterministicWithImmutableArgs(COMPLIANCE_IMPLEMENTATION, _ruleTable(parts.token, suite), hashed);
        new TokenProxy{ salt: hashed }(TOKEN_IMPLEMENTATION);

        _initializeToken(parts, suite);
        _configureRegistry(parts, suite);
        if (suite.rules.length != 0) ICompliance(parts.compliance).setRules(suite.rules);
        _handOver(parts, suite);

        emit TREXSuiteDeployed(parts.token, parts.registry, suite.identityStorage, parts.registry, parts.registry, parts.compliance, salt);
    }

    /* VIEWS */

    /// @inheritdoc ITokenFactory
    function predictToken(address deployer, string calldata salt) external view returns (address) {
        return _predictToken(_hashOf(deployer, salt));
    }

    /* INTERNAL */

    function _checkSuite(Suite calldata suite) internal view {
        if (suite.owner == address(0)) revert SuiteInvalid("owner");
        if (suite.upgrader == address(0)) revert SuiteInvalid("upgrader");
        if (suite.guardian == address(0)) revert SuiteInvalid("guardian");
        if (suite.snapshotter == address(0)) revert SuiteInvalid("snapshotter");
        if (suite.topics.length == 0) revert SuiteInvalid("topics");
        if (suite.identityStorage.code.length == 0) revert SuiteInvalid("identityStorage");
        if (IIdentityStorage(suite.identityStorage).owner() != msg.sender) revert StorageNotOwned(suite.identityStorage, msg.sender);
        if (block.chainid == DEVELOPMENT_CHAIN) return;
        if (suite.forcedDelay < 1 days) revert SuiteInvalid("forcedDelay");
        if (suite.recoveryDelay < 2 days) revert SuiteInvalid("recoveryDelay");
        if (suite.adminDelay < 1 days) revert SuiteInvalid("adminDelay");
        if (suite.upgradeDelay < 2 days) revert SuiteInvalid("upgradeDelay");
    }

    /// @dev An issuer's existing manager lends this factory ADMIN for the call. Only one of its own admins may use the loan.
    function _managerOf(Suite calldata suite, bytes32 salt) internal returns (address manager) {
        if (suite.manager == address(0)) {
            manager = Clones.cloneDeterministic(MANAGER_IMPLEMENTATION, salt);
            IssuerManager(manager).initialize(address(this));
            return manager;
        }
        manager = suite.manager;
        (bool lent, uint32 delay) = IAccessManager(manager).hasRole(ADMIN_ROLE, address(this));
        (bool admin,) = IAccessManager(manager).hasRole(ADMIN_ROLE, msg.sender);
        if (!lent || delay != 0 || !admin) revert SuiteInvalid("manager");
    }

    /// @dev The compliance carries its first rules in its own code. `setRules` judges and configures them.
    function _ruleTable(address token, Suite calldata suite) internal pure returns (bytes memory table) {
        table = RuleTableCodec.empty(token);
        for (uint256 i = 0; i < suite.rules.length; i++) {
            address rule = suite.rules[i].rule;
            // Capabilities beyond 16 bits are refused by `setRules`.
            // forge-lint: disable-next-line(unsafe-typecast)
            table = RuleTableCodec.append(table, rule, uint16(IRule(rule).capabilities()));
        }
    }

    function _initializeToken(Addresses memory parts, Suite calldata suite) internal {
        ISecurityToken(parts.token)
            .initialize(
                InitialSettings({
                name: suite.name,
                symbol: suite.symbol,
                decimals: suite.decimals,
                manager: parts.manager,
                owner: suite.owner,
                onchainID: address(0),
                identityStorage: suite.identityStorage,
                identityRegistry: parts.registry,
                compliance: parts.compliance,
                senderPolicy: SenderPolicy.NOT_BLOCKED,
                forcedDelay: suite.forcedDelay,
                recoveryDelay: suite.recoveryDelay,
                profileMintCap: 0,
                agents: suite.agents
            })
            );
    }

    /// @dev Issuers before topics: the registry refuses a topic on which nobody is trusted.
    function _configureRegistry(Addresses memory parts, Suite calldata suite) internal {
        IIdentityRegistry registry = IIdentityRegistry(parts.registry);
        registry.initialize(parts.token, suite.identityStorage, parts.manager);
        IIdentityStorage(suite.identityStorage).bindIdentityRegistry(parts.registry);
        for (uint256 i = 0; i < suite.issuers.length; i++) {
            registry.addTrustedIssuer(suite.issuers[i].issuer, suite.issuers[i].topics);
        }
        for (uint256 i = 0; i < suite.topics.length; i++) {
            registry.addClaimTopic(suite.topics[i]);
        }
        for (uint256 i = 0; i < suite.registrars.length; i++) {
            registry.setAgent(suite.registrars[i].agent, suite.registrars[i].roles);
        }
    }

    /// @dev A new manager's ADMIN is the owner, under the longest delay: an admin without delay could reset that of the upgrader.
    function _handOver(Addresses memory parts, Suite calldata suite) internal {
        IssuerManager manager = IssuerManager(parts.manager);
        address token = parts.token;
        uint64 issuerAdmin = Roles.id(token, Roles.ISSUER_ADMIN);
        uint64 upgrader = Roles.id(token, Roles.UPGRADER);
        uint64 guardian = Roles.id(token, Roles.GUARDIAN);
        uint64 ownership = Roles.id(token, Roles.OWNERSHIP);

        address[] memory targets = new address[](3);
        (targets[0], targets[1], targets[2]) = (token, parts.registry, parts.compliance);
        manager.setTargetRole(targets, issuerAdmin);
        manager.setTargetFunctionRole(token, _upgraderFunctions(), upgrader);

        manager.setRoleGuardian(issuerAdmin, guardian);
        manager.setRoleGuardian(upgrader, guardian);
        manager.grantRole(issuerAdmin, suite.owner, suite.adminDelay);
        manager.grantRole(upgrader, suite.upgrader, suite.upgradeDelay);
        manager.grantRole(guardian, suite.guardian, 0);
        manager.grantRole(Roles.id(token, Roles.SNAPSHOTTER), suite.snapshotter, 0);
        manager.grantRole(ownership, token, 0);
        manager.setRoleAdmin(issuerAdmin, ownership);

        if (suite.manager == address(0)) {
            uint32 delay = suite.adminDelay > suite.upgradeDelay ? suite.adminDelay : suite.upgradeDelay;
            manager.setAdminGuardian(guardian);
            manager.grantRole(ADMIN_ROLE, suite.owner, delay);
        }
        manager.renounceRole(ADMIN_ROLE, address(this));
    }

    function _upgraderFunctions() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](3);
        selectors[0] = UUPSUpgradeable.upgradeToAndCall.selector;
        selectors[1] = IERC3643Token.setCompliance.selector;
        selectors[2] = IERC3643Token.setIdentityRegistry.selector;
    }

    function _hashOf(address deployer, string calldata salt) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, deployer, salt));
    }

    function _predictToken(bytes32 salt) internal view returns (address) {
        bytes32 codeHash = keccak256(abi.encodePacked(type(TokenProxy).creationCode, abi.encode(TOKEN_IMPLEMENTATION)));
        return Create2.computeAddress(salt, codeHash);
    }
}
