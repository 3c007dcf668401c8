// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { Round } from "../../interfaces/IRoundSource.sol";
import { RoundSource } from "../RoundSource.sol";
import { ChainlinkSource } from "./ChainlinkSource.sol";

/// @notice Any feed with Chainlink's AggregatorV3Interface: a price feed, proof of reserve, a SmartData NAV, a DataFeedsCache.
///
///         A DataFeedsCache answers by who asks: name here the proxy that Chainlink gave you, or the cache itself after its feed admin
///         has mapped this contract to the data id (`updateDataIdMappingsForProxies`).
///
///         Such a feed tells one time, `updatedAt`; it stands for the valuation and for the publication. Chainlink's round id,
///         phase << 64 | round, is here phase << 48 | round.
contract ChainlinkV3Source is ChainlinkSource {
    /// @dev Bits of a round within its phase.
    uint8 private constant ROUND_BITS = 48;
    uint64 private constant ROUND_MASK = (1 << 48) - 1;

    AggregatorV3Interface public immutable feed;

    error RoundIdTooLarge(uint80 roundId);

    /// @param feedId_ the id that FeedProxies ask it for
    /// @param feed_ what is read
    /// @param decimals_ of `feed_`; a feed that says otherwise when it is read is refused
    /// @param minimum_ least value that is believed, feed decimals, above zero
    /// @param maximum_ greatest value that is believed, feed decimals
    /// @param unit of `updatedAt`
    constructor(bytes32 feedId_, AggregatorV3Interface feed_, uint8 decimals_, int128 minimum_, int128 maximum_, TimeUnit unit)
        RoundSource(feedId_, decimals_)
        ChainlinkSource(minimum_, maximum_, unit)
    {
        feed = feed_;
    }

    /* INTERNAL */

    /// @inheritdoc RoundSource
    function _latestRound() internal view override returns (Round memory) {
        (uint80 roundId, int256 answer,, uint256 updatedAt,) = feed.latestRoundData();
        return _check(roundId, answer, updatedAt);
    }

    /// @inheritdoc RoundSource
    function _roundAt(uint64 round) internal view override returns (Round memory) {
        uint80 phase = round >> ROUND_BITS;
        uint80 roundId = phase << 64 | (round & ROUND_MASK);
        (uint80 given, int256 answer,, uint256 updatedAt,) = feed.getRoundData(roundId);
        if (given != roundId) revert RoundUnknown(feedId, round);
        return _check(roundId, answer, updatedAt);
    }

    function _check(uint80 roundId, int256 answer, uint256 updatedAt) private view returns (Round memory) {
        // The upper 16 and the lower 64 bits.
        // forge-lint: disable-next-item(unsafe-typecast)
        (uint64 phase, uint64 number) = (uint64(roundId >> 64), uint64(roundId));
        if (number >> ROUND_BITS != 0) revert RoundIdTooLarge(roundId);
        number |= phase << ROUND_BITS;
        // Without data, and for a round that it does not know, a cache answers zeros.
        if (number == 0 || updatedAt == 0) revert RoundUnknown(feedId, number);
        _requireDecimals(feed.decimals(), decimals);
        uint40 valuedAt = _declaredTime(updatedAt);
        return Round(_value(answer), valuedAt, valuedAt, number, 0);
    }
}
