// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManager } from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { ERC1967Proxy } from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import { Test, Vm } from "forge-std/Test.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { RuleTable } from "../../../contracts/compliance/RuleTable.sol";
import { Roles } from "../../../contracts/factory/Roles.sol";
import { Identity } from "../../../contracts/identity/Identity.sol";
import { IdentityFactory } from "../../../contracts/identity/IdentityFactory.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { IdentityStorage } from "../../../contracts/identity/IdentityStorage.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Claim, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { AgentGrant, InitialSettings, ISecurityToken, ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { SecurityToken } from "../../../contracts/token/SecurityToken.sol";
import { SecurityTokenExplanations } from "../../../contracts/token/SecurityTokenExplanations.sol";
import { SecurityTokenExtension } from "../../../contracts/token/SecurityTokenExtension.sol";

/// @notice A launched token without rules on a storage with one claim issuer, whose KYC claim it requires. Ann (two wallets, German) and
///         Bob (French) are verified. The test contract is AccessManager admin; one agent holds every agent role.
abstract contract TokenFixture is Test {
    uint256 internal constant KYC = 1;
    uint16 internal constant GERMANY = 276;
    uint16 internal constant FRANCE = 250;
    uint96 internal constant DAY_CAP = 1_000_000e18;
    uint32 internal constant FORCED_DELAY = 1 days;
    uint32 internal constant RECOVERY_DELAY = 2 days;
    uint16 internal constant ALL_ROLES =
        AgentRole.MINTER | AgentRole.BURNER | AgentRole.FREEZER | AgentRole.PAUSER | AgentRole.FORCED | AgentRole.RECOVERY;

    AccessManager internal manager;
    IdentityFactory internal identityFactory;
    IdentityStorage internal store;
    IdentityRegistry internal registry;
    Compliance internal compliance;
    ISecurityToken internal token;

    Vm.Wallet internal issuer;
    Vm.Wallet internal annWallet;
    Vm.Wallet internal spareWallet;
    address internal owner = makeAddr("owner");
    address internal guardian = makeAddr("guardian");
    address internal snapshotter = makeAddr("snapshotter");
    address internal agent = makeAddr("agent");
    address internal stranger = makeAddr("stranger");
    address internal ann;
    address internal annSecond = makeAddr("ann's second wallet");
    address internal annIdentity;
    address internal bob = makeAddr("bob");
    address internal bobIdentity;

    address private _implementation;
    address private _registryImplementation;
    address private _complianceImplementation;

    function setUp() public virtual {
        vm.warp(1_780_000_000);
        issuer = vm.createWallet("issuer");
        annWallet = vm.createWallet("ann");
        spareWallet = vm.createWallet("spare wallet");
        ann = annWallet.addr;
        manager = new AccessManager(address(this));
        identityFactory = new IdentityFactory(address(manager), address(new Identity()));
        store = new IdentityStorage(address(manager), address(this), address(identityFactory));
        store.addIssuer(issuer.addr);
        _implementation = address(new SecurityToken(address(new SecurityTokenExtension(address(new SecurityTokenExplanations())))));
        _registryImplementation = address(new IdentityRegistry());
        _complianceImplementation = address(new Compliance(address(new RuleTable())));
        (token, registry, compliance) = newSuite();

        annIdentity = onboard(registry, ann, "ann", GERMANY);
        registry.registerIdentity(annSecond, annIdentity, GERMANY);
        bobIdentity = onboard(registry, bob, "bob", FRANCE);
        token.unpause();
    }

    /* SUITE */

    function settings() internal view returns (InitialSettings memory s) {
        s.name = "Treasury Fund";
        s.symbol = "TBILL";
        s.decimals = 18;
        s.manager = address(manager);
        s.owner = owner;
        s.identityStorage = address(store);
        s.forcedDelay = FORCED_DELAY;
        s.recoveryDelay = RECOVERY_DELAY;
        s.profileMintCap = 1000e18;
        s.agents = new AgentGrant[](1);
        s.agents[0] = AgentGrant(agent, ALL_ROLES, DAY_CAP);
    }

    function newSuite() internal returns (ISecurityToken token_, IdentityRegistry registry_, Compliance compliance_) {
        InitialSettings memory s = settings();
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 2);
        registry_ = IdentityRegistry(Clones.clone(_registryImplementation));
        compliance_ = newCompliance(predicted);
        s.identityRegistry = address(registry_);
        s.compliance = address(compliance_);
        token_ = ISecurityToken(address(new ERC1967Proxy(_implementation, abi.encodeCall(token_.initialize, (s)))));
        assertEq(address(token_), predicted);

        open(registry_, address(token_));
        manager.grantRole(Roles.id(address(token_), Roles.GUARDIAN), guardian, 0);
        manager.grantRole(Roles.id(address(token_), Roles.SNAPSHOTTER), snapshotter, 0);
    }

    function newRegistry(address token_) internal returns (IdentityRegistry registry_) {
        registry_ = IdentityRegistry(Clones.clone(_registryImplementation));
        open(registry_, token_);
    }

    function open(IdentityRegistry registry_, address token_) private {
        registry_.initialize(token_, address(store), address(manager));
        store.bindIdentityRegistry(address(registry_));
        registry_.setAgent(address(this), AgentRole.REGISTRAR);
        uint256[] memory topics = new uint256[](1);
        topics[0] = KYC;
        registry_.addTrustedIssuer(issuer.addr, topics);
        registry_.addClaimTopic(KYC);
    }

    function newCompliance(address token_) internal returns (Compliance) {
        return Compliance(Clones.cloneWithImmutableArgs(_complianceImplementation, abi.encodePacked(token_)));
    }

    function implementation() internal view returns (address) {
        return _implementation;
    }

    function setRule(address rule, bytes memory parameters) internal {
        RuleSetting[] memory rules = new RuleSetting[](1);
        rules[0] = RuleSetting(rule, parameters);
        compliance.setRules(rules);
    }

    /* INVESTORS */

    function claimOn(address identity, uint16 nonce) internal view returns (Claim memory) {
        return Claim({
            issuer: issuer.addr,
            identity: identity,
            topic: KYC,
            dataHash: keccak256(abi.encode("evidence", identity)),
            issuedAt: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + 365 days),
            nonce: nonce
        });
    }

    function list(Claim memory claim) internal pure returns (Claim[] memory claims) {
        claims = new Claim[](1);
        claims[0] = claim;
    }

    function signed(Claim[] memory claims) internal returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(issuer, store.claimsDigest(claims));
        return abi.encodePacked(r, s, v);
    }

    function onboard(IdentityRegistry registry_, address wallet, bytes32 salt, uint16 country) internal returns (address identity) {
        Claim[] memory claims = list(claimOn(identityFactory.predict(salt), 1));
        return registry_.onboard(Investor({ wallet: wallet, salt: salt, country: country }), claims, signed(claims));
    }

    function revokeKyc(address identity) internal {
        vm.prank(issuer.addr);
        store.revokeClaim(identity, KYC);
    }

    function renewKyc(address identity, uint16 nonce) internal {
        Claim[] memory claims = list(claimOn(identity, nonce));
        store.writeClaims(claims, signed(claims));
    }

    /* STEPS */

    function mint(address to, uint256 amount) internal {
        vm.prank(agent);
        token.mint(to, amount);
    }

    function force(address from, address to, uint256 amount) internal {
        vm.startPrank(agent);
        token.scheduleForcedTransfer(from, to, amount, "court order");
        skip(FORCED_DELAY);
        token.forcedTransfer(from, to, amount);
        vm.stopPrank();
    }

    function takeSnapshot() internal returns (uint256) {
        vm.prank(snapshotter);
        return token.snapshot();
    }

    function recoverySignature(ISecurityToken token_, address lost, Vm.Wallet memory next, address identity)
        internal
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(next, token_.recoveryDigest(lost, next.addr, identity));
        return abi.encodePacked(r, s, v);
    }

    function recover(ISecurityToken token_, address lost, Vm.Wallet memory next, address identity) internal {
        bytes memory signature = recoverySignature(token_, lost, next, identity);
        vm.startPrank(agent);
        token_.proposeRecovery(lost, next.addr, identity, signature);
        skip(RECOVERY_DELAY);
        token_.recoveryAddress(lost, next.addr, identity);
        vm.stopPrank();
    }

    /* EXPECTATIONS */

    function expectRefusal(uint8 code, uint256 actual, uint256 limit) internal {
        expectRefusalBy(address(token), code, actual, limit);
    }

    function expectRefusalBy(address rule, uint8 code, uint256 actual, uint256 limit) internal {
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, rule, actual, limit));
    }

    function expectRefusal(uint8 code) internal {
        expectRefusal(code, 0, 0);
    }

    function expectRoleMissing(address caller, uint16 role) internal {
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.AgentRoleMissing.selector, caller, role));
    }

    function assertExplained(address from, address to, uint256 amount, uint8 code) internal view {
        (uint8 first,) = token.explain(from, to, amount);
        assertEq(first, code, "explained code");
        assertEq(token.detectTransferRestriction(from, to, amount), code, "detected code");
        bool held = code == ReasonCode.INSUFFICIENT_BALANCE;
        if (!held) assertEq(token.canTransfer(from, to, amount), code == ReasonCode.OK, "canTransfer");
    }
}
