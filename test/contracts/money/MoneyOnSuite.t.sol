// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Distributor } from "../../../contracts/distribution/Distributor.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IDistributor } from "../../../contracts/interfaces/IDistributor.sol";
import { Claim, IIdentityStorage, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { IIdentityRegistry } from "../../../contracts/interfaces/IIdentityRegistry.sol";
import { IOffering } from "../../../contracts/interfaces/IOffering.sol";
import { AgentGrant, ISecurityToken, ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { Offering } from "../../../contracts/issuance/Offering.sol";
import { LocalStablecoin } from "../../../contracts/local/LocalStablecoin.sol";
import { MerkleTree } from "../distribution/MerkleTree.sol";
import { SuiteFixture } from "../factory/SuiteFixture.sol";

/// @notice A sale and a distribution on a deployed suite with its real registry, claims and rules.
contract MoneyOnSuiteTest is SuiteFixture {
    uint256 private constant UNIT = 1e18;
    uint256 private constant PRICE = 50_000000;
    uint16 private constant GERMANY = 276;
    uint16 private constant JAPAN = 392; // not among the countries that the suite allows

    Offering private offering = new Offering();
    Distributor private distributor = new Distributor();
    LocalStablecoin private money = new LocalStablecoin(address(this));
    ISecurityToken private token;
    IIdentityRegistry private registry;
    address private seller;
    uint256 private sellerKey;
    address private payer = makeAddr("payer");
    address private settlement = makeAddr("settlement");
    address private alice = makeAddr("alice");
    address private bob = makeAddr("bob");
    address private hiroko = makeAddr("hiroko");
    bytes32 private saleId;

    function setUp() public override {
        super.setUp();
        (seller, sellerKey) = makeAddrAndKey("seller");
        ITokenFactory.Suite memory suite = ordinary();
        suite.agents = new AgentGrant[](4);
        suite.agents[0] = AgentGrant(agent, AgentRole.FREEZER | AgentRole.BURNER, 0);
        suite.agents[1] = AgentGrant(address(offering), AgentRole.MINTER, 1850e18);
        suite.agents[2] = AgentGrant(seller, AgentRole.SELLER, 0);
        suite.agents[3] = AgentGrant(payer, AgentRole.PAYER, 0);
        ITokenFactory.Addresses memory parts = deploy(suite);
        token = ISecurityToken(parts.token);
        registry = IIdentityRegistry(parts.registry);
        _onboard(alice, GERMANY, 400 days);
        _onboard(bob, GERMANY, 10 days);
        _onboard(hiroko, JAPAN, 400 days);
        saleId = bytes32(bytes20(address(token))) | bytes32(uint256(1));
        _openSale(saleId);
    }

    function _onboard(address wallet, uint16 country, uint256 validity) private {
        (, uint256 key) = makeAddrAndKey("claim issuer");
        bytes32 salt = keccak256(abi.encode(wallet));
        Claim[] memory claims = new Claim[](1);
        claims[0] = Claim({
            issuer: claimIssuer,
            identity: store.predictIdentity(salt),
            topic: 1,
            dataHash: keccak256("evidence"),
            issuedAt: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + validity),
            nonce: 1
        });
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, store.claimsDigest(claims));
        vm.prank(registrar);
        registry.onboard(Investor(wallet, salt, country), claims, abi.encodePacked(r, s, v));
        money.mint(wallet, 100_000_000000);
        vm.prank(wallet);
        money.approve(address(offering), type(uint256).max);
    }

    function _openSale(bytes32 id) private {
        vm.prank(seller);
        offering.create(
            id,
            IOffering.Terms({
                token: address(token),
                paymentToken: address(money),
                settlementWallet: settlement,
                unitPrice: PRICE,
                minTicket: UNIT,
                maxTicket: 0,
                increment: UNIT,
                softCap: 100 * UNIT,
                hardCap: 1850 * UNIT,
                opensAt: uint40(block.timestamp),
                closesAt: uint40(block.timestamp + 5 days),
                settleBy: uint40(block.timestamp + 30 days)
            })
        );
    }

    function _order(address wallet, uint256 units) private view returns (IOffering.Order memory order, bytes memory signature) {
        order = IOffering.Order(saleId, _orderId(wallet), wallet, units, uint40(block.timestamp + 1 days));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(sellerKey, offering.orderDigest(order));
        signature = abi.encodePacked(r, s, v);
    }

    function _orderId(address wallet) private pure returns (bytes32) {
        return bytes32(bytes20(wallet));
    }

    function _pay(address wallet, uint256 units) private {
        (IOffering.Order memory order, bytes memory signature) = _order(wallet, units);
        vm.prank(wallet);
        offering.pay(order, signature);
    }

    function _orderIds() private view returns (bytes32[] memory orderIds) {
        orderIds = new bytes32[](3);
        (orderIds[0], orderIds[1], orderIds[2]) = (_orderId(alice), _orderId(bob), _orderId(hiroko));
    }

    function _allocateAll() private {
        uint256[] memory units = new uint256[](3);
        (units[0], units[1], units[2]) = (700 * UNIT, 200 * UNIT, 100 * UNIT);
        vm.startPrank(seller);
        offering.close(saleId);
        offering.allocate(saleId, _orderIds(), units);
        vm.stopPrank();
    }

    function _settleAll() private {
        bytes32[] memory orderIds = _orderIds();
        vm.prank(seller);
        offering.settle(saleId, orderIds);
    }

    function _sold() private {
        _pay(alice, 700 * UNIT);
        _pay(bob, 200 * UNIT);
        _pay(hiroko, 100 * UNIT);
        _allocateAll();
        _settleAll();
    }

    function test_When_settled_unitsOfTheRealTokenChangeHands() public {
        _pay(alice, 700 * UNIT);
        _pay(bob, 200 * UNIT);
        _pay(hiroko, 100 * UNIT);
        _allocateAll();
        vm.expectEmit(address(offering));
        emit IOffering.OrderHeld(
            saleId,
            _orderId(hiroko),
            abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.COUNTRY_RESTRICTED, address(countries), JAPAN, 0)
        );
        _settleAll();
        assertEq(token.balanceOf(alice), 700 * UNIT);
        assertEq(token.balanceOf(bob), 200 * UNIT);
        assertEq(token.balanceOf(hiroko), 0);
        assertEq(money.balanceOf(settlement), 900 * PRICE);
        assertEq(money.balanceOf(address(offering)), 100 * PRICE);
        vm.prank(seller);
        offering.refund(saleId, _orderId(hiroko));
        assertEq(money.balanceOf(hiroko), 100_000_000000);
    }

    function test_RevertGiven_walletIsNotRegisteredOrFrozenOrItsClaimExpired() public {
        money.mint(stranger, 1e12);
        _refuse(stranger, ReasonCode.RECIPIENT_NOT_REGISTERED);
        vm.prank(agent);
        token.setAddressFrozen(alice, true);
        _refuse(alice, ReasonCode.RECIPIENT_FROZEN);
        saleId = bytes32(bytes20(address(token))) | bytes32(uint256(9));
        skip(11 days);
        _openSale(saleId);
        _refuse(bob, ReasonCode.RECIPIENT_CLAIM_EXPIRED);
    }

    function _refuse(address wallet, uint8 code) private {
        (IOffering.Order memory order, bytes memory signature) = _order(wallet, UNIT);
        vm.prank(wallet);
        vm.expectRevert(abi.encodeWithSelector(IOffering.OrderNotEligible.selector, wallet, code));
        offering.pay(order, signature);
    }

    function test_When_aClaimExpiresBetweenPaymentAndDelivery_theOrderIsHeld() public {
        _pay(alice, 700 * UNIT);
        _pay(bob, 200 * UNIT);
        _pay(hiroko, 100 * UNIT);
        _allocateAll();
        skip(11 days);
        _settleAll();
        assertEq(token.balanceOf(alice), 700 * UNIT);
        assertEq(token.balanceOf(bob), 0);
        assertEq(uint8(offering.orderOf(saleId, _orderId(bob)).state), uint8(IOffering.OrderState.ALLOCATED));
    }

    function test_When_distributed_investorsArePaidAndAFrozenOneWaitsInAllHisWallets() public {
        _sold();
        vm.prank(snapshotter);
        uint256 snapshotId = token.snapshot();
        bytes32 id = bytes32(bytes20(address(token))) | bytes32(uint256(2));
        IDistributor.Entitlement[] memory entitlements = new IDistributor.Entitlement[](2);
        entitlements[0] = IDistributor.Entitlement(0, registry.identity(alice), 700_000000);
        entitlements[1] = IDistributor.Entitlement(1, registry.identity(bob), 200_000000);
        bytes32[] memory leaves = new bytes32[](2);
        (leaves[0], leaves[1]) = (distributor.leafOf(id, entitlements[0]), distributor.leafOf(id, entitlements[1]));
        bytes32[] memory tree = MerkleTree.build(leaves);
        bytes32[][] memory proofs = new bytes32[][](2);
        (proofs[0], proofs[1]) = (MerkleTree.proofOf(tree, leaves[0]), MerkleTree.proofOf(tree, leaves[1]));
        address[] memory wallets = new address[](2);
        (wallets[0], wallets[1]) = (alice, bob);
        vm.prank(payer);
        distributor.declare(
            id, IDistributor.Declaration(address(token), address(money), snapshotId, 900_000000, 0, 0, 2, address(0), tree[0])
        );
        money.mint(payer, 900_000000);
        vm.startPrank(payer);
        money.approve(address(distributor), type(uint256).max);
        distributor.fund(id);
        vm.stopPrank();
        vm.startPrank(agent);
        token.burn(bob, 200 * UNIT);
        token.setAddressFrozen(bob, true);
        vm.stopPrank();
        uint256 before = money.balanceOf(alice);
        vm.prank(payer);
        distributor.push(id, entitlements, wallets, proofs);
        assertEq(money.balanceOf(alice), before + 700_000000);
        assertFalse(distributor.isPaid(id, 1));

        address second = makeAddr("bob's second wallet");
        address identity = registry.identity(bob);
        vm.prank(registrar);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletFrozen.selector, bob, address(token)));
        registry.deleteIdentity(bob);
        vm.prank(registrar);
        registry.registerIdentity(second, identity, GERMANY);
        vm.prank(second);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.WalletNotPayable.selector, second, identity));
        distributor.claim(id, entitlements[1], proofs[1]);
        vm.prank(agent);
        token.setAddressFrozen(bob, false);
        vm.prank(second);
        distributor.claim(id, entitlements[1], proofs[1]);
        assertEq(money.balanceOf(second), 200_000000);
        assertEq(money.balanceOf(address(distributor)), 0);
    }

    function test_RevertGiven_theSnapshotWasNotTaken() public {
        bytes32 id = bytes32(bytes20(address(token))) | bytes32(uint256(2));
        vm.prank(payer);
        vm.expectRevert(abi.encodeWithSelector(IDistributor.DeclarationInvalid.selector, "snapshotId"));
        distributor.declare(id, IDistributor.Declaration(address(token), address(money), 1, 1, 0, 0, 1, address(0), bytes32(uint256(1))));
    }
}
