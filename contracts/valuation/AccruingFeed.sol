// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { FeedState, IRoundSource, Round, STALE_FLAG } from "../interfaces/IRoundSource.sol";
import { RoundSource } from "./RoundSource.sol";
import { SignedFloor } from "./SignedFloor.sol";

/// @notice A value that grows by the second between two marks: mark + rate × min(now − effective time, maxAccrual), rounded down. Mark
///         and rate are two feeds of one source, signed in the same batch; nothing is inferred from past marks.
///
///         A mark and its rate take effect `lead` seconds after the instant at which they hold, so that everybody can know them before;
///         until then the ones before them are in force. Past `maxAccrual` the value stays and carries STALE_FLAG; so does a mark
///         without accrual whose rate is older than itself. A rate outside the bounds is not clamped: the feed is HALTED.
///
///         `valuationTimestamp` is that of the mark, whatever has accrued since. A past round is the mark alone.
contract AccruingFeed is RoundSource {
    using SafeCast for int256;
    using SafeCast for uint256;
    using SignedFloor for int256;

    /// @param markFeed feed id of the marks
    /// @param rateFeed feed id of the rates: change of the value per second, in units of its own decimals, no fewer than the marks'
    /// @param minRate least rate, rate decimals
    /// @param maxRate greatest rate, rate decimals
    /// @param lead seconds from a mark's valuation to its effect
    /// @param maxAccrual seconds for which a mark accrues
    struct Terms {
        bytes32 markFeed;
        bytes32 rateFeed;
        int128 minRate;
        int128 maxRate;
        uint32 lead;
        uint32 maxAccrual;
    }

    /// @dev Round numbers that are looked at for a mark in force; held and refused rounds leave gaps.
    uint64 private constant LOOK_BACK = 16;

    IRoundSource public immutable source;
    bytes32 private immutable MARK_FEED;
    bytes32 private immutable RATE_FEED;
    int128 private immutable MIN_RATE;
    int128 private immutable MAX_RATE;
    uint32 private immutable LEAD;
    uint32 private immutable MAX_ACCRUAL;
    /// @dev Rate units in one unit of the value.
    int256 private immutable RATE_SCALE;

    error TermsInvalid(string field);
    error RateOutOfBounds(int128 rate, int128 minimum, int128 maximum);

    /// @param source_ it must know both feeds already
    constructor(bytes32 feedId_, IRoundSource source_, Terms memory terms) RoundSource(feedId_, source_.decimalsOf(terms.markFeed)) {
        if (terms.minRate > terms.maxRate) revert TermsInvalid("rate");
        if (terms.maxAccrual == 0) revert TermsInvalid("maxAccrual");
        uint8 rateDecimals = source_.decimalsOf(terms.rateFeed);
        if (rateDecimals < decimals || rateDecimals - decimals > 36) revert TermsInvalid("rateFeed");
        source = source_;
        (MARK_FEED, RATE_FEED) = (terms.markFeed, terms.rateFeed);
        (MIN_RATE, MAX_RATE) = (terms.minRate, terms.maxRate);
        (LEAD, MAX_ACCRUAL) = (terms.lead, terms.maxAccrual);
        RATE_SCALE = (10 ** (rateDecimals - decimals)).toInt256();
    }

    /* VIEWS */

    function termsOf() external view returns (Terms memory) {
        return Terms(MARK_FEED, RATE_FEED, MIN_RATE, MAX_RATE, LEAD, MAX_ACCRUAL);
    }

    /* INTERNAL */

    /// @inheritdoc RoundSource
    function _latestRound() internal view override returns (Round memory round) {
        round = _inForce(MARK_FEED);
        Round memory rate = _inForce(RATE_FEED);
        if (rate.value < MIN_RATE || rate.value > MAX_RATE) revert RateOutOfBounds(rate.value, MIN_RATE, MAX_RATE);

        uint256 elapsed = block.timestamp - _effectOf(round);
        bool hasRate = rate.valuationTimestamp >= round.valuationTimestamp;
        uint256 accrued = hasRate ? Math.min(elapsed, MAX_ACCRUAL) : 0;
        round.value = (round.value + (rate.value * accrued.toInt256()).floorDiv(RATE_SCALE)).toInt128();
        round.flags |= rate.flags;
        if (!hasRate || elapsed > MAX_ACCRUAL) round.flags |= STALE_FLAG;
    }

    /// @inheritdoc RoundSource
    function _roundAt(uint64 round) internal view override returns (Round memory) {
        return source.roundAt(MARK_FEED, round);
    }

    /// @inheritdoc RoundSource
    function _isHeld() internal view override returns (bool) {
        return source.stateOf(MARK_FEED) == FeedState.HELD || source.stateOf(RATE_FEED) == FeedState.HELD;
    }

    /// @dev The latest round that has taken effect.
    function _inForce(bytes32 feed) private view returns (Round memory round) {
        round = source.latestRound(feed);
        uint64 number = round.round;
        uint64 oldest = number > LOOK_BACK ? number - LOOK_BACK : 1;
        while (_effectOf(round) > block.timestamp) {
            if (number <= oldest) revert RoundUnknown(feedId, 0);
            try source.roundAt(feed, --number) returns (Round memory earlier) {
                round = earlier;
            } catch { } // a number that no round has
        }
    }

    /// @return unix seconds from which a mark or a rate is in force
    function _effectOf(Round memory round) private view returns (uint256) {
        return uint256(round.valuationTimestamp) + LEAD;
    }
}
