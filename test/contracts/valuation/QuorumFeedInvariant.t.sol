// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { FeedState, Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { IMarketCalendar } from "../../../contracts/interfaces/IMarketCalendar.sol";
import { QuorumFeed } from "../../../contracts/valuation/QuorumFeed.sol";
import { ValuationGuard } from "../../../contracts/valuation/ValuationGuard.sol";
import { QuorumFeedFixture } from "./QuorumFeedFixture.sol";

/// @notice Reporters, a transmitter, an approver, a guardian and an administrator over time, under the real guard; some reporters lie, some
///         pull the ripcord.
contract QuorumFeedHandler is QuorumFeedFixture {
    uint256 public ripcords;
    uint256 public helds;
    uint256 public approvals;
    uint256 public confirmations;
    uint64 public lastAccepted;
    uint32 public used;
    bool public ordered = true;
    bool public honest = true;
    bool public bounded = true;
    uint64[] private _invalid;

    function setUp() public override {
        super.setUp();
        ValuationGuard realGuard = new ValuationGuard(address(manager), IMarketCalendar(address(0)));
        _install(realGuard);
        _create(FEED);
        ValuationGuard.Policy memory policy;
        (policy.baseBps, policy.perDayBps, policy.maxBps, policy.spreadBps) = (100, 100, 300, 200);
        vm.prank(admin);
        realGuard.setPolicy(FEED, policy);
        vm.prank(configurer);
        feed.setCalmBand(FEED, 50);
    }

    function submit(uint256 seed, uint256 wait, uint256 count, uint8 flags, bool batch) external {
        if (feed.stateOf(FEED) == FeedState.HALTED) return;
        skip(bound(wait, 11, 2 days));
        count = bound(count, 3, 4);
        int128 low = _near(seed);
        IQuorumFeed.Header memory header = _header();
        int128[] memory values = new int128[](count);
        uint8[] memory pulled = new uint8[](count);
        uint256 majority;
        for (uint256 i; i < count; ++i) {
            // the last one may lie, now and then without bound: he is a minority
            values[i] = low + int128(uint128(i));
            if (i == count - 1 && seed % 3 == 0) values[i] = seed % 2 == 0 ? type(int128).max : low + low / 80;
            pulled[i] = batch ? flags & 1 & uint8(seed >> i) : flags >> i & 1 & uint8(seed >> 4);
            majority += pulled[i];
        }
        (Round memory held, bool wasHeld) = _held();
        if (batch) _submitBatch(header, values, pulled);
        else _submitOne(header, values, pulled, seed);
        used = header.round;

        if (2 * majority > count) {
            ++ripcords;
            return;
        }
        (Round memory now_, bool isHeld) = _held();
        if (isHeld && now_.round == header.round) {
            ++helds;
            return;
        }
        if (wasHeld && _apart(held.value, low) * 10_000 <= int256(held.value) * 50) ++confirmations;
        _accept(header.round);
        int128 value = feed.latestRound(FEED).value;
        honest = honest && value >= low && value <= low + 2;
    }

    function approve(uint256 wait) external {
        (Round memory held, bool isHeld) = _held();
        if (!isHeld || !_inside(held.value)) return;
        (, uint40 earliest, uint40 expiry) = feed.pending(FEED);
        uint256 at = bound(wait, earliest, expiry - 1);
        if (at < block.timestamp) return;
        vm.warp(at);
        bytes32 valueHash = keccak256(abi.encode(FEED, uint32(held.round), held.value, held.valuationTimestamp));
        vm.prank(approver);
        feed.approvePending(FEED, uint32(held.round), valueHash);
        ++approvals;
        _accept(held.round);
    }

    /// @dev One of the last few numbers, if it is a valid round.
    function invalidate(uint256 back) external {
        back = bound(back, 0, 5);
        if (used <= back) return;
        uint64 round = used - uint64(back);
        try feed.roundAt(FEED, round) {
            vm.prank(configurer);
            feed.invalidate(FEED, uint32(round), "reason");
            _invalid.push(round);
            lastAccepted = 0;
            for (uint64 each = round; each > 0 && lastAccepted == 0; --each) {
                try feed.roundAt(FEED, each) {
                    lastAccepted = each;
                } catch { }
            }
            // an earlier one was taken back
            for (uint64 each = used; each > round; --each) {
                try feed.roundAt(FEED, each) {
                    lastAccepted = lastAccepted > each ? lastAccepted : each;
                } catch { }
            }
        } catch { }
    }

    function setBounds(uint256 seed) external {
        vm.prank(configurer);
        feed.setBounds(FEED, int128(bound(int256(seed >> 1), MINIMUM, PRICE)), MAXIMUM);
    }

    function halt(uint8 chance) external {
        if (chance % 4 != 0) return;
        vm.prank(guardian);
        feed.halt(FEED);
    }

    function resume() external {
        vm.prank(configurer);
        feed.resume(FEED);
    }

    function rotate(uint8 chance) external {
        if (chance % 4 == 0) _configure(4, 1);
    }

    function target() external view returns (QuorumFeed) {
        return feed;
    }

    function invalid() external view returns (uint64[] memory) {
        return _invalid;
    }

    /// @dev A value near the latest or the held one, inside the bounds.
    function _near(uint256 seed) private view returns (int128) {
        (int128 minimum, int128 maximum) = feed.boundsOf(FEED);
        int256 from = PRICE;
        (Round memory held, bool isHeld) = _held();
        if (isHeld && seed % 5 != 0) from = held.value;
        else if (lastAccepted != 0) from = feed.roundAt(FEED, lastAccepted).value;
        int256 reach = from / (seed % 7 == 0 ? int256(10) : int256(200));
        int256 value = from + bound(int256(seed >> 8), -reach, reach);
        return int128(bound(value, minimum, maximum - 100));
    }

    function _submitOne(IQuorumFeed.Header memory header, int128[] memory values, uint8[] memory flags, uint256 seed) private {
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](values.length);
        for (uint256 i; i < values.length; ++i) {
            observations[i] = _sign(header, uint8((i + seed % 4) % 4), values[i], flags[i]);
        }
        feed.submit(header, _signerSet(4), observations);
    }

    function _submitBatch(IQuorumFeed.Header memory single, int128[] memory values, uint8[] memory flags) private {
        bytes32[] memory feedIds = new bytes32[](1);
        feedIds[0] = FEED;
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        header.valuationTimestamps[0] = single.valuationTimestamp;
        IQuorumFeed.BatchObservation[] memory observations = new IQuorumFeed.BatchObservation[](values.length);
        for (uint8 i; i < values.length; ++i) {
            int128[] memory own = new int128[](1);
            own[0] = values[i];
            observations[i] = _signBatch(header, i, own, flags[i]);
        }
        feed.submitBatch(header, _signerSet(4), observations);
    }

    function _accept(uint64 round) private {
        Round memory latest = feed.latestRound(FEED);
        uint40 before = lastAccepted == 0 ? 0 : feed.roundAt(FEED, lastAccepted).valuationTimestamp;
        ordered = ordered && latest.round == round && round > lastAccepted && latest.valuationTimestamp > before
            && latest.valuationTimestamp <= block.timestamp;
        bounded = bounded && _inside(latest.value);
        lastAccepted = round;
    }

    function _inside(int128 value) private view returns (bool) {
        (int128 minimum, int128 maximum) = feed.boundsOf(FEED);
        return value >= minimum && value <= maximum;
    }

    function _held() private view returns (Round memory held, bool isHeld) {
        try feed.pending(FEED) returns (Round memory found, uint40, uint40) {
            return (found, true);
        } catch { }
    }

    function _apart(int128 a, int128 b) private pure returns (int256) {
        return a > b ? int256(a) - b : int256(b) - a;
    }
}

