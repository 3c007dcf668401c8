// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { FeedState, IRoundSource, Round, STALE_FLAG } from "../../../contracts/interfaces/IRoundSource.sol";
import { ExtrapolatingFeed } from "../../../contracts/valuation/ExtrapolatingFeed.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { ValuationFixture } from "./ValuationFixture.sol";

contract ExtrapolatingFeedTest is ValuationFixture {
    uint40 private constant FIRST = 1_726_779_600;
    uint40 private constant SECOND = 1_726_866_000;
    uint128 private constant MAX_DELTA = 1_000000;

    ExtrapolatingFeed private feed;

    function setUp() public override {
        super.setUp();
        feed = new ExtrapolatingFeed(address(manager), FEED, 6, MAX_DELTA);
    }

    function _add(int128 value, uint40 timestamp, uint256 effectiveAt) private {
        vm.prank(admin);
        feed.addCheckpoint(value, timestamp, uint40(effectiveAt));
    }

    /// @dev Each published sixteen hours after its instant and in force at once.
    function _addTwo(int128 first, int128 second) private {
        vm.warp(FIRST + 16 hours);
        _add(first, FIRST, block.timestamp);
        vm.warp(SECOND + 13 hours);
        _add(second, SECOND, block.timestamp);
    }

    function _value() private view returns (int128) {
        return feed.latestRound(FEED).value;
    }

    /* EXTRAPOLATION */

    /// @dev Vector of a published price of this kind, 6 decimals.
    function test_When_twoCheckpointsAreInForce_thePublishedVectorHolds() public {
        _addTwo(10_374862, 10_379322);
        vm.warp(1_726_920_000);
        Round memory round = feed.latestRound(FEED);
        assertEq(round.value, 10_382109);
        assertEq(round.valuationTimestamp, SECOND);
        assertEq(round.publishedAt, SECOND + 13 hours);
        assertEq(round.round, 2);
        assertEq(round.flags, 0);
        assertEq(feed.decimalsOf(FEED), 6);
    }

    function test_When_theValueFalls_itIsRoundedDownToo() public {
        _addTwo(10_379322, 10_374862);
        vm.warp(1_726_920_000);
        assertEq(_value(), 10_374862 - 2788, "2787.5");
    }

    function test_RevertGiven_fewerThanTwoCheckpointsInForce() public {
        bytes memory reason = abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0);
        vm.warp(FIRST + 16 hours);
        vm.expectRevert(reason);
        feed.latestRound(FEED);
        _add(10_374862, FIRST, block.timestamp);
        vm.expectRevert(reason);
        feed.latestRound(FEED);
        assertEq(uint8(feed.stateOf(FEED)), uint8(FeedState.UNKNOWN));
        vm.warp(SECOND + 13 hours);
        _add(10_379322, SECOND, block.timestamp + 1);
        vm.expectRevert(reason);
        feed.latestRound(FEED);
        skip(1);
        assertEq(uint8(feed.stateOf(FEED)), uint8(FeedState.LIVE));
    }

    function test_When_aCheckpointTakesEffectLater_theTwoBeforeItCountUntilThen() public {
        _addTwo(10_374862, 10_379322);
        vm.warp(SECOND + 1 days);
        _add(10_000000, SECOND + 12 hours, block.timestamp + 1 hours);
        skip(1 hours - 1);
        assertEq(_value(), 10_379322 + int128(4460 * (25 hours - 1)) / 1 days);
        assertEq(feed.latestRound(FEED).round, 2);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 3));
        feed.roundAt(FEED, 3);
        skip(1);
        assertEq(feed.latestRound(FEED).round, 3);
        assertEq(feed.latestRound(FEED).valuationTimestamp, SECOND + 12 hours);
        assertEq(feed.roundAt(FEED, 3).value, 10_000000);
        assertEq(feed.roundAt(FEED, 2).value, 10_379322);
        assertEq(feed.roundAt(FEED, 1).valuationTimestamp, FIRST);
    }

    function test_When_fiveDaysHavePassed_theValueStaysAndIsStale() public {
        _addTwo(10_374862, 10_379322);
        FeedProxy proxy = _proxy(feed, FEED);
        vm.warp(SECOND + 13 hours + 5 days);
        int128 last = _value();
        assertEq(last, 10_379322 + 24_715);
        assertEq(feed.latestRound(FEED).flags, 0);
        skip(1);
        assertEq(feed.latestRound(FEED).flags, STALE_FLAG);
        assertTrue(proxy.isStale());
        skip(30 days);
        assertEq(_value(), last);
    }

    function testFuzz_valueIsTheFloorOfTheLine(int128 first, int128 second, uint256 elapsed) public {
        first = int128(bound(first, -1e30, 1e30));
        second = int128(bound(second, first - int128(MAX_DELTA), first + int128(MAX_DELTA)));
        elapsed = bound(elapsed, 13 hours, 10 days);
        _addTwo(first, second);
        vm.warp(SECOND + elapsed);
        int256 seconds_ = int256(elapsed < 5 days + 13 hours ? elapsed : 5 days + 13 hours);
        int256 line = (int256(second) - first) * seconds_;
        int256 grown = int256(_value()) - second;
        assertLe(grown * 1 days, line);
        assertGt((grown + 1) * 1 days, line);
    }

    /* REFUSALS */

    function test_RevertWhen_theInstantIsNotPast() public {
        vm.warp(FIRST);
        vm.expectRevert(abi.encodeWithSelector(ExtrapolatingFeed.CheckpointNotPast.selector, FIRST, FIRST));
        _add(10_374862, FIRST, FIRST);
        _add(10_374862, FIRST - 1, FIRST);
    }

    function test_RevertWhen_itsEffectIsPast() public {
        vm.warp(FIRST + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(ExtrapolatingFeed.CheckpointEffectiveInPast.selector, FIRST + 1 hours - 1, FIRST + 1 hours));
        _add(10_374862, FIRST, FIRST + 1 hours - 1);
        _add(10_374862, FIRST, FIRST + 1 hours);
    }

    function test_RevertWhen_checkpointsAreOutOfOrder() public {
        vm.warp(FIRST + 1 hours);
        _add(10_374862, FIRST, FIRST + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(ExtrapolatingFeed.CheckpointOutOfOrder.selector, FIRST + 1, FIRST + 1 hours));
        _add(10_374862, FIRST + 1, FIRST + 1 hours);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(ExtrapolatingFeed.CheckpointOutOfOrder.selector, FIRST, FIRST + 1 hours + 1));
        _add(10_374862, FIRST, FIRST + 1 hours + 1);
        _add(10_374862, FIRST + 1, FIRST + 1 hours + 1);
    }

    function test_RevertWhen_theJumpIsAboveTheDelta() public {
        vm.warp(FIRST + 1 hours);
        _add(10_000000, FIRST, block.timestamp);
        skip(1 days);
        bytes4 selector = ExtrapolatingFeed.CheckpointJump.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, 11_000001, 10_000000, MAX_DELTA));
        _add(11_000001, SECOND, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(selector, 8_999999, 10_000000, MAX_DELTA));
        _add(8_999999, SECOND, block.timestamp);

        vm.expectEmit(address(feed));
        emit ExtrapolatingFeed.MaxDeltaSet(MAX_DELTA, 2_000000);
        vm.prank(admin);
        feed.setMaxDelta(2_000000);
        assertEq(feed.maxDelta(), 2_000000);
        vm.expectEmit(address(feed));
        emit ExtrapolatingFeed.CheckpointAdded(2, 8_999999, SECOND, uint40(block.timestamp));
        _add(8_999999, SECOND, block.timestamp);
    }

    /// @dev Also what takes a slip of the pen back: an effect that never comes would otherwise close the feed for good.
    function test_When_oneIsAddedBeforeTheLastTookEffect_itTakesItsPlace() public {
        _addTwo(10_374862, 10_379322);
        _add(10_390000, SECOND + 1 hours, type(uint40).max);
        skip(1 hours);
        _add(10_380000, SECOND + 1 hours, block.timestamp);
        assertEq(feed.roundAt(FEED, 3).value, 10_380000);
        assertEq(feed.latestRound(FEED).round, 3);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 4));
        feed.roundAt(FEED, 4);
    }

    function test_RevertWhen_theLineLeavesItsType() public {
        _addTwo(type(int128).max - 4460, type(int128).max);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedIntDowncast.selector, 128, int256(type(int128).max) + 2415));
        feed.latestRound(FEED);
        assertEq(uint8(feed.stateOf(FEED)), uint8(FeedState.HALTED));
    }

    function test_RevertWhen_callerLacksTheRole() public {
        bytes memory reason = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        feed.addCheckpoint(1, 1, uint40(block.timestamp));
        vm.expectRevert(reason);
        feed.setMaxDelta(1);
    }
}
