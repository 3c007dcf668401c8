// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

// Packing is what this file is for: every narrowing cast takes a field out of its word on purpose.
// forge-lint: disable-start(unsafe-typecast)

/// @notice At most so many units in so much time. A window opens at the first movement that it counts and is over `length` seconds later:
///         the movement in that very second opens the next.
/// @param length seconds, > 0; also what the window is known by
/// @param units token units, > 0
struct Window {
    uint32 length;
    uint112 units;
}

/// @notice No length, no units, or the same length twice.
error WindowInvalid(uint256 length, uint256 units);
error WindowUnknown(uint32 length);
error TooManyWindows(uint256 maximum);

/// @notice Up to four windows, a word each, so that a movement under one window reads one word.
///
///         word i   bits 0–111 units · 112–143 length in seconds
///         word 0   also 144–151 number of windows · 152–159 a note of the rule that keeps the set
///         counter  bits 0–111 units used · 112–151 end of the window, unix seconds
///
/// @dev Counters stand apart, by investor and length: a window that is changed, removed or added again finds what was used in it.
struct WindowSet {
    uint256[4] words;
}

/// @dev What an investor used in one window, by `investor | length << 160`.
struct WindowCounter {
    uint256 word;
}

using TransferWindows for WindowSet global;

library TransferWindows {
    using Math for uint256;

    uint256 internal constant MAX_WINDOWS = 4;
    uint256 private constant UNITS = type(uint112).max;
    uint256 private constant LENGTH_OFFSET = 112;
    uint256 private constant COUNT_OFFSET = 144;
    uint256 private constant NOTE_OFFSET = 152;
    uint256 private constant NOTE_MASK = uint256(type(uint8).max) << NOTE_OFFSET;
    uint256 private constant WINDOW_MASK = (1 << COUNT_OFFSET) - 1;

    /* WORDS */

    /// @param first word 0 of a set
    function countOf(uint256 first) internal pure returns (uint256) {
        return uint8(first >> COUNT_OFFSET);
    }

    /// @param first word 0 of a set
    function noteOf(uint256 first) internal pure returns (uint8) {
        return uint8(first >> NOTE_OFFSET);
    }

    function withNote(uint256 first, uint8 note) internal pure returns (uint256) {
        return (first & ~NOTE_MASK) | (uint256(note) << NOTE_OFFSET);
    }

    function _lengthOf(uint256 word) private pure returns (uint256) {
        return uint32(word >> LENGTH_OFFSET);
    }

    function _keyOf(address investor, uint256 word) private pure returns (uint256) {
        return uint160(investor) | (_lengthOf(word) << 160);
    }

    function _usedIn(uint256 counter) private view returns (uint256) {
        return counter >> LENGTH_OFFSET > block.timestamp ? counter & UNITS : 0;
    }

    /// @param used token units of 112 bits
    /// @param limit token units of 112 bits
    function _exceeds(uint256 used, uint256 amount, uint256 limit) private pure returns (bool) {
        unchecked {
            return amount > limit || used + amount > limit;
        }
    }

    /* JUDGEMENT */

    /// @notice Judges and counts a movement in one go; the caller reverts when it does not fit.
    /// @param first word 0 of the set
    /// @return actual units used with this movement in the first window that it exceeds
    /// @return limit that window's units; 0 when the movement fits all
    function spend(
        WindowSet storage set,
        uint256 first,
        mapping(uint256 key => WindowCounter) storage counters,
        address investor,
        uint256 amount
    ) internal returns (uint256 actual, uint256 limit) {
        uint256 count = countOf(first);
        uint256 word = first;
        for (uint256 i = 0; i < count;) {
            WindowCounter storage stored = counters[_keyOf(investor, word)];
            uint256 counter = stored.word;
            unchecked {
                // Seconds and a length of 32 bits; what does not exceed a limit of 112 bits; no more windows than four.
                if (counter >> LENGTH_OFFSET <= block.timestamp) counter = (block.timestamp + _lengthOf(word)) << LENGTH_OFFSET;
                uint256 used = counter & UNITS;
                limit = word & UNITS;
                if (_exceeds(used, amount, limit)) return (used.saturatingAdd(amount), limit);
                stored.word = counter + amount;
                if (++i < count) word = set.words[i];
            }
        }
        return (0, 0);
    }

    /// @notice The same judgement without counting.
    /// @return actual as `spend`
    /// @return limit as `spend`
    /// @return room greatest amount that fits all windows
    function judge(WindowSet storage set, mapping(uint256 key => WindowCounter) storage counters, address investor, uint256 amount)
        internal
        view
        returns (uint256 actual, uint256 limit, uint256 room)
    {
        uint256 count = countOf(set.words[0]);
        room = type(uint256).max;
        for (uint256 i = 0; i < count; i++) {
            uint256 word = set.words[i];
            uint256 units = word & UNITS;
            uint256 used = _usedIn(counters[_keyOf(investor, word)].word);
            if (limit == 0 && _exceeds(used, amount, units)) (actual, limit) = (used.saturatingAdd(amount), units);
            room = room.min(units.saturatingSub(used));
        }
    }

    /// @return time unix seconds at which the last window that `amount` exceeds is over; 0 when one of them is too small for it anyway
    function curedAt(WindowSet storage set, mapping(uint256 key => WindowCounter) storage counters, address investor, uint256 amount)
        internal
        view
        returns (uint40 time)
    {
        uint256 count = countOf(set.words[0]);
        for (uint256 i = 0; i < count; i++) {
            uint256 word = set.words[i];
            uint256 counter = counters[_keyOf(investor, word)].word;
            if (amount > word & UNITS) return 0;
            if (!_exceeds(_usedIn(counter), amount, word & UNITS)) continue;
            uint40 end = uint40(counter >> LENGTH_OFFSET);
            if (end > time) time = end;
        }
    }

    /// @param length of the window
    /// @return used token units; 0 when no window of that length is open
    /// @return end unix seconds at which the window is over, 0 when none is open
    function counted(mapping(uint256 key => WindowCounter) storage counters, address investor, uint32 length)
        internal
        view
        returns (uint256 used, uint40 end)
    {
        uint256 counter = counters[_keyOf(investor, uint256(length) << LENGTH_OFFSET)].word;
        used = _usedIn(counter);
        if (used != 0) end = uint40(counter >> LENGTH_OFFSET);
    }

    /* CHANGES */

    /// @notice Makes exactly `windows` the set; the note stays.
    /// @dev Words beyond their number are never read.
    function replace(WindowSet storage set, Window[] memory windows) internal {
        if (windows.length > MAX_WINDOWS) revert TooManyWindows(MAX_WINDOWS);
        uint256[MAX_WINDOWS] memory words;
        for (uint256 i = 0; i < windows.length; i++) {
            (uint256 length, uint256 units) = (windows[i].length, windows[i].units);
            bool repeated;
            for (uint256 j = 0; j < i; j++) {
                repeated = repeated || windows[j].length == length;
            }
            if (length == 0 || units == 0 || repeated) revert WindowInvalid(length, units);
            words[i] = units | (length << LENGTH_OFFSET);
        }
        set.words[0] = words[0] | (windows.length << COUNT_OFFSET) | (set.words[0] & NOTE_MASK);
        for (uint256 i = 1; i < windows.length; i++) {
            set.words[i] = words[i];
        }
    }

    /// @notice Changes the units of the window of that length, or adds it as the last.
    /// @param units token units
    /// @return previous token units, 0 when the window is new
    function put(WindowSet storage set, uint32 length, uint256 units) internal returns (uint256 previous) {
        if (units > UNITS) revert WindowInvalid(length, units);
        Window[] memory windows = values(set);
        uint256 i = _indexOf(windows, length);
        if (i < windows.length) {
            previous = windows[i].units;
            windows[i].units = uint112(units);
        } else {
            windows = new Window[](windows.length + 1);
            for (uint256 j = 0; j < i; j++) {
                windows[j] = _windowAt(set, j);
            }
            windows[i] = Window(length, uint112(units));
        }
        replace(set, windows);
    }

    /// @notice Removes the window of that length; the order of the others stays.
    /// @return previous its token units
    function remove(WindowSet storage set, uint32 length) internal returns (uint256 previous) {
        Window[] memory windows = values(set);
        uint256 i = _indexOf(windows, length);
        if (i == windows.length) revert WindowUnknown(length);
        previous = windows[i].units;
        Window[] memory remaining = new Window[](windows.length - 1);
        for (uint256 j = 0; j < remaining.length; j++) {
            remaining[j] = windows[j < i ? j : j + 1];
        }
        replace(set, remaining);
    }

    /// @return windows the set, in the order in which they are judged
    function values(WindowSet storage set) internal view returns (Window[] memory windows) {
        windows = new Window[](countOf(set.words[0]));
        for (uint256 i = 0; i < windows.length; i++) {
            windows[i] = _windowAt(set, i);
        }
    }

    function _windowAt(WindowSet storage set, uint256 i) private view returns (Window memory) {
        uint256 word = set.words[i] & WINDOW_MASK;
        return Window(uint32(word >> LENGTH_OFFSET), uint112(word));
    }

    function _indexOf(Window[] memory windows, uint32 length) private pure returns (uint256 i) {
        while (i < windows.length && windows[i].length != length) i++;
    }
}
