// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { Initializable } from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import { UUPSUpgradeable } from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { IssuerManager } from "../../../contracts/factory/IssuerManager.sol";
import { Roles } from "../../../contracts/factory/Roles.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { ICompliance } from "../../../contracts/interfaces/ICompliance.sol";
import { Claim, IIdentityStorage, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { InitialSettings, ISecurityToken, ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { SecurityTokenExplanations } from "../../../contracts/token/SecurityTokenExplanations.sol";
import { SecurityTokenExtension } from "../../../contracts/token/SecurityTokenExtension.sol";
import { SuiteFixture } from "../factory/SuiteFixture.sol";
import { TrexFixture } from "../reference/TrexFixture.sol";
import {
    ITrexCompliance,
    ITrexModules,
    ITrexToken,
    TrexImplementations,
    TrexTimeLimit,
    TrexVersion
} from "../reference/TrexInterfaces.sol";
import { HostileUpgrade } from "./HostileUpgrade.sol";

/// @notice Taking a suite over: before it is complete, by one key, by exchanging a part.
contract SuiteAbuseTest is SuiteFixture, TrexFixture {
    address internal thief = makeAddr("thief");
    address internal ann = makeAddr("ann");
    address internal bob = makeAddr("bob");
    ISecurityToken internal token;
    IdentityRegistry internal registry;
    Compliance internal compliance;
    IssuerManager internal manager;

    function setUp() public override {
        super.setUp();
        vm.chainId(1);
        ITokenFactory.Addresses memory suite = deploy(ordinary());
        token = ISecurityToken(suite.token);
        registry = IdentityRegistry(suite.registry);
        compliance = Compliance(suite.compliance);
        manager = IssuerManager(suite.manager);
        onboard(ann);
        onboard(bob);
        deployTrex();
        trexOnboard(ann);
        trexOnboard(bob);
    }

    function onboard(address wallet) internal {
        bytes32 salt = keccak256(abi.encode(wallet));
        Claim[] memory claims = new Claim[](1);
        claims[0] = Claim({
            issuer: claimIssuer,
            identity: store.predictIdentity(salt),
            topic: 1,
            dataHash: salt,
            issuedAt: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + 5 * 365 days),
            nonce: 1
        });
        (, uint256 key) = makeAddrAndKey("claim issuer");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, store.claimsDigest(claims));
        vm.prank(registrar);
        registry.onboard(Investor({ wallet: wallet, salt: salt, country: 840 }), claims, abi.encodePacked(r, s, v));
    }

    function schedule(address who, address target, bytes memory call) internal returns (bytes32 id) {
        vm.prank(who);
        manager.schedule(target, call, 0);
        return manager.hashOperation(who, target, call);
    }

    function expectNotScheduled(address who, address target, bytes memory call) internal {
        bytes32 id = manager.hashOperation(who, target, call);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, id));
    }

    function expectUnauthorized(address who) internal {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, who));
    }

    /* C10 */

    function test_C10_AStrangerBindsAFreshCompliance_Refused() external {
        Compliance fresh = Compliance(Clones.cloneWithImmutableArgs(factory.COMPLIANCE_IMPLEMENTATION(), abi.encodePacked(address(token))));
        vm.startPrank(thief);
        vm.expectRevert(abi.encodeWithSelector(ICompliance.ComplianceCallerNotToken.selector, thief));
        fresh.bindToken(thief);
        vm.expectRevert(abi.encodeWithSelector(ICompliance.ComplianceCallerNotToken.selector, thief));
        fresh.bindToken(address(token));
        assertEq(fresh.getTokenBound(), address(token));
    }

    function test_C10_AStrangerInitialisesImplementations_Refused() external {
        InitialSettings memory settings;
        settings.manager = settings.owner = settings.identityStorage = settings.identityRegistry = settings.compliance = thief;
        address[2] memory parts = [factory.TOKEN_IMPLEMENTATION(), address(token)];
        for (uint256 i = 0; i < parts.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(Initializable.InvalidInitialization.selector));
            ISecurityToken(parts[i]).initialize(settings);
        }
        ISecurityToken extension = ISecurityToken(address(new SecurityTokenExtension(address(new SecurityTokenExplanations()))));
        vm.expectRevert(abi.encodeWithSelector(Initializable.InvalidInitialization.selector));
        extension.initialize(settings);
        IdentityRegistry registryImplementation = IdentityRegistry(factory.REGISTRY_IMPLEMENTATION());
        vm.expectRevert(abi.encodeWithSelector(Initializable.InvalidInitialization.selector));
        registryImplementation.initialize(thief, address(store), thief);
        IssuerManager managerImplementation = IssuerManager(factory.MANAGER_IMPLEMENTATION());
        vm.expectRevert(abi.encodeWithSelector(Initializable.InvalidInitialization.selector));
        managerImplementation.initialize(thief);
    }

    function test_C10_AStrangerBindsAFreshCompliance_SucceedsOnTheReference() external {
        address fresh = newTrexCompliance();
        vm.prank(thief);
        ITrexCompliance(fresh).bindToken(thief);
        assertEq(ITrexCompliance(fresh).getTokenBound(), thief);
        vm.prank(trexOwner);
        vm.expectRevert("only owner or token can call");
        trex.token.setCompliance(fresh);
    }

    function newTrexCompliance() internal returns (address) {
        return trexCode("proxy/ModularComplianceProxy", abi.encode(address(trexAuthority)));
    }

    function test_C10_AStrangerInitialisesImplementations_SucceedsOnTheReference() external {
        TrexImplementations memory parts = trexAuthority.getContracts(trexAuthority.getCurrentVersion());
        vm.startPrank(thief);
        ITrexCompliance(parts.compliance).init();
        assertEq(ITrexCompliance(parts.compliance).owner(), thief);
        ITrexCompliance(parts.store).init();
        assertEq(ITrexCompliance(parts.store).owner(), thief);
        ITrexToken(parts.token).init(address(trex.registry), newTrexCompliance(), "Mine", "MINE", 18, address(0));
        assertEq(IERC3643Token(parts.token).owner(), thief);
    }

    /* C11 */

    function test_C11_OneKeyUpgrades_RefusedBeforeTwoDays() external {
        address hostile = address(new HostileUpgrade());
        bytes memory call = abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (hostile, ""));
        expectNotScheduled(upgrader, address(token), call);
        vm.prank(upgrader);
        UUPSUpgradeable(address(token)).upgradeToAndCall(hostile, "");

        bytes32 id = schedule(upgrader, address(token), call);
        skip(2 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, id));
        vm.prank(upgrader);
        UUPSUpgradeable(address(token)).upgradeToAndCall(hostile, "");
    }

    function test_C11_TheGuardianCancelsAnUpgrade_Refused() external {
        address hostile = address(new HostileUpgrade());
        bytes memory call = abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (hostile, ""));
        schedule(upgrader, address(token), call);
        vm.prank(guardian);
        manager.cancel(upgrader, address(token), call);
        skip(2 days);
        expectNotScheduled(upgrader, address(token), call);
        vm.prank(upgrader);
        UUPSUpgradeable(address(token)).upgradeToAndCall(hostile, "");
    }

    function test_C11_AnotherKeyUpgrades_Refused() external {
        address hostile = address(new HostileUpgrade());
        address[4] memory others = [owner, guardian, agent, thief];
        for (uint256 i = 0; i < others.length; i++) {
            expectUnauthorized(others[i]);
            vm.prank(others[i]);
            UUPSUpgradeable(address(token)).upgradeToAndCall(hostile, "");
        }
    }

    /// @dev The admin cannot shorten the wait by granting the role anew: his own grant waits as long.
    function test_C11_TheAdminGrantsTheUpgradeWithoutDelay_RefusedBeforeTwoDays() external {
        uint64 role = Roles.id(address(token), Roles.UPGRADER);
        bytes memory call = abi.encodeCall(IAccessManager.grantRole, (role, owner, 0));
        expectNotScheduled(owner, address(manager), call);
        vm.prank(owner);
        manager.grantRole(role, owner, 0);
        bytes32 id = schedule(owner, address(manager), call);
        skip(2 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, id));
        vm.prank(owner);
        manager.execute(address(manager), call);
    }

    /// @dev One call exchanges the code of every token on the authority.
    function test_C11_OneKeyUpgrades_SucceedsOnTheReference() external {
        trexMint(ann, 100);
        TrexImplementations memory parts = trexAuthority.getContracts(trexAuthority.getCurrentVersion());
        vm.prank(thief);
        parts.token = address(new HostileUpgrade());
        trexAuthority.addAndUseTREXVersion(TrexVersion(6, 6, 6), parts);
        assertEq(trex.token.balanceOf(ann), 0);
        assertEq(trex.token.balanceOf(thief), type(uint256).max);
    }

    /* C24 */

    function replaceCompliance() internal returns (Compliance fresh) {
        fresh = Compliance(Clones.cloneWithImmutableArgs(factory.COMPLIANCE_IMPLEMENTATION(), abi.encodePacked(address(token))));
        bytes memory call = abi.encodeCall(IERC3643Token.setCompliance, (address(fresh)));
        schedule(upgrader, address(token), call);
        skip(2 days);
        vm.prank(upgrader);
        token.setCompliance(address(fresh));
    }

    function launchWithUnits() internal {
        schedule(owner, address(token), abi.encodeCall(IERC3643Token.unpause, ()));
        skip(1 days);
        vm.prank(owner);
        token.unpause();
        vm.prank(agent);
        token.mint(ann, 100);
    }

    function expectRefusal(address rule, uint8 code, uint256 actual, uint256 limit) internal {
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, rule, actual, limit));
    }

    function test_C24_TheComplianceIsExchangedAtOnce_Refused() external {
        address fresh = Clones.cloneWithImmutableArgs(factory.COMPLIANCE_IMPLEMENTATION(), abi.encodePacked(address(token)));
        expectNotScheduled(upgrader, address(token), abi.encodeCall(IERC3643Token.setCompliance, (fresh)));
        vm.prank(upgrader);
        token.setCompliance(fresh);
        expectUnauthorized(owner);
        vm.prank(owner);
        token.setCompliance(fresh);
    }

    function test_C24_TheComplianceIsExchangedToForgetALockup_RemembersIt() external {
        launchWithUnits();
        expectRefusal(address(lockup), ReasonCode.LOCKUP_ACTIVE, 1, 0);
        vm.prank(ann);
        token.transfer(bob, 1);

        Compliance fresh = replaceCompliance();
        expectRefusal(address(fresh), ReasonCode.RULE_FAULT, 0, 0);
        vm.prank(ann);
        token.transfer(bob, 1);
        bytes memory call = abi.encodeCall(Compliance.setRules, (threeRules()));
        schedule(owner, address(fresh), call);
        skip(2 days);
        vm.prank(owner);
        fresh.setRules(threeRules());
        expectRefusal(address(lockup), ReasonCode.LOCKUP_ACTIVE, 1, 0);
        vm.prank(ann);
        token.transfer(bob, 1);
    }

    function test_C24_TheComplianceIsExchangedToForgetALimit_SucceedsOnTheReference() external {
        address module = bindTrexModule("TimeTransfersLimitsModule");
        bytes memory limit = abi.encodeCall(ITrexModules.setTimeTransferLimit, (TrexTimeLimit(1 days, 100)));
        vm.prank(trexOwner);
        trex.compliance.callModuleFunction(limit, module);
        trexMint(ann, 200);
        vm.startPrank(ann);
        trex.token.transfer(bob, 100);
        vm.expectRevert("Transfer not possible");
        trex.token.transfer(bob, 1);
        vm.stopPrank();

        ITrexCompliance fresh = ITrexCompliance(newTrexCompliance());
        fresh.addModule(module);
        fresh.callModuleFunction(limit, module);
        vm.prank(trexOwner);
        trex.token.setCompliance(address(fresh));
        vm.prank(ann);
        trex.token.transfer(bob, 100);
        assertEq(trex.token.balanceOf(bob), 200);
    }

    /* C25 */

    function secondSuite() internal returns (ISecurityToken second) {
        ITokenFactory.Suite memory suite = ordinary();
        (suite.owner, suite.guardian) = (makeAddr("other owner"), makeAddr("other guardian"));
        suite.agents[0].agent = makeAddr("other agent");
        suite.registrars[0].agent = makeAddr("other registrar");
        vm.prank(operator);
        second = ISecurityToken(factory.deploySuite("second", suite).token);
    }

    function test_C25_AnAgentOfOneTokenActsOnAnother_Refused() external {
        ISecurityToken second = secondSuite();
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.AgentRoleMissing.selector, agent, AgentRole.MINTER));
        second.mint(ann, 1);
        expectUnauthorized(owner);
        vm.prank(owner);
        second.unpause();
        expectUnauthorized(guardian);
        vm.prank(guardian);
        second.removeAgent(makeAddr("other agent"));
        string[4] memory names = [Roles.ISSUER_ADMIN, Roles.UPGRADER, Roles.GUARDIAN, Roles.SNAPSHOTTER];
        for (uint256 i = 0; i < names.length; i++) {
            assertNotEq(Roles.id(address(token), names[i]), Roles.id(address(second), names[i]));
        }
    }

    function test_C25_ARemovedRegistryWritesToTheStorage_Refused() external {
        address identity = store.storedIdentity(ann);
        vm.prank(operator);
        store.unbindIdentityRegistry(address(registry));
        vm.startPrank(registrar);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CallerNotBoundRegistry.selector, address(registry)));
        registry.registerIdentity(thief, identity, 840);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CallerNotBoundRegistry.selector, address(registry)));
        registry.deleteIdentity(ann);
    }
}
