// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { ReserveGate } from "../../../../contracts/compliance/rules/ReserveGate.sol";
import { IFeedProxy } from "../../../../contracts/interfaces/IFeedProxy.sol";
import { IRoundSource } from "../../../../contracts/interfaces/IRoundSource.sol";
import { IValuationRegistry } from "../../../../contracts/interfaces/IValuationRegistry.sol";
import { FeedProxy } from "../../../../contracts/valuation/FeedProxy.sol";
import { ValuationRegistry } from "../../../../contracts/valuation/ValuationRegistry.sol";
import { WeekdayCalendar } from "../WeekdayCalendar.sol";
import { ChainlinkFixture } from "./ChainlinkFixture.sol";

/// @notice An issuer whose own signers are relieved by a feed of Chainlink's: forwarder → cache → source → proxy → registry. An address
///         changes in one place, and no consumer notices.
contract ChainlinkSwapTest is ChainlinkFixture {
    address private constant USD = address(840);

    FeedProxy private proxy;
    ValuationRegistry private registry;
    ReserveGate private gate;
    Unit private unit;

    function setUp() public override {
        super.setUp();
        proxy = new FeedProxy(address(manager), feed, FEED, "Fund / USD", 3 days, AggregatorV3Interface(address(0)));
        registry = new ValuationRegistry(address(manager), new WeekdayCalendar());
        unit = new Unit();
        IValuationRegistry.Policy memory policy = IValuationRegistry.Policy(address(proxy), USD, 2 days, 0, 3, "US-BOND");
        vm.prank(admin);
        registry.setPolicy(address(unit), policy);
        gate = new ReserveGate();
        gate.configure(address(unit), abi.encode(proxy, uint32(2 days), int128(0), false, uint128(0)));
        _publish(PRICE);
    }

    function _swap(IRoundSource to) private {
        vm.prank(admin);
        proxy.proposeAggregator(address(to));
        skip(48 hours);
        assertTrue(_report(block.timestamp - 5, uint128(PRICE) + 200));
        assertTrue(_reportBundle(block.timestamp - 5, _smartData(PRICE + 300, uint64((block.timestamp - 1 hours) * 1e9), 0)));
        vm.prank(admin);
        proxy.confirmAggregator(address(to));
    }

    function _check(int256 nav, uint256 valuedAt) private view {
        (int256 value,, uint40 valuationTimestamp,, IValuationRegistry.Status status) = registry.valuation(address(unit));
        assertEq(value, nav);
        assertEq(valuationTimestamp, valuedAt);
        assertEq(uint8(status), uint8(IValuationRegistry.Status.LIVE));
        assertEq(registry.getQuote(1e18, address(unit), USD), uint256(nav) * 1e10);
        (bool usable, uint256 reserve,) = gate.reserveOf(address(unit));
        assertTrue(usable);
        assertEq(reserve, uint256(nav) * 1e10);
        (int256 answer, uint256 updatedAt) = proxy.requireFresh();
        assertEq(answer, nav);
        assertEq(updatedAt, valuedAt);
    }

    function test_When_aDecimalFeedRelievesTheQuorum_consumersReadOn() public {
        _check(PRICE, block.timestamp - 10);
        _report(block.timestamp, uint128(PRICE) + 100);
        _swap(decimalSource);
        _check(PRICE + 200, block.timestamp - 5);
        assertEq(proxy.phaseId(), 2);
        (, int256 answer,,,) = proxy.getRoundData(1 << 64 | 1);
        assertEq(answer, PRICE, "the quorum's round");
        (, answer,,,) = proxy.getRoundData(2 << 64 | 1);
        assertEq(answer, PRICE + 100, "Chainlink's");
    }

    function test_When_aBundleFeedRelievesTheQuorum_consumersReadOn() public {
        _reportBundle(block.timestamp, _smartData(PRICE, uint64(block.timestamp * 1e9), 0));
        _swap(bundleSource);
        _check(PRICE + 300, block.timestamp - 1 hours);
    }

    function test_When_chainlinksFeedFails_everyConsumerCloses() public {
        _reportBundle(block.timestamp, _smartData(PRICE, uint64(block.timestamp * 1e9), 0));
        _swap(bundleSource);
        _reportBundle(block.timestamp, _smartData(PRICE, uint64(block.timestamp * 1e9), 1));
        (,,,, IValuationRegistry.Status status) = registry.valuation(address(unit));
        assertEq(uint8(status), uint8(IValuationRegistry.Status.HALTED));
        (bool usable,,) = gate.reserveOf(address(unit));
        assertFalse(usable);
        assertTrue(proxy.isStale());
    }

    function test_RevertWhen_theCacheHasNoReportYet() public {
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.AggregatorInvalid.selector, decimalSource));
        proxy.proposeAggregator(address(decimalSource));
    }
}

/// @dev Where a token stands for its own compliance.
contract Unit {
    uint8 public constant decimals = 18;
    address public compliance = msg.sender;
}
