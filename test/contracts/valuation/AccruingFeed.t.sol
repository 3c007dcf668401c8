// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IFeedProxy } from "../../../contracts/interfaces/IFeedProxy.sol";
import { FeedState, IRoundSource, Round, STALE_FLAG } from "../../../contracts/interfaces/IRoundSource.sol";
import { AccruingFeed } from "../../../contracts/valuation/AccruingFeed.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { ValuationFixture } from "./ValuationFixture.sol";

/// @notice Marks of 8 decimals, rates of 18: 1e10 rate units are one unit of the value a second.
contract AccruingFeedTest is ValuationFixture {
    bytes32 private constant RATE = keccak256("FUND-RATE");
    bytes32 private constant LIVE_NAV = keccak256("FUND-NAV-LIVE");
    int128 private constant MIN_RATE = -1e12;
    int128 private constant MAX_RATE = 1e12;
    uint32 private constant LEAD = 16 hours;
    uint32 private constant MAX_ACCRUAL = 4 days;
    /// @dev 5 % a year of the mark.
    int128 private constant FIVE_PERCENT = 164_376_000_000;

    AccruingFeed private feed;
    AccruingFeed private led;

    function setUp() public override {
        super.setUp();
        source.create(RATE, 18);
        feed = _feed(0);
        led = _feed(LEAD);
    }

    function _feed(uint32 lead) private returns (AccruingFeed) {
        return new AccruingFeed(LIVE_NAV, source, AccruingFeed.Terms(FEED, RATE, MIN_RATE, MAX_RATE, lead, MAX_ACCRUAL));
    }

    function _publish(int128 mark, int128 rate, uint256 valuedAt) private {
        source.publish(FEED, mark, valuedAt);
        source.publish(RATE, rate, valuedAt);
    }

    function _value() private view returns (int128) {
        return feed.latestRound(LIVE_NAV).value;
    }

    /* ACCRUAL */

    function test_When_deployed_itSaysWhatItIs() public view {
        AccruingFeed.Terms memory terms = led.termsOf();
        assertEq(terms.markFeed, FEED);
        assertEq(terms.rateFeed, RATE);
        assertEq(terms.minRate, MIN_RATE);
        assertEq(terms.maxRate, MAX_RATE);
        assertEq(terms.lead, LEAD);
        assertEq(terms.maxAccrual, MAX_ACCRUAL);
        assertEq(led.decimalsOf(LIVE_NAV), 8);
        assertEq(address(led.source()), address(source));
    }

    function test_When_timePasses_theValueGrowsByTheSecond() public {
        _publish(NAV, FIVE_PERCENT, START);
        assertEq(_value(), NAV);
        skip(1);
        assertEq(_value(), NAV + 16, "rounded down");
        skip(99);
        assertEq(_value(), NAV + 1643);
        skip(1 days - 100);
        Round memory round = feed.latestRound(LIVE_NAV);
        assertEq(round.value, NAV + 1_420_208);
        assertEq(round.valuationTimestamp, START, "the mark's");
        assertEq(round.publishedAt, START);
        assertEq(round.round, 1);
        assertEq(round.flags, 0);
        assertEq(uint8(feed.stateOf(LIVE_NAV)), uint8(FeedState.LIVE));
    }

    function test_When_theRateIsNegative_theValueFalls() public {
        _publish(NAV, -FIVE_PERCENT, START);
        skip(1);
        assertEq(_value(), NAV - 17, "rounded down");
        skip(99);
        assertEq(_value(), NAV - 1644);
    }

    function test_When_theMarkFalls_theValueDoesToo() public {
        _publish(NAV, FIVE_PERCENT, START);
        skip(1 days);
        _publish(NAV - 1e8, FIVE_PERCENT, START + 1 days);
        assertEq(_value(), NAV - 1e8);
        skip(100);
        assertEq(_value(), NAV - 1e8 + 1643);
    }

    function test_When_maxAccrualHasPassed_theValueStaysAndIsStale() public {
        _publish(NAV, FIVE_PERCENT, START);
        FeedProxy proxy = _proxy(feed, LIVE_NAV);
        vm.warp(START + MAX_ACCRUAL);
        int128 last = _value();
        assertEq(last, NAV + 5_680_834);
        assertEq(feed.latestRound(LIVE_NAV).flags, 0, "not yet at exactly maxAccrual");
        skip(1);
        assertEq(_value(), last);
        assertEq(feed.latestRound(LIVE_NAV).flags, STALE_FLAG);
        assertTrue(proxy.isStale());
        skip(365 days);
        assertEq(_value(), last);
        (, int256 answer,, uint256 updatedAt,) = proxy.latestRoundData();
        assertEq(answer, last);
        assertEq(updatedAt, START);
    }

    function test_When_theProxyIsPatient_theFeedsOwnMeasureStillCounts() public {
        _publish(NAV, FIVE_PERCENT, START);
        AccruingFeed hasty = new AccruingFeed(LIVE_NAV, source, AccruingFeed.Terms(FEED, RATE, MIN_RATE, MAX_RATE, 0, 1 hours));
        FeedProxy proxy = _proxy(hasty, LIVE_NAV);
        skip(1 hours);
        (int256 answer,) = proxy.requireFresh();
        assertEq(answer, NAV + 59_175);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.FeedStale.selector, 1 hours + 1, MAX_AGE));
        proxy.requireFresh();
    }

    function testFuzz_valueIsTheFloorOfTheFormula(int128 mark, int128 rate, uint256 elapsed) public {
        mark = int128(bound(mark, -1e30, 1e30));
        rate = int128(bound(rate, MIN_RATE, MAX_RATE));
        elapsed = bound(elapsed, 0, 10 days);
        _publish(mark, rate, START);
        skip(elapsed);
        int256 accrued = int256(rate) * int256(elapsed < MAX_ACCRUAL ? elapsed : MAX_ACCRUAL);
        int256 grown = int256(_value()) - mark;
        assertLe(grown * 1e10, accrued);
        assertGt((grown + 1) * 1e10, accrued);
    }

    /* EFFECTIVE TIME */

    function test_When_theMarkTakesEffectLater_theOneBeforeIsInForceUntilThen() public {
        _publish(NAV, FIVE_PERCENT, START);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, LIVE_NAV, 0));
        led.latestRound(LIVE_NAV);
        assertEq(uint8(led.stateOf(LIVE_NAV)), uint8(FeedState.UNKNOWN));

        vm.warp(START + LEAD);
        assertEq(led.latestRound(LIVE_NAV).value, NAV);
        skip(100);
        assertEq(led.latestRound(LIVE_NAV).value, NAV + 1643, "accrues from its effect on");

        vm.warp(START + 1 days);
        _publish(NAV + 3e8, 2 * FIVE_PERCENT, START + 1 days);
        vm.warp(START + 1 days + LEAD - 1);
        Round memory round = led.latestRound(LIVE_NAV);
        assertEq(round.value, NAV + 1_420_192, "neither the mark nor the rate that everybody can see already");
        assertEq(round.round, 1);
        assertEq(round.valuationTimestamp, START);
        skip(1);
        round = led.latestRound(LIVE_NAV);
        assertEq(round.value, NAV + 3e8);
        assertEq(round.round, 2);
        skip(100);
        assertEq(led.latestRound(LIVE_NAV).value, NAV + 3e8 + 3287);
    }

    function test_When_roundNumbersHaveGaps_theMarkInForceIsFound() public {
        _publish(NAV, FIVE_PERCENT, START);
        skip(1 days);
        source.put(FEED, Round(NAV + 9, uint40(block.timestamp), uint40(block.timestamp), 17, 0));
        source.put(RATE, Round(0, uint40(block.timestamp), uint40(block.timestamp), 3, 0));
        Round memory round = led.latestRound(LIVE_NAV);
        assertEq(round.round, 1);
        assertEq(round.value, NAV + (FIVE_PERCENT * (1 days - 16 hours)) / 1e10);

        source.put(FEED, Round(NAV + 9, uint40(block.timestamp), uint40(block.timestamp), 18, 0));
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, LIVE_NAV, 0));
        led.latestRound(LIVE_NAV);
    }

    /* REFUSALS */

    function test_RevertWhen_theRateIsOutOfBounds() public {
        _publish(NAV, MAX_RATE, START);
        skip(1);
        assertEq(_value(), NAV + 100);
        _publish(NAV, MIN_RATE, START + 1);
        skip(1);
        assertEq(_value(), NAV - 100);

        _publish(NAV, MAX_RATE + 1, START + 2);
        vm.expectRevert(abi.encodeWithSelector(AccruingFeed.RateOutOfBounds.selector, MAX_RATE + 1, MIN_RATE, MAX_RATE));
        feed.latestRound(LIVE_NAV);
        assertEq(uint8(feed.stateOf(LIVE_NAV)), uint8(FeedState.HALTED));
        skip(1);
        _publish(NAV, MIN_RATE - 1, START + 3);
        vm.expectRevert(abi.encodeWithSelector(AccruingFeed.RateOutOfBounds.selector, MIN_RATE - 1, MIN_RATE, MAX_RATE));
        feed.latestRound(LIVE_NAV);
    }

    function test_When_theRateIsOlderThanTheMark_nothingAccruesAndItIsStale() public {
        _publish(NAV, FIVE_PERCENT, START);
        skip(1 days);
        source.publish(FEED, NAV + 5, START + 1 days);
        skip(100);
        assertEq(_value(), NAV + 5);
        assertEq(feed.latestRound(LIVE_NAV).flags, STALE_FLAG);
        source.publish(RATE, FIVE_PERCENT, START + 1 days);
        assertEq(_value(), NAV + 5 + 1643);
        assertEq(feed.latestRound(LIVE_NAV).flags, 0);
    }

    function test_When_aSibling_isHeldHaltedOrEmpty_soIsTheFeed() public {
        assertEq(uint8(feed.stateOf(LIVE_NAV)), uint8(FeedState.UNKNOWN));
        source.publish(FEED, NAV, START);
        assertEq(uint8(feed.stateOf(LIVE_NAV)), uint8(FeedState.UNKNOWN), "no rate yet");
        source.publish(RATE, FIVE_PERCENT, START);
        bytes32[2] memory siblings = [FEED, RATE];
        for (uint256 i; i < 2; ++i) {
            source.setState(siblings[i], FeedState.HELD);
            assertEq(uint8(feed.stateOf(LIVE_NAV)), uint8(FeedState.HELD));
            assertEq(_value(), NAV, "still read");
            source.setState(siblings[i], FeedState.HALTED);
            assertTrue(feed.stateOf(LIVE_NAV) != FeedState.LIVE);
            vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, siblings[i], 0));
            feed.latestRound(LIVE_NAV);
            source.setState(siblings[i], FeedState.LIVE);
        }
        source.put(RATE, Round(FIVE_PERCENT, uint40(START), uint40(START), 2, 1));
        assertEq(feed.latestRound(LIVE_NAV).flags, 1, "a minority's ripcord on the rate");
    }

    function test_RevertWhen_theValueOutgrowsItsType() public {
        _publish(type(int128).max, FIVE_PERCENT, START);
        assertEq(_value(), type(int128).max);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedIntDowncast.selector, 128, int256(type(int128).max) + 16));
        feed.latestRound(LIVE_NAV);
        assertEq(uint8(feed.stateOf(LIVE_NAV)), uint8(FeedState.HALTED));
    }

    function test_When_aPastRoundIsRead_itIsTheMark() public {
        _publish(NAV, FIVE_PERCENT, START);
        skip(1 days);
        assertEq(feed.roundAt(LIVE_NAV, 1).value, NAV);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 2));
        feed.roundAt(LIVE_NAV, 2);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, LIVE_NAV, 0));
        feed.roundAt(LIVE_NAV, 0);
    }

    function test_RevertWhen_askedForAnotherFeed() public {
        _publish(NAV, FIVE_PERCENT, START);
        bytes memory reason = abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0);
        vm.expectRevert(reason);
        feed.latestRound(FEED);
        vm.expectRevert(reason);
        feed.decimalsOf(FEED);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 1));
        feed.roundAt(FEED, 1);
        assertEq(uint8(feed.stateOf(FEED)), uint8(FeedState.UNKNOWN));
    }

    function test_RevertWhen_theTermsMakeNoSense() public {
        _refuse("rate", AccruingFeed.Terms(FEED, RATE, 1, 0, 0, 1));
        _refuse("maxAccrual", AccruingFeed.Terms(FEED, RATE, 0, 1, 0, 0));
        _refuse("rateFeed", AccruingFeed.Terms(RATE, FEED, 0, 1, 0, 1));
        source.create(RATE, 45);
        _refuse("rateFeed", AccruingFeed.Terms(FEED, RATE, 0, 1, 0, 1));
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, LIVE_NAV, 0));
        new AccruingFeed(LIVE_NAV, source, AccruingFeed.Terms(FEED, LIVE_NAV, 0, 1, 0, 1));
    }

    function _refuse(string memory field, AccruingFeed.Terms memory terms) private {
        vm.expectRevert(abi.encodeWithSelector(AccruingFeed.TermsInvalid.selector, field));
        new AccruingFeed(LIVE_NAV, source, terms);
    }
}
