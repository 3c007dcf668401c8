// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { FeedState, IRoundSource } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationGuard } from "../../../contracts/interfaces/IValuationGuard.sol";
import { AccruingFeed } from "../../../contracts/valuation/AccruingFeed.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { QuorumFeedFixture } from "./QuorumFeedFixture.sol";

/// @notice Mark and rate as a quorum signs them: two feeds in one batch.
contract AccruingFeedQuorumTest is QuorumFeedFixture {
    bytes32 private constant RATE = keccak256("UST-BILL-26W-RATE");
    bytes32 private constant LIVE = keccak256("UST-BILL-26W-LIVE");

    AccruingFeed private accruing;
    FeedProxy private proxy;

    function setUp() public override {
        super.setUp();
        vm.startPrank(configurer);
        feed.createFeed(RATE, 18, -1e12, 1e12);
        feed.setConfig(RATE, _signers(4), 1);
        vm.stopPrank();
        accruing = new AccruingFeed(LIVE, feed, AccruingFeed.Terms(FEED, RATE, -1e12, 1e12, 10, 4 days));
        AggregatorV3Interface none = AggregatorV3Interface(address(0));
        proxy = new FeedProxy(address(manager), accruing, LIVE, "UST bill 26w / USD, accruing", 3 days, none);
    }

    function _publishBoth(int128 mark, int128 rate) private {
        bytes32[] memory feedIds = new bytes32[](2);
        (feedIds[0], feedIds[1]) = (FEED, RATE);
        int128[] memory values = new int128[](2);
        (values[0], values[1]) = (mark, rate);
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        feed.submitBatch(header, _signerSet(4), _agreedBatch(header, 3, values));
    }

    function test_When_aBatchIsPublished_consumersReadTheAccruedValue() public {
        _publishBoth(PRICE, 5e10);
        (, int256 answer,, uint256 updatedAt,) = proxy.latestRoundData();
        assertEq(answer, PRICE);
        assertEq(updatedAt, block.timestamp - 10);
        skip(1 hours);
        (answer,) = proxy.requireFresh();
        assertEq(answer, PRICE + 5 * 3600);

        _publishBoth(PRICE + 7, 0);
        (answer,) = proxy.requireFresh();
        assertEq(answer, PRICE + 7);
        (, answer,,,) = proxy.getRoundData(1 << 64 | 1);
        assertEq(answer, PRICE);
    }

    function test_When_theNewMarkIsHeld_theOldOneAccruesAndNothingMovesOnIt() public {
        _publishBoth(PRICE, 5e10);
        skip(1 hours);
        bytes memory hold = abi.encode(IValuationGuard.Verdict.HOLD, bytes32("band"));
        vm.mockCall(address(guard), abi.encodeWithSelector(IValuationGuard.check.selector, FEED), hold);
        _publishBoth(PRICE * 5 / 4, 6e10);
        (, int256 answer,,,) = proxy.latestRoundData();
        assertEq(answer, PRICE + 6 * 3600, "the old mark, at the newest accepted rate");
        assertEq(uint8(proxy.state()), uint8(FeedState.HELD));
        assertTrue(proxy.isStale());
    }

    function test_When_theQuorumFeedHalts_soDoesTheAccruingOne() public {
        _publishBoth(PRICE, 5e10);
        vm.prank(guardian);
        feed.halt(RATE);
        assertEq(uint8(proxy.state()), uint8(FeedState.HALTED));
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.FeedHaltedError.selector, RATE));
        proxy.latestRoundData();
    }

    function test_When_theLatestMarkIsInvalidated_theOneBeforeAccruesOn() public {
        _publishBoth(PRICE, 5e10);
        skip(1 hours);
        _publishBoth(PRICE + 7, 5e10);
        vm.prank(configurer);
        feed.invalidate(FEED, 2, keccak256("restated"));
        (, int256 answer,,,) = proxy.latestRoundData();
        assertEq(answer, PRICE + 5 * 3600);
    }
}
