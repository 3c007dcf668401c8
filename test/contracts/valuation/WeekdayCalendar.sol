// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IMarketCalendar } from "../../../contracts/interfaces/IMarketCalendar.sol";

/// @notice Monday to Friday, in years of 365.2425 days.
contract WeekdayCalendar is IMarketCalendar {
    mapping(uint16 year => bool) private forgotten;

    function forget(uint16 year) external {
        forgotten[year] = true;
    }

    function isOpen(bytes32, uint40 day) public view returns (bool) {
        return !forgotten[_year(day)] && (day + 3) % 7 < 5; // 1970-01-01 was a Thursday
    }

    function isKnown(bytes32, uint16 year) external view returns (bool) {
        return !forgotten[year];
    }

    function businessDaysBetween(bytes32 calendar, uint40 a, uint40 b) external view returns (uint256 open) {
        require(b - a < 200, "too far");
        for (uint40 day = a + 1; day <= b; ++day) {
            if (forgotten[_year(day)]) revert CalendarYearUnknown(calendar, _year(day));
            if (isOpen(calendar, day)) ++open;
        }
    }

    function setYear(bytes32, uint16, uint256[2] calldata, bytes32) external { }

    function _year(uint40 day) private pure returns (uint16) {
        return uint16(1970 + uint256(day) * 10_000 / 3_652_425);
    }
}
