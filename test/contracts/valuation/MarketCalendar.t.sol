// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IMarketCalendar } from "../../../contracts/interfaces/IMarketCalendar.sol";
import { MarketCalendar } from "../../../contracts/valuation/MarketCalendar.sol";
import { CalendarFixture } from "./CalendarFixture.sol";

/// @notice With the reviewed data of `contracts/valuation/calendars`, read here apart from the script that makes the bitmaps of a deployment.
contract MarketCalendarTest is CalendarFixture {
    MarketCalendar private calendar;

    function setUp() public {
        calendar = _calendar();
    }

    function _open(bytes32 id, uint256 year, uint256 month, uint256 day) private view returns (bool) {
        return calendar.isOpen(id, _day(year, month, day));
    }

    function _assertOpen(bytes32 id, uint256 year, uint256 month, uint256 day) private view {
        assertTrue(_open(id, year, month, day));
    }

    function _assertClosed(bytes32 id, uint256 year, uint256 month, uint256 day) private view {
        assertFalse(_open(id, year, month, day));
    }

    /* DAYS */

    function test_When_aDayIsAskedFor_bitmapAndDataAgree() public view {
        string[3] memory names = ["us-bond", "nyse", "target"];
        for (uint256 i; i < names.length; ++i) {
            string memory json = _json(names[i]);
            string[] memory known = vm.parseJsonKeys(json, ".years");
            assertEq(known.length, 5);
            for (uint256 j; j < known.length; ++j) {
                uint256 year = vm.parseUint(known[j]);
                uint40 first = _day(year, 1, 1);
                uint40 end = _day(year + 1, 1, 1);
                bool[] memory closed = _closed(json, year);
                for (uint40 day = first; day < end; ++day) {
                    assertEq(calendar.isOpen(keccak256(bytes(names[i])), day), !closed[day - first], vm.toString(day));
                }
            }
        }
    }

    function test_When_itIsGoodFriday_sharesRestAndBondsUnlessEmploymentIsPublished() public view {
        _assertClosed(US_BOND, 2025, 4, 18);
        _assertClosed(NYSE, 2025, 4, 18);
        _assertClosed(TARGET, 2025, 4, 18);
        _assertOpen(US_BOND, 2026, 4, 3);
        _assertClosed(NYSE, 2026, 4, 3);
        _assertClosed(TARGET, 2026, 4, 3);
        _assertClosed(TARGET, 2026, 4, 6);
        _assertOpen(NYSE, 2026, 4, 6);
    }

    function test_When_itIsColumbusOrVeteransDay_onlyBondsRest() public view {
        _assertClosed(US_BOND, 2026, 10, 12);
        _assertClosed(US_BOND, 2026, 11, 11);
        _assertOpen(NYSE, 2026, 10, 12);
        _assertOpen(NYSE, 2026, 11, 11);
        _assertOpen(TARGET, 2026, 11, 11);
    }

    function test_When_veteransDayIsASaturday_theFridayIsOpen() public view {
        _assertOpen(US_BOND, 2017, 11, 10);
        _assertOpen(US_BOND, 2028, 11, 10);
    }

    function test_When_itIsJuneteenth_theMarketsRestFrom2022On() public view {
        _assertOpen(US_BOND, 2017, 6, 19);
        _assertClosed(US_BOND, 2025, 6, 19);
        _assertClosed(US_BOND, 2027, 6, 18); // a Saturday's is kept on the Friday
        _assertClosed(NYSE, 2027, 6, 18);
        _assertOpen(TARGET, 2025, 6, 19);
    }

    function test_When_aHolidayFallsOnAWeekend_itMoves() public view {
        _assertClosed(US_BOND, 2026, 7, 3); // the Fourth is a Saturday
        _assertClosed(US_BOND, 2027, 7, 5); // a Sunday
        _assertClosed(US_BOND, 2027, 12, 24); // Christmas, a Saturday
        _assertClosed(US_BOND, 2017, 1, 2); // New Year's Day, a Sunday
        _assertOpen(US_BOND, 2027, 12, 31); // New Year's Day, a Saturday: does not move
        _assertOpen(NYSE, 2027, 12, 31);
        _assertOpen(TARGET, 2027, 12, 24);
    }

    function test_When_marketsCloseEarly_theyAreOpen() public view {
        _assertOpen(US_BOND, 2025, 11, 28);
        _assertOpen(US_BOND, 2026, 12, 24);
        _assertOpen(US_BOND, 2025, 1, 9);
        _assertClosed(NYSE, 2025, 1, 9); // a day of mourning, closed all day
    }

    function test_When_theYearIsALeapYear_itsLastDayIsInIt() public view {
        _assertOpen(US_BOND, 2028, 2, 29); // a Tuesday
        _assertOpen(US_BOND, 2028, 12, 29); // the last Friday, day 363 from 0
        _assertClosed(US_BOND, 2028, 12, 31); // a Sunday, day 365
    }

    function testFuzz_When_anyDayIsAskedFor_itIsFoundInItsYear(uint256 year, uint256 month, uint256 dayOfMonth) public {
        year = bound(year, 1971, 2400); // the day before 1970-01-01 cannot be said
        month = bound(month, 1, 12);
        dayOfMonth = bound(dayOfMonth, 1, 28);
        uint40 day = _day(year, month, dayOfMonth);
        uint256 place = day - _day(year, 1, 1);
        uint256[2] memory bitmap;
        bitmap[place / 256] = 1 << (place % 256);
        calendar.setYear("one", uint16(year), bitmap, "source");
        assertTrue(calendar.isOpen("one", day));
        assertFalse(calendar.isOpen("one", day + 1));
        assertEq(calendar.businessDaysBetween("one", day - 1, day), 1);
        if (place > 0) assertFalse(calendar.isOpen("one", day - 1));
    }

    /* BETWEEN */

    function testFuzz_When_daysAreCounted_theyAreThoseThatAreOpen(uint256 a, uint256 b) public view {
        a = bound(a, _day(2025, 1, 1) - 1, _day(2028, 12, 31));
        b = bound(b, a, _min(a + 400, _day(2028, 12, 31)));
        uint256 open;
        for (uint256 day = a + 1; day <= b; ++day) {
            if (calendar.isOpen(US_BOND, uint40(day))) ++open;
        }
        assertEq(calendar.businessDaysBetween(US_BOND, uint40(a), uint40(b)), open);
    }

    function test_When_aYearEnds_theCountGoesOn() public view {
        // Thursday 31 December 2026 to Monday 4 January 2027: New Year's Day is closed
        assertEq(calendar.businessDaysBetween(US_BOND, _day(2026, 12, 31), _day(2027, 1, 4)), 1);
        assertEq(calendar.businessDaysBetween(US_BOND, _day(2026, 12, 30), _day(2027, 1, 4)), 2);
        assertEq(calendar.businessDaysBetween(US_BOND, _day(2024, 12, 31), _day(2028, 12, 31)), 249 + 250 + 249 + 250);
    }

    function test_When_noTimePasses_noDayDoes() public view {
        uint40 day = _day(2026, 3, 3);
        assertEq(calendar.businessDaysBetween(US_BOND, day, day), 0);
        assertEq(calendar.businessDaysBetween(US_BOND, day, day - 5), 0);
        assertEq(calendar.businessDaysBetween("unknown", day, day), 0);
    }

    function test_When_theWeekendPasses_oneDayDoes() public view {
        assertEq(calendar.businessDaysBetween(US_BOND, _day(2026, 3, 6), _day(2026, 3, 9)), 1);
        assertEq(calendar.businessDaysBetween(US_BOND, _day(2026, 3, 6), _day(2026, 3, 8)), 0);
    }

    /* UNKNOWN */

    function test_RevertGiven_anUnknownYear() public {
        assertFalse(calendar.isKnown(US_BOND, 2024));
        assertTrue(calendar.isKnown(US_BOND, 2025));
        _assertClosed(US_BOND, 2024, 3, 5);
        vm.expectRevert(abi.encodeWithSelector(IMarketCalendar.CalendarYearUnknown.selector, US_BOND, 2029));
        calendar.businessDaysBetween(US_BOND, _day(2028, 12, 31), _day(2029, 1, 1));
        vm.expectRevert(abi.encodeWithSelector(IMarketCalendar.CalendarYearUnknown.selector, US_BOND, 2018));
        calendar.businessDaysBetween(US_BOND, _day(2017, 12, 1), _day(2025, 1, 1));
        vm.expectRevert(abi.encodeWithSelector(IMarketCalendar.CalendarYearUnknown.selector, bytes32("unknown"), 2026));
        calendar.businessDaysBetween("unknown", _day(2026, 1, 1), _day(2026, 1, 2));
        // the day before the first known one is not counted, so its year may be unknown
        assertEq(calendar.businessDaysBetween(US_BOND, _day(2024, 12, 31), _day(2025, 1, 2)), 1);
    }

    /// @dev Years that no uint16 counts are unknown like any other.
    function test_RevertGiven_theLastDayThatCanBeSaid() public {
        assertFalse(calendar.isOpen(US_BOND, type(uint40).max));
        vm.expectRevert(abi.encodeWithSelector(IMarketCalendar.CalendarYearUnknown.selector, US_BOND, type(uint16).max));
        calendar.businessDaysBetween(US_BOND, type(uint40).max - 1, type(uint40).max);
    }

    /* SET */

    function test_When_aYearIsSet_itsDataAreNamed() public {
        uint256[2] memory bitmap = [uint256(1), 1 << 108];
        vm.expectEmit(address(calendar));
        emit IMarketCalendar.CalendarYearSet("one", 2023, bitmap, "source");
        calendar.setYear("one", 2023, bitmap, "source");
        assertTrue(calendar.isKnown("one", 2023));
        assertEq(calendar.businessDaysBetween("one", _day(2022, 12, 31), _day(2023, 12, 31)), 2);
        bitmap[0] = 0;
        calendar.setYear("one", 2023, bitmap, "source"); // corrected
        assertEq(calendar.businessDaysBetween("one", _day(2022, 12, 31), _day(2023, 12, 31)), 1);
    }

    function test_RevertWhen_aYearIsNoYear() public {
        _refuse(2026, [uint256(0), 0]);
        _refuse(1969, [uint256(1), 0]);
        _refuse(2026, [uint256(1), 1 << 109]); // day 365 of a year of 365 days
        _refuse(2028, [uint256(1), 1 << 110]);
        _refuse(2100, [uint256(1), 1 << 109]);
        calendar.setYear("one", 2028, [uint256(0), 1 << 109], "source");
        calendar.setYear("one", 2000, [uint256(0), 1 << 109], "source");
        calendar.setYear("one", 2026, [uint256(0), 1 << 108], "source");
    }

    function _refuse(uint16 year, uint256[2] memory bitmap) private {
        vm.expectRevert(abi.encodeWithSelector(IMarketCalendar.CalendarYearInvalid.selector, year));
        calendar.setYear("one", year, bitmap, "source");
    }

    function test_RevertWhen_callerLacksTheRole() public {
        address stranger = makeAddr("stranger");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        calendar.setYear("one", 2026, [uint256(1), 0], "source");
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
