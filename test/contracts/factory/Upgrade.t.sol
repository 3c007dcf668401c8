// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Initializable } from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import { UUPSUpgradeable } from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import { IERC1967 } from "@openzeppelin/contracts/interfaces/IERC1967.sol";
import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import { ERC1967Utils } from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import { Vm } from "forge-std/Test.sol";
import { IssuerManager } from "../../../contracts/factory/IssuerManager.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { Claim, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { InitialSettings, ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { SecurityTokenExplanations } from "../../../contracts/token/SecurityTokenExplanations.sol";
import { SecurityTokenExtension } from "../../../contracts/token/SecurityTokenExtension.sol";
import { SecurityTokenNext } from "../token/SecurityTokenNext.sol";
import { SuiteFixture } from "./SuiteFixture.sol";

/// @notice A token of an ordinary suite, in use, is upgraded through its issuer's manager: after 48 hours, unless the guardian objects.
contract UpgradeTest is SuiteFixture {
    uint16 private constant GERMANY = 276;
    uint256 private constant DELAY = 2 days;
    bytes32 private constant DOCUMENT = "prospectus";

    ISecurityToken internal token;
    IdentityRegistry internal registry;
    IssuerManager internal manager;
    Vm.Wallet internal ann;
    address internal bob = makeAddr("bob");
    address internal annsNext;
    address internal annIdentity;
    address internal next;
    bytes internal upgrade;

    /// @dev Every slot of the token that anything was ever written to.
    bytes32[] internal slots;

    function setUp() public override {
        super.setUp();
        vm.record();
        ITokenFactory.Suite memory suite = ordinary();
        suite.agents[0].roles |= AgentRole.FORCED | AgentRole.RECOVERY;
        ITokenFactory.Addresses memory parts = deploy(suite);
        (token, registry, manager) = (ISecurityToken(parts.token), IdentityRegistry(parts.registry), IssuerManager(parts.manager));
        _use();
        (, slots) = vm.accesses(parts.token);

        next = address(new SecurityTokenNext(address(new SecurityTokenExtension(address(new SecurityTokenExplanations())))));
        upgrade = abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (next, ""));
    }

    /// @dev Leaves something in every part of the state.
    function _use() private {
        ann = vm.createWallet("ann");
        Vm.Wallet memory replacement = vm.createWallet("ann's next wallet");
        annsNext = replacement.addr;
        _ownerDoes(abi.encodeCall(IERC3643Token.unpause, ()));
        _ownerDoes(abi.encodeCall(IERC3643Token.setName, ("Ravenswood 9415 LLC")));
        annIdentity = _onboard(ann.addr, "ann");
        _onboard(bob, "bob");

        vm.startPrank(agent);
        token.mint(ann.addr, 1000);
        token.mint(bob, 500);
        token.freezePartialTokens(ann.addr, 300);
        token.setAddressFrozen(bob, true);
        token.scheduleForcedTransfer(bob, ann.addr, 100, "court order");
        vm.stopPrank();

        vm.startPrank(snapshotter);
        token.snapshot();
        token.setDocument(DOCUMENT, "ipfs://first", "first hash");
        token.setDocument(DOCUMENT, "ipfs://second", "second hash");
        vm.stopPrank();
        vm.prank(agent);
        token.burn(ann.addr, 50);

        (uint8 v, bytes32 r, bytes32 s) = vm.sign(replacement, token.recoveryDigest(ann.addr, annsNext, annIdentity));
        vm.prank(agent);
        token.proposeRecovery(ann.addr, annsNext, annIdentity, abi.encodePacked(r, s, v));
        vm.prank(ann.addr);
        token.approve(bob, 77);
        vm.prank(owner);
        token.transferOwnership(stranger);
    }

    function _ownerDoes(bytes memory call) private {
        vm.startPrank(owner);
        manager.schedule(address(token), call, 0);
        skip(1 days);
        manager.execute(address(token), call);
        vm.stopPrank();
    }

    function _onboard(address wallet, bytes32 salt) private returns (address) {
        (, uint256 key) = makeAddrAndKey("claim issuer");
        Claim[] memory claims = new Claim[](1);
        claims[0] = Claim({
            issuer: claimIssuer,
            identity: store.predictIdentity(salt),
            topic: 1,
            dataHash: keccak256("evidence"),
            issuedAt: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + 365 days),
            nonce: 1
        });
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, store.claimsDigest(claims));
        vm.prank(registrar);
        return registry.onboard(Investor({ wallet: wallet, salt: salt, country: GERMANY }), claims, abi.encodePacked(r, s, v));
    }

    /* BUILDERS */

    function schedule() internal returns (bytes32 operation) {
        vm.prank(upgrader);
        (operation,) = manager.schedule(address(token), upgrade, 0);
    }

    function tryUpgrade(address caller) internal {
        vm.prank(caller);
        UUPSUpgradeable(address(token)).upgradeToAndCall(next, "");
    }

    function upgraded() internal {
        schedule();
        skip(DELAY);
        tryUpgrade(upgrader);
    }

    function implementation() internal view returns (address) {
        return address(uint160(uint256(vm.load(address(token), ERC1967Utils.IMPLEMENTATION_SLOT))));
    }

    function contents() internal view returns (bytes32[] memory values) {
        values = new bytes32[](slots.length);
        for (uint256 i = 0; i < slots.length; i++) {
            if (slots[i] != ERC1967Utils.IMPLEMENTATION_SLOT) values[i] = vm.load(address(token), slots[i]);
        }
    }

    /// @dev What the token answers to whoever asks about what `_use` left.
    function answers() internal view returns (bytes[] memory said) {
        said = new bytes[](9);
        said[0] = abi.encode(token.balanceOf(ann.addr), token.balanceOf(bob), token.totalSupply(), token.holderCount(), token.decimals());
        said[1] = abi.encode(token.getFrozenTokens(ann.addr), token.isFrozen(bob), token.paused(), token.positionOf(annIdentity));
        said[2] = abi.encode(token.lastSnapshotId(), token.balanceOfAt(ann.addr, 1), token.totalSupplyAt(1));
        said[3] = abi.encode(token.getAllDocuments(), token.documentVersions(DOCUMENT));
        (string memory uri, bytes32 hash, uint256 modified) = token.getDocument(DOCUMENT);
        said[4] = abi.encode(uri, hash, modified);
        (bytes32 id, uint40 forcedAt) = token.scheduledForcedTransfer(bob, ann.addr, 100);
        (address proposed, uint40 recoveredAt) = token.proposedRecovery(ann.addr);
        said[5] = abi.encode(id, forcedAt, proposed, recoveredAt);
        (uint256 cap, uint256 minted, uint40 endsAt) = token.mintAllowance(agent);
        said[6] = abi.encode(token.agentRoles(agent), cap, minted, endsAt);
        said[7] = abi.encode(token.allowance(ann.addr, bob), token.nonces(annsNext), token.DOMAIN_SEPARATOR(), token.name(), token.symbol());
        said[8] = abi.encode(
            token.owner(), token.pendingOwner(), token.identityRegistry(), token.compliance(), IAccessManaged(address(token)).authority()
        );
    }

    /* WHO AND WHEN */

    function test_RevertWhen_AnyoneElseUpgrades() public {
        address[6] memory others = [stranger, owner, guardian, snapshotter, agent, operator];
        for (uint256 i = 0; i < others.length; i++) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IAccessManager.AccessManagerUnauthorizedCall.selector,
                    others[i],
                    address(token),
                    UUPSUpgradeable.upgradeToAndCall.selector
                )
            );
            vm.prank(others[i]);
            manager.schedule(address(token), upgrade, 0);
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, others[i]));
            tryUpgrade(others[i]);
        }
        schedule();
        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        tryUpgrade(stranger);
    }

    function test_RevertWhen_TheUpgraderDidNotAnnounceIt() public {
        bytes32 operation = manager.hashOperation(upgrader, address(token), upgrade);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        tryUpgrade(upgrader);
    }

    function test_RevertWhen_48HoursHaveNotPassed() public {
        bytes32 operation = schedule();
        skip(DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, operation));
        tryUpgrade(upgrader);

        skip(1);
        tryUpgrade(upgrader);
        assertEq(implementation(), next);
    }

    function test_RevertWhen_ItIsToHappenSooner() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessManager.AccessManagerUnauthorizedCall.selector, upgrader, address(token), UUPSUpgradeable.upgradeToAndCall.selector
            )
        );
        vm.prank(upgrader);
        manager.schedule(address(token), upgrade, uint48(block.timestamp + DELAY - 1));
    }

    function test_RevertWhen_TheGuardianCancelled() public {
        bytes32 operation = schedule();
        skip(DELAY);
        vm.prank(guardian);
        manager.cancel(upgrader, address(token), upgrade);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        tryUpgrade(upgrader);
    }

    function test_RevertWhen_AWeekHasPassedSince() public {
        bytes32 operation = schedule();
        skip(DELAY + manager.expiration());
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerExpired.selector, operation));
        tryUpgrade(upgrader);
    }

    function test_RevertWhen_AnotherImplementationWasAnnounced() public {
        schedule();
        skip(DELAY);
        address other = address(new SecurityTokenNext(address(new SecurityTokenExtension(address(new SecurityTokenExplanations())))));
        bytes32 operation = manager.hashOperation(upgrader, address(token), abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (other, "")));
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        vm.prank(upgrader);
        UUPSUpgradeable(address(token)).upgradeToAndCall(other, "");
    }

    function test_RevertWhen_TheNextCodeIsNoTokenOrIsUpgradedItself() public {
        next = address(registry);
        upgrade = abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (next, ""));
        schedule();
        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(ERC1967Utils.ERC1967InvalidImplementation.selector, next));
        tryUpgrade(upgrader);

        address present = implementation();
        vm.expectRevert(UUPSUpgradeable.UUPSUnauthorizedCallContext.selector);
        UUPSUpgradeable(present).upgradeToAndCall(present, "");
    }

    /* WHAT STAYS */

    function test_When_Upgraded_NothingOfItsStateChanges() public {
        schedule();
        skip(DELAY);
        bytes[] memory said = answers();
        bytes32[] memory stored = contents();
        assertGt(stored.length, 40);

        vm.expectEmit(address(token));
        emit IERC1967.Upgraded(next);
        tryUpgrade(upgrader);
        assertEq(abi.encode(contents()), abi.encode(stored), "slots");
        SecurityTokenNext(address(token)).setAppended(type(uint256).max);
        assertEq(abi.encode(contents()), abi.encode(stored), "slots beside the appended field");
        for (uint256 i = 0; i < said.length; i++) {
            assertEq(answers()[i], said[i]);
        }
        assertEq(SecurityTokenNext(address(token)).appended(), type(uint256).max);
    }

    function test_When_Upgraded_WhatWasAnnouncedBeforeIsCarriedOut() public {
        upgraded();
        vm.startPrank(agent);
        token.setAddressFrozen(bob, false);
        token.forcedTransfer(bob, ann.addr, 100);
        token.recoveryAddress(ann.addr, annsNext, annIdentity);
        vm.stopPrank();
        assertEq(token.balanceOf(annsNext), 1050);
        assertEq(token.balanceOfAt(ann.addr, 1), 1000);
        assertEq(token.holderCount(), 2);
        assertEq(token.totalSupply(), 1450);
    }

    function test_When_Upgraded_ItCanBeTakenBackTheSameWay() public {
        address before = factory.TOKEN_IMPLEMENTATION();
        upgraded();
        (next, upgrade) = (before, abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (before, "")));
        bytes[] memory said = answers();
        bytes32[] memory stored = contents();
        upgraded();
        assertEq(implementation(), before);
        assertEq(abi.encode(contents()), abi.encode(stored));
        assertEq(abi.encode(answers()), abi.encode(said));
    }

    function test_RevertWhen_InitialisedAfterAnUpgrade() public {
        upgraded();
        InitialSettings memory settings;
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        token.initialize(settings);
    }

    function test_When_OneTokenIsUpgraded_AnotherOfTheFactoryIsNot() public {
        vm.prank(operator);
        ITokenFactory.Addresses memory second = factory.deploySuite("second", ordinary());
        upgraded();
        (bool known,) = second.token.call(abi.encodeCall(SecurityTokenNext.appended, ()));
        assertFalse(known);
        assertEq(SecurityTokenNext(address(token)).appended(), 0);
    }
}
