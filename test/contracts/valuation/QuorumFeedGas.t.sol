// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { QuorumFeedFixture } from "./QuorumFeedFixture.sol";

/// @notice Receipts of a submission (each call its own transaction, after refunds) against the targets.
/// forge-config: default.isolate = true
contract QuorumFeedGasTest is QuorumFeedFixture {
    /// @dev Steady state: the ring is warm, so that every slot written held something before.
    function _submitGas(uint256 n, uint8 f) private returns (uint256 gas) {
        _configure(n, f);
        for (uint256 i; i < 66; ++i) {
            skip(1 days);
            IQuorumFeed.Header memory header = _header();
            bytes memory signerSet = _signerSet(n);
            IQuorumFeed.Observation[] memory observations = _agreed(header, 2 * uint256(f) + 1, PRICE + int128(int256(i)));
            feed.submit(header, signerSet, observations);
        }
        gas = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint("submit", gas);
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
