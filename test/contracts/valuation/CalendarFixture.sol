// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManager } from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import { Test } from "forge-std/Test.sol";
import { MarketCalendar } from "../../../contracts/valuation/MarketCalendar.sol";

/// @notice The reviewed calendars on chain, from their data.
abstract contract CalendarFixture is Test {
    bytes32 internal constant US_BOND = keccak256("us-bond");
    bytes32 internal constant NYSE = keccak256("nyse");
    bytes32 internal constant TARGET = keccak256("target");

    /// @notice A calendar that obeys this contract, with all the data.
    function _calendar() internal returns (MarketCalendar calendar) {
        calendar = new MarketCalendar(address(new AccessManager(address(this))));
        string[3] memory names = ["us-bond", "nyse", "target"];
        for (uint256 i; i < names.length; ++i) {
            string memory json = _json(names[i]);
            string[] memory known = vm.parseJsonKeys(json, ".years");
            for (uint256 j; j < known.length; ++j) {
                uint256 year = vm.parseUint(known[j]);
                bool[] memory closed = _closed(json, year);
                uint256[2] memory bitmap;
                for (uint256 place; place < closed.length; ++place) {
                    if (!closed[place]) bitmap[place / 256] |= 1 << (place % 256);
                }
                calendar.setYear(keccak256(bytes(names[i])), uint16(year), bitmap, keccak256(bytes(json)));
            }
        }
    }

    function _json(string memory name) internal view returns (string memory) {
        return vm.readFile(string.concat("contracts/valuation/calendars/", name, ".json"));
    }

    /// @return closed whether each day of the year is a weekend or named in the data
    function _closed(string memory json, uint256 year) internal pure returns (bool[] memory closed) {
        uint40 first = _day(year, 1, 1);
        closed = new bool[](_day(year + 1, 1, 1) - first);
        for (uint256 i; i < closed.length; ++i) {
            closed[i] = (first + i + 4) % 7 == 0 || (first + i + 4) % 7 == 6; // 1970-01-01 was a Thursday
        }
        string[] memory dates = vm.parseJsonKeys(json, string.concat(".years.", vm.toString(year), ".closed"));
        for (uint256 i; i < dates.length; ++i) {
            string[] memory parts = vm.split(dates[i], "-");
            assertEq(vm.parseUint(parts[0]), year);
            closed[_day(year, _number(parts[1]), _number(parts[2])) - first] = true;
        }
    }

    /// @return days from 1970-01-01, counted month by month
    function _day(uint256 year, uint256 month, uint256 dayOfMonth) internal pure returns (uint40) {
        uint256 days_;
        for (uint256 each = 1970; each < year; ++each) {
            days_ += _isLeap(each) ? 366 : 365;
        }
        uint8[12] memory lengths = [31, _isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for (uint256 each = 1; each < month; ++each) {
            days_ += lengths[each - 1];
        }
        return uint40(days_ + dayOfMonth - 1);
    }

    function _isLeap(uint256 year) private pure returns (bool) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    /// @dev `08` is no number to the parser of cheatcodes.
    function _number(string memory twoDigits) private pure returns (uint256) {
        return (uint8(bytes(twoDigits)[0]) - 48) * 10 + uint8(bytes(twoDigits)[1]) - 48;
    }
}
