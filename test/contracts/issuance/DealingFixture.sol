// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { IDealing } from "../../../contracts/interfaces/IDealing.sol";
import { Claim, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { IIdentityRegistry } from "../../../contracts/interfaces/IIdentityRegistry.sol";
import { AgentGrant, ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { Dealing } from "../../../contracts/issuance/Dealing.sol";
import { SuiteFixture } from "../factory/SuiteFixture.sol";
import { HostileMoney } from "../money/HostileMoney.sol";
import { ScriptedValuation } from "./ScriptedValuation.sol";

/// @notice A desk of a deployed suite with its real registry, claims and rules: a cut-off every day, prices good for 3 days, requests
///         settled within 10. Alice, Bob and Carol are verified and each hold 1,000 units; one may hold 10,000.
abstract contract DealingFixture is SuiteFixture {
    uint256 internal constant UNIT = 1e18;
    uint256 internal constant CAP = 50_000 * UNIT - 1;
    uint256 internal constant MONEY = 1e6;
    int128 internal constant PAR = 100e8;
    IDealing.Side internal constant SUBSCRIPTION = IDealing.Side.SUBSCRIPTION;
    IDealing.Side internal constant REDEMPTION = IDealing.Side.REDEMPTION;

    Dealing internal dealing = new Dealing();
    HostileMoney internal money = new HostileMoney();
    ScriptedValuation internal valuation = new ScriptedValuation();
    ISecurityToken internal token;
    IIdentityRegistry internal registry;
    address internal seller = makeAddr("seller");
    address internal settlement = makeAddr("settlement");
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal carol = makeAddr("carol");
    bytes32 internal id;
    uint40 internal cutOff;
    uint256 internal supply;

    function setUp() public virtual override {
        super.setUp();
        ITokenFactory.Suite memory suite = ordinary();
        (uint256 most, uint96 cap) = limits();
        suite.rules[1].parameters = abi.encode(most);
        suite.rules[2].parameters = abi.encode(uint32(1 days), false);
        suite.agents = new AgentGrant[](3);
        suite.agents[0] = AgentGrant(
            agent, AgentRole.MINTER | AgentRole.BURNER | AgentRole.FREEZER | AgentRole.PAUSER | AgentRole.FORCED | AgentRole.RECOVERY, 1e24
        );
        suite.agents[1] = AgentGrant(address(dealing), AgentRole.MINTER | AgentRole.BURNER | AgentRole.FREEZER, cap);
        suite.agents[2] = AgentGrant(seller, AgentRole.SELLER, 0);
        ITokenFactory.Addresses memory parts = deploy(suite);
        token = ISecurityToken(parts.token);
        registry = IIdentityRegistry(parts.registry);
        ownerDoes(parts.manager, abi.encodeCall(IERC3643Token.unpause, ()));
        onboard(alice, 400 days);
        onboard(bob, 400 days);
        onboard(carol, 400 days);
        supply = 3_000 * UNIT;

        id = bytes32(bytes20(address(token))) | bytes32(uint256(1));
        cutOff = uint40(block.timestamp + 10 hours);
        valuation.publish(PAR, uint40(block.timestamp - 1 hours));
        vm.prank(seller);
        dealing.open(id, terms());
    }

    /// @return most units of one investor
    /// @return cap units that the desk may mint a day
    function limits() internal view virtual returns (uint256 most, uint96 cap) {
        return (10_000 * UNIT, uint96(CAP));
    }

    function ownerDoes(address manager, bytes memory call) internal {
        vm.startPrank(owner);
        IAccessManager(manager).schedule(address(token), call, 0);
        skip(1 days);
        IAccessManager(manager).execute(address(token), call);
        vm.stopPrank();
    }

    function onboard(address wallet, uint256 validity) internal {
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
        registry.onboard(Investor(wallet, salt, 276), claims, abi.encodePacked(r, s, v));
        vm.prank(agent);
        token.mint(wallet, 1_000 * UNIT);
        money.mint(wallet, 1_000_000 * MONEY);
        vm.prank(wallet);
        money.approve(address(dealing), type(uint256).max);
    }

    function terms() internal view returns (IDealing.Terms memory) {
        return IDealing.Terms({
            token: address(token),
            paymentToken: address(money),
            registry: address(valuation),
            settlementWallet: settlement,
            minSubscription: uint128(100 * MONEY),
            minRedemption: uint128(UNIT),
            dailyRedemption: type(uint128).max,
            firstCutOff: cutOff,
            period: 1 days,
            maxPriceAge: 3 days,
            settleWithin: 10 days
        });
    }

    /// @notice Another desk, at which the steps below are taken from here on.
    function open(IDealing.Terms memory t) internal {
        id = bytes32(uint256(id) + 1);
        vm.prank(seller);
        dealing.open(id, t);
    }

    /// @notice Another desk, on another registry of valuations.
    function openOn(IValuationRegistry registry_) internal {
        IDealing.Terms memory t = terms();
        t.registry = address(registry_);
        open(t);
    }

    /* STEPS */

    function subscribe(address wallet, uint256 amount) internal returns (uint256) {
        vm.prank(wallet);
        return dealing.subscribe(id, uint128(amount));
    }

    function redeem(address wallet, uint256 units) internal returns (uint256) {
        vm.prank(wallet);
        return dealing.redeem(id, uint128(units));
    }

    function cancel(address wallet, IDealing.Side side, uint256 index) internal {
        vm.prank(wallet);
        dealing.cancel(id, side, index);
    }

    /// @notice An hour after the cut-off its value is known and noted.
    function publish(int128 value) internal returns (uint64 round) {
        vm.warp(cutOff + 1 hours);
        round = valuation.publish(value, uint40(block.timestamp));
        dealing.price(id, cutOff, round);
    }

    function settle(IDealing.Side side) internal {
        dealing.settle(id, side, 250);
    }

    function settleAll() internal {
        settle(SUBSCRIPTION);
        settle(REDEMPTION);
    }

    function retry(IDealing.Side side, uint256 index) internal {
        uint256[] memory indexes = new uint256[](1);
        indexes[0] = index;
        vm.prank(seller);
        dealing.retry(id, side, indexes);
    }

    function fund(uint256 amount) internal {
        money.mint(address(this), amount);
        money.approve(address(dealing), amount);
        dealing.fund(id, amount);
    }

    /* ASSERTIONS */

    function expectNotPricing(uint64 round, uint40 at) internal {
        vm.expectRevert(abi.encodeWithSelector(IDealing.RoundNotPricing.selector, round, at));
        dealing.price(id, at, round);
    }

    function expectNotLive(IValuationRegistry.Status status) internal {
        bytes memory refusal = abi.encodeWithSelector(IValuationRegistry.ValuationNotLive.selector, token, status);
        vm.expectRevert(refusal);
        settle(SUBSCRIPTION);
        vm.expectRevert(refusal);
        settle(REDEMPTION);
    }

    function stateOf(IDealing.Side side, uint256 index) internal view returns (IDealing.RequestState) {
        return dealing.requestOf(id, side, index).state;
    }

    function assertState(IDealing.Side side, uint256 index, IDealing.RequestState expected) internal view {
        assertEq(uint8(stateOf(side, index)), uint8(expected));
    }

    function assertConserved() internal view {
        IDealing.Totals memory totals = dealing.totalsOf(id);
        assertEq(totals.received, totals.escrow + totals.proceeds + totals.refunded);
        assertEq(totals.funded, totals.pool + totals.redeemed + totals.withdrawn);
        assertEq(money.balanceOf(address(dealing)), totals.escrow + totals.pool);
        assertEq(money.balanceOf(settlement), totals.proceeds + totals.withdrawn);
        assertEq(token.totalSupply(), supply + totals.minted - totals.burned);
        address[3] memory wallets = [alice, bob, carol];
        uint256 held;
        for (uint256 i; i < 3; ++i) {
            held += dealing.unitsHeld(address(token), wallets[i]);
        }
        assertEq(held, totals.redeeming);
    }
}
