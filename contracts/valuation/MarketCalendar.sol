// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { IMarketCalendar } from "../interfaces/IMarketCalendar.sol";
import { Bits } from "./Bits.sol";

/// @notice Business days of markets as bitmaps, a year in two words. `calendars/` holds the reviewed data and the script that makes the
///         bitmaps from it.
contract MarketCalendar is IMarketCalendar, AccessManaged {
    /// @custom:storage-location erc7201:muniment.storage.MarketCalendar
    struct MarketCalendarStorage {
        mapping(bytes32 calendar => mapping(uint256 year => uint256[2] bitmap)) bitmaps;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.MarketCalendar")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0x7af2fa036ae7cff20a8b7c055ad292b0e9098eae50075f0bbc44be790914d400;

    uint256 private constant EPOCH_YEAR = 1970;
    uint256 private constant LAST_DAY = 365;

    constructor(address manager) AccessManaged(manager) { }

    /* ROLE FUNCTIONS */

    /// @inheritdoc IMarketCalendar
    function setYear(bytes32 calendar, uint16 year, uint256[2] calldata bitmap, bytes32 source) external restricted {
        uint256 days_ = _isLeap(year) ? 366 : 365;
        bool empty = bitmap[0] == 0 && bitmap[1] == 0;
        if (year < EPOCH_YEAR || empty || bitmap[1] >> (days_ - 256) != 0) revert CalendarYearInvalid(year);

        _getMarketCalendarStorage().bitmaps[calendar][year] = bitmap;

        emit CalendarYearSet(calendar, year, bitmap, source);
    }

    /* VIEWS */

    /// @inheritdoc IMarketCalendar
    function isOpen(bytes32 calendar, uint40 day) external view returns (bool) {
        (uint256 year, uint256 place) = _yearOf(day);
        return _getMarketCalendarStorage().bitmaps[calendar][year][place / 256] >> (place % 256) & 1 != 0;
    }

    /// @inheritdoc IMarketCalendar
    function isKnown(bytes32 calendar, uint16 year) external view returns (bool) {
        return _isKnown(_getMarketCalendarStorage().bitmaps[calendar][year]);
    }

    /// @inheritdoc IMarketCalendar
    function businessDaysBetween(bytes32 calendar, uint40 a, uint40 b) external view returns (uint256 open) {
        if (b <= a) return 0;
        (uint256 year, uint256 first) = _yearOf(a + 1);
        (uint256 lastYear, uint256 last) = _yearOf(b);
        for (; year <= lastYear; ++year) {
            uint256[2] storage bitmap = _getMarketCalendarStorage().bitmaps[calendar][year];
            // No day that a uint40 counts lies in a year beyond 3.1e9, but most of those fit no uint16.
            // forge-lint: disable-next-line(unsafe-typecast)
            if (!_isKnown(bitmap)) revert CalendarYearUnknown(calendar, uint16(Math.min(year, type(uint16).max)));
            open += _count(bitmap, first, year == lastYear ? last : LAST_DAY);
            first = 0;
        }
    }

    /* INTERNAL */

    function _isKnown(uint256[2] storage bitmap) private view returns (bool) {
        return bitmap[0] != 0 || bitmap[1] != 0;
    }

    /// @return open days of a year from `first` to `last`, both included
    function _count(uint256[2] storage bitmap, uint256 first, uint256 last) private view returns (uint256 open) {
        if (first < 256) open = Bits.count(bitmap[0] & (type(uint256).max << first) & _upTo(last));
        if (last >= 256) open += Bits.count(bitmap[1] & (type(uint256).max << Math.saturatingSub(first, 256)) & _upTo(last - 256));
    }

    /// @return mask of the bits 0 to `last`
    function _upTo(uint256 last) private pure returns (uint256 mask) {
        return last >= 255 ? type(uint256).max : (1 << (last + 1)) - 1;
    }

    /// @dev Counts in years that begin on 1 March, so that the leap day is the last one, from 0000-03-01 on. 400 years have 146,097 days.
    /// @return year of the Gregorian calendar
    /// @return place of the day in it, from 0
    function _yearOf(uint256 day) private pure returns (uint256 year, uint256 place) {
        day += 719_468; // from 0000-03-01 to 1970-01-01
        uint256 rest = day % 146_097;
        year = (rest - rest / 1460 + rest / 36_524 - rest / 146_096) / 365;
        place = rest - (365 * year + year / 4 - year / 100);
        year += day / 146_097 * 400;
        if (place >= 306) return (year + 1, place - 306); // January and February
        return (year, place + (_isLeap(year) ? 60 : 59));
    }

    function _isLeap(uint256 year) private pure returns (bool) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    function _getMarketCalendarStorage() private pure returns (MarketCalendarStorage storage $) {
        assembly {
            $.slot := STORAGE_SLOT
        }
    }
}
