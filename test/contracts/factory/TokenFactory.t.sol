// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Initializable } from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { IssuerManager } from "../../../contracts/factory/IssuerManager.sol";
import { Roles } from "../../../contracts/factory/Roles.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { IIdentityRegistry } from "../../../contracts/interfaces/IIdentityRegistry.sol";
import { AgentGrant, InitialSettings, ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { SecurityToken } from "../../../contracts/token/SecurityToken.sol";
import { SuiteFixture } from "./SuiteFixture.sol";

contract TokenFactoryTest is SuiteFixture {
    function assertMember(address manager, address token, string memory role, address account, uint32 expectedDelay) internal view {
        (bool member, uint32 delay) = IssuerManager(manager).hasRole(Roles.id(token, role), account);
        assertTrue(member, role);
        assertEq(delay, expectedDelay, role);
    }

    /* WHAT STANDS AFTERWARDS */

    function test_When_Deployed_ThePartsKnowEachOther() public {
        ITokenFactory.Addresses memory parts = deploy(ordinary());
        ISecurityToken token = ISecurityToken(parts.token);
        assertEq(parts.token, factory.predictToken(operator, SALT));
        assertEq(token.name(), "Ravenswood 9415");
        assertEq(token.owner(), owner);
        assertTrue(token.paused());
        assertEq(token.identityRegistry(), parts.registry);
        assertEq(token.compliance(), parts.compliance);
        assertEq(token.identityStorage(), address(store));
        assertTrue(store.isTokenBound(parts.token));

        IdentityRegistry registry = IdentityRegistry(parts.registry);
        assertEq(registry.token(), parts.token);
        assertEq(registry.owner(), owner);
        assertEq(registry.getClaimTopics()[0], 1);
        assertEq(registry.getTrustedIssuersForClaimTopic(1)[0], claimIssuer);

        Compliance compliance = Compliance(parts.compliance);
        assertEq(compliance.getTokenBound(), parts.token);
        assertTrue(compliance.isTokenBound(parts.token));
        assertEq(compliance.owner(), owner);
        assertEq(compliance.authority(), parts.manager);
        assertEq(compliance.getModules().length, 3);
        assertEq(compliance.ruleTable(), parts.compliance, "the first rules stand in its own code");
        assertEq(maximum.maximumOf(parts.token), 1e24);
        assertTrue(countries.isAllowed(parts.token, 756));

        assertEq(IAccessManaged(parts.token).authority(), parts.manager);
        assertEq(IAccessManaged(parts.registry).authority(), parts.manager);
        assertEq(token.agentRoles(agent), AgentRole.MINTER | AgentRole.BURNER | AgentRole.FREEZER | AgentRole.PAUSER);
        assertEq(registry.agentRoles(registrar), AgentRole.REGISTRAR);
    }

    function test_When_Deployed_EachRoleIsWhereItBelongsUnderItsDelay() public {
        ITokenFactory.Addresses memory parts = deploy(ordinary());
        assertMember(parts.manager, parts.token, Roles.ISSUER_ADMIN, owner, 1 days);
        assertMember(parts.manager, parts.token, Roles.UPGRADER, upgrader, 2 days);
        assertMember(parts.manager, parts.token, Roles.GUARDIAN, guardian, 0);
        assertMember(parts.manager, parts.token, Roles.SNAPSHOTTER, snapshotter, 0);
        assertMember(parts.manager, parts.token, Roles.OWNERSHIP, parts.token, 0);
        (bool admin, uint32 delay) = IssuerManager(parts.manager).hasRole(0, owner);
        assertTrue(admin);
        assertEq(delay, 2 days, "the admin of UPGRADER waits as long as he");
        IssuerManager manager = IssuerManager(parts.manager);
        assertEq(manager.getRoleGuardian(Roles.id(parts.token, Roles.ISSUER_ADMIN)), Roles.id(parts.token, Roles.GUARDIAN));
        assertEq(manager.getRoleGuardian(Roles.id(parts.token, Roles.UPGRADER)), Roles.id(parts.token, Roles.GUARDIAN));
    }

    function test_When_Deployed_TheFactoryHoldsNoPowerOverTheSuite() public {
        ITokenFactory.Addresses memory parts = deploy(ordinary());
        IssuerManager manager = IssuerManager(parts.manager);
        string[5] memory names = [Roles.ISSUER_ADMIN, Roles.UPGRADER, Roles.GUARDIAN, Roles.SNAPSHOTTER, Roles.OWNERSHIP];
        for (uint256 i = 0; i < names.length; i++) {
            (bool member,) = manager.hasRole(Roles.id(parts.token, names[i]), address(factory));
            assertFalse(member, names[i]);
        }
        (bool admin,) = manager.hasRole(0, address(factory));
        assertFalse(admin, "ADMIN");
        assertEq(ISecurityToken(parts.token).agentRoles(address(factory)), 0);
        assertEq(IdentityRegistry(parts.registry).agentRoles(address(factory)), 0);
        assertNotEq(ISecurityToken(parts.token).owner(), address(factory));
        (bool platformAdmin,) = platform.hasRole(0, address(factory));
        assertFalse(platformAdmin);
    }

    function test_When_Deployed_IndexersSeeTheSuite() public {
        address token = factory.predictToken(operator, SALT);
        vm.expectEmit(true, true, false, false, address(factory));
        emit ITokenFactory.TREXSuiteDeployed(token, address(0), address(0), address(0), address(0), address(0), SALT);
        deploy(ordinary());
    }

    function test_When_Deployed_TheOwnerMayActAfterTheDelay() public {
        ITokenFactory.Addresses memory parts = deploy(ordinary());
        bytes memory call = abi.encodeCall(Compliance.setRules, (new RuleSetting[](0)));
        bytes32 operation = IssuerManager(parts.manager).hashOperation(owner, parts.compliance, call);
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        Compliance(parts.compliance).setRules(new RuleSetting[](0));
        IssuerManager(parts.manager).schedule(parts.compliance, call, 0);
        vm.warp(block.timestamp + 1 days);
        Compliance(parts.compliance).setRules(new RuleSetting[](0));
        assertEq(Compliance(parts.compliance).getModules().length, 0);
    }

    function test_When_TheGuardianCancels_TheScheduledChangeIsGone() public {
        ITokenFactory.Addresses memory parts = deploy(ordinary());
        bytes memory call = abi.encodeCall(IERC3643Token.unpause, ());
        vm.prank(owner);
        (bytes32 operation,) = IssuerManager(parts.manager).schedule(parts.token, call, 0);
        vm.prank(guardian);
        IssuerManager(parts.manager).cancel(owner, parts.token, call);
        vm.warp(block.timestamp + 1 days);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        ISecurityToken(parts.token).unpause();
    }

    /// @dev The way a stolen admin key would take: an upgrader without delay.
    function test_When_TheManagersAdminGrantsHimselfARole_TheGuardianCancelsIt() public {
        ITokenFactory.Addresses memory parts = deploy(ordinary());
        IssuerManager manager = IssuerManager(parts.manager);
        bytes memory grant = abi.encodeCall(manager.grantRole, (Roles.id(parts.token, Roles.UPGRADER), owner, 0));
        vm.prank(owner);
        manager.schedule(address(manager), grant, 0);
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessManager.AccessManagerUnauthorizedCancel.selector, stranger, owner, address(manager), manager.grantRole.selector
            )
        );
        manager.cancel(owner, address(manager), grant);
        vm.prank(guardian);
        manager.cancel(owner, address(manager), grant);

        vm.warp(block.timestamp + 2 days);
        bytes32 operation = manager.hashOperation(owner, address(manager), grant);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        manager.execute(address(manager), grant);
    }

    function test_When_OwnershipIsAccepted_TheRoleMovesForEveryPart() public {
        ITokenFactory.Addresses memory parts = deploy(ordinary());
        address next = makeAddr("next owner");
        vm.prank(owner);
        ISecurityToken(parts.token).transferOwnership(next);
        vm.prank(next);
        ISecurityToken(parts.token).acceptOwnership();
        assertMember(parts.manager, parts.token, Roles.ISSUER_ADMIN, next, 1 days);
        (bool member,) = IssuerManager(parts.manager).hasRole(Roles.id(parts.token, Roles.ISSUER_ADMIN), owner);
        assertFalse(member);
        assertEq(Compliance(parts.compliance).owner(), next);
        assertEq(IdentityRegistry(parts.registry).owner(), next);
    }

    function test_When_TheChainIsForDevelopment_DelaysMayBeZero() public {
        vm.chainId(31337);
        ITokenFactory.Suite memory suite = ordinary();
        (suite.forcedDelay, suite.recoveryDelay, suite.adminDelay, suite.upgradeDelay) = (0, 0, 0, 0);
        ITokenFactory.Addresses memory parts = deploy(suite);
        vm.prank(owner);
        ISecurityToken(parts.token).unpause();
    }

    function test_When_TheIssuerHasAManager_ASecondSuiteJoinsItUnderItsOwnRoles() public {
        ITokenFactory.Addresses memory first = deploy(ordinary());
        IssuerManager manager = IssuerManager(first.manager);
        vm.startPrank(owner);
        bytes[2] memory calls =
            [abi.encodeCall(manager.grantRole, (0, address(factory), 0)), abi.encodeCall(manager.grantRole, (0, operator, 2 days))];
        for (uint256 i = 0; i < 2; i++) {
            manager.schedule(address(manager), calls[i], 0);
        }
        vm.warp(block.timestamp + 2 days);
        for (uint256 i = 0; i < 2; i++) {
            manager.execute(address(manager), calls[i]);
        }
        vm.stopPrank();

        ITokenFactory.Suite memory suite = ordinary();
        suite.manager = first.manager;
        suite.owner = makeAddr("other owner");
        vm.prank(operator);
        ITokenFactory.Addresses memory second = factory.deploySuite("second", suite);
        assertEq(second.manager, first.manager);
        (bool lent,) = manager.hasRole(0, address(factory));
        assertFalse(lent, "the loan is given back");
        assertMember(first.manager, second.token, Roles.ISSUER_ADMIN, suite.owner, 1 days);
        (bool crossed,) = manager.hasRole(Roles.id(first.token, Roles.ISSUER_ADMIN), suite.owner);
        assertFalse(crossed);
        (bool admin,) = manager.hasRole(0, suite.owner);
        assertFalse(admin, "only a new manager gets an admin");
    }

    /* REFUSALS */

    function test_RevertWhen_TheSaltIsUsedTwice() public {
        ITokenFactory.Addresses memory parts = deploy(ordinary());
        vm.expectRevert(abi.encodeWithSelector(ITokenFactory.SuiteDeployed.selector, SALT, parts.token));
        deploy(ordinary());
    }

    function test_RevertWhen_TheCallerDoesNotOwnTheStorage() public {
        vm.expectRevert(abi.encodeWithSelector(ITokenFactory.StorageNotOwned.selector, address(store), stranger));
        vm.prank(stranger);
        factory.deploySuite(SALT, ordinary());
    }

    function test_RevertWhen_ATopicHasNoIssuer() public {
        ITokenFactory.Suite memory suite = ordinary();
        suite.topics = new uint256[](2);
        (suite.topics[0], suite.topics[1]) = (1, 2);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicWithoutIssuer.selector, 2));
        deploy(suite);
    }

    function test_RevertWhen_AFieldIsMissingOrADelayTooShort() public {
        string[10] memory fields = [
            "owner",
            "upgrader",
            "guardian",
            "snapshotter",
            "topics",
            "forcedDelay",
            "recoveryDelay",
            "adminDelay",
            "upgradeDelay",
            "identityStorage"
        ];
        vm.chainId(1);
        for (uint256 i = 0; i < fields.length; i++) {
            ITokenFactory.Suite memory suite = ordinary();
            if (i == 0) suite.owner = address(0);
            if (i == 1) suite.upgrader = address(0);
            if (i == 2) suite.guardian = address(0);
            if (i == 3) suite.snapshotter = address(0);
            if (i == 4) suite.topics = new uint256[](0);
            if (i == 5) suite.forcedDelay = 1 days - 1;
            if (i == 6) suite.recoveryDelay = 2 days - 1;
            if (i == 7) suite.adminDelay = 1 days - 1;
            if (i == 8) suite.upgradeDelay = 2 days - 1;
            if (i == 9) suite.identityStorage = stranger;
            vm.expectRevert(abi.encodeWithSelector(ITokenFactory.SuiteInvalid.selector, fields[i]));
            deploy(suite);
        }
    }

    function test_RevertWhen_TheManagerIsNotLentOrNotTheCallers() public {
        ITokenFactory.Addresses memory first = deploy(ordinary());
        ITokenFactory.Suite memory suite = ordinary();
        suite.manager = first.manager;
        vm.expectRevert(abi.encodeWithSelector(ITokenFactory.SuiteInvalid.selector, "manager"));
        vm.prank(operator);
        factory.deploySuite("second", suite);

        IssuerManager manager = IssuerManager(first.manager);
        bytes memory loan = abi.encodeCall(manager.grantRole, (0, address(factory), 0));
        vm.startPrank(owner);
        manager.schedule(address(manager), loan, 0);
        vm.warp(block.timestamp + 2 days);
        manager.execute(address(manager), loan);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ITokenFactory.SuiteInvalid.selector, "manager"));
        vm.prank(operator);
        factory.deploySuite("second", suite);
    }

    function test_RevertWhen_AnyStepFails_NothingIsLeft() public {
        address token = factory.predictToken(operator, SALT);
        ITokenFactory.Suite memory suite = ordinary();
        for (uint256 i = 0; i < 5; i++) {
            suite = ordinary();
            if (i == 0) suite.decimals = 19;
            if (i == 1) suite.issuers[0].issuer = stranger;
            if (i == 2) suite.registrars[0].roles = AgentRole.MINTER;
            if (i == 3) suite.rules[2].parameters = "";
            if (i == 4) suite.rules[2].rule = address(maximum);
            vm.prank(operator);
            (bool success,) = address(factory).call(abi.encodeCall(factory.deploySuite, (SALT, suite)));
            assertFalse(success);
            assertEq(token.code.length, 0);
            assertEq(store.linkedIdentityRegistries().length, 0);
            assertEq(maximum.maximumOf(token), 0);
        }
        deploy(ordinary());
    }

    function test_RevertWhen_APartIsInitialisedAgain() public {
        ITokenFactory.Addresses memory parts = deploy(ordinary());
        InitialSettings memory settings;
        settings.manager = settings.owner = settings.identityStorage = settings.identityRegistry = settings.compliance = stranger;
        (settings.forcedDelay, settings.recoveryDelay) = (1 days, 2 days);
        bytes memory refused = abi.encodeWithSelector(Initializable.InvalidInitialization.selector);
        vm.expectRevert(refused);
        ISecurityToken(parts.token).initialize(settings);
        vm.expectRevert(refused);
        IdentityRegistry(parts.registry).initialize(parts.token, address(store), parts.manager);
        vm.expectRevert(refused);
        IssuerManager(parts.manager).initialize(stranger);
    }

    function test_RevertWhen_AnImplementationIsInitialised() public {
        bytes memory refused = abi.encodeWithSelector(Initializable.InvalidInitialization.selector);
        IssuerManager manager = IssuerManager(factory.MANAGER_IMPLEMENTATION());
        IdentityRegistry registry = IdentityRegistry(factory.REGISTRY_IMPLEMENTATION());
        vm.expectRevert(refused);
        manager.initialize(stranger);
        vm.expectRevert(refused);
        registry.initialize(stranger, address(store), address(platform));
    }

    /* GAS */

    /// @dev Execution only. The receipt adds 21,000 and the calldata, and takes refunds off (test/contracts/gas/ measures it whole).
    function test_When_Deployed_ItCostsAtMostTheBudget() public {
        ITokenFactory.Suite memory suite = ordinary();
        vm.prank(operator);
        uint256 before = gasleft();
        factory.deploySuite(SALT, suite);
        assertLt(before - gasleft(), 1_475_000);
    }
}
