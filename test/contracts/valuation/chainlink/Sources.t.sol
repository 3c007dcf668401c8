// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IBundleBaseAggregator } from "@chainlink/contracts/src/v0.8/data-feeds/interfaces/IBundleBaseAggregator.sol";
import { DataFeedsCache } from "@chainlink/contracts/src/v0.8/data-feeds/DataFeedsCache.sol";
import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { MockV3Aggregator } from "@chainlink/contracts/src/v0.8/shared/mocks/MockV3Aggregator.sol";
import { FeedState, IRoundSource, Round } from "../../../../contracts/interfaces/IRoundSource.sol";
import { BundleSource } from "../../../../contracts/valuation/adapters/BundleSource.sol";
import { ChainlinkSource } from "../../../../contracts/valuation/adapters/ChainlinkSource.sol";
import { ChainlinkV3Source } from "../../../../contracts/valuation/adapters/ChainlinkV3Source.sol";
import { HostileFeed } from "../HostileFeed.sol";
import { ChainlinkFixture } from "./ChainlinkFixture.sol";

/// @notice Reads through the real cache and bundle proxy; what no contract of the package can be brought to say, a scripted feed says.
contract ChainlinkSourcesTest is ChainlinkFixture {
    uint8 private constant NONE = type(uint8).max;

    /* DECIMAL FEEDS */

    function test_When_aReportIsDelivered_itIsARound() public {
        assertTrue(_report(block.timestamp - 60, uint128(PRICE)));
        Round memory round = decimalSource.latestRound(FEED);
        assertEq(round.value, PRICE);
        assertEq(round.valuationTimestamp, block.timestamp - 60);
        assertEq(round.publishedAt, block.timestamp - 60, "the feed tells one time only");
        assertEq(round.round, 1);
        assertEq(round.flags, 0);
        assertEq(decimalSource.decimalsOf(FEED), 8);
        assertEq(address(decimalSource.feed()), address(cache));
        assertEq(decimalSource.minimum(), MINIMUM);
        assertEq(decimalSource.maximum(), MAXIMUM);
        assertEq(uint8(decimalSource.stateOf(FEED)), uint8(FeedState.LIVE));
    }

    function test_When_aPastRoundIsRead_itIsThatRound() public {
        _report(block.timestamp - 60, uint128(PRICE));
        _report(block.timestamp - 30, uint128(PRICE) + 7);
        assertEq(decimalSource.roundAt(FEED, 1).value, PRICE);
        assertEq(decimalSource.roundAt(FEED, 2).value, PRICE + 7);
        assertEq(decimalSource.latestRound(FEED).round, 2);
    }

    function test_RevertWhen_theCacheDoesNotKnowTheSource() public {
        ChainlinkV3Source unmapped = _source(AggregatorV3Interface(address(cache)), ChainlinkSource.TimeUnit.SECONDS);
        vm.expectRevert(abi.encodeWithSelector(DataFeedsCache.NoMappingForSender.selector, unmapped));
        unmapped.latestRound(FEED);
        assertEq(uint8(unmapped.stateOf(FEED)), uint8(FeedState.HALTED));
    }

    function test_RevertWhen_theFeedsDecimalsChange() public {
        _report(block.timestamp, uint128(PRICE));
        bytes16 other = bytes16(uint128(NAV_ID) + (uint128(10) << 64));
        cache.setDecimalFeedConfigs(_one(other), _text(""), _workflow());
        Decimal[] memory reports = new Decimal[](1);
        reports[0] = Decimal(other, uint32(block.timestamp), uint224(uint128(PRICE)));
        _deliver(address(cache), abi.encode(reports));
        _map(address(decimalSource), other);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.DecimalsChanged.selector, 18, 8));
        decimalSource.latestRound(FEED);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.DecimalsChanged.selector, 18, 8));
        decimalSource.roundAt(FEED, 1);
        assertEq(uint8(decimalSource.stateOf(FEED)), uint8(FeedState.HALTED));
    }

    function testFuzz_roundIdsArePackedAndUnpacked(uint16 phase, uint48 number) public {
        vm.assume(phase != 0 || number != 0);
        MockV3Aggregator aggregator = new MockV3Aggregator(8, 0);
        ChainlinkV3Source source = _source(aggregator, ChainlinkSource.TimeUnit.SECONDS);
        aggregator.updateRoundData(uint80(phase) << 64 | number, PRICE, block.timestamp, block.timestamp);
        uint64 packed = uint64(phase) << 48 | number;
        assertEq(source.latestRound(FEED).round, packed);
        assertEq(source.roundAt(FEED, packed).value, PRICE);
        assertEq(source.roundAt(FEED, packed).round, packed);
    }

    function test_RevertWhen_theRoundIdFitsNoRoundNumber() public {
        MockV3Aggregator aggregator = new MockV3Aggregator(8, 0);
        ChainlinkV3Source source = _source(aggregator, ChainlinkSource.TimeUnit.SECONDS);
        uint80 roundId = 3 << 64 | 1 << 48;
        aggregator.updateRoundData(roundId, PRICE, block.timestamp, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkV3Source.RoundIdTooLarge.selector, roundId));
        source.latestRound(FEED);
        aggregator.updateRoundData(0, PRICE, block.timestamp, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0));
        source.latestRound(FEED);
    }

    function test_RevertWhen_theFeedAnswersForAnotherRound() public {
        HostileFeed hostile = new HostileFeed();
        ChainlinkV3Source source = _source(AggregatorV3Interface(address(hostile)), ChainlinkSource.TimeUnit.SECONDS);
        hostile.answer(AggregatorV3Interface.decimals.selector, abi.encode(8));
        hostile.answer(AggregatorV3Interface.getRoundData.selector, abi.encode(5, PRICE, block.timestamp, block.timestamp, 5));
        assertEq(source.roundAt(FEED, 5).value, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 4));
        source.roundAt(FEED, 4);
    }

    function test_RevertWhen_theAnswerIsNegative() public {
        MockV3Aggregator aggregator = new MockV3Aggregator(8, 0);
        ChainlinkV3Source source = _source(aggregator, ChainlinkSource.TimeUnit.SECONDS);
        aggregator.updateRoundData(1, -PRICE, block.timestamp, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.AnswerOutOfBounds.selector, -PRICE, MINIMUM, MAXIMUM));
        source.latestRound(FEED);
    }

    /// @dev Whatever a feed says, either its round is plausible or it is refused.
    function testFuzz_whatIsServedIsPlausible(uint80 roundId, int256 answer, uint256 updatedAt, uint8 unit) public {
        unit %= 3;
        if (answer % 2 == 0) answer = bound(answer, MINIMUM - 10, MAXIMUM + 10);
        if (updatedAt % 2 == 0) updatedAt = bound(updatedAt, 0, block.timestamp * 2e9);
        MockV3Aggregator aggregator = new MockV3Aggregator(8, 0);
        ChainlinkV3Source source = _source(aggregator, ChainlinkSource.TimeUnit(unit));
        aggregator.updateRoundData(roundId, answer, updatedAt, 0);
        _isPlausible(source, answer);
    }

    function testFuzz_whatIsServedOfABundleIsPlausible(bytes32[4] calldata words, uint32 timestamp, uint256 shape) public {
        int256 answer = int256(uint256(words[0]));
        if (answer % 2 == 0) answer = bound(answer, MINIMUM - 10, MAXIMUM + 10);
        uint256 date = uint256(words[1]);
        if (date % 2 == 0) date = bound(date, 0, block.timestamp * 2e9);
        bytes memory bundle = abi.encode(answer, date, words[2], shape % 3 == 0 ? words[3] : bytes32(0));
        if (shape % 5 == 0) bundle = bytes.concat(bundle, words[3]);
        _reportBundle(bound(timestamp, 1, type(uint32).max), bundle);
        _isPlausible(bundleSource, answer);
    }

    function _isPlausible(IRoundSource source, int256 answer) private view {
        FeedState state = source.stateOf(FEED);
        try source.latestRound(FEED) returns (Round memory round) {
            assertEq(uint8(state), uint8(FeedState.LIVE));
            assertEq(round.value, answer);
            assertGe(round.value, MINIMUM);
            assertLe(round.value, MAXIMUM);
            assertLe(round.valuationTimestamp, block.timestamp);
            assertLe(round.publishedAt, block.timestamp);
            assertGe(round.valuationTimestamp, 1_000_000_000);
            assertGt(round.round, 0);
        } catch {
            assertTrue(state == FeedState.HALTED || state == FeedState.UNKNOWN);
        }
    }

    function test_When_theTimeIsAtTheEdge_itIsTaken() public {
        MockV3Aggregator aggregator = new MockV3Aggregator(8, 0);
        ChainlinkV3Source source = _source(aggregator, ChainlinkSource.TimeUnit.MILLISECONDS);
        aggregator.updateRoundData(1, PRICE, block.timestamp * 1000 + 999, 0);
        assertEq(source.latestRound(FEED).valuationTimestamp, block.timestamp);
        aggregator.updateRoundData(1, PRICE, (block.timestamp + 1) * 1000, 0);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.TimestampImplausible.selector, (block.timestamp + 1) * 1000));
        source.latestRound(FEED);
        aggregator.updateRoundData(1, PRICE, 1_000_000_000_000, 0);
        assertEq(source.latestRound(FEED).valuationTimestamp, 1_000_000_000);
        aggregator.updateRoundData(1, PRICE, 999_999_999_999, 0);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.TimestampImplausible.selector, 999_999_999_999));
        source.latestRound(FEED);
    }

    function test_When_theFeedIsBroken_stateOfAnswers() public {
        HostileFeed hostile = new HostileFeed();
        ChainlinkV3Source source = _source(AggregatorV3Interface(address(hostile)), ChainlinkSource.TimeUnit.SECONDS);
        assertEq(uint8(source.stateOf(FEED)), uint8(FeedState.HALTED));
        hostile.answer(AggregatorV3Interface.latestRoundData.selector, hex"01");
        assertEq(uint8(source.stateOf(FEED)), uint8(FeedState.HALTED));
        hostile.burn(AggregatorV3Interface.latestRoundData.selector);
        assertEq(uint8(source.stateOf(FEED)), uint8(FeedState.HALTED));
        vm.etch(address(hostile), "");
        assertEq(uint8(source.stateOf(FEED)), uint8(FeedState.HALTED));
        assertEq(uint8(source.stateOf("other")), uint8(FeedState.UNKNOWN));
    }

    function test_RevertWhen_theBoundsMakeNoSense() public {
        _refuseBounds(0, 1);
        _refuseBounds(-1, 1);
        _refuseBounds(2, 1);
    }

    function _refuseBounds(int128 minimum, int128 maximum) private {
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.BoundsInvalid.selector, minimum, maximum));
        new ChainlinkV3Source(FEED, AggregatorV3Interface(address(cache)), 8, minimum, maximum, ChainlinkSource.TimeUnit.SECONDS);
    }

    function _source(AggregatorV3Interface of_, ChainlinkSource.TimeUnit unit) private returns (ChainlinkV3Source) {
        return new ChainlinkV3Source(FEED, of_, 8, MINIMUM, MAXIMUM, unit);
    }

    /* BUNDLES */

    function _navDate() private view returns (uint64) {
        return uint64((block.timestamp - 1 hours) * 1e9);
    }

    function test_When_aBundleIsDelivered_itIsARound() public {
        assertTrue(_reportBundle(block.timestamp - 60, _smartData(PRICE, _navDate(), 0)));
        Round memory round = bundleSource.latestRound(FEED);
        assertEq(round.value, PRICE);
        assertEq(round.valuationTimestamp, block.timestamp - 1 hours);
        assertEq(round.publishedAt, block.timestamp - 60);
        assertEq(round.round, block.timestamp - 60);
        assertEq(bundleSource.roundAt(FEED, round.round).value, PRICE);
        assertEq(address(bundleSource.bundle()), address(bundleProxy));
        assertEq(abi.encode(bundleSource.layoutOf()), abi.encode(4, 0, 1, 3));
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, round.round - 1));
        bundleSource.roundAt(FEED, round.round - 1);
    }

    function test_RevertGiven_noBundle() public {
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0));
        bundleSource.latestRound(FEED);
        assertEq(uint8(bundleSource.stateOf(FEED)), uint8(FeedState.UNKNOWN));
    }

    function test_When_theRipcordIsRaised_theFeedIsHalted() public {
        _reportBundle(block.timestamp, _smartData(PRICE, _navDate(), 1));
        vm.expectRevert(abi.encodeWithSelector(BundleSource.RipcordRaised.selector, FEED));
        bundleSource.latestRound(FEED);
        assertEq(uint8(bundleSource.stateOf(FEED)), uint8(FeedState.HALTED));
        skip(1);
        _reportBundle(block.timestamp, _smartData(PRICE, _navDate(), 0));
        assertEq(uint8(bundleSource.stateOf(FEED)), uint8(FeedState.LIVE));
    }

    function test_RevertWhen_theBundlesValueOrTimeIsImplausible() public {
        _reportBundle(block.timestamp, _smartData(-PRICE, _navDate(), 0));
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.AnswerOutOfBounds.selector, -PRICE, MINIMUM, MAXIMUM));
        bundleSource.latestRound(FEED);

        skip(1);
        uint64 future = uint64((block.timestamp + 1) * 1e9);
        _reportBundle(block.timestamp, _smartData(PRICE, future, 0));
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.TimestampImplausible.selector, future));
        bundleSource.latestRound(FEED);

        skip(1);
        _reportBundle(block.timestamp, _smartData(PRICE, uint64(block.timestamp), 0));
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.TimestampImplausible.selector, block.timestamp));
        bundleSource.latestRound(FEED);

        _reportBundle(block.timestamp + 1, _smartData(PRICE, _navDate(), 0));
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.TimestampImplausible.selector, block.timestamp + 1));
        bundleSource.latestRound(FEED);
    }

    function test_RevertWhen_theBundleHasAnotherShape() public {
        _reportBundle(block.timestamp, abi.encode(int192(PRICE), _navDate(), int192(1)));
        vm.expectRevert(abi.encodeWithSelector(BundleSource.BundleShapeChanged.selector, 4, 96));
        bundleSource.latestRound(FEED);
        skip(1);
        _reportBundle(block.timestamp, bytes.concat(_smartData(PRICE, _navDate(), 0), hex"00"));
        vm.expectRevert(abi.encodeWithSelector(BundleSource.BundleShapeChanged.selector, 4, 129));
        bundleSource.latestRound(FEED);
        skip(1);
        _reportBundle(block.timestamp, _smartData(PRICE, _navDate(), 0));
        uint8[][] memory decimals = new uint8[][](1);
        decimals[0] = new uint8[](3);
        decimals[0][0] = 8;
        cache.setBundleFeedConfigs(_one(BUNDLE_ID), _text(""), decimals, _workflow());
        vm.expectRevert(abi.encodeWithSelector(BundleSource.BundleShapeChanged.selector, 3, 128));
        bundleSource.latestRound(FEED);
    }

    function test_When_thereIsNoDateAndNoRipcord_theBundlesTimeCounts() public {
        BundleSource plain = _bundleSource(BundleSource.Layout(4, 0, NONE, NONE));
        _reportBundle(block.timestamp - 60, _smartData(PRICE, 0, 1));
        assertEq(plain.latestRound(FEED).valuationTimestamp, block.timestamp - 60);
        assertEq(uint8(plain.stateOf(FEED)), uint8(FeedState.LIVE));
    }

    function test_RevertWhen_theLayoutMakesNoSense() public {
        _refuseLayout(BundleSource.Layout(0, 0, NONE, NONE));
        _refuseLayout(BundleSource.Layout(1, 1, NONE, NONE));
        _refuseLayout(BundleSource.Layout(2, 0, 2, NONE));
        _refuseLayout(BundleSource.Layout(2, 0, NONE, 2));
        _refuseLayout(BundleSource.Layout(2, 0, 0, NONE));
        _refuseLayout(BundleSource.Layout(2, 0, NONE, 0));
        _refuseLayout(BundleSource.Layout(2, 0, 1, 1));
        _refuseLayout(BundleSource.Layout(NONE, 0, 1, 2));
    }

    function _refuseLayout(BundleSource.Layout memory layout) private {
        vm.expectRevert(BundleSource.LayoutInvalid.selector);
        _bundleSource(layout);
    }

    function _bundleSource(BundleSource.Layout memory layout) private returns (BundleSource) {
        IBundleBaseAggregator of_ = IBundleBaseAggregator(address(bundleProxy));
        return new BundleSource(FEED, of_, 8, MINIMUM, MAXIMUM, ChainlinkSource.TimeUnit.NANOSECONDS, layout);
    }
}
