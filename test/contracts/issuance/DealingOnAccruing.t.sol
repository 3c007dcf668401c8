// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IDealing } from "../../../contracts/interfaces/IDealing.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { IRoundSource, Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationGuard } from "../../../contracts/interfaces/IValuationGuard.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { AccruingFeed } from "../../../contracts/valuation/AccruingFeed.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { ValuationRegistry } from "../../../contracts/valuation/ValuationRegistry.sol";
import { QuorumFeedFixture } from "../valuation/QuorumFeedFixture.sol";
import { WeekdayCalendar } from "../valuation/WeekdayCalendar.sol";
import { DealingFixture } from "./DealingFixture.sol";

/// @notice Reporters of a mark and its rate, the AccruingFeed over both, with its proxy and the registry that reads it. A mark takes effect
///         half an hour after its valuation and accrues for two days; a rate is believed up to ten units a second.
contract AccruingOperators is QuorumFeedFixture {
    bytes32 private constant RATE = keccak256("UST-BILL-26W-RATE");
    bytes32 private constant LIVE = keccak256("UST-BILL-26W-LIVE");
    uint32 public constant LEAD = 30 minutes;
    uint32 public constant MAX_ACCRUAL = 2 days;
    int128 public constant MAX_RATE = 1e11;

    ValuationRegistry public registry;
    AccruingFeed public source;

    constructor() {
        setUp();
        vm.startPrank(configurer);
        feed.createFeed(RATE, 18, -1e12, 1e12);
        feed.setConfig(RATE, _signers(4), 1);
        vm.stopPrank();
        source = new AccruingFeed(LIVE, feed, AccruingFeed.Terms(FEED, RATE, -MAX_RATE, MAX_RATE, LEAD, MAX_ACCRUAL));
        registry = new ValuationRegistry(address(manager), new WeekdayCalendar());
    }

    function value(address token) external {
        FeedProxy proxy = new FeedProxy(address(manager), source, LIVE, "Fund NAV, accruing", 3 days, AggregatorV3Interface(address(0)));
        vm.prank(admin);
        registry.setPolicy(
            token,
            IValuationRegistry.Policy({
                feed: address(proxy), quote: address(840), maxPublishAge: 0, maxValuationAge: 3 days, maxBusinessDays: 0, calendar: 0
            })
        );
    }

    /// @notice Mark and rate in one batch, valued ten seconds ago.
    function publish(int128 mark, int128 rate) public {
        bytes32[] memory feedIds = new bytes32[](2);
        (feedIds[0], feedIds[1]) = (FEED, RATE);
        int128[] memory values = new int128[](2);
        (values[0], values[1]) = (mark, rate);
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        feed.submitBatch(header, _signerSet(4), _agreedBatch(header, 3, values));
    }

    function hold(int128 mark, int128 rate) external {
        guard.say(FEED, IValuationGuard.Verdict.HOLD, "band");
        publish(mark, rate);
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
}

/// @notice A fund whose value accrues by the second: the desk deals at marks that were signed, never at what accrued.
contract DealingOnAccruingTest is DealingFixture {
    int128 private constant RATE = 5e10;

    AccruingOperators private operators = new AccruingOperators();

    function setUp() public override {
        super.setUp();
        operators.value(address(token));
        operators.publish(PAR, RATE);
        skip(operators.LEAD());
        openOn(operators.registry());
        subscribe(alice, 1_100 * MONEY);
        redeem(bob, 10 * UNIT);
        fund(10_000 * MONEY);
    }

    function assertSettledAt110() private view {
        assertEq(token.balanceOf(alice), 1_010 * UNIT);
        assertEq(money.balanceOf(bob), 1_001_100 * MONEY);
        assertConserved();
    }

    function nav() private view returns (int256 value) {
        (value,,,,) = operators.registry().valuation(address(token));
    }

    /// @dev One side is settled before the mark takes effect, the other while it accrues: both at the mark.
    function test_When_AMarkIsPublishedAfterTheCutOff_ItPricesWithoutWhatAccrued() public {
        vm.warp(cutOff + 1 hours);
        expectNotPricing(1, cutOff);
        operators.publish(110e8, RATE);
        dealing.price(id, cutOff, 2);
        assertLt(nav(), 101e8);
        settle(SUBSCRIPTION);
        skip(6 hours);
        assertGt(nav(), 110e8);
        settle(REDEMPTION);
        assertSettledAt110();

        (IDealing.Price memory price, bool valid) = dealing.priceOf(id, cutOff);
        assertTrue(valid);
        assertEq(price.source, address(operators.source()));
        assertEq(IRoundSource(price.source).roundAt(price.feedId, price.round).value, 110e8);
    }

    /// @dev Known half an hour ahead, so that nobody may deal at it who could still choose.
    function test_RevertWhen_TheMarkWasKnownByTheCutOff_ThoughItTakesEffectAfterIt() public {
        vm.warp(cutOff - 10 minutes);
        operators.publish(120e8, RATE);
        redeem(carol, 10 * UNIT);
        assertLt(nav(), 101e8);
        vm.warp(cutOff + 1 hours);
        assertGt(nav(), 120e8);
        expectNotPricing(2, cutOff);
        operators.publish(110e8, RATE);
        dealing.price(id, cutOff, 3);
        settleAll();
        assertEq(money.balanceOf(carol), 1_001_100 * MONEY);
        assertSettledAt110();
    }

    function testFuzz_When_TheMarkIsKnown_NobodyWhoKnowsItDealsAtIt(int128 mark, int128 rate) public {
        mark = int128(bound(mark, 50e8, 150e8));
        rate = int128(bound(rate, -operators.MAX_RATE(), operators.MAX_RATE()));
        vm.warp(cutOff + 1 hours);
        operators.publish(mark, rate);
        vm.expectRevert(abi.encodeWithSelector(IDealing.CancellationTooLate.selector, cutOff));
        cancel(alice, SUBSCRIPTION, 0);
        vm.expectRevert(abi.encodeWithSelector(IDealing.CancellationTooLate.selector, cutOff));
        cancel(bob, REDEMPTION, 0);
        uint40 next = dealing.requestOf(id, SUBSCRIPTION, subscribe(carol, 1_000 * MONEY)).cutOff;
        expectNotPricing(2, next);

        dealing.price(id, cutOff, 2);
        settleAll();
        uint256 price = uint256(int256(mark));
        assertLe((token.balanceOf(alice) - 1_000 * UNIT) * price, 1_100 * MONEY * 1e20, "bought at no less than the mark");
        assertLe((money.balanceOf(bob) - 1_000_000 * MONEY) * 1e20, 10 * UNIT * price, "sold at no more than the mark");
        assertState(SUBSCRIPTION, 1, IDealing.RequestState.PENDING);
        assertConserved();
    }

    function test_When_TheMarkIsHeld_NothingMovesUntilItIsApproved() public {
        vm.warp(cutOff + 1 hours);
        operators.hold(110e8, RATE);
        expectNotLive(IValuationRegistry.Status.HELD);
        expectNotPricing(2, cutOff);
        operators.approve();
        dealing.price(id, cutOff, 2);
        settleAll();
        assertSettledAt110();
    }

    function test_When_TheNotedMarkIsInvalidated_TheNextValidOnePrices() public {
        vm.warp(cutOff + 1 hours);
        operators.publish(55e8, RATE);
        dealing.price(id, cutOff, 2);
        operators.invalidate(2);
        settleAll();
        assertState(SUBSCRIPTION, 0, IDealing.RequestState.PENDING);
        assertState(REDEMPTION, 0, IDealing.RequestState.PENDING);
        skip(1 hours);
        operators.publish(110e8, RATE);
        dealing.price(id, cutOff, 3);
        settleAll();
        assertSettledAt110();
    }

    /// @dev A rate that nobody believes halts the feed from the instant at which it would count.
    function test_When_TheRateIsOutOfBounds_NothingMovesUntilABetterOneCounts() public {
        vm.warp(cutOff + 1 hours);
        operators.publish(110e8, operators.MAX_RATE() + 1);
        dealing.price(id, cutOff, 2);
        skip(operators.LEAD());
        expectNotLive(IValuationRegistry.Status.HALTED);
        bytes memory refusal = abi.encodeWithSelector(IValuationRegistry.ValuationNotLive.selector, token, IValuationRegistry.Status.HALTED);
        vm.expectRevert(refusal);
        subscribe(carol, 1_000 * MONEY);
        uint256 index = redeem(carol, 10 * UNIT);
        cancel(carol, REDEMPTION, index);
        operators.publish(111e8, RATE);
        skip(operators.LEAD());
        settleAll();
        assertSettledAt110();
    }

    /// @dev Past what a mark accrues the value stays, and is stale before the registry's own limit.
    function test_When_TheAccrualIsOver_NothingMovesAndEverybodyLeaves() public {
        vm.warp(cutOff + 1 hours);
        operators.publish(110e8, RATE);
        dealing.price(id, cutOff, 2);
        skip(operators.MAX_ACCRUAL() + operators.LEAD());
        expectNotLive(IValuationRegistry.Status.VALUATION_STALE);
        vm.warp(cutOff + 10 days);
        dealing.refund(id, SUBSCRIPTION, 0);
        dealing.refund(id, REDEMPTION, 0);
        assertEq(money.balanceOf(alice), 1_000_000 * MONEY);
        assertEq(token.getFrozenTokens(bob), 0);
        assertConserved();
    }
}
