// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { Distributor } from "../../../contracts/distribution/Distributor.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IDistributor } from "../../../contracts/interfaces/IDistributor.sol";
import { IIdentityRegistry } from "../../../contracts/interfaces/IIdentityRegistry.sol";
import { Claim, IIdentityStorage, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { AgentGrant, ISecurityToken, ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { LocalStablecoin } from "../../../contracts/local/LocalStablecoin.sol";
import { SuiteFixture } from "../factory/SuiteFixture.sol";

/// @notice What one stolen hot key cannot do before somebody can stop it: on a chain with delays.
contract StolenKeysTest is SuiteFixture {
    uint16 private constant GERMANY = 276;
    Distributor private distributor = new Distributor();
    LocalStablecoin private money = new LocalStablecoin(address(this));
    ISecurityToken private token;
    IIdentityRegistry private registry;
    address private payer = makeAddr("payer");
    address private bob = makeAddr("bob");
    address private thief = makeAddr("thief");
    address private bobIdentity;

    function setUp() public override {
        super.setUp();
        ITokenFactory.Suite memory suite = ordinary();
        suite.agents = new AgentGrant[](3);
        suite.agents[0] = AgentGrant(agent, AgentRole.FREEZER | AgentRole.RECOVERY, 0);
        suite.agents[1] = AgentGrant(payer, AgentRole.PAYER, 0);
        suite.agents[2] = AgentGrant(address(this), AgentRole.MINTER, 1000e18);
        ITokenFactory.Addresses memory parts = deploy(suite);
        token = ISecurityToken(parts.token);
        registry = IIdentityRegistry(parts.registry);
        Claim[] memory claims = claimOf(1);
        bytes memory signature = signed(claims);
        vm.prank(registrar);
        bobIdentity = registry.onboard(Investor(bob, "bob", GERMANY), claims, signature);
        token.mint(bob, 10e18);
        vm.chainId(1);
    }

    function claimOf(uint16 nonce) private view returns (Claim[] memory claims) {
        claims = new Claim[](1);
        uint40 time = uint40(block.timestamp);
        claims[0] = Claim(claimIssuer, store.predictIdentity("bob"), 1, keccak256("evidence"), time, time + 400 days, nonce);
    }

    function signed(Claim[] memory claims) private returns (bytes memory) {
        (, uint256 key) = makeAddrAndKey("claim issuer");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, store.claimsDigest(claims));
        return abi.encodePacked(r, s, v);
    }

    /// @dev 900 due to Bob.
    function dueToBob() private returns (bytes32 id, IDistributor.Entitlement memory entitlement) {
        vm.prank(snapshotter);
        uint256 snapshotId = token.snapshot();
        id = bytes32(bytes20(address(token))) | bytes32(uint256(2));
        entitlement = IDistributor.Entitlement(0, bobIdentity, 900);
        IDistributor.Declaration memory declaration;
        (declaration.token, declaration.paymentToken, declaration.snapshotId) = (address(token), address(money), snapshotId);
        (declaration.net, declaration.count, declaration.root) = (900, 1, distributor.leafOf(id, entitlement));
        money.mint(payer, 900);
        vm.startPrank(payer);
        distributor.declare(id, declaration);
        money.approve(address(distributor), 900);
        distributor.fund(id);
        vm.stopPrank();
    }

    function linkThief() private {
        vm.prank(registrar);
        registry.registerIdentity(thief, bobIdentity, GERMANY);
    }

    function claimBy(address wallet, bytes32 id, IDistributor.Entitlement memory entitlement) private {
        vm.prank(wallet);
        distributor.claim(id, entitlement, new bytes32[](0));
    }

    function test_RevertWhen_ARegistrarLinksAThiefsWallet_ItIsNotPaidForTwoDays() external {
        (bytes32 id, IDistributor.Entitlement memory entitlement) = dueToBob();
        linkThief();
        skip(2 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.WalletNotPayable.selector, thief, bobIdentity));
        claimBy(thief, id, entitlement);

        vm.prank(guardian);
        registry.removeAgent(registrar);
        assertFalse(registry.isAgent(registrar));
        vm.prank(agent);
        token.setAddressFrozen(thief, true);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.WalletNotPayable.selector, thief, bobIdentity));
        claimBy(thief, id, entitlement);
    }

    function test_When_TwoDaysHavePassed_AFurtherWalletIsPaid() external {
        (bytes32 id, IDistributor.Entitlement memory entitlement) = dueToBob();
        linkThief();
        skip(2 days);
        claimBy(thief, id, entitlement);
        assertEq(money.balanceOf(thief), 900);
    }

    function test_When_AWalletCameByARecovery_ItIsPaidAtOnce() external {
        (bytes32 id, IDistributor.Entitlement memory entitlement) = dueToBob();
        (address wallet, uint256 key) = makeAddrAndKey("bob again");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, token.recoveryDigest(bob, wallet, bobIdentity));
        vm.startPrank(agent);
        token.proposeRecovery(bob, wallet, bobIdentity, abi.encodePacked(r, s, v));
        skip(2 days);
        token.recoveryAddress(bob, wallet, bobIdentity);
        vm.stopPrank();
        claimBy(wallet, id, entitlement);
        assertEq(money.balanceOf(wallet), 900);
    }

    function test_RevertWhen_AFreshlyLinkedWalletVetoesARecovery() external {
        (address wallet, uint256 key) = makeAddrAndKey("bob again");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, token.recoveryDigest(bob, wallet, bobIdentity));
        vm.prank(agent);
        token.proposeRecovery(bob, wallet, bobIdentity, abi.encodePacked(r, s, v));
        linkThief();
        vm.prank(thief);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, thief));
        token.cancelRecovery(bob);
        skip(2 days);
        vm.prank(thief);
        token.cancelRecovery(bob);
    }

    function test_RevertWhen_SomebodyElseThanTheGuardianTakesARegistrarsPowerAtOnce() external {
        vm.prank(owner);
        vm.expectPartialRevert(bytes4(keccak256("AccessManagerNotScheduled(bytes32)")));
        registry.removeAgent(registrar);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        registry.removeAgent(registrar);
        assertTrue(registry.isAgent(registrar));
    }

    function test_When_AClaimIssuersKeyIsStolen_TheOwnerSuspendsItAndVoidsWhatItSigned() external {
        vm.startPrank(claimIssuer);
        for (uint256 i = 0; i < 239; i++) {
            store.raiseIssuerEpoch(claimIssuer);
        }
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IssuerEpochsExhausted.selector, claimIssuer));
        store.raiseIssuerEpoch(claimIssuer);
        vm.stopPrank();
        Claim[] memory claims = claimOf(2);
        store.writeClaims(claims, signed(claims));
        assertTrue(registry.isVerified(bob));

        vm.startPrank(operator);
        store.setIssuerSuspended(claimIssuer, true);
        store.raiseIssuerEpoch(claimIssuer);
        vm.stopPrank();
        assertFalse(registry.isVerified(bob));
        claims = claimOf(3);
        bytes memory signature = signed(claims);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IssuerIsSuspended.selector, claimIssuer));
        store.writeClaims(claims, signature);
    }

    function test_RevertWhen_ARegistryOfAnotherTokenIsInstalled() external {
        vm.chainId(31337);
        vm.prank(operator);
        ITokenFactory.Addresses memory others = factory.deploySuite("another", ordinary());
        vm.startPrank(upgrader);
        (bool success, bytes memory reason) = schedule(abi.encodeCall(token.setIdentityRegistry, (others.registry)));
        vm.stopPrank();
        assertFalse(success);
        assertEq(reason, abi.encodeWithSelector(ISecurityTokenCore.RegistryForeign.selector, others.registry));
    }

    function schedule(bytes memory data) private returns (bool, bytes memory) {
        IAccessManaged managed = IAccessManaged(address(token));
        (bool scheduled,) =
            managed.authority().call(abi.encodeWithSignature("schedule(address,bytes,uint48)", address(token), data, uint48(0)));
        assertTrue(scheduled);
        skip(2 days);
        return address(token).call(data);
    }
}
