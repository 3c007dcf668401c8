// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { DataFeedsCache } from "@chainlink/contracts/src/v0.8/data-feeds/DataFeedsCache.sol";
import { KeystoneForwarder } from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { MockV3Aggregator } from "@chainlink/contracts/src/v0.8/shared/mocks/MockV3Aggregator.sol";
import { IQuorumFeed } from "../../../../contracts/interfaces/IQuorumFeed.sol";
import { FeedState, IRoundSource, Round } from "../../../../contracts/interfaces/IRoundSource.sol";
import { ChainlinkSource } from "../../../../contracts/valuation/adapters/ChainlinkSource.sol";
import { ChainlinkV3Source } from "../../../../contracts/valuation/adapters/ChainlinkV3Source.sol";
import { ChainlinkFixture } from "./ChainlinkFixture.sol";

/// @notice What Chainlink's contracts do that surprises whoever trusts them, each beside what ours does with it.
contract ChainlinkTrapsTest is ChainlinkFixture {
    uint256 private constant ANSWER = uint256(uint128(PRICE));

    function _refuseReads(bytes memory reason, FeedState state) private {
        vm.expectRevert(reason);
        decimalSource.latestRound(FEED);
        assertEq(uint8(decimalSource.stateOf(FEED)), uint8(state));
    }

    /// @notice At least four signers; exactly f + 1 signatures. Ours asks for 2f + 1.
    function test_When_trap1_theForwarderTakesExactlyOneMoreThanF() public {
        address[] memory three = new address[](3);
        vm.expectRevert(KeystoneForwarder.FaultToleranceMustBePositive.selector);
        forwarder.setConfig(DON, 2, 0, three);
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InsufficientSigners.selector, 3, 4));
        forwarder.setConfig(DON, 2, 1, three);
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.ExcessSigners.selector, 32, 31));
        forwarder.setConfig(DON, 2, 1, new address[](32));

        bytes memory rawReport = _rawReport(_decimalPayload(block.timestamp, ANSWER));
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InvalidSignatureCount.selector, 2, 3));
        forwarder.report(address(cache), rawReport, CONTEXT, _signatures(rawReport, 0, 3));

        IQuorumFeed.Header memory header = _header();
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.QuorumMissed.selector, 2, 3));
        feed.submit(header, _signerSet(4), _agreed(header, 2, PRICE));
    }

    /// @notice Two keys of four sign one number, whatever it is. Ours takes the median of three, and one liar does not move it.
    function test_When_trap2_twoKeysOfFourPostAnyNumber() public {
        assertTrue(_report(block.timestamp, ANSWER));
        skip(1 days);
        assertTrue(_report(block.timestamp, ANSWER * 3 / 2));
        assertEq(decimalSource.latestRound(FEED).value, PRICE * 3 / 2, "inside the bounds: nothing else guards it");

        _publish(PRICE);
        skip(1 days);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        observations[2] = _sign(header, 2, PRICE * 3 / 2, 0);
        feed.submit(header, _signerSet(4), observations);
        assertEq(feed.latestRound(FEED).value, PRICE);
    }

    /// @notice What is signed names no chain, no forwarder and no receiver. Ours is signed for one chain and one contract.
    function test_When_trap3_theSameSignaturesPassOnAnotherChain() public {
        bytes memory rawReport = _rawReport(_decimalPayload(block.timestamp, ANSWER));
        bytes[] memory signatures = _signatures(rawReport, 0, 2);
        forwarder.report(address(cache), rawReport, CONTEXT, signatures);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);

        vm.chainId(block.chainid + 1);
        KeystoneForwarder elsewhere = new KeystoneForwarder();
        address[] memory signers = new address[](4);
        for (uint256 i; i < 4; ++i) {
            signers[i] = vm.addr(KEY + i);
        }
        elsewhere.setConfig(DON, CONFIG, 1, signers);
        DataFeedsCache other = new DataFeedsCache();
        other.setFeedAdmin(address(this), true);
        DataFeedsCache.WorkflowMetadata[] memory workflow = _workflow();
        workflow[0].allowedSender = address(elsewhere);
        other.setDecimalFeedConfigs(_one(NAV_ID), _text(""), workflow);
        elsewhere.report(address(other), rawReport, CONTEXT, signatures);
        assertEq(other.getLatestAnswer(NAV_ID), PRICE);

        vm.expectPartialRevert(IQuorumFeed.SignatureInvalid.selector);
        feed.submit(header, _signerSet(4), observations);
    }

    /// @notice There are no bounds: zero and the greatest number are accepted. Ours refuses to read them, and never clamps.
    function test_When_trap4_theCacheHasNoBounds() public {
        assertTrue(_report(block.timestamp, 0));
        _refuseReads(_outOfBounds(0), FeedState.HALTED);
        skip(1);
        assertTrue(_report(block.timestamp, type(uint224).max));
        _refuseReads(_outOfBounds(int256(uint256(type(uint224).max))), FeedState.HALTED);
        skip(1);
        assertTrue(_report(block.timestamp, uint128(MAXIMUM) + 1));
        _refuseReads(_outOfBounds(MAXIMUM + 1), FeedState.HALTED);
        skip(1);
        assertTrue(_report(block.timestamp, uint128(MINIMUM) - 1));
        _refuseReads(_outOfBounds(MINIMUM - 1), FeedState.HALTED);
        skip(1);
        assertTrue(_report(block.timestamp, uint128(MAXIMUM)));
        assertEq(decimalSource.latestRound(FEED).value, MAXIMUM);
        assertEq(uint8(decimalSource.stateOf(FEED)), uint8(FeedState.LIVE));
    }

    function _outOfBounds(int256 answer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ChainlinkSource.AnswerOutOfBounds.selector, answer, MINIMUM, MAXIMUM);
    }

    /// @notice A time in the far future is accepted and shuts the feed for good, even after it is removed. Ours shows that nothing can
    ///         be read; what helps is another data id behind a new source.
    function test_When_trap5_aTimeInTheFutureFreezesTheFeed() public {
        assertTrue(_report(type(uint32).max, ANSWER));
        bytes memory reason = abi.encodeWithSelector(ChainlinkSource.TimestampImplausible.selector, type(uint32).max);
        _refuseReads(reason, FeedState.HALTED);
        skip(1 days);
        assertTrue(_report(block.timestamp, ANSWER + 1), "recorded as a success");
        assertEq(cache.getLatestAnswer(NAV_ID), PRICE);
        cache.removeFeedConfigs(_one(NAV_ID));
        assertEq(cache.getLatestAnswer(NAV_ID), PRICE);
        cache.setDecimalFeedConfigs(_one(NAV_ID), _text(""), _workflow());
        assertTrue(_report(block.timestamp, ANSWER + 1));
        _refuseReads(reason, FeedState.HALTED);
    }

    /// @notice An update without permission, or no newer than the last, is skipped and recorded as a success. Ours reverts.
    function test_When_trap6_whatIsNotPermittedOrOldIsSkippedSilently() public {
        assertTrue(_report(block.timestamp, ANSWER));
        assertTrue(_report(block.timestamp, ANSWER + 1), "no newer");
        assertEq(decimalSource.latestRound(FEED).value, PRICE);
        skip(1);
        DataFeedsCache.WorkflowMetadata[] memory workflow = _workflow();
        workflow[0].allowedWorkflowName = "other";
        cache.setDecimalFeedConfigs(_one(NAV_ID), _text(""), workflow);
        assertTrue(_report(block.timestamp, ANSWER + 1), "not permitted");
        assertEq(decimalSource.latestRound(FEED).value, PRICE);
        assertEq(decimalSource.latestRound(FEED).round, 1);

        _publish(PRICE);
        IQuorumFeed.Header memory header = _header();
        uint40 latest = header.valuationTimestamp;
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.ValuationNotNewer.selector, latest, latest));
        feed.submit(header, _signerSet(4), observations);
    }

    /// @notice No data, an unknown round and a bundle all read as zeros. Ours reverts.
    function test_When_trap7_whatIsNotThereReadsAsZero() public {
        vm.prank(address(decimalSource));
        (uint80 roundId, int256 answer,, uint256 updatedAt,) = cache.latestRoundData();
        assertEq(roundId + uint256(answer) + updatedAt, 0);
        _refuseReads(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0), FeedState.UNKNOWN);

        _report(block.timestamp, ANSWER);
        vm.prank(address(decimalSource));
        (roundId, answer,, updatedAt,) = cache.getRoundData(2);
        assertEq(roundId, 2, "as if it were one");
        assertEq(uint256(answer) + updatedAt, 0);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 2));
        decimalSource.roundAt(FEED, 2);

        _reportBundle(block.timestamp, _smartData(PRICE, uint64(block.timestamp * 1e9), 0));
        _map(address(decimalSource), BUNDLE_ID);
        _refuseReads(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0), FeedState.UNKNOWN);
    }

    /// @notice The forwarder swallows the receiver's failure, so that the least gas at which its call succeeds, which is what an estimate
    ///         finds, delivers nothing. Say how much gas, and look at `result`. Ours swallows nothing.
    function test_When_trap8_theEstimatedGasDeliversNothing() public {
        bytes16[] memory dataIds = new bytes16[](5);
        string[] memory descriptions = new string[](5);
        Decimal[] memory reports = new Decimal[](5);
        for (uint256 i; i < 5; ++i) {
            dataIds[i] = bytes16(uint128(NAV_ID) + uint128(i));
            reports[i] = Decimal(dataIds[i], uint32(block.timestamp), uint224(ANSWER));
        }
        cache.setDecimalFeedConfigs(dataIds, descriptions, _workflow());
        bytes memory rawReport = _rawReport(abi.encode(reports));
        bytes memory call = abi.encodeCall(forwarder.report, (address(cache), rawReport, CONTEXT, _signatures(rawReport, 0, 2)));

        uint256 estimate = _leastGas(address(forwarder), call);
        vm.recordLogs();
        (bool succeeded,) = address(forwarder).call{ gas: estimate }(call);
        emit log_named_uint("estimate for five feeds", estimate);
        assertTrue(succeeded, "the transaction succeeds");
        assertFalse(_result(), "the delivery does not");
        assertEq(cache.getLatestTimestamp(NAV_ID), 0);

        (succeeded,) = address(forwarder).call{ gas: 2_000_000 }(call);
        assertTrue(succeeded && _result(), "again, with enough");
        assertEq(cache.getLatestTimestamp(dataIds[4]), block.timestamp);

        IQuorumFeed.Header memory header = _header();
        call = abi.encodeCall(feed.submit, (header, _signerSet(4), _agreed(header, 3, PRICE)));
        estimate = _leastGas(address(feed), call);
        (succeeded,) = address(feed).call{ gas: estimate }(call);
        assertEq(feed.latestRound(FEED).value, PRICE, "whoever succeeds has published");
    }

    /// @dev What an estimate of gas finds, to the nearest 2,000.
    function _leastGas(address target, bytes memory call) private returns (uint256 gas) {
        bool succeeded;
        for (gas = 20_000; !succeeded; gas += 2000) {
            uint256 snapshot = vm.snapshotState();
            (succeeded,) = target.call{ gas: gas }(call);
            vm.revertToState(snapshot);
        }
        return gas - 2000;
    }

    /// @notice Some feeds tell the time in nanoseconds or milliseconds. The unit is declared, and a time in another one is refused.
    function test_When_trap9_timeIsInAnotherUnit() public {
        uint256[3] memory perSecond = [uint256(1), 1e3, 1e9];
        for (uint8 told; told < 3; ++told) {
            MockV3Aggregator aggregator = new MockV3Aggregator(8, 0);
            uint256 time = block.timestamp * perSecond[told];
            aggregator.updateRoundData(1, PRICE, time, time);
            for (uint8 declared; declared < 3; ++declared) {
                ChainlinkV3Source source = new ChainlinkV3Source(
                    FEED, AggregatorV3Interface(address(aggregator)), 8, MINIMUM, MAXIMUM, ChainlinkSource.TimeUnit(declared)
                );
                if (declared == told) {
                    assertEq(source.latestRound(FEED).valuationTimestamp, block.timestamp);
                } else {
                    vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.TimestampImplausible.selector, time));
                    source.latestRound(FEED);
                    assertEq(uint8(source.stateOf(FEED)), uint8(FeedState.HALTED));
                }
            }
        }

        _reportBundle(block.timestamp, _smartData(PRICE, uint64((block.timestamp - 3 hours) * 1e9), 0));
        Round memory round = bundleSource.latestRound(FEED);
        assertEq(round.valuationTimestamp, block.timestamp - 3 hours, "navDate");
        assertEq(round.publishedAt, block.timestamp);
    }

    /// @notice A bundle is raw bytes, and what its fields mean can be changed beside it. Ours pins that, and asks again at each read.
    function test_When_trap10_aBundlesDecimalsChange() public {
        _reportBundle(block.timestamp, _smartData(PRICE, uint64(block.timestamp * 1e9), 0));
        assertEq(bundleSource.latestRound(FEED).value, PRICE);
        _setBundleDecimals(18, 0, 2, 0);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.DecimalsChanged.selector, 18, 8));
        bundleSource.latestRound(FEED);
        _setBundleDecimals(8, 9, 2, 0);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.DecimalsChanged.selector, 9, 0));
        bundleSource.latestRound(FEED);
        _setBundleDecimals(8, 0, 2, 1);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkSource.DecimalsChanged.selector, 1, 0));
        bundleSource.latestRound(FEED);
        assertEq(uint8(bundleSource.stateOf(FEED)), uint8(FeedState.HALTED));
        _setBundleDecimals(8, 0, 18, 0);
        assertEq(bundleSource.latestRound(FEED).value, PRICE, "a field that is not read");
    }
}
