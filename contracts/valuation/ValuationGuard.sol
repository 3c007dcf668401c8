// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SignedMath } from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import { StaticRead } from "../compliance/StaticRead.sol";
import { IMarketCalendar } from "../interfaces/IMarketCalendar.sol";
import { IValuationGuard } from "../interfaces/IValuationGuard.sol";

/// @notice Judges rounds by a policy of their feed. The first check that fails decides, in this order:
///
///         "policy"     the feed has none: held
///         "sign"       the value changes its sign: rejected
///                      the value falls and the policy takes falls at once: accepted
///         "spread"     the observations lie too far apart: held
///         "calendar"   a year between the two valuations is unknown: held
///         "band"       the value moves more than the time that has passed allows: held
///         "reference"  it moves otherwise than another feed, or that feed is absent, stale or too short: held
///         "growth"     it is above what steady growth since a given value can explain: held
///
///         Without a previous value there is no sign, band or reference to check. A feed does not ask about what is within its calm band:
///         those rounds meet no check.
contract ValuationGuard is IValuationGuard, AccessManaged {
    /// @param calendar of the MarketCalendar, whose open days widen the band; zero = every day does
    /// @param referenceFeed AggregatorV3Interface whose move is compared, zero = none
    /// @param baseBps allowed move, basis points of the previous value
    /// @param perDayBps what each day between the two valuations adds, basis points
    /// @param maxBps widest band, basis points, 1 to 10,000
    /// @param spreadBps widest spread of observations, basis points of the new value
    /// @param referenceBps allowed difference from the reference's move, basis points of the previous value
    /// @param growthBps allowed growth a year since `growthSince`, basis points of `growthFrom`, simple
    /// @param growthFrom value from which growth is counted, feed decimals, not negative
    /// @param growthSince unix seconds at which it held, 0 = growth is not judged
    /// @param fallsAtOnce whether a falling value needs no other check: reserves, where the lower value is the safe one
    struct Policy {
        bytes32 calendar;
        address referenceFeed;
        uint16 baseBps;
        uint16 perDayBps;
        uint16 maxBps;
        uint16 spreadBps;
        uint16 referenceBps;
        uint16 growthBps;
        int128 growthFrom;
        uint40 growthSince;
        bool fallsAtOnce;
    }

    /// @custom:storage-location erc7201:muniment.storage.ValuationGuard
    struct ValuationGuardStorage {
        mapping(bytes32 feedId => Policy) policies;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.ValuationGuard")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0x1f4ee3115fa0eb771510c23481f84a7084e2cf9d83e02f2b456bfb28ee01a300;

    uint256 private constant BASIS = 10_000;
    uint256 private constant REFERENCE_MAX_AGE = 25 hours;
    /// @dev Rounds of the reference that are looked through for the one that held at the previous valuation.
    uint256 private constant REFERENCE_ROUNDS = 32;
    uint256 private constant REFERENCE_GAS = 45_000;
    /// @dev Words of `latestRoundData`.
    uint256 private constant ROUND_WORDS = 5;

    IMarketCalendar private immutable CALENDAR;

    event GuardPolicySet(bytes32 indexed feedId, Policy previous, Policy policy);

    error GuardBandInvalid(uint16 baseBps, uint16 maxBps);
    error GuardGrowthInvalid(int128 growthFrom);

    constructor(address manager, IMarketCalendar calendar) AccessManaged(manager) {
        CALENDAR = calendar;
    }

    /* ROLE FUNCTIONS */

    /// @notice Sets what a feed's rounds are judged by. Restricted.
    function setPolicy(bytes32 feedId, Policy calldata policy) external restricted {
        if (policy.maxBps == 0 || policy.maxBps > BASIS || policy.baseBps > policy.maxBps) {
            revert GuardBandInvalid(policy.baseBps, policy.maxBps);
        }
        if (policy.growthFrom < 0) revert GuardGrowthInvalid(policy.growthFrom);

        Policy memory previous = policyOf(feedId);
        _getValuationGuardStorage().policies[feedId] = policy;

        emit GuardPolicySet(feedId, previous, policy);
    }

    /* VIEWS */

    /// @notice All zero when the feed has none.
    function policyOf(bytes32 feedId) public view returns (Policy memory) {
        return _getValuationGuardStorage().policies[feedId];
    }

    /// @inheritdoc IValuationGuard
    function check(bytes32 feedId, int256 previous, uint40 previousAt, int256 next, uint40 nextAt, uint256 spreadBps)
        external
        view
        returns (Verdict, bytes32)
    {
        Policy memory policy = policyOf(feedId);
        bool first = previousAt == 0;
        if (policy.maxBps == 0) return (Verdict.HOLD, "policy");
        if (!first && (previous < 0 && next > 0 || previous > 0 && next < 0)) return (Verdict.REJECT, "sign");
        if (!first && policy.fallsAtOnce && next < previous) return (Verdict.ACCEPT, 0);
        if (spreadBps > policy.spreadBps) return (Verdict.HOLD, "spread");
        if (!first) {
            (bool known, uint256 band) = _band(policy, previousAt, nextAt);
            if (!known) return (Verdict.HOLD, "calendar");
            if (!_within(next, previous, previous, band)) return (Verdict.HOLD, "band");
            if (policy.referenceFeed != address(0) && !_follows(policy, previous, previousAt, next)) return (Verdict.HOLD, "reference");
        }
        if (policy.growthSince != 0 && next > _grown(policy, nextAt)) return (Verdict.HOLD, "growth");
        return (Verdict.ACCEPT, 0);
    }

    /* INTERNAL */

    /// @dev Days of UTC. The business of the markets whose calendars there are lies within one.
    /// @return known false when a year between the days is unknown
    /// @return band basis points
    function _band(Policy memory policy, uint40 previousAt, uint40 nextAt) private view returns (bool known, uint256 band) {
        uint40 from = previousAt / 1 days;
        uint40 to = nextAt / 1 days;
        uint256 elapsed = Math.saturatingSub(to, from);
        if (policy.calendar != 0) {
            try CALENDAR.businessDaysBetween(policy.calendar, from, to) returns (uint256 open) {
                elapsed = open;
            } catch {
                return (false, 0);
            }
        }
        return (true, Math.min(policy.baseBps + elapsed * policy.perDayBps, policy.maxBps));
    }

    /// @return whether two values are no further apart than so many basis points (at most 10,000, so that nothing overflows) of `base`
    function _within(int256 a, int256 b, int256 base, uint256 bps) private pure returns (bool) {
        uint256 distance;
        unchecked {
            // A difference that an int256 cannot hold wraps to what a uint256 holds.
            // forge-lint: disable-next-line(unsafe-typecast)
            distance = a > b ? uint256(a - b) : uint256(b - a);
        }
        return distance <= Math.mulDiv(SignedMath.abs(base), bps, BASIS);
    }

    /// @dev Whether the value did what the reference did, from what the reference said at the previous valuation to what it says now.
    function _follows(Policy memory policy, int256 previous, uint40 previousAt, int256 next) private view returns (bool) {
        (bool found, uint256 roundId, int256 latest, uint256 updatedAt) =
            _read(policy.referenceFeed, abi.encodeCall(AggregatorV3Interface.latestRoundData, ()));
        if (!found || block.timestamp - updatedAt > REFERENCE_MAX_AGE) return false;
        int256 before = latest;
        for (uint256 i; found && updatedAt > previousAt && roundId > 1 && i < REFERENCE_ROUNDS; ++i) {
            // A round id comes as a word of its own and is checked by the reference.
            // forge-lint: disable-next-line(unsafe-typecast)
            bytes memory message = abi.encodeCall(AggregatorV3Interface.getRoundData, (uint80(--roundId)));
            (found,, before, updatedAt) = _read(policy.referenceFeed, message);
        }
        if (!found || updatedAt > previousAt || SignedMath.abs(previous) > uint128(type(int128).max)) return false;
        return _within(next, previous * latest / before, previous, policy.referenceBps);
    }

    /// @return found whether there is a positive answer of at most 127 bits from no later than now
    function _read(address feed, bytes memory message)
        private
        view
        returns (bool found, uint256 roundId, int256 answer, uint256 updatedAt)
    {
        uint256[] memory words;
        (found, words) = StaticRead.words(feed, REFERENCE_GAS, message, ROUND_WORDS);
        (roundId, updatedAt) = (words[0], words[3]);
        found = found && roundId != 0 && words[1] != 0 && words[1] <= uint128(type(int128).max) && updatedAt != 0
            && updatedAt <= block.timestamp;
        // forge-lint: disable-next-line(unsafe-typecast)
        answer = int256(words[1]); // of at most 127 bits where it counts
    }

    /// @dev At most 127 bits of value, 16 of basis points, 40 of seconds.
    function _grown(Policy memory policy, uint40 nextAt) private pure returns (int256) {
        uint256 elapsed = Math.saturatingSub(nextAt, policy.growthSince);
        int256 from = policy.growthFrom;
        // forge-lint: disable-next-line(unsafe-typecast)
        return from + from * int256(elapsed * policy.growthBps) / int256(BASIS * 365 days);
    }

    function _getValuationGuardStorage() private pure returns (ValuationGuardStorage storage $) {
        assembly {
            $.slot := STORAGE_SLOT
        }
    }
}