contract QuorumFeedInvariantTest is Test {
    bytes32 private constant FEED = keccak256("UST-BILL-26W");

    QuorumFeedHandler private handler;

    function setUp() public {
        handler = new QuorumFeedHandler();
        handler.setUp();
        bytes4[] memory selectors = new bytes4[](9);
        selectors[0] = handler.submit.selector;
        selectors[1] = handler.submit.selector; // more often than the rest
        selectors[2] = handler.submit.selector;
        selectors[3] = handler.approve.selector;
        selectors[4] = handler.invalidate.selector;
        selectors[5] = handler.setBounds.selector;
        selectors[6] = handler.halt.selector;
        selectors[7] = handler.resume.selector;
        selectors[8] = handler.rotate.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({ addr: address(handler), selectors: selectors }));
    }

    function invariant_roundsAndValuationsStrictlyIncrease() public view {
        assertTrue(handler.ordered());
        assertEq(handler.target().nextRound(FEED), handler.used() + 1);
    }

    function invariant_valueLiesAmongTheHonestOnes() public view {
        assertTrue(handler.honest());
    }

    function invariant_noAcceptedRoundIsOutsideTheBounds() public view {
        assertTrue(handler.bounded());
    }

    function invariant_latestIsTheLastAcceptedOrUnreadable() public view {
        FeedState state = handler.target().stateOf(FEED);
        try handler.target().latestRound(FEED) returns (Round memory round) {
            assertTrue(state == FeedState.LIVE || state == FeedState.HELD);
            assertEq(round.round, handler.lastAccepted());
            assertEq(abi.encode(round), abi.encode(handler.target().roundAt(FEED, round.round)));
        } catch {
            assertTrue(state == FeedState.HALTED || state == FeedState.UNKNOWN && handler.lastAccepted() == 0);
        }
    }

    function invariant_whatIsHeldIsNoRound() public view {
        try handler.target().pending(FEED) returns (Round memory held, uint40, uint40) {
            assertGt(held.round, handler.lastAccepted());
            assertEq(handler.target().nextRound(FEED), held.round + 1);
            _assertNoRound(uint64(held.round));
        } catch {
            assertTrue(handler.target().stateOf(FEED) != FeedState.HELD);
        }
    }

    function invariant_whatIsInvalidIsNoRound() public view {
        uint64[] memory invalid = handler.invalid();
        for (uint256 i; i < invalid.length; ++i) {
            _assertNoRound(invalid[i]);
        }
    }

    function _assertNoRound(uint64 round) private view {
        try handler.target().roundAt(FEED, round) {
            assertTrue(false, "readable");
        } catch { }
    }

    /// @dev What the handler is for does happen.
    function afterInvariant() public view {
        assertLe(handler.approvals() + handler.confirmations(), handler.helds());
    }
}
