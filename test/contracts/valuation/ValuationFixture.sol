// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { AccessManager } from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import { Test } from "forge-std/Test.sol";
import { IRoundSource } from "../../../contracts/interfaces/IRoundSource.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { ScriptedSource } from "./ScriptedSource.sol";

/// @notice A scripted source with one feed of 8 decimals, an administrator and a stranger.
abstract contract ValuationFixture is Test {
    bytes32 internal constant FEED = keccak256("FUND-NAV");
    int128 internal constant NAV = 10_37486200;
    uint256 internal constant START = 1_700_000_000;
    uint256 internal constant MAX_AGE = 3 days;
    uint80 internal constant PHASE = 1 << 64;

    address internal admin = makeAddr("admin");
    address internal stranger = makeAddr("stranger");
    AccessManager internal manager;
    ScriptedSource internal source;

    function setUp() public virtual {
        vm.warp(START);
        manager = new AccessManager(admin);
        source = new ScriptedSource();
        source.create(FEED, 8);
    }

    function _proxy(IRoundSource of_, bytes32 feedId) internal returns (FeedProxy) {
        return new FeedProxy(address(manager), of_, feedId, "Fund / USD", MAX_AGE, AggregatorV3Interface(address(0)));
    }
}

/// @notice What a registry asks of a token.
contract DecimalsStandIn {
    uint8 public decimals;

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }
}
