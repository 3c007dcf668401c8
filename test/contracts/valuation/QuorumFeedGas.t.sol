// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { MarketCalendar } from "../../../contracts/valuation/MarketCalendar.sol";
import { ValuationGuard } from "../../../contracts/valuation/ValuationGuard.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { QuorumFeedFixture } from "./QuorumFeedFixture.sol";

/// @notice Receipts of a submission (each call its own transaction, after refunds) against the targets.
/// forge-config: default.isolate = true
contract QuorumFeedGasTest is QuorumFeedFixture {
    /// @dev Above the moves of these tests.
    uint16 private constant CALM = 50;

    ValuationGuard private realGuard;

    function setUp() public override {
        super.setUp();
        realGuard = new ValuationGuard(address(manager), new MarketCalendar(address(manager)));
        _install(realGuard);
        _create(FEED);
        _admit(FEED);
    }

    /// @dev Rounds that are not calm are admitted too, among them the first.
    function _admit(bytes32 feedId) private {
        ValuationGuard.Policy memory policy;
        (policy.baseBps, policy.maxBps, policy.spreadBps) = (100, 500, 100);
        vm.prank(admin);
        realGuard.setPolicy(feedId, policy);
        vm.prank(configurer);
        feed.setCalmBand(feedId, CALM);
    }

    /// @dev Steady state: the ring is warm, so that every slot written held something before. The first round is not calm.
    function _submitGas(uint256 n, uint8 f) private returns (uint256 gas) {
        _configure(n, f);
        bytes memory signerSet = _signerSet(n);
        for (uint256 i; i < 66; ++i) {
            skip(1 days);
            IQuorumFeed.Header memory header = _header();
            int128 value = PRICE + int128(int256(i % 10)) * 1_000000;
            IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](2 * uint256(f) + 1);
            for (uint8 j; j < observations.length; ++j) {
                observations[j] = _sign(header, j, value + int128(uint128(j)), 0);
            }
            feed.submit(header, signerSet, observations);
        }
        gas = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint("submit", gas);
    }

    function _batchGas(uint256 n, uint8 f) private returns (uint256 gas) {
        bytes32[] memory feedIds = new bytes32[](10);
        for (uint256 i; i < 10; ++i) {
            feedIds[i] = keccak256(abi.encode("FEED", i));
            vm.startPrank(configurer);
            feed.createFeed(feedIds[i], 8, MINIMUM, MAXIMUM);
            feed.setConfig(feedIds[i], _signers(n), f);
            vm.stopPrank();
            _admit(feedIds[i]);
        }
        bytes memory signerSet = _signerSet(n);
        for (uint256 round; round < 66; ++round) {
            skip(1 days);
            IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
            IQuorumFeed.BatchObservation[] memory observations = new IQuorumFeed.BatchObservation[](2 * uint256(f) + 1);
            for (uint8 j; j < observations.length; ++j) {
                int128[] memory values = new int128[](10);
                for (uint256 i; i < 10; ++i) {
                    // no two signers say the same, and their order differs from feed to feed
                    values[i] = PRICE + int128(int256(round % 10)) * 1_000000 + int128(int256((j * 7 + i) % observations.length));
                }
                observations[j] = _signBatch(header, j, values, 0);
            }
            feed.submitBatch(header, signerSet, observations);
        }
        gas = vm.lastCallGas().gasTotalUsed / 10;
        emit log_named_uint("submitBatch, a feed", gas);
    }

    function test_batchOf10FeedsOf4Signers_costsAtMost28000AFeed() public {
        assertLe(_batchGas(4, 1), 28_000);
    }

    function test_batchOf10FeedsOf7Signers_isReported() public {
        assertLe(_batchGas(7, 2), 33_000);
    }

    function test_batchOf10FeedsOf16Signers_isReported() public {
        assertLe(_batchGas(16, 5), 48_000);
    }

    function test_submitOf4Signers_costsAtMost70000() public {
        assertLe(_submitGas(4, 1), 70_000);
    }

    function test_submitOf7Signers_costsAtMost86000() public {
        assertLe(_submitGas(7, 2), 86_000);
    }

    function test_submitOf16Signers_costsAtMost137000() public {
        assertLe(_submitGas(16, 5), 137_000);
    }

    function test_submitOf31Signers_isReported() public {
        assertLe(_submitGas(31, 10), 240_000);
    }

    /// @dev What the call costs a contract that reads a price; decoding the five words costs it some 400 more.
    function test_coldRead_costsAtMost12000() public {
        FeedProxy proxy = new FeedProxy(address(manager), feed, FEED, "UST bill 26w / USD", 3 days, AggregatorV3Interface(address(0)));
        _publish(PRICE);
        Consumer consumer = new Consumer(proxy);
        consumer.read();
        uint256 gas = consumer.cost();
        emit log_named_uint("latestRoundData", gas);
        assertLe(gas, 12_000);
    }
}

contract Consumer {
    AggregatorV3Interface private immutable FEED;
    uint256 public cost;

    constructor(AggregatorV3Interface feed) {
        FEED = feed;
    }

    /// @dev Keeps the cost, so that the call is a transaction of its own and the slots are cold.
    function read() external {
        bytes memory data = abi.encodeCall(AggregatorV3Interface.latestRoundData, ());
        address feed = address(FEED);
        bool ok;
        uint256 before = gasleft();
        assembly ("memory-safe") {
            ok := staticcall(gas(), feed, add(data, 32), 4, 0, 0)
        }
        cost = before - gasleft();
        require(ok);
    }
}
