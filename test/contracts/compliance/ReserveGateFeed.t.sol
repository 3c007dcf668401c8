// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { ReserveGate } from "../../../contracts/compliance/rules/ReserveGate.sol";
import { FeedState } from "../../../contracts/interfaces/IRoundSource.sol";
import { Kind, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { IValuationGuard } from "../../../contracts/interfaces/IValuationGuard.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { AppraisalSourceFixture } from "../valuation/AppraisalSourceFixture.sol";
import { QuorumFeedFixture } from "../valuation/QuorumFeedFixture.sol";

/// @dev Where a token stands for its own compliance.
contract GateToken {
    uint8 public constant decimals = 18;
    address public compliance = msg.sender;
}

/// @notice With the project's own feed, as a signer quorum publishes it.
contract ReserveGateFeedTest is QuorumFeedFixture {
    ReserveGate internal rule = new ReserveGate();
    FeedProxy internal proxy;
    GateToken internal token;

    function setUp() public override {
        super.setUp();
        proxy = new FeedProxy(address(manager), feed, FEED, "Reserve of TBILL", 1 days, AggregatorV3Interface(address(0)));
        token = new GateToken();
        rule.configure(address(token), abi.encode(proxy, uint32(2 days), int128(0), false, uint128(0)));
    }

    function code(uint256 supply, uint256 amount) internal view returns (uint8) {
        Transfer memory t;
        (t.token, t.kind, t.supply, t.amount) = (address(token), Kind.MINT, supply, amount);
        return rule.check(t).code;
    }

    function test_When_ARoundIsPublished_UnitsMayBeIssuedUpToIt() public {
        assertEq(code(0, 1), ReasonCode.RESERVE_STALE);
        _publish(PRICE);
        assertEq(code(99e18, 0.436306e18), ReasonCode.OK);
        assertEq(code(99e18, 0.436306e18 + 1), ReasonCode.RESERVE_SHORTFALL);
        skip(1 hours);
        _publish(MINIMUM);
        assertEq(code(99e18, 1), ReasonCode.RESERVE_SHORTFALL);
    }

    function test_When_TheFeedIsHalted_TheGateIsClosedUntilItGoesOn() public {
        _publish(PRICE);
        vm.prank(guardian);
        feed.halt(FEED);
        assertEq(code(0, 1), ReasonCode.RESERVE_STALE);
        vm.prank(configurer);
        feed.resume(FEED);
        assertEq(code(0, 1), ReasonCode.OK);
    }

    function test_When_ARoundWaitsForApproval_TheGateIsClosedUntilOneIsPublished() public {
        _publish(PRICE);
        skip(1 hours);
        guard.say(FEED, IValuationGuard.Verdict.HOLD, "band");
        _publish(MAXIMUM);
        assertEq(code(0, 1), ReasonCode.RESERVE_STALE);
        skip(1 hours);
        guard.say(FEED, IValuationGuard.Verdict.ACCEPT, 0);
        _publish(PRICE);
        assertEq(code(0, 1), ReasonCode.OK);
    }

    function test_When_TheRoundGrowsOld_TheGateCloses() public {
        _publish(PRICE);
        (,,, uint256 updatedAt,) = AggregatorV3Interface(proxy).latestRoundData();
        vm.warp(updatedAt + 2 days);
        assertEq(code(0, 1), ReasonCode.OK);
        skip(1);
        assertEq(code(0, 1), ReasonCode.RESERVE_STALE);
    }

    function test_When_TheFeedIsCold_TheRuleHasGasToSpare() public {
        _publish(PRICE);
        Transfer memory t;
        (t.token, t.kind, t.amount) = (address(token), Kind.MINT, 1);
        vm.cool(address(rule));
        vm.cool(address(proxy));
        vm.cool(address(feed));
        uint256 before = gasleft();
        assertTrue(rule.check(t).pass);
        assertLt(before - gasleft(), 40_000);
    }
}

/// @notice With appraisals, whose state is dear to tell: every appraiser's value is read for it.
abstract contract ReserveGateAppraisalFixture is AppraisalSourceFixture {
    uint256 private constant CHECK_GAS = 100_000;

    ReserveGate private rule = new ReserveGate();
    FeedProxy internal proxy;
    GateToken private token = new GateToken();

    function setUp() public virtual override {
        super.setUp();
        _publishAll(NAV, Q1);
        _approve();
        proxy = new FeedProxy(address(manager), source, FEED, "Reserve", 400 days, AggregatorV3Interface(address(0)));
        rule.configure(address(token), abi.encode(proxy, uint32(400 days), int128(0), false, uint128(0)));
    }

    /// @dev As a transaction finds it that does nothing else.
    function code() internal returns (uint8) {
        vm.cool(address(rule));
        vm.cool(address(proxy));
        vm.cool(address(source));
        vm.cool(address(nav));
        Transfer memory t;
        (t.token, t.kind, t.supply, t.amount) = (address(token), Kind.MINT, 100e18, 1e18);
        return rule.check{ gas: CHECK_GAS }(t).code;
    }
}

contract ReserveGateAppraisalTest is ReserveGateAppraisalFixture {
    function test_When_ALowerAppraisalWaits_TheGateIsClosedUntilItIsApproved() public {
        assertEq(code(), ReasonCode.OK);
        skip(30 days);
        _publishAll(NAV - 1, uint64(block.timestamp - 1));
        assertEq(code(), ReasonCode.RESERVE_STALE);
        _approve();
        assertEq(code(), ReasonCode.OK);
    }
}

/// @notice A limit of the gate, and the safe side of it.
contract ReserveGateManyAppraisersTest is ReserveGateAppraisalFixture {
    function setUp() public override {
        super.setUp();
        _list(stranger);
        _publish(stranger, NAV, Q1);
    }

    function test_When_AFourthAppraiserSpeaks_TheStateIsTooDearAndTheGateIsClosed() public {
        assertEq(code(), ReasonCode.RESERVE_STALE);
        assertEq(uint8(proxy.state()), uint8(FeedState.LIVE));
    }
}
