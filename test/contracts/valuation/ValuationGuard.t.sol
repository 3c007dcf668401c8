// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { AccessManager } from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IValuationGuard } from "../../../contracts/interfaces/IValuationGuard.sol";
import { ValuationGuard } from "../../../contracts/valuation/ValuationGuard.sol";
import { CalendarFixture } from "./CalendarFixture.sol";

contract ValuationGuardTest is CalendarFixture {
    bytes32 private constant FEED = keccak256("UST-BILL-26W");
    int256 private constant VALUE = 100_00000000;
    int256 private constant PERCENT = 1_00000000;

    ValuationGuard private guard;
    ValuationGuard.Policy private policy;
    /// @dev Tuesday 3 March 2026, 20:00 UTC.
    uint40 private tuesday;

    function setUp() public {
        tuesday = _day(2026, 3, 3) * 1 days + 20 hours;
        vm.warp(tuesday);
        guard = new ValuationGuard(address(new AccessManager(address(this))), _calendar());
        policy.calendar = US_BOND;
        (policy.baseBps, policy.perDayBps, policy.maxBps, policy.spreadBps) = (100, 200, 500, 50);
        _set();
    }

    function _set() private {
        guard.setPolicy(FEED, policy);
    }

    function _verdict(int256 previous, uint40 previousAt, int256 next, uint40 nextAt, uint256 spreadBps)
        private
        view
        returns (IValuationGuard.Verdict verdict, bytes32 reason)
    {
        return guard.check(FEED, previous, previousAt, next, nextAt, spreadBps);
    }

    function _accepts(int256 previous, uint40 previousAt, int256 next, uint40 nextAt) private view {
        (IValuationGuard.Verdict verdict, bytes32 reason) = _verdict(previous, previousAt, next, nextAt, 0);
        assertEq(reason, bytes32(0));
        assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.ACCEPT));
    }

    function _holds(int256 previous, uint40 previousAt, int256 next, uint40 nextAt, bytes32 why) private view {
        (IValuationGuard.Verdict verdict, bytes32 reason) = _verdict(previous, previousAt, next, nextAt, 0);
        assertEq(reason, why);
        assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.HOLD));
    }

    /// @dev At the band and one unit beyond, up and down.
    function _bandIs(int256 previous, uint40 previousAt, uint40 nextAt, int256 band) private view {
        _accepts(previous, previousAt, previous + band, nextAt);
        _accepts(previous, previousAt, previous - band, nextAt);
        _holds(previous, previousAt, previous + band + 1, nextAt, "band");
        _holds(previous, previousAt, previous - band - 1, nextAt, "band");
    }

    /* BAND */

    function test_When_noTimeHasPassed_theBandIsItsBase() public view {
        _bandIs(VALUE, tuesday, tuesday, PERCENT);
        _bandIs(VALUE, tuesday, tuesday + 1 hours, PERCENT);
        _bandIs(VALUE, tuesday, tuesday - 1 days, PERCENT);
    }

    function test_When_businessDaysHavePassed_theBandHasGrownByEach() public view {
        _bandIs(VALUE, tuesday, tuesday + 1 days, 3 * PERCENT);
        _bandIs(VALUE, tuesday, tuesday + 2 days, 5 * PERCENT);
    }

    function test_When_aWeekendHasPassed_theBandHasGrownByOneDay() public view {
        uint40 friday = tuesday + 3 days;
        _bandIs(VALUE, friday, friday + 2 days, PERCENT);
        _bandIs(VALUE, friday, friday + 3 days, 3 * PERCENT);
    }

    function test_When_aHolidayHasPassed_theBandHasNotGrown() public view {
        uint40 christmasEve = _day(2026, 12, 24) * 1 days + 20 hours; // a Thursday
        _bandIs(VALUE, christmasEve, christmasEve + 3 days, PERCENT);
        _bandIs(VALUE, christmasEve, christmasEve + 4 days, 3 * PERCENT);
    }

    function test_When_aLongOutageHasPassed_theBandIsAtItsWidestAndNeverReverts() public view {
        _bandIs(VALUE, tuesday, tuesday + 30 days, 5 * PERCENT);
        _bandIs(VALUE, tuesday, tuesday + 900 days, 5 * PERCENT);
    }

    function test_When_thereIsNoCalendar_everyDayCounts() public {
        policy.calendar = 0;
        _set();
        uint40 friday = tuesday + 3 days;
        _bandIs(VALUE, friday, friday + 1 days, 3 * PERCENT);
        _bandIs(VALUE, friday, friday + 2 days, 5 * PERCENT);
        _bandIs(VALUE, friday, type(uint40).max, 5 * PERCENT);
    }

    function test_When_aYearIsUnknown_evenAStandingValueIsHeld() public view {
        uint40 late = _day(2028, 12, 29) * 1 days;
        _holds(VALUE, late, VALUE, late + 3 days, "calendar");
        _holds(VALUE, _day(2020, 1, 1) * 1 days, VALUE, tuesday, "calendar");
        _holds(VALUE, 1, VALUE, type(uint40).max, "calendar");
    }

    function test_When_valuesAreNegative_theBandIsOfTheirMagnitude() public view {
        _bandIs(-VALUE, tuesday, tuesday, PERCENT);
    }

    function test_When_theValueWasZero_anyMoveIsHeld() public view {
        _accepts(0, tuesday, 0, tuesday);
        _holds(0, tuesday, 1, tuesday, "band");
        _holds(0, tuesday, -1, tuesday, "band");
        _holds(VALUE, tuesday, 0, tuesday + 30 days, "band");
    }

    /// @dev A move larger than the value itself: nothing underflows, nothing is blocked.
    function test_When_theMoveIsLargerThanTheValue_itIsHeld() public view {
        _holds(1, tuesday, VALUE, tuesday + 1 days, "band");
        _holds(-1, tuesday, -VALUE, tuesday + 1 days, "band");
    }

    function test_When_thereIsNoPreviousValue_onlyTheSpreadIsChecked() public view {
        _accepts(0, 0, VALUE, tuesday);
        _accepts(0, 0, -VALUE, tuesday);
        (IValuationGuard.Verdict verdict, bytes32 reason) = _verdict(0, 0, VALUE, tuesday, 51);
        assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.HOLD));
        assertEq(reason, bytes32("spread"));
    }

    function test_When_thereIsNoPolicy_everythingIsHeld() public view {
        (IValuationGuard.Verdict verdict, bytes32 reason) = guard.check("other", VALUE, tuesday, VALUE, tuesday, 0);
        assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.HOLD));
        assertEq(reason, bytes32("policy"));
    }

    /* SIGN AND SPREAD */

    function test_RevertWhen_theSignChanges_itIsRejected() public view {
        (IValuationGuard.Verdict verdict, bytes32 reason) = _verdict(1, tuesday, -1, tuesday, 0);
        assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.REJECT));
        assertEq(reason, bytes32("sign"));
        (verdict, reason) = _verdict(-1, tuesday, 1, tuesday, 0);
        assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.REJECT));
        assertEq(reason, bytes32("sign"));
    }

    function test_When_observationsLieTooFarApart_theRoundIsHeld() public view {
        (IValuationGuard.Verdict verdict, bytes32 reason) = _verdict(VALUE, tuesday, VALUE, tuesday, 50);
        assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.ACCEPT));
        (verdict, reason) = _verdict(VALUE, tuesday, VALUE, tuesday, 51);
        assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.HOLD));
        assertEq(reason, bytes32("spread"));
    }

    /* RESERVES */

    function test_When_aReserveFalls_itIsAcceptedAtOnceAndARiseIsNot() public {
        policy.fallsAtOnce = true;
        _set();
        (IValuationGuard.Verdict verdict,) = _verdict(VALUE, tuesday, 1, tuesday, type(uint256).max);
        assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.ACCEPT));
        _accepts(VALUE, tuesday, 0, tuesday);
        _accepts(VALUE, tuesday, VALUE + PERCENT, tuesday);
        _holds(VALUE, tuesday, VALUE + PERCENT + 1, tuesday, "band");
        (verdict,) = _verdict(VALUE, tuesday, -1, tuesday, 0);
        assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.REJECT), "but not below zero");
    }

    /* REFERENCE */

    function _reference() private returns (ReferenceFeed referenceFeed) {
        referenceFeed = new ReferenceFeed();
        policy.referenceFeed = address(referenceFeed);
        policy.referenceBps = 74;
        _set();
    }

    function test_When_theReferenceMovesToo_theDifferenceCounts() public {
        ReferenceFeed referenceFeed = _reference();
        referenceFeed.answer(1, 200e8, tuesday - 1 days);
        referenceFeed.answer(2, 204e8, tuesday); // + 2 %
        uint40 before = tuesday - 1 days;
        int256 moved = VALUE + 2 * PERCENT;
        int256 band = PERCENT * 74 / 100;
        _accepts(VALUE, before, moved + band, tuesday);
        _accepts(VALUE, before, moved - band, tuesday);
        _holds(VALUE, before, moved + band + 1, tuesday, "reference");
        _holds(VALUE, before, moved - band - 1, tuesday, "reference");
        _holds(VALUE, before, VALUE, tuesday, "reference");
        _holds(-VALUE, before, -VALUE, tuesday, "reference");
        _accepts(-VALUE, before, -moved, tuesday);
    }

    function test_When_theReferenceHasSpokenOften_whatItSaidAtThePreviousValuationCounts() public {
        ReferenceFeed referenceFeed = _reference();
        for (uint80 i; i <= 32; ++i) {
            referenceFeed.answer(5 + i, 200e8 + int256(uint256(i)) * 1e8, tuesday - 32 hours + i * 1 hours);
        }
        uint40 before = tuesday - 32 hours;
        // 32 rounds before the latest: 200 to 232, + 16 %
        policy.maxBps = 2000;
        policy.baseBps = 2000;
        _set();
        _accepts(VALUE, before, VALUE + 16 * PERCENT, tuesday);
        _holds(VALUE, before, VALUE, tuesday, "reference");
        _holds(VALUE, before - 1, VALUE + 16 * PERCENT, tuesday, "reference");
        // between two of its rounds the earlier one counts: 231 to 232
        _accepts(VALUE, tuesday - 1, VALUE + PERCENT * 1000 / 2310 + PERCENT * 74 / 100, tuesday);
        // nothing since: it has not moved
        _accepts(VALUE, tuesday, VALUE + PERCENT * 74 / 100, tuesday + 1);
        _holds(VALUE, tuesday, VALUE + PERCENT * 74 / 100 + 1, tuesday + 1, "reference");
    }

    function test_When_theReferenceIsStale_theRoundIsHeld() public {
        ReferenceFeed referenceFeed = _reference();
        referenceFeed.answer(1, 200e8, tuesday - 1 days);
        referenceFeed.answer(2, 200e8, tuesday);
        uint40 before = tuesday - 1 days;
        vm.warp(tuesday + 25 hours);
        _accepts(VALUE, before, VALUE, tuesday);
        vm.warp(tuesday + 25 hours + 1);
        _holds(VALUE, before, VALUE, tuesday, "reference");
        vm.warp(tuesday - 1);
        _holds(VALUE, before, VALUE, tuesday, "reference"); // from the future
    }

    function test_When_theReferenceIsNone_theRoundIsHeldAndNothingReverts() public {
        _reference();
        _holds(VALUE, tuesday, VALUE, tuesday, "reference"); // no data
        address[4] memory broken = [makeAddr("no code"), address(new Silent()), address(new Spendthrift()), address(new Reverting())];
        for (uint256 i; i < broken.length; ++i) {
            policy.referenceFeed = broken[i];
            _set();
            _holds(VALUE, tuesday, VALUE, tuesday, "reference");
        }
    }

    function test_When_theReferenceAnswersNonsense_theRoundIsHeld() public {
        ReferenceFeed referenceFeed = _reference();
        int256[4] memory answers = [int256(0), -1, type(int256).min, type(int256).max];
        for (uint256 i; i < 4; ++i) {
            referenceFeed.answer(1, answers[i], tuesday);
            _holds(VALUE, tuesday, VALUE, tuesday, "reference");
        }
        referenceFeed.answer(1, 1e8, tuesday);
        _accepts(VALUE, tuesday, VALUE, tuesday);
        _holds(VALUE, tuesday - 1, VALUE, tuesday, "reference"); // it does not reach back, and round 0 is no round
        referenceFeed.answer(0, 1e8, tuesday);
        _holds(VALUE, tuesday, VALUE, tuesday, "reference");
    }

    /// @dev It has the same round 1 to show whatever it is asked, and no other.
    function test_When_theReferenceRepeatsItself_theRoundIsHeldAndNothingReverts() public {
        _reference();
        policy.referenceFeed = address(new Stubborn());
        _set();
        _holds(VALUE, tuesday - 1, VALUE, tuesday, "reference");
        _accepts(VALUE, tuesday, VALUE, tuesday);
    }

    /// @dev No feed has such values; the product with an answer would not fit.
    function test_When_theValueIsWiderThanAFeeds_theReferenceCannotFollow() public {
        _reference().answer(1, 200e8, tuesday);
        int256 widest = type(int128).max;
        _accepts(widest, tuesday, widest, tuesday);
        _holds(widest + 1, tuesday, widest + 1, tuesday, "reference");
        _holds(type(int256).min, tuesday, type(int256).min, tuesday, "reference");
    }

    /* GROWTH */

    function test_When_theValueOutgrowsItsCap_itIsHeld() public {
        (policy.growthFrom, policy.growthSince, policy.growthBps) = (int128(VALUE), tuesday - 365 days, 1000);
        _set();
        int256 cap = VALUE + 10 * PERCENT;
        _accepts(cap, tuesday, cap, tuesday);
        _holds(cap, tuesday, cap + 1, tuesday, "growth");
        _holds(0, 0, cap + 1, tuesday, "growth");
        // half a year from the snapshot
        _accepts(0, 0, VALUE + 5 * PERCENT, tuesday - 365 days / 2);
        _holds(0, 0, VALUE + 5 * PERCENT + 1, tuesday - 365 days / 2, "growth");
        // before the snapshot nothing has grown
        _accepts(0, 0, VALUE, tuesday - 400 days);
        _holds(0, 0, VALUE + 1, tuesday - 400 days, "growth");
    }

    /* NEVER */

    function testFuzz_When_asked_itNeverReverts(
        int256 previous,
        uint40 previousAt,
        int256 next,
        uint40 nextAt,
        uint256 spreadBps,
        ValuationGuard.Policy memory any
    ) public {
        any.maxBps = uint16(bound(any.maxBps, 1, 10_000));
        any.baseBps = uint16(bound(any.baseBps, 0, any.maxBps));
        any.growthFrom = int128(bound(any.growthFrom, 0, type(int128).max));
        if (uint160(any.referenceFeed) % 2 == 0) {
            ReferenceFeed referenceFeed = new ReferenceFeed();
            referenceFeed.answer(2, previous, tuesday);
            referenceFeed.answer(1, next, tuesday - 1);
            any.referenceFeed = address(referenceFeed);
        }
        if (uint256(any.calendar) % 2 == 0) any.calendar = US_BOND;
        guard.setPolicy(FEED, any);
        (IValuationGuard.Verdict verdict, bytes32 reason) = guard.check(FEED, previous, previousAt, next, nextAt, spreadBps);
        assertEq(reason == 0, verdict == IValuationGuard.Verdict.ACCEPT);
    }

    /// @dev Against the same band in wide arithmetic.
    function testFuzz_When_theValueMoves_theBandDecides(int128 previous, int128 next, uint16 baseBps) public {
        (policy.baseBps, policy.maxBps) = (uint16(bound(baseBps, 0, 10_000)), 10_000);
        _set();
        (IValuationGuard.Verdict verdict,) = _verdict(previous, tuesday, next, tuesday, 0);
        if (previous < 0 && next > 0 || previous > 0 && next < 0) {
            assertEq(uint8(verdict), uint8(IValuationGuard.Verdict.REJECT));
            return;
        }
        int256 move = int256(next) - previous;
        int256 size = previous < 0 ? -int256(previous) : int256(previous);
        bool inside = (move < 0 ? -move : move) * 10_000 <= size * int256(uint256(policy.baseBps));
        assertEq(uint8(verdict), uint8(inside ? IValuationGuard.Verdict.ACCEPT : IValuationGuard.Verdict.HOLD));
    }

    /* POLICY */

    function test_When_aPolicyIsSet_bothOldAndNewAreSaid() public {
        ValuationGuard.Policy memory previous = guard.policyOf(FEED);
        assertEq(abi.encode(previous), abi.encode(policy));
        policy.fallsAtOnce = true;
        policy.growthSince = 1;
        vm.expectEmit(address(guard));
        emit ValuationGuard.GuardPolicySet(FEED, previous, policy);
        _set();
        assertEq(abi.encode(guard.policyOf(FEED)), abi.encode(policy));
    }

    function test_RevertWhen_thePolicyHasNoBand() public {
        _refuse(0, 0);
        _refuse(0, 10_001);
        _refuse(501, 500);
        (policy.baseBps, policy.maxBps) = (10_000, 10_000);
        _set();
        policy.growthFrom = -1;
        vm.expectRevert(abi.encodeWithSelector(ValuationGuard.GuardGrowthInvalid.selector, -1));
        _set();
    }

    function _refuse(uint16 baseBps, uint16 maxBps) private {
        (policy.baseBps, policy.maxBps) = (baseBps, maxBps);
        vm.expectRevert(abi.encodeWithSelector(ValuationGuard.GuardBandInvalid.selector, baseBps, maxBps));
        _set();
    }

    function test_RevertWhen_callerLacksTheRole() public {
        address stranger = makeAddr("stranger");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        guard.setPolicy(FEED, policy);
    }
}

/// @notice An aggregator with the answers that it was given.
contract ReferenceFeed {
    struct Answer {
        int256 value;
        uint256 updatedAt;
    }

    uint80 private _latest;
    mapping(uint80 round => Answer) private _answers;

    error NoData();

    function answer(uint80 round, int256 value, uint256 updatedAt) external {
        _answers[round] = Answer(value, updatedAt);
        if (round > _latest || round == 0) _latest = round;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return getRoundData(_latest);
    }

    function getRoundData(uint80 round) public view returns (uint80, int256, uint256, uint256, uint80) {
        Answer memory found = _answers[round];
        if (found.updatedAt == 0) revert NoData();
        return (round, found.value, found.updatedAt, found.updatedAt, round);
    }
}

contract Stubborn {
    fallback(bytes calldata) external returns (bytes memory) {
        return abi.encode(1, 200e8, block.timestamp, block.timestamp, 1);
    }
}

contract Silent {
    fallback() external { }
}

contract Spendthrift {
    fallback() external {
        while (true) { }
    }
}

contract Reverting {
    error Nothing(bytes data);

    fallback() external {
        revert Nothing(new bytes(10_000));
    }
}
