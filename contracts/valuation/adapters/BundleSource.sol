// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IBundleBaseAggregator } from "@chainlink/contracts/src/v0.8/data-feeds/interfaces/IBundleBaseAggregator.sol";
import { Round } from "../../interfaces/IRoundSource.sol";
import { RoundSource } from "../RoundSource.sol";
import { ChainlinkSource } from "./ChainlinkSource.sol";

/// @notice One value of a bundle feed of Chainlink's (MVR), read through its BundleAggregatorProxy: raw words whose meaning is an agreement
///         off chain. Which word is what is fixed here, and a bundle of another shape or of other decimals is refused.
///
///         A raised ripcord ("the provider has paused, do not consume") halts the feed. A bundle feed keeps no history: only the latest
///         round is known, and the time of its publication is its number.
contract BundleSource is ChainlinkSource {
    /// @dev Every field is one word.
    /// @param fields how many there are
    /// @param value place of the value, a signed number of the feed's decimals
    /// @param date place of the instant at which it holds, a number in the declared unit; NONE = the bundle's time, in seconds
    /// @param ripcord place of the ripcord, raised when not zero; NONE = there is none
    struct Layout {
        uint8 fields;
        uint8 value;
        uint8 date;
        uint8 ripcord;
    }

    uint8 private constant NONE = type(uint8).max;

    IBundleBaseAggregator public immutable bundle;
    uint8 private immutable FIELDS;
    uint8 private immutable VALUE;
    uint8 private immutable DATE;
    uint8 private immutable RIPCORD;

    error LayoutInvalid();
    /// @param fields for which the feed gives decimals
    /// @param length bytes of the bundle
    error BundleShapeChanged(uint256 fields, uint256 length);
    error RipcordRaised(bytes32 feedId);

    /// @param feedId_ the id that FeedProxies ask it for
    /// @param bundle_ Chainlink's BundleAggregatorProxy of the feed
    /// @param decimals_ of the value
    /// @param minimum_ least value that is believed, feed decimals, above zero
    /// @param maximum_ greatest value that is believed, feed decimals
    /// @param unit of the date
    constructor(
        bytes32 feedId_,
        IBundleBaseAggregator bundle_,
        uint8 decimals_,
        int128 minimum_,
        int128 maximum_,
        TimeUnit unit,
        Layout memory layout
    ) RoundSource(feedId_, decimals_) ChainlinkSource(minimum_, maximum_, unit) {
        (uint8 date, uint8 ripcord) = (layout.date, layout.ripcord);
        bool placed = layout.value < layout.fields && (date < layout.fields || date == NONE) && (ripcord < layout.fields || ripcord == NONE);
        bool distinct = layout.value != date && layout.value != ripcord && (date != ripcord || date == NONE);
        if (!placed || !distinct || layout.fields == NONE) revert LayoutInvalid();
        bundle = bundle_;
        (FIELDS, VALUE, DATE, RIPCORD) = (layout.fields, layout.value, date, ripcord);
    }

    /* VIEWS */

    function layoutOf() external view returns (Layout memory) {
        return Layout(FIELDS, VALUE, DATE, RIPCORD);
    }

    /* INTERNAL */

    /// @inheritdoc RoundSource
    function _latestRound() internal view override returns (Round memory) {
        uint256 publishedAt = bundle.latestBundleTimestamp();
        if (publishedAt == 0) revert RoundUnknown(feedId, 0);
        bytes memory data = _bundle();
        if (RIPCORD != NONE && _word(data, RIPCORD) != 0) revert RipcordRaised(feedId);
        uint40 published = _time(publishedAt);
        uint40 valuedAt = DATE == NONE ? published : _declaredTime(_word(data, DATE));
        // A signed number's word.
        // forge-lint: disable-next-line(unsafe-typecast)
        return Round(_value(int256(_word(data, VALUE))), valuedAt, published, published, 0);
    }

    /// @inheritdoc RoundSource
    function _roundAt(uint64 round) internal view override returns (Round memory latest) {
        latest = _latestRound();
        if (latest.round != round) revert RoundUnknown(feedId, round);
    }

    /// @dev Decimals are the feed's own statement of how each field is to be read.
    function _bundle() private view returns (bytes memory data) {
        data = bundle.latestBundle();
        uint8[] memory given = bundle.bundleDecimals();
        if (given.length != FIELDS || data.length != uint256(FIELDS) * 32) revert BundleShapeChanged(given.length, data.length);
        _requireDecimals(given[VALUE], decimals);
        if (DATE != NONE) _requireDecimals(given[DATE], 0);
        if (RIPCORD != NONE) _requireDecimals(given[RIPCORD], 0);
    }

    /// @param place below FIELDS, of a bundle that has that many words
    function _word(bytes memory data, uint256 place) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 0x20), shl(5, place)))
        }
    }
}
