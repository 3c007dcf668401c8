// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { RoundSource } from "../RoundSource.sol";

/// @notice What is asked again of everything that comes from a feed of Chainlink's kind, because those feeds pass on whatever they were
///         given: bounds, positivity, decimals as they were agreed, and an instant that is one and is not in the future. What fails is
///         refused, and the feed is HALTED.
abstract contract ChainlinkSource is RoundSource {
    enum TimeUnit {
        SECONDS,
        MILLISECONDS,
        NANOSECONDS
    }

    /// @dev 9 September 2001. No instant since then passes in a unit that is not its own.
    uint256 private constant EARLIEST = 1_000_000_000;

    int128 public immutable minimum;
    int128 public immutable maximum;
    /// @dev Declared time units in a second.
    uint256 private immutable PER_SECOND;

    error BoundsInvalid(int128 minimum, int128 maximum);
    error AnswerOutOfBounds(int256 answer, int128 minimum, int128 maximum);
    error DecimalsChanged(uint8 given, uint8 expected);
    /// @notice In the future, or not in the unit that was declared.
    /// @param timestamp as the feed gave it
    error TimestampImplausible(uint256 timestamp);

    /// @param minimum_ least value that is believed, feed decimals, above zero
    /// @param maximum_ greatest value that is believed, feed decimals
    /// @param unit in which the feed tells the time
    constructor(int128 minimum_, int128 maximum_, TimeUnit unit) {
        if (minimum_ <= 0 || minimum_ > maximum_) revert BoundsInvalid(minimum_, maximum_);
        minimum = minimum_;
        maximum = maximum_;
        PER_SECOND = unit == TimeUnit.SECONDS ? 1 : unit == TimeUnit.MILLISECONDS ? 1e3 : 1e9;
    }

    /* INTERNAL */

    function _requireDecimals(uint8 given, uint8 expected) internal pure {
        if (given != expected) revert DecimalsChanged(given, expected);
    }

    function _value(int256 answer) internal view returns (int128) {
        if (answer < minimum || answer > maximum) revert AnswerOutOfBounds(answer, minimum, maximum);
        // Between two of its kind.
        // forge-lint: disable-next-line(unsafe-typecast)
        return int128(answer);
    }

    /// @param timestamp in the declared unit
    /// @return unix seconds
    function _declaredTime(uint256 timestamp) internal view returns (uint40) {
        return _plausible(timestamp, PER_SECOND);
    }

    /// @param timestamp unix seconds
    function _time(uint256 timestamp) internal view returns (uint40) {
        return _plausible(timestamp, 1);
    }

    function _plausible(uint256 timestamp, uint256 perSecond) private view returns (uint40) {
        uint256 time = timestamp / perSecond;
        if (time < EARLIEST || time > block.timestamp) revert TimestampImplausible(timestamp);
        // No later than the block.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint40(time);
    }
}
