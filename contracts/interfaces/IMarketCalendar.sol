// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Business days of markets, a year at a time, from reviewed data. A year that nobody set is unknown, and unknown is closed.
///         A day is a count of days since 1970-01-01 of the market's own calendar.
interface IMarketCalendar {
    /// @param source hash of the reviewed data that the year was made from
    event CalendarYearSet(bytes32 indexed calendar, uint16 indexed year, uint256[2] bitmap, bytes32 source);

    error CalendarYearUnknown(bytes32 calendar, uint16 year);
    error CalendarYearInvalid(uint16 year);

    /// @notice Whether the market is open on a day; false in an unknown year.
    function isOpen(bytes32 calendar, uint40 day) external view returns (bool);

    function isKnown(bytes32 calendar, uint16 year) external view returns (bool);

    /// @notice Open days d with a < d ≤ b. Reverts with CalendarYearUnknown when a day between them lies in an unknown year; the work is
    ///         bounded by the years between them.
    function businessDaysBetween(bytes32 calendar, uint40 a, uint40 b) external view returns (uint256);

    /// @notice Sets or corrects a year. Restricted.
    /// @param bitmap bit n of the two words is day n of the year, from 0; 1 = open; an all-zero year is refused
    /// @param source hash of the reviewed data
    function setYear(bytes32 calendar, uint16 year, uint256[2] calldata bitmap, bytes32 source) external;
}
