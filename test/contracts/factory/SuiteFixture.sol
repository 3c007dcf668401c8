// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManager } from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import { Test } from "forge-std/Test.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { RuleTable } from "../../../contracts/compliance/RuleTable.sol";
import { CountryAllow } from "../../../contracts/compliance/rules/CountryAllow.sol";
import { Lockup } from "../../../contracts/compliance/rules/Lockup.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { IssuerManager } from "../../../contracts/factory/IssuerManager.sol";
import { TokenFactory } from "../../../contracts/factory/TokenFactory.sol";
import { Identity } from "../../../contracts/identity/Identity.sol";
import { IdentityFactory } from "../../../contracts/identity/IdentityFactory.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { IdentityStorage } from "../../../contracts/identity/IdentityStorage.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { AgentGrant, ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { SecurityToken } from "../../../contracts/token/SecurityToken.sol";
import { SecurityTokenExplanations } from "../../../contracts/token/SecurityTokenExplanations.sol";
import { SecurityTokenExtension } from "../../../contracts/token/SecurityTokenExtension.sol";

/// @dev Everything that is deployed once on a chain, and the settings of an ordinary suite: one topic, one issuer, three rules.
abstract contract SuiteFixture is Test {
    string internal constant SALT = "ravenswood";

    address internal operator = makeAddr("operator");
    address internal owner = makeAddr("issuer admin");
    address internal upgrader = makeAddr("upgrader");
    address internal guardian = makeAddr("guardian");
    address internal snapshotter = makeAddr("snapshotter");
    address internal agent = makeAddr("agent");
    address internal registrar = makeAddr("registrar");
    address internal claimIssuer = makeAddr("claim issuer");
    address internal stranger = makeAddr("stranger");

    AccessManager internal platform;
    IdentityStorage internal store;
    TokenFactory internal factory;
    CountryAllow internal countries = new CountryAllow();
    MaximumBalance internal maximum = new MaximumBalance();
    Lockup internal lockup = new Lockup();

    function setUp() public virtual {
        vm.warp(1_780_000_000);
        platform = new AccessManager(operator);
        address identities = address(new IdentityFactory(address(platform), address(new Identity())));
        store = new IdentityStorage(address(platform), operator, identities);
        factory = new TokenFactory(
            address(new SecurityToken(address(new SecurityTokenExtension(address(new SecurityTokenExplanations()))))),
            address(new IdentityRegistry()),
            address(new Compliance(address(new RuleTable()))),
            address(new IssuerManager())
        );
        vm.startPrank(operator);
        store.addIssuer(claimIssuer);
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = IdentityStorage.bindIdentityRegistry.selector;
        platform.setTargetFunctionRole(address(store), selectors, 1);
        platform.grantRole(1, address(factory), 0);
        vm.stopPrank();
    }

    function ordinary() internal view returns (ITokenFactory.Suite memory suite) {
        suite.name = "Ravenswood 9415";
        suite.symbol = "RAV";
        suite.decimals = 18;
        (suite.owner, suite.upgrader, suite.guardian, suite.snapshotter) = (owner, upgrader, guardian, snapshotter);
        suite.identityStorage = address(store);
        suite.topics = one(1);
        suite.issuers = new ITokenFactory.TrustedIssuer[](1);
        suite.issuers[0] = ITokenFactory.TrustedIssuer(claimIssuer, one(1));
        suite.rules = threeRules();
        suite.agents = new AgentGrant[](1);
        suite.agents[0] = AgentGrant(agent, AgentRole.MINTER | AgentRole.BURNER | AgentRole.FREEZER | AgentRole.PAUSER, 1e24);
        suite.registrars = new AgentGrant[](1);
        suite.registrars[0] = AgentGrant(registrar, AgentRole.REGISTRAR, 0);
        (suite.forcedDelay, suite.recoveryDelay, suite.adminDelay, suite.upgradeDelay) = (1 days, 2 days, 1 days, 2 days);
    }

    function threeRules() internal view returns (RuleSetting[] memory rules) {
        uint16[] memory allowed = new uint16[](4);
        (allowed[0], allowed[1], allowed[2], allowed[3]) = (840, 276, 250, 756);
        rules = new RuleSetting[](3);
        rules[0] = RuleSetting(address(countries), abi.encode(allowed));
        rules[1] = RuleSetting(address(maximum), abi.encode(uint256(1e24)));
        rules[2] = RuleSetting(address(lockup), abi.encode(uint32(365 days), false));
    }

    function deploy(ITokenFactory.Suite memory suite) internal returns (ITokenFactory.Addresses memory) {
        vm.prank(operator);
        return factory.deploySuite(SALT, suite);
    }

    function one(uint256 value) internal pure returns (uint256[] memory values) {
        values = new uint256[](1);
        values[0] = value;
    }
}
