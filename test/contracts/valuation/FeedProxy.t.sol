// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IFeedProxy } from "../../../contracts/interfaces/IFeedProxy.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { IRoundSource } from "../../../contracts/interfaces/IRoundSource.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { QuorumFeedFixture } from "./QuorumFeedFixture.sol";

contract FeedProxyTest is QuorumFeedFixture {
    uint256 private constant MAX_AGE = 3 days;
    uint80 private constant PHASE = 1 << 64;

    FeedProxy private proxy;

    function setUp() public override {
        super.setUp();
        proxy = new FeedProxy(feed, FEED, 8, "UST bill 26w / USD", MAX_AGE);
    }

    function test_When_deployed_itSaysWhatItIs() public view {
        assertEq(proxy.decimals(), 8);
        assertEq(proxy.description(), "UST bill 26w / USD");
        assertEq(proxy.version(), 1);
        assertEq(proxy.phaseId(), 1);
        assertEq(proxy.feedId(), FEED);
        assertEq(proxy.maxAge(), MAX_AGE);
        assertEq(proxy.aggregator(), address(feed));
    }

    function test_When_read_updatedAtIsTheInstantOfValuation() public {
        _publish(PRICE);
        uint256 valuedAt = block.timestamp - 10;
        skip(2 days);
        (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound) = proxy.latestRoundData();
        assertEq(roundId, PHASE | 1);
        assertEq(answer, PRICE);
        assertEq(startedAt, valuedAt);
        assertEq(updatedAt, valuedAt, "neither the time of publication nor now");
        assertEq(answeredInRound, roundId);
    }

    function test_When_aPastRoundIsRead_itIsThatRound() public {
        _publish(PRICE);
        uint256 valuedAt = block.timestamp - 10;
        skip(1 days);
        _publish(PRICE + 7);
        (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound) = proxy.getRoundData(PHASE | 1);
        assertEq(roundId, PHASE | 1);
        assertEq(answer, PRICE);
        assertEq(startedAt, valuedAt);
        assertEq(updatedAt, valuedAt);
        assertEq(answeredInRound, roundId);
        (, answer,,,) = proxy.latestRoundData();
        assertEq(answer, PRICE + 7);
    }

    function testFuzz_RevertWhen_roundIdIsNotOfThisPhase(uint80 roundId) public {
        _publish(PRICE);
        vm.assume(roundId >> 64 != 1 || uint64(roundId) > type(uint32).max);
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.FeedRoundUnknown.selector, roundId));
        proxy.getRoundData(roundId);
    }

    function test_RevertWhen_roundIsUnknown() public {
        _publish(PRICE);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 2));
        proxy.getRoundData(PHASE | 2);
    }

    function test_RevertGiven_noData() public {
        bytes memory reason = abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0);
        _refuseReads(reason, PHASE | 1);
    }

    function test_RevertGiven_halted() public {
        _publish(PRICE);
        vm.prank(guardian);
        feed.halt(FEED);
        _refuseReads(abi.encodeWithSelector(IQuorumFeed.FeedHaltedError.selector, FEED), PHASE | 1);
    }

    function _refuseReads(bytes memory reason, uint80 roundId) private {
        vm.expectRevert(reason);
        proxy.latestRoundData();
        vm.expectRevert(reason);
        proxy.getRoundData(roundId);
        vm.expectRevert(reason);
        proxy.requireFresh();
        assertTrue(proxy.isStale());
    }

    function test_RevertGiven_stale() public {
        _publish(PRICE);
        uint256 valuedAt = block.timestamp - 10;

        vm.warp(valuedAt + MAX_AGE);
        assertFalse(proxy.isStale(), "not stale at exactly its age");
        (int256 answer, uint256 updatedAt) = proxy.requireFresh();
        assertEq(answer, PRICE);
        assertEq(updatedAt, valuedAt);

        vm.warp(valuedAt + MAX_AGE + 1);
        assertTrue(proxy.isStale());
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.FeedStale.selector, MAX_AGE + 1, MAX_AGE));
        proxy.requireFresh();
        (,,, updatedAt,) = proxy.latestRoundData();
        assertGt(block.timestamp - updatedAt, MAX_AGE, "a consumer's own test of staleness fires too");
    }

    function test_RevertWhen_theFeedDoesNotKnowTheId() public {
        bytes32 unknown = keccak256("unknown");
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.FeedUnknown.selector, unknown));
        new FeedProxy(feed, unknown, 8, "", MAX_AGE);
    }
}
