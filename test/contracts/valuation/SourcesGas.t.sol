// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { IRoundSource } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { AccruingFeed } from "../../../contracts/valuation/AccruingFeed.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { MarketCalendar } from "../../../contracts/valuation/MarketCalendar.sol";
import { ValuationRegistry } from "../../../contracts/valuation/ValuationRegistry.sol";
import { DecimalsStandIn } from "./ValuationFixture.sol";
import { ChainlinkFixture } from "./chainlink/ChainlinkFixture.sol";

/// @notice What cold reads cost whoever calls, per kind of source. The bounds leave all of them well inside what a FeedProxy and a
///         registry allow a read, and a rule of a token (45,000) room for the first two.
/// forge-config: default.isolate = true
contract SourcesGasTest is ChainlinkFixture {
    bytes32 private constant RATE = keccak256("RATE");

    function _costOf(IRoundSource source) private returns (uint256 read, uint256 state) {
        FeedProxy proxy = new FeedProxy(address(manager), source, FEED, "", 3 days, AggregatorV3Interface(address(0)));
        Caller caller = new Caller();
        read = caller.cost(address(proxy), abi.encodeCall(AggregatorV3Interface.latestRoundData, ()));
        state = caller.cost(address(proxy), abi.encodeCall(FeedProxy.state, ()));
        emit log_named_uint("latestRoundData", read);
        emit log_named_uint("state", state);
    }

    function test_coldReadOfAnAccruingFeed_isReported() public {
        vm.startPrank(configurer);
        feed.createFeed(RATE, 18, -1e12, 1e12);
        feed.setConfig(RATE, _signers(4), 1);
        vm.stopPrank();
        _publish(PRICE);
        IQuorumFeed.Header memory header = _headerOf(RATE);
        feed.submit(header, _signerSet(4), _agreed(header, 3, 5e10));
        (uint256 read, uint256 state) = _costOf(new AccruingFeed(FEED, feed, AccruingFeed.Terms(FEED, RATE, -1e12, 1e12, 0, 4 days)));
        assertLe(read, 24_000);
        assertLe(state, 32_000);
    }

    function test_coldReadOfADecimalFeed_isReported() public {
        _report(block.timestamp, uint128(PRICE));
        (uint256 read, uint256 state) = _costOf(decimalSource);
        assertLe(read, 24_000);
        assertLe(state, 25_000);
    }

    function test_coldReadOfABundleFeed_isReported() public {
        _reportBundle(block.timestamp, _smartData(PRICE, uint64(block.timestamp * 1e9), 0));
        (uint256 read, uint256 state) = _costOf(bundleSource);
        assertLe(read, 50_000);
        assertLe(state, 52_000);
    }

    function test_coldValuationOfAToken_isReported() public {
        _publish(PRICE);
        MarketCalendar calendar = new MarketCalendar(address(manager));
        ValuationRegistry registry = new ValuationRegistry(address(manager), calendar);
        FeedProxy proxy = new FeedProxy(address(manager), feed, FEED, "", 3 days, AggregatorV3Interface(address(0)));
        address token = address(new DecimalsStandIn(18));
        vm.startPrank(admin);
        calendar.setYear("US-BOND", 2023, [type(uint256).max, 1], keccak256("reviewed"));
        registry.setPolicy(token, IValuationRegistry.Policy(address(proxy), address(840), 1 days, 0, 3, "US-BOND"));
        vm.stopPrank();
        Caller caller = new Caller();
        uint256 valuation = caller.cost(address(registry), abi.encodeCall(registry.valuation, (token)));
        uint256 quote = caller.cost(address(registry), abi.encodeCall(registry.getQuote, (1e18, token, address(840))));
        emit log_named_uint("valuation", valuation);
        emit log_named_uint("getQuote", quote);
        assertLe(valuation, 50_000);
        assertLe(quote, 55_000);
    }
}

contract Caller {
    uint256 private last;

    /// @dev Keeps the cost, so that the call is a transaction of its own and everything is cold.
    function cost(address target, bytes memory message) external returns (uint256) {
        uint256 before = gasleft();
        (bool ok,) = target.staticcall(message);
        last = before - gasleft();
        require(ok, "refused");
        return last;
    }
}
