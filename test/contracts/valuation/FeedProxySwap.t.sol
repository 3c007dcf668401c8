// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IFeedProxy } from "../../../contracts/interfaces/IFeedProxy.sol";
import { FeedState, IRoundSource, Round, STALE_FLAG } from "../../../contracts/interfaces/IRoundSource.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { HostileFeed } from "./HostileFeed.sol";
import { ScriptedSource } from "./ScriptedSource.sol";
import { ValuationFixture } from "./ValuationFixture.sol";

/// @notice The change of a proxy's source, its reads of sources that behave badly, and the sequencer in front of both.
contract FeedProxySwapTest is ValuationFixture {
    ScriptedSource private next;
    FeedProxy private proxy;

    function setUp() public override {
        super.setUp();
        next = new ScriptedSource();
        next.create(FEED, 8);
        next.publish(FEED, NAV + 5, START - 5);
        source.publish(FEED, NAV, START - 10);
        proxy = _proxy(source, FEED);
    }

    function _propose(address aggregator) private {
        vm.prank(admin);
        proxy.proposeAggregator(aggregator);
    }

    function _confirm(address aggregator) private {
        vm.prank(admin);
        proxy.confirmAggregator(aggregator);
    }

    function _swap(ScriptedSource to) private {
        _propose(address(to));
        skip(48 hours);
        _confirm(address(to));
    }

    /* SWAP */

    function test_When_deployed_theFirstPhaseIsThere() public {
        assertEq(proxy.phaseAggregators(1), address(source));
        assertEq(proxy.phaseAggregators(0), address(0));
        assertEq(proxy.authority(), address(manager));
        (address proposed, uint40 confirmableAt) = proxy.proposedAggregator();
        assertEq(proposed, address(0));
        assertEq(confirmableAt, 0);
        vm.expectEmit();
        emit IFeedProxy.AggregatorConfirmed(address(0), address(source), 1);
        _proxy(source, FEED);
    }

    function test_When_proposed_nothingChangesUntilItIsConfirmed() public {
        vm.expectEmit(address(proxy));
        emit IFeedProxy.AggregatorProposed(address(next), uint40(START + 48 hours));
        _propose(address(next));
        (address proposed, uint40 confirmableAt) = proxy.proposedAggregator();
        assertEq(proposed, address(next));
        assertEq(confirmableAt, START + 48 hours);
        assertEq(proxy.aggregator(), address(source));
        (, int256 answer,,,) = proxy.latestRoundData();
        assertEq(answer, NAV);

        skip(48 hours);
        vm.expectEmit(address(proxy));
        emit IFeedProxy.AggregatorConfirmed(address(source), address(next), 2);
        _confirm(address(next));
        assertEq(proxy.aggregator(), address(next));
        assertEq(proxy.phaseId(), 2);
        assertEq(proxy.phaseAggregators(2), address(next));
        (proposed, confirmableAt) = proxy.proposedAggregator();
        assertEq(proposed, address(0));
        assertEq(confirmableAt, 0);
    }

    function test_When_confirmed_thePhaseRisesAndOldRoundsStay() public {
        _swap(next);
        (uint80 roundId, int256 answer,, uint256 updatedAt, uint80 answeredInRound) = proxy.latestRoundData();
        assertEq(roundId, 2 << 64 | 1);
        assertEq(answeredInRound, roundId);
        assertEq(answer, NAV + 5);
        assertEq(updatedAt, START - 5);

        (roundId, answer,, updatedAt,) = proxy.getRoundData(PHASE | 1);
        assertEq(roundId, PHASE | 1);
        assertEq(answer, NAV);
        assertEq(updatedAt, START - 10);

        source.setState(FEED, FeedState.HALTED);
        (, answer,,,) = proxy.getRoundData(PHASE | 1);
        assertEq(answer, NAV, "of a source that halted since");
    }

    function test_When_swappedBack_theOldSourceHasANewPhase() public {
        _swap(next);
        _swap(source);
        assertEq(proxy.phaseId(), 3);
        (uint80 roundId,,,,) = proxy.latestRoundData();
        assertEq(roundId, 3 << 64 | 1);
        (, int256 answer,,,) = proxy.getRoundData(2 << 64 | 1);
        assertEq(answer, NAV + 5);
    }

    function test_RevertWhen_confirmedBefore48Hours() public {
        _propose(address(next));
        vm.warp(START + 48 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.AggregatorTooEarly.selector, START + 48 hours));
        _confirm(address(next));
        skip(1);
        _confirm(address(next));
    }

    function test_RevertWhen_anotherOneIsConfirmed() public {
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.AggregatorNotProposed.selector, address(0), address(0)));
        _confirm(address(0));
        _propose(address(next));
        skip(48 hours);
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.AggregatorNotProposed.selector, address(source), address(next)));
        _confirm(address(source));
    }

    function test_When_zeroIsProposed_theProposalIsTakenBack() public {
        _propose(address(next));
        vm.expectEmit(address(proxy));
        emit IFeedProxy.AggregatorProposed(address(0), 0);
        _propose(address(0));
        skip(48 hours);
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.AggregatorNotProposed.selector, address(next), address(0)));
        _confirm(address(next));
    }

    function test_When_proposedAgain_theDelayBeginsAnew() public {
        _propose(address(next));
        skip(47 hours);
        _propose(address(next));
        skip(2 hours);
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.AggregatorTooEarly.selector, START + 47 hours + 48 hours));
        _confirm(address(next));
    }

    function test_RevertWhen_whatIsProposedIsNoSourceOfTheFeed() public {
        _refuse(makeAddr("account without code"));
        _refuse(address(new DecimalsOnly()));

        ScriptedSource other = new ScriptedSource();
        _refuse(address(other));
        other.create(FEED, 8);
        _refuse(address(other));
        other.publish(FEED, NAV, START);
        other.setState(FEED, FeedState.HELD);
        _refuse(address(other));
        other.setState(FEED, FeedState.HALTED);
        _refuse(address(other));
        other.setState(FEED, FeedState.LIVE);
        other.create(FEED, 6);
        _refuse(address(other));
        other.create(FEED, 8);
        _propose(address(other));

        HostileFeed hostile = new HostileFeed();
        hostile.answer(IRoundSource.stateOf.selector, abi.encode(FeedState.LIVE));
        _refuse(address(hostile));
        hostile.answer(IRoundSource.decimalsOf.selector, hex"08");
        _refuse(address(hostile));
        hostile.burn(IRoundSource.stateOf.selector);
        _refuse(address(hostile));
    }

    function _refuse(address aggregator) private {
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.AggregatorInvalid.selector, aggregator));
        _propose(aggregator);
    }

    function test_RevertWhen_theSourceIsNotLiveAnyMore_atItsConfirmation() public {
        _propose(address(next));
        skip(48 hours);
        next.setState(FEED, FeedState.HALTED);
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.AggregatorInvalid.selector, address(next)));
        _confirm(address(next));
        next.setState(FEED, FeedState.LIVE);
        next.create(FEED, 18);
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.AggregatorInvalid.selector, address(next)));
        _confirm(address(next));
    }

    function test_RevertWhen_callerLacksTheRole() public {
        _propose(address(next));
        skip(48 hours);
        bytes memory reason = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        proxy.proposeAggregator(address(0));
        vm.expectRevert(reason);
        proxy.confirmAggregator(address(next));
    }

    function testFuzz_roundIdsOfDifferentPhasesNeverMeet(uint16 phase, uint64 round) public {
        _swap(next);
        uint80 roundId = uint80(phase) << 64 | round;
        if (phase == 0 || phase > 2 || round == 0) {
            vm.expectRevert(abi.encodeWithSelector(IFeedProxy.FeedRoundUnknown.selector, roundId));
            proxy.getRoundData(roundId);
        } else if (round > 1) {
            vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, round));
            proxy.getRoundData(roundId);
        } else {
            (uint80 given, int256 answer,,,) = proxy.getRoundData(roundId);
            assertEq(given, roundId);
            assertEq(answer, phase == 1 ? NAV : NAV + 5);
        }
    }

    /* STATES */

    function test_When_theSourceIsHeld_itIsReadButNothingMovesOnIt() public {
        source.setState(FEED, FeedState.HELD);
        (, int256 answer,,,) = proxy.latestRoundData();
        assertEq(answer, NAV);
        assertEq(uint8(proxy.state()), uint8(FeedState.HELD));
        assertTrue(proxy.isStale());
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.FeedHeld.selector, FEED));
        proxy.requireFresh();
    }

    function test_When_theSourceSaysStale_itIs() public {
        source.put(FEED, Round(NAV, uint40(START - 10), uint40(START), 2, STALE_FLAG));
        (, int256 answer,,,) = proxy.latestRoundData();
        assertEq(answer, NAV);
        assertTrue(proxy.isStale());
        vm.expectRevert(abi.encodeWithSelector(IFeedProxy.FeedStale.selector, 10, MAX_AGE));
        proxy.requireFresh();
    }

    function test_RevertGiven_aHaltedSource_forPastRoundsToo() public {
        _swap(next);
        next.setState(FEED, FeedState.HALTED);
        assertEq(uint8(proxy.state()), uint8(FeedState.HALTED));
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0));
        proxy.getRoundData(PHASE | 1);
    }

    function test_When_theSourceIsBroken_stateAndIsStaleAnswer() public {
        vm.etch(address(source), "");
        assertEq(uint8(proxy.state()), uint8(FeedState.UNKNOWN));
        assertTrue(proxy.isStale());

        vm.etch(address(source), address(new HostileFeed()).code);
        HostileFeed hostile = HostileFeed(address(source));
        hostile.answer(IRoundSource.stateOf.selector, abi.encode(4));
        hostile.answer(IRoundSource.latestRound.selector, hex"01");
        assertEq(uint8(proxy.state()), uint8(FeedState.UNKNOWN), "no such state");
        assertTrue(proxy.isStale());
        hostile.burn(IRoundSource.stateOf.selector);
        uint256 before = gasleft();
        assertEq(uint8(proxy.state()), uint8(FeedState.UNKNOWN));
        assertLt(before - gasleft(), 170_000);
        hostile.answer(IRoundSource.stateOf.selector, abi.encode(FeedState.LIVE));
        hostile.answer(IRoundSource.latestRound.selector, abi.encode(Round(NAV, uint40(START + 1), uint40(START), 1, 0)));
        assertTrue(proxy.isStale(), "dated in the future");
    }

    /* SEQUENCER */

    function test_When_theSequencerIsDown_nothingIsReadUntilAnHourAfterItIsUp() public {
        HostileFeed uptime = new HostileFeed();
        proxy = new FeedProxy(address(manager), source, FEED, "", MAX_AGE, AggregatorV3Interface(address(uptime)));
        _refuseReads(type(uint256).max);

        _uptime(uptime, 1, START - 1 days);
        _refuseReads(type(uint256).max);

        _uptime(uptime, 0, START);
        _refuseReads(START + 1 hours + 1);
        vm.warp(START + 1 hours);
        _refuseReads(START + 1 hours + 1);
        skip(1);
        (, int256 answer,,,) = proxy.latestRoundData();
        assertEq(answer, NAV);
        (, answer,,,) = proxy.getRoundData(PHASE | 1);
        assertEq(answer, NAV);
        (answer,) = proxy.requireFresh();
        assertEq(answer, NAV);
        assertEq(proxy.latestRound().value, NAV);
        assertEq(uint8(proxy.state()), uint8(FeedState.LIVE));
        assertFalse(proxy.isStale());
    }

    function test_When_theUptimeFeedSaysNothingUsable_theSequencerCountsAsDown() public {
        HostileFeed uptime = new HostileFeed();
        proxy = new FeedProxy(address(manager), source, FEED, "", MAX_AGE, AggregatorV3Interface(address(uptime)));
        _uptime(uptime, 0, 0);
        _refuseReads(type(uint256).max);
        _uptime(uptime, 0, START + 1);
        _refuseReads(type(uint256).max);
        _uptime(uptime, 2, START - 1 days);
        _refuseReads(type(uint256).max);
        uptime.answer(AggregatorV3Interface.latestRoundData.selector, abi.encode(1, 0, START - 1 days));
        _refuseReads(type(uint256).max);
        uptime.burn(AggregatorV3Interface.latestRoundData.selector);
        _refuseReads(type(uint256).max);
        vm.etch(address(uptime), "");
        _refuseReads(type(uint256).max);
    }

    function _uptime(HostileFeed uptime, int256 down, uint256 since) private {
        uptime.answer(AggregatorV3Interface.latestRoundData.selector, abi.encode(1, down, since, since, 1));
    }

    function _refuseReads(uint256 readableFrom) private {
        bytes memory reason = abi.encodeWithSelector(IFeedProxy.SequencerDown.selector, readableFrom);
        vm.expectRevert(reason);
        proxy.latestRoundData();
        vm.expectRevert(reason);
        proxy.getRoundData(PHASE | 1);
        vm.expectRevert(reason);
        proxy.requireFresh();
        vm.expectRevert(reason);
        proxy.latestRound();
        assertEq(uint8(proxy.state()), uint8(FeedState.HALTED));
        assertTrue(proxy.isStale());
    }
}

contract DecimalsOnly {
    function decimalsOf(bytes32) external pure returns (uint8) {
        return 8;
    }
}
