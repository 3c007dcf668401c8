// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IDealing } from "../../../contracts/interfaces/IDealing.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { ValuationRegistry } from "../../../contracts/valuation/ValuationRegistry.sol";
import { AppraisalSourceFixture } from "../valuation/AppraisalSourceFixture.sol";
import { WeekdayCalendar } from "../valuation/WeekdayCalendar.sol";
import { DealingFixture } from "./DealingFixture.sol";

/// @notice Three appraisers of a building, its approver and its administrator, with a proxy and the registry that reads it.
contract Appraisers is AppraisalSourceFixture {
    ValuationRegistry public registry;

    constructor() {
        setUp();
        registry = new ValuationRegistry(address(manager), new WeekdayCalendar());
        vm.prank(configurer);
        source.setMoveBound(FEED, type(uint16).max);
    }

    function value(address token) external {
        FeedProxy proxy = new FeedProxy(address(manager), source, FEED, "Elm", 400 days, AggregatorV3Interface(address(0)));
        vm.prank(admin);
        registry.setPolicy(
            token,
            IValuationRegistry.Policy({
                feed: address(proxy), quote: address(840), maxPublishAge: 0, maxValuationAge: 400 days, maxBusinessDays: 0, calendar: 0
            })
        );
    }

    /// @notice Three snapshots, which are a round.
    function appraise(int256 nav_) external {
        _publishAll(nav_, uint64(block.timestamp - 1));
        _approve();
    }

    /// @notice The three snapshots of a round.
    function withdraw(uint256 round) external {
        for (uint256 i = round * 3 - 3; i < round * 3; ++i) {
            _invalidate(i);
        }
    }
}

contract DealingOnAppraisalsTest is DealingFixture {
    Appraisers private appraisers = new Appraisers();

    function setUp() public override {
        super.setUp();
        appraisers.value(address(token));
        appraisers.appraise(PAR);
        openOn(appraisers.registry());
    }

    /// @dev Whoever asked is neither paid ten times too much nor bound to what was never true.
    function test_When_TheNotedAppraisalIsWithdrawn_TheNextOnePrices() public {
        redeem(bob, 10 * UNIT);
        subscribe(alice, 1_100 * MONEY);
        fund(100_000 * MONEY);
        vm.warp(cutOff + 1 hours);
        appraisers.appraise(10 * PAR);
        dealing.price(id, cutOff, 2);
        appraisers.withdraw(2);
        expectNotLive(IValuationRegistry.Status.HALTED);
        skip(1 days);
        appraisers.appraise(110e8);
        (, bool valid) = dealing.priceOf(id, cutOff);
        assertFalse(valid);
        settle(REDEMPTION);
        assertState(REDEMPTION, 0, IDealing.RequestState.PENDING);
        expectNotPricing(2, cutOff);
        dealing.price(id, cutOff, 3);
        settle(REDEMPTION);
        settle(SUBSCRIPTION);
        assertEq(money.balanceOf(bob), 1_001_100 * MONEY);
        assertEq(token.balanceOf(alice), 1_010 * UNIT);
        assertConserved();
    }
}
