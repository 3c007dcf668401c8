// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IDealing } from "../../../contracts/interfaces/IDealing.sol";
import { IRoundSource } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { ValuationRegistry } from "../../../contracts/valuation/ValuationRegistry.sol";
import { WeekdayCalendar } from "../valuation/WeekdayCalendar.sol";
import { ChainlinkFixture } from "../valuation/chainlink/ChainlinkFixture.sol";
import { DealingFixture } from "./DealingFixture.sol";

/// @notice A network of Chainlink's that reports a decimal and a bundle feed, beside a quorum of reporters, and a proxy that may change from
///         one to the other, with the registry that reads it.
contract ChainlinkOperators is ChainlinkFixture {
    ValuationRegistry public registry;
    FeedProxy private proxy;

    constructor() {
        setUp();
        registry = new ValuationRegistry(address(manager), new WeekdayCalendar());
    }

    function sources() external view returns (IRoundSource decimals, IRoundSource bundles, IRoundSource quorum) {
        return (decimalSource, bundleSource, feed);
    }

    function value(address token, IRoundSource source) external {
        proxy = new FeedProxy(address(manager), source, FEED, "Fund NAV", 3 days, AggregatorV3Interface(address(0)));
        vm.prank(admin);
        registry.setPolicy(
            token,
            IValuationRegistry.Policy({
                feed: address(proxy), quote: address(840), maxPublishAge: 0, maxValuationAge: 3 days, maxBusinessDays: 0, calendar: 0
            })
        );
    }

    function propose(IRoundSource source) external {
        vm.prank(admin);
        proxy.proposeAggregator(address(source));
    }

    function confirm(IRoundSource source) external {
        vm.prank(admin);
        proxy.confirmAggregator(address(source));
    }

    /// @param timestamp as the network dates it
    function report(uint256 timestamp, int128 answer) external {
        assertTrue(_report(timestamp, uint128(answer)));
    }

    /// @notice A bundle whose value holds for the instant at which it is reported.
    function reportBundle(uint256 timestamp, int128 answer) external {
        assertTrue(_reportBundle(timestamp, _smartData(answer, uint64(timestamp * 1e9), 0)));
    }

    /// @notice The quorum's round, valued ten seconds ago.
    function publish(int128 answer) external {
        _publish(answer);
    }
}

