// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { IAppraisalSource } from "../../../contracts/interfaces/IAppraisalSource.sol";
import { FeedState, Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { INAVSnapshotOracle } from "../../../contracts/interfaces/erc8330/INAVSnapshotOracle.sol";
import { NO_CORRECTED_BY, NO_CORRECTION, USD } from "../../../contracts/interfaces/erc8330/NAVIdentifiers.sol";
import { AppraisalNavOracle } from "../../../contracts/valuation/AppraisalNavOracle.sol";
import { AppraisalSource } from "../../../contracts/valuation/AppraisalSource.sol";
import { AppraisalSourceFixture } from "./AppraisalSourceFixture.sol";

/// @notice Four appraisers of six instants who publish, correct and are invalidated, a committee that changes the quorum, an approver who
///         sometimes looks. Beside the oracle stands a plain list of what was said, searched from end to end.
contract AppraisalHandler is AppraisalSourceFixture {
    struct Said {
        uint256 provider;
        int256 nav;
        uint8 decimals;
        uint64 instant;
        uint256 corrects;
        uint256 correctedBy;
        bool invalidated;
        bytes32 record;
    }

    uint256 private constant INSTANTS = 6;

    Said[] public said;
    address[4] public providers;
    uint256 public quorum = 3;
    bool public isBounded = true;
    bool public isAscending = true;
    uint40 internal lastPublishedAt;
    int256[] public approved;

    function setUp() public override {
        super.setUp();
        providers = [ada, ben, cleo, makeAddr("dan")];
        _list(providers[3]);
    }

    function publish(uint256 provider, uint256 when, int256 value, uint8 decimals, bool repeat) external {
        provider = bound(provider, 0, 3);
        uint64 instant = instantOf(bound(when, 0, INSTANTS - 1));
        decimals = uint8(bound(decimals, 6, 10));
        int256 nav_ = bound(value, 90, 110) * int256(10 ** uint256(decimals)) + value % 1000;
        uint256 current = currentOf(provider, instant);
        if (current != NO_CORRECTION && !repeat) return;
        uint256 index = _publish(providers[provider], nav_, decimals, instant, current);
        assertEq(index, said.length);
        if (current != NO_CORRECTION) said[current].correctedBy = index;
        said.push(Said(provider, nav_, decimals, instant, current, NO_CORRECTED_BY, false, 0));
        said[index].record = recordOf(index);
        skip(1 hours);
    }

    function invalidate(uint256 index) external {
        if (said.length == 0) return;
        index = bound(index, 0, said.length - 1);
        if (said[index].correctedBy != NO_CORRECTED_BY || said[index].invalidated) return;
        _invalidate(index);
        said[index].invalidated = true;
        if (said[index].corrects != NO_CORRECTION) said[said[index].corrects].correctedBy = NO_CORRECTED_BY;
    }

    function setQuorum(uint256 quorum_) external {
        quorum = bound(quorum_, 1, 4);
        _setQuorum(quorum, 500);
    }

    function approve() external {
        try source.pending(FEED) returns (IAppraisalSource.Appraisal memory waiting) {
            (bool any, int256 previous) = lastThatStands();
            vm.prank(approver);
            try source.approve(FEED, waiting.value, waiting.valuationTimestamp) {
                if (any) {
                    int256 move = waiting.value > previous ? waiting.value - previous : previous - waiting.value;
                    isBounded = isBounded && move * 10_000 <= previous * int256(uint256(BOUND));
                }
                approved.push(waiting.value);
                uint40 publishedAt = source.latestRound(FEED).publishedAt;
                isAscending = isAscending && publishedAt >= lastPublishedAt;
                lastPublishedAt = publishedAt;
            } catch (bytes memory reason) {
                assertEq(bytes4(reason), IAppraisalSource.MoveOutOfBounds.selector);
            }
        } catch { }
    }

    /// @return any whether one of the rounds was not withdrawn
    /// @return value of the last such round
    function lastThatStands() internal view returns (bool any, int256 value) {
        for (uint256 n = approved.length; n > 0 && !any; --n) {
            try source.roundAt(FEED, uint64(n)) returns (Round memory round) {
                (any, value) = (true, round.value);
            } catch { }
        }
    }

    /* THE LIST */

    /// @dev Ascending: three that lie days apart, then three within minutes.
    function instantOf(uint256 n) public pure returns (uint64) {
        return n < 3 ? Q1 - 200 days + uint64(n) * 3 days : Q1 + uint64(n) * 300;
    }

    function isCurrent(uint256 index) public view returns (bool) {
        return !said[index].invalidated && said[index].correctedBy == NO_CORRECTED_BY;
    }

    function currentOf(uint256 provider, uint64 instant) public view returns (uint256) {
        for (uint256 i; i < said.length; ++i) {
            if (said[i].provider == provider && said[i].instant == instant && isCurrent(i)) return i;
        }
        return NO_CORRECTION;
    }

    /// @param provider 4 = any
    /// @return latest NO_CORRECTION when there is none
    function latestOf(uint256 provider) external view returns (uint256 latest) {
        latest = NO_CORRECTION;
        for (uint256 i; i < said.length; ++i) {
            if (!isCurrent(i) || (provider != 4 && said[i].provider != provider)) continue;
            if (latest == NO_CORRECTION || said[i].instant >= said[latest].instant) latest = i;
        }
    }

    /// @return found whether any instant has a quorum
    /// @return instant the greatest that has one
    /// @return values of the instant, at 18 decimals, sorted
    function quorate() external view returns (bool found, uint64 instant, int256[] memory values) {
        for (uint256 n = INSTANTS; n > 0 && !found; --n) {
            instant = instantOf(n - 1);
            values = new int256[](4);
            uint256 count;
            for (uint256 provider; provider < 4; ++provider) {
                uint256 index = currentOf(provider, instant);
                if (index == NO_CORRECTION) continue;
                int256 value = said[index].nav * int256(10 ** uint256(18 - said[index].decimals));
                uint256 place = count++;
                for (; place > 0 && values[place - 1] > value; --place) {
                    values[place] = values[place - 1];
                }
                values[place] = value;
            }
            found = count >= quorum;
            assembly ("memory-safe") {
                mstore(values, count)
            }
        }
    }

    /// @return hash of a record without the one field that may change
    function recordOf(uint256 index) public view returns (bytes32) {
        INAVSnapshotOracle.NAVSnapshot memory record = nav.getSnapshot(SUBJECT, USD, index);
        record.correctedByIndex = 0;
        return keccak256(abi.encode(record));
    }

    function snapshots() external view returns (uint256) {
        return said.length;
    }

    function approvals() external view returns (uint256) {
        return approved.length;
    }

    function oracle() external view returns (AppraisalNavOracle) {
        return nav;
    }

    function feed() external view returns (AppraisalSource) {
        return source;
    }
}

contract AppraisalInvariantTest is Test {
    bytes32 private constant SUBJECT = keccak256("12 Elm Street");
    bytes32 private constant FEED = keccak256("ELM-12");

    AppraisalHandler private handler;
    AppraisalNavOracle private nav;
    AppraisalSource private source;

    function setUp() public {
        handler = new AppraisalHandler();
        handler.setUp();
        nav = handler.oracle();
        source = handler.feed();
        bytes4[] memory selectors = new bytes4[](6);
        selectors[0] = handler.publish.selector;
        selectors[1] = handler.publish.selector;
        selectors[2] = handler.publish.selector;
        selectors[3] = handler.invalidate.selector;
        selectors[4] = handler.setQuorum.selector;
        selectors[5] = handler.approve.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({ addr: address(handler), selectors: selectors }));
    }

    function invariant_recordsNeverChange() public view {
        assertEq(nav.snapshotCount(SUBJECT, USD), handler.snapshots());
        for (uint256 i; i < handler.snapshots(); ++i) {
            (,,,,, uint256 correctedBy,, bytes32 record) = handler.said(i);
            assertEq(handler.recordOf(i), record);
            assertEq(nav.getSnapshot(SUBJECT, USD, i).correctedByIndex, correctedBy);
        }
    }

    function invariant_invalidatedIsNeverCurrent() public view {
        for (uint256 i; i < handler.snapshots(); ++i) {
            (uint256 provider,,, uint64 instant,,, bool invalidated,) = handler.said(i);
            assertEq(nav.isSnapshotInvalidated(SUBJECT, USD, i), invalidated);
            assertEq(nav.isSnapshotCurrent(SUBJECT, USD, i), handler.isCurrent(i));
            try nav.currentSnapshotIndex(SUBJECT, USD, i) returns (uint256 current) {
                assertFalse(invalidated);
                assertEq(current, handler.currentOf(provider, instant));
                assertEq(current, _follow(i));
            } catch {
                assertTrue(invalidated);
            }
        }
    }

    /// @dev The end of a chain as the EIP describes the way to it.
    function _follow(uint256 index) private view returns (uint256) {
        uint256 next = nav.getSnapshot(SUBJECT, USD, index).correctedByIndex;
        return next == NO_CORRECTED_BY ? index : _follow(next);
    }

    function invariant_latestHasTheGreatestValuationTimestamp() public view {
        uint256 expected = handler.latestOf(4);
        try nav.latestNAV(SUBJECT, USD) returns (int256 value, uint8 decimals, bytes32, uint64 instant, uint64 publishedAt, address by) {
            INAVSnapshotOracle.NAVSnapshot memory record = nav.getSnapshot(SUBJECT, USD, expected);
            assertEq(value, record.nav);
            assertEq(decimals, record.decimals);
            assertEq(instant, record.valuationTimestamp);
            assertEq(publishedAt, record.publishedAt);
            assertEq(by, record.provider);
        } catch {
            assertEq(expected, NO_CORRECTION);
        }
    }

    function invariant_latestOfAProviderHasItsGreatestValuationTimestamp() public view {
        for (uint256 i; i < 4; ++i) {
            uint256 expected = handler.latestOf(i);
            try nav.latestNAVByProvider(SUBJECT, USD, handler.providers(i)) returns (INAVSnapshotOracle.NAVSnapshot memory latest) {
                assertEq(keccak256(abi.encode(latest)), keccak256(abi.encode(nav.getSnapshot(SUBJECT, USD, expected))));
            } catch {
                assertEq(expected, NO_CORRECTION);
            }
        }
    }

    function invariant_aggregateIsTheLowerMedianOfTheGreatestInstantWithAQuorum() public view {
        (bool found, uint64 expected, int256[] memory values) = handler.quorate();
        try nav.aggregatedNAV(SUBJECT, USD) returns (int256 value, uint8 decimals, bytes32, uint64 instant, uint256 providers, bool, bool) {
            assertTrue(found);
            assertEq(instant, expected);
            assertEq(providers, values.length);
            assertEq(value * int256(10 ** uint256(18 - decimals)), values[(values.length - 1) / 2]);
        } catch {
            assertFalse(found);
        }
    }

    function invariant_onlyWhatWasApprovedIsServed() public view {
        assertTrue(handler.isBounded());
        assertTrue(handler.isAscending());
        uint256 approvals = handler.approvals();
        FeedState state = source.stateOf(FEED);
        try source.latestRound(FEED) returns (Round memory round) {
            assertEq(round.round, approvals);
            assertEq(round.value, handler.approved(approvals - 1));
            assertTrue(state == FeedState.LIVE || state == FeedState.HELD);
        } catch {
            assertEq(uint8(state), uint8(approvals == 0 ? FeedState.UNKNOWN : FeedState.HALTED));
        }
    }

    function invariant_liveMeansThatTheStreamSaysTheSame() public view {
        if (source.stateOf(FEED) != FeedState.LIVE) return;
        (bool found, uint64 instant, int256[] memory values) = handler.quorate();
        assertTrue(found);
        Round memory round = source.latestRound(FEED);
        assertEq(round.valuationTimestamp, instant);
        int256 median = values[(values.length - 1) / 2];
        assertLe(int256(round.value) * 1e10, median);
        assertGt((int256(round.value) + 1) * 1e10, median);
    }
}
