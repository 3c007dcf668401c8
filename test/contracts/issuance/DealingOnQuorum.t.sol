// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IDealing } from "../../../contracts/interfaces/IDealing.sol";
import { IRoundSource, Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationGuard } from "../../../contracts/interfaces/IValuationGuard.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { ValuationRegistry } from "../../../contracts/valuation/ValuationRegistry.sol";
import { QuorumFeedFixture } from "../valuation/QuorumFeedFixture.sol";
import { WeekdayCalendar } from "../valuation/WeekdayCalendar.sol";
import { DealingFixture } from "./DealingFixture.sol";

/// @notice Reporters, transmitter, approver and guardian of a QuorumFeed, with its proxy and the registry that reads it.
contract FeedOperators is QuorumFeedFixture {
    ValuationRegistry public registry;

    constructor() {
        setUp();
        registry = new ValuationRegistry(address(manager), new WeekdayCalendar());
    }

    function feedOf(address token) external returns (IRoundSource) {
        FeedProxy proxy = new FeedProxy(address(manager), feed, FEED, "Fund NAV", 3 days, AggregatorV3Interface(address(0)));
        vm.prank(admin);
        registry.setPolicy(
            token,
            IValuationRegistry.Policy({
                feed: address(proxy), quote: address(840), maxPublishAge: 0, maxValuationAge: 3 days, maxBusinessDays: 0, calendar: 0
            })
        );
        return feed;
    }

    /// @notice Valued ten seconds ago.
    function publish(int128 value) external {
        guard.say(FEED, IValuationGuard.Verdict.ACCEPT, 0);
        _publish(value);
    }

    function hold(int128 value) external {
        guard.say(FEED, IValuationGuard.Verdict.HOLD, "band");
        _publish(value);
    }

    function approve() external {
        (Round memory round, uint40 earliest,) = feed.pending(FEED);
        vm.warp(earliest);
        vm.prank(approver);
        feed.approvePending(FEED, uint32(round.round), keccak256(abi.encode(FEED, round.round, round.value, round.valuationTimestamp)));
    }

    function invalidate(uint32 round) external {
        vm.prank(configurer);
        feed.invalidate(FEED, round, "wrong custodian statement");
    }

    function halt() external {
        vm.prank(guardian);
        feed.halt(FEED);
    }

    function feedId() external pure returns (bytes32) {
        return FEED;
    }
}

/// @notice With the project's own QuorumFeed, FeedProxy and ValuationRegistry.
contract DealingOnQuorumTest is DealingFixture {
    FeedOperators private operators = new FeedOperators();
    IRoundSource private source;

    function setUp() public override {
        super.setUp();
        source = operators.feedOf(address(token));
        operators.publish(PAR);
        openOn(operators.registry());
        subscribe(alice, 1_100 * MONEY);
        redeem(bob, 10 * UNIT);
        fund(10_000 * MONEY);
        vm.warp(cutOff + 1 hours);
    }

    function test_When_ARoundIsPublishedAfterTheCutOff_ItPrices() public {
        operators.publish(110e8);
        expectNotPricing(1, cutOff);
        dealing.price(id, cutOff, 2);
        settleAll();
        assertEq(token.balanceOf(alice), 1_010 * UNIT);
        assertEq(money.balanceOf(bob), 1_001_100 * MONEY);
        (IDealing.Price memory price,) = dealing.priceOf(id, cutOff);
        Round memory round = IRoundSource(price.source).roundAt(price.feedId, price.round);
        assertEq(price.source, address(source));
        assertEq(price.feedId, operators.feedId());
        assertEq(uint256(int256(round.value)), price.value);
        assertConserved();
    }

    /// @dev Everybody has seen what waits; those who asked before are bound, and those who ask now deal at what comes after.
    function test_When_TheRoundIsHeld_NothingMovesUntilItIsApproved() public {
        operators.hold(140e8);
        expectNotLive(IValuationRegistry.Status.HELD);
        expectNotPricing(2, cutOff);
        vm.expectRevert(abi.encodeWithSelector(IDealing.CancellationTooLate.selector, cutOff));
        cancel(bob, REDEMPTION, 0);
        redeem(carol, 10 * UNIT);
        operators.approve();
        dealing.price(id, cutOff, 2);
        settleAll();
        assertEq(money.balanceOf(bob), 1_001_400 * MONEY);
        uint40 late = dealing.requestOf(id, REDEMPTION, 1).cutOff;
        expectNotPricing(2, late);
    }

    function test_When_TheHeldRoundIsReplaced_TheNextOnePrices() public {
        operators.hold(140e8);
        skip(1 hours);
        operators.publish(110e8);
        dealing.price(id, cutOff, 3);
        settleAll();
        assertEq(token.balanceOf(alice), 1_010 * UNIT);
    }

    function test_When_TheNotedRoundIsInvalidated_TheNextValidOnePrices() public {
        operators.publish(55e8);
        dealing.price(id, cutOff, 2);
        operators.invalidate(2);
        settleAll();
        assertState(SUBSCRIPTION, 0, IDealing.RequestState.PENDING);
        skip(1 hours);
        operators.publish(110e8);
        dealing.price(id, cutOff, 3);
        settleAll();
        assertEq(token.balanceOf(alice), 1_010 * UNIT);
    }

    function test_When_TheFeedIsHaltedOrStale_NothingMovesAndEverybodyLeaves() public {
        operators.publish(110e8);
        dealing.price(id, cutOff, 2);
        uint256 snapshot = vm.snapshotState();
        operators.halt();
        expectNotLive(IValuationRegistry.Status.HALTED);
        vm.revertToState(snapshot);
        vm.warp(cutOff + 10 days);
        expectNotLive(IValuationRegistry.Status.VALUATION_STALE);
        operators.halt();
        dealing.refund(id, SUBSCRIPTION, 0);
        dealing.refund(id, REDEMPTION, 0);
        assertEq(money.balanceOf(alice), 1_000_000 * MONEY);
        assertEq(token.getFrozenTokens(bob), 0);
        assertConserved();
    }

    /// @dev A keeper who slept for 64 rounds can prove nothing: the source has forgotten the round before. Nobody loses by it.
    function test_When_TheSourceHasForgotten_TheRequestIsRefunded() public {
        for (uint256 i; i < 64; ++i) {
            skip(11);
            operators.publish(110e8);
        }
        vm.expectRevert(abi.encodeWithSelector(IDealing.PredecessorUnknown.selector, 2));
        dealing.price(id, cutOff, 2);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RoundNotFirst.selector, 3, 2));
        dealing.price(id, cutOff, 3);
        vm.warp(cutOff + 10 days);
        dealing.refund(id, SUBSCRIPTION, 0);
        assertConserved();
    }

    /// @dev What a desk's daily work costs: to note a price, and to settle one request of each side.
    function test_When_Measured_APriceAndASettlementStayWithinTheirBudget() public {
        operators.publish(110e8);
        uint256 before = gasleft();
        dealing.price(id, cutOff, 2);
        assertLt(before - gasleft(), 125_000);
        before = gasleft();
        dealing.settle(id, SUBSCRIPTION, 1);
        assertLt(before - gasleft(), 310_000);
        before = gasleft();
        dealing.settle(id, REDEMPTION, 1);
        assertLt(before - gasleft(), 310_000);
    }
}