/// @notice With Chainlink's own forwarder and cache behind the project's adapters, FeedProxy and ValuationRegistry.
contract DealingOnChainlinkTest is DealingFixture {
    ChainlinkOperators private operators = new ChainlinkOperators();
    IRoundSource private decimals;
    IRoundSource private bundles;
    IRoundSource private quorum;

    function setUp() public override {
        super.setUp();
        (decimals, bundles, quorum) = operators.sources();
        operators.report(block.timestamp - 10, PAR);
        operators.reportBundle(block.timestamp - 10, PAR);
        operators.publish(PAR);
    }

    /// @notice A desk at which Alice and Bob ask before the cut-off.
    function openOn(IRoundSource source) private {
        operators.value(address(token), source);
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

    function refundBoth() private {
        vm.warp(cutOff + 10 days);
        dealing.refund(id, SUBSCRIPTION, 0);
        dealing.refund(id, REDEMPTION, 0);
        assertEq(money.balanceOf(alice), 1_000_000 * MONEY);
        assertEq(token.getFrozenTokens(bob), 0);
        assertConserved();
    }

    function test_When_AReportIsOfAfterTheCutOff_ItPrices() public {
        openOn(decimals);
        vm.warp(cutOff + 1 hours);
        expectNotPricing(1, cutOff);
        operators.report(block.timestamp - 10, 110e8);
        dealing.price(id, cutOff, 2);
        settleAll();
        assertSettledAt110();
        (IDealing.Price memory price,) = dealing.priceOf(id, cutOff);
        assertEq(price.source, address(decimals));
        assertEq(decimals.roundAt(price.feedId, price.round).value, 110e8);
    }

    function test_RevertWhen_TheReportIsOfTheCutOff_ThoughItComesLater() public {
        openOn(decimals);
        vm.warp(cutOff + 1 hours);
        operators.report(cutOff, 120e8);
        expectNotPricing(2, cutOff);
        operators.report(cutOff + 1, 110e8);
        operators.report(cutOff + 2, 130e8);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RoundNotFirst.selector, 4, 3));
        dealing.price(id, cutOff, 4);
        dealing.price(id, cutOff, 3);
        settleAll();
        assertSettledAt110();
    }

    function testFuzz_When_TheReportIsKnown_NobodyWhoKnowsItDealsAtIt(int128 answer) public {
        answer = int128(bound(answer, 50e8, 150e8));
        openOn(decimals);
        vm.warp(cutOff + 1 hours);
        operators.report(block.timestamp - 10, answer);
        vm.expectRevert(abi.encodeWithSelector(IDealing.CancellationTooLate.selector, cutOff));
        cancel(alice, SUBSCRIPTION, 0);
        vm.expectRevert(abi.encodeWithSelector(IDealing.CancellationTooLate.selector, cutOff));
        cancel(bob, REDEMPTION, 0);
        uint40 next = dealing.requestOf(id, SUBSCRIPTION, subscribe(carol, 1_000 * MONEY)).cutOff;
        expectNotPricing(2, next);

        dealing.price(id, cutOff, 2);
        settleAll();
        uint256 price = uint256(int256(answer));
        assertLe((token.balanceOf(alice) - 1_000 * UNIT) * price, 1_100 * MONEY * 1e20, "bought at no less than the report");
        assertLe((money.balanceOf(bob) - 1_000_000 * MONEY) * 1e20, 10 * UNIT * price, "sold at no more than the report");
        assertState(SUBSCRIPTION, 1, IDealing.RequestState.PENDING);
        assertConserved();
    }

    /// @dev The cache takes any number; the adapter believes no such one.
    function test_When_TheReportIsOutOfBounds_NothingMovesUntilTheNextOne() public {
        openOn(decimals);
        vm.warp(cutOff + 1 hours);
        operators.report(block.timestamp - 10, 1_100e8);
        expectNotPricing(2, cutOff);
        expectNotLive(IValuationRegistry.Status.HALTED);
        operators.report(block.timestamp, 110e8);
        dealing.price(id, cutOff, 3);
        settleAll();
        assertSettledAt110();
    }

    /// @dev What such a feed tells of a report is the network's own date. A network that dates ahead shows its report before the cut-off and
    ///      prices with it afterwards: subscriptions stop meanwhile, but who asked to redeem may still take it back.
    function test_When_TheNetworkDatesItsReportAhead_SubscriptionsStopUntilThen() public {
        openOn(decimals);
        vm.warp(cutOff - 10 minutes);
        operators.report(cutOff + 10 minutes, 110e8);
        bytes memory refusal = abi.encodeWithSelector(IValuationRegistry.ValuationNotLive.selector, token, IValuationRegistry.Status.HALTED);
        vm.expectRevert(refusal);
        subscribe(carol, 1_000 * MONEY);
        redeem(carol, 10 * UNIT);
        cancel(carol, REDEMPTION, 1);
        vm.warp(cutOff + 10 minutes - 1);
        expectNotPricing(2, cutOff);
        skip(1);
        dealing.price(id, cutOff, 2);
        settleAll();
        assertSettledAt110();
    }

    function test_When_ChainlinkRelievesTheQuorum_ANotedPriceStands() public {
        openOn(quorum);
        operators.propose(decimals);
        vm.warp(cutOff + 1 hours);
        operators.publish(110e8);
        dealing.price(id, cutOff, 2);
        skip(47 hours);
        operators.report(block.timestamp - 10, 120e8);
        operators.confirm(decimals);
        vm.expectRevert(abi.encodeWithSelector(IDealing.CutOffAlreadyPriced.selector, cutOff, 2));
        dealing.price(id, cutOff, 2);
        (IDealing.Price memory price,) = dealing.priceOf(id, cutOff);
        assertEq(price.source, address(quorum));
        settleAll();
        assertSettledAt110();
    }

    /// @dev A cut-off that nobody priced in time is the new source's, whose own first report after it counts.
    function test_When_ChainlinkRelievesTheQuorumBeforeThePriceIsNoted_ItsFirstReportCounts() public {
        openOn(quorum);
        operators.propose(decimals);
        vm.warp(cutOff + 1 hours);
        operators.publish(120e8);
        operators.report(block.timestamp - 10, 110e8);
        skip(47 hours);
        operators.report(block.timestamp - 10, 130e8);
        operators.confirm(decimals);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RoundNotFirst.selector, 3, 2));
        dealing.price(id, cutOff, 3);
        dealing.price(id, cutOff, 2);
        settleAll();
        assertSettledAt110();
    }

    /* BUNDLES */

    /// @dev A bundle feed serves its latest report alone, so that none can be proved to be the first after a cut-off, however soon it came
    ///      after another. Nothing is dealt in, and nobody loses.
    function test_RevertGiven_ABundleFeed_NoPriceIsProved() public {
        openOn(bundles);
        uint256 index = subscribe(carol, 1_000 * MONEY);
        cancel(carol, SUBSCRIPTION, index);
        assertEq(money.balanceOf(carol), 1_000_000 * MONEY);

        vm.warp(cutOff + 1);
        operators.reportBundle(cutOff, PAR);
        expectNotPricing(cutOff, cutOff);
        operators.reportBundle(cutOff + 1, 110e8);
        expectNotPricing(cutOff, cutOff);
        vm.expectRevert(abi.encodeWithSelector(IDealing.PredecessorUnknown.selector, cutOff + 1));
        dealing.price(id, cutOff, cutOff + 1);
        settleAll();
        assertState(SUBSCRIPTION, 0, IDealing.RequestState.PENDING);
        assertState(REDEMPTION, 0, IDealing.RequestState.PENDING);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RefundNotDue.selector, SUBSCRIPTION, 0));
        dealing.refund(id, SUBSCRIPTION, 0);

        refundBoth();
        vm.prank(seller);
        dealing.withdraw(id, 10_000 * MONEY);
    }

    function test_When_ABundleFeedIsRelieved_ItsCutOffsArePriced() public {
        openOn(bundles);
        operators.propose(decimals);
        vm.warp(cutOff + 1 hours);
        operators.report(block.timestamp - 10, 110e8);
        skip(47 hours);
        operators.report(block.timestamp - 10, 120e8);
        operators.confirm(decimals);
        dealing.price(id, cutOff, 2);
        settleAll();
        assertSettledAt110();
    }
}
