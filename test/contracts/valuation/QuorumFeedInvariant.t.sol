// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { QuorumFeed } from "../../../contracts/valuation/QuorumFeed.sol";
import { QuorumFeedFixture } from "./QuorumFeedFixture.sol";

/// @notice Reporters, a transmitter, a guardian and an administrator over time; some reporters lie, some pull the ripcord.
contract QuorumFeedHandler is QuorumFeedFixture {
    uint256 public accepted;
    uint256 public ripcords;
    uint64 public lastAccepted;
    uint40 public lastValuation;
    bool public ordered = true;
    bool public honest = true;

    function submit(uint256 seed, uint256 wait, uint256 count, uint8 flags) external {
        (,,,, bool halted) = feed.configOf(FEED);
        if (halted) return;
        skip(bound(wait, 11, 2 days));
        count = bound(count, 3, 4);
        int128 low = int128(bound(int256(seed >> 1), MINIMUM, MAXIMUM - 100));
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](count);
        uint256 pulled;
        for (uint8 i; i < count; ++i) {
            // the last one may lie without bound: it is a minority
            int128 value = i == count - 1 ? type(int128).max : low + int128(uint128(i));
            uint8 flag = flags >> i & 1;
            pulled += flag;
            observations[i] = _sign(header, uint8((i + seed % 4) % 4), value, flag);
        }
        feed.submit(header, _signerSet(4), observations);
        if (2 * pulled > count) {
            ++ripcords;
            return;
        }
        Round memory round = feed.latestRound(FEED);
        ordered = ordered && round.round > lastAccepted && round.valuationTimestamp > lastValuation && round.round == header.round;
        honest = honest && round.value >= low && round.value <= low + 2;
        (lastAccepted, lastValuation) = (uint32(round.round), round.valuationTimestamp);
        ++accepted;
    }

    function halt() external {
        vm.prank(guardian);
        feed.halt(FEED);
    }

    function resume() external {
        vm.prank(configurer);
        feed.resume(FEED);
    }

    function rotate() external {
        _configure(4, 1);
    }

    function target() external view returns (QuorumFeed) {
        return feed;
    }
}

contract QuorumFeedInvariantTest is Test {
    bytes32 private constant FEED = keccak256("UST-BILL-26W");

    QuorumFeedHandler private handler;

    function setUp() public {
        handler = new QuorumFeedHandler();
        handler.setUp();
        bytes4[] memory selectors = new bytes4[](4);
        selectors[0] = handler.submit.selector;
        selectors[1] = handler.halt.selector;
        selectors[2] = handler.resume.selector;
        selectors[3] = handler.rotate.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({ addr: address(handler), selectors: selectors }));
    }

    function invariant_roundsAndValuationsStrictlyIncrease() public view {
        assertTrue(handler.ordered());
        assertEq(handler.target().nextRound(FEED), handler.accepted() + handler.ripcords() + 1);
    }

    function invariant_valueLiesAmongTheHonestOnes() public view {
        assertTrue(handler.honest());
    }

    function invariant_latestIsTheLastAcceptedOrUnreadable() public view {
        (,,,, bool halted) = handler.target().configOf(FEED);
        try handler.target().latestRound(FEED) returns (Round memory round) {
            assertFalse(halted);
            assertEq(round.round, handler.lastAccepted());
        } catch {
            assertTrue(halted || handler.accepted() == 0);
        }
    }
}
