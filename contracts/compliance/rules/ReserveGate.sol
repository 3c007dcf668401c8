// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SignedMath } from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import { IFeedProxy } from "../../interfaces/IFeedProxy.sol";
import { FeedState } from "../../interfaces/IRoundSource.sol";
import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { StaticRead } from "../StaticRead.sol";
import { Rule } from "./Rule.sol";

/// @notice Lets units be issued only as far as a proof-of-reserve feed says that they are backed: supply + amount + what was issued on
///         other chains ≤ reserve + margin. Parameters: abi.encode(address feed, uint32 maxAge, int128 margin, bool marginInUnits,
///         uint128 otherSupply): an AggregatorV3Interface; seconds after which its value is stale (at exactly this age it is not); basis
///         points of the reserve, −10,000 to 10,000, or token units, negative = more reserve than units is asked for; token units.
///
///         The gate is closed (RESERVE_STALE) while the feed is unset (zero), halted, reverting, without data, stale, dated in the future,
///         zero or negative, or has other decimals than when it was set; and while a later value waits for approval. A feed that answered
///         `state()` when it was set, as every FeedProxy does, must answer LIVE. What a HELD feed
///         serves is the value before: safe to issue on while a rise waits, but not while a fall does, and the gate cannot tell which it
///         is. Redemptions and transfers never pass through it.
///
///         Warning: a feed without `state()`, as Chainlink's own are, is taken as it serves.
contract ReserveGate is Rule {
    using Math for uint256;

    /// @param feed proof of reserve, zero = unset
    /// @param maxAge seconds
    /// @param feedDecimals of `feed` when it was set
    /// @param tokenDecimals of the token when the feed was set
    /// @param marginInUnits whether `margin` is in token units, else in basis points of the reserve
    /// @param hasState whether the feed answered `state()` when it was set
    /// @param margin above the reserve if positive, below it if negative
    /// @param otherSupply token units issued on other chains against the same reserve
    struct Gate {
        address feed;
        uint32 maxAge;
        uint8 feedDecimals;
        uint8 tokenDecimals;
        bool marginInUnits;
        bool hasState;
        int128 margin;
        uint128 otherSupply;
    }

    /// @custom:storage-location erc7201:muniment.storage.ReserveGate
    struct ReserveGateStorage {
        mapping(address token => Gate) gates;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.ReserveGate")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant RESERVE_GATE_STORAGE = 0xba12f8a81b06657b518535dff0731cbad9e17b350d03f3ae09bb99b30d7e4200;

    uint256 private constant BASIS = 10_000;
    /// @dev So that a power of ten between two of them fits a word.
    uint256 private constant MAX_DECIMALS = 36;
    uint256 private constant ROUND_GAS = 45_000;
    uint256 private constant DECIMALS_GAS = 15_000;
    /// @dev For all three. The state, asked last when much of what it reads is warm, gets what the round and the decimals left, whatever
    ///      the caller gave: `check` and `enforce` agree.
    uint256 private constant READ_GAS = 86_000;
    /// @dev More than a FeedProxy ever uses to tell its state.
    uint256 private constant PROBE_GAS = 200_000;
    /// @dev Words of `latestRoundData`.
    uint256 private constant ROUND_WORDS = 5;

    /// @param maxAge seconds
    /// @param feedDecimals 0 when there is no feed
    event ReserveFeedSet(address indexed token, address indexed previousFeed, address indexed feed, uint32 maxAge, uint8 feedDecimals);
    /// @param margin basis points of the reserve, or token units
    event ReserveMarginSet(address indexed token, int128 previousMargin, bool previousInUnits, int128 margin, bool inUnits);
    /// @param otherSupply token units
    event OtherSupplySet(address indexed token, uint128 previousOtherSupply, uint128 otherSupply);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (address feed, uint32 maxAge, int128 margin, bool marginInUnits, uint128 otherSupply) =
            abi.decode(parameters, (address, uint32, int128, bool, uint128));
        _setFeed(token, feed, maxAge);
        _setMargin(token, margin, marginInUnits);
        _setOtherSupply(token, otherSupply);
    }

    /// @notice Changes the feed of the calling compliance's token, as `callModuleFunction` does; reads its decimals anew.
    /// @param feed AggregatorV3Interface, or zero to close the gate
    /// @param maxAge seconds
    function setReserveFeed(address feed, uint32 maxAge) external {
        _setFeed(_callersToken(), feed, maxAge);
    }

    /// @notice Changes the margin of the calling compliance's token.
    /// @param margin basis points of the reserve, −10,000 to 10,000, or token units
    function setReserveMargin(int128 margin, bool inUnits) external {
        _setMargin(_callersToken(), margin, inUnits);
    }

    /// @notice Says how many units were issued on other chains against the same reserve.
    /// @param otherSupply token units
    function setOtherSupply(uint128 otherSupply) external {
        _setOtherSupply(_callersToken(), otherSupply);
    }

    /* VIEWS */

    function gateOf(address token) external view returns (Gate memory) {
        return _getReserveGateStorage().gates[token];
    }

    /// @notice The reserve as the gate sees it. Never reverts.
    /// @return usable whether the gate may rely on it
    /// @return reserve token units, rounded down, before the margin; 2^256 − 1 stands for anything above
    /// @return age seconds since the instant at which it holds; 2^256 − 1 when no such instant is known
    function reserveOf(address token) external view returns (bool usable, uint256 reserve, uint256 age) {
        return _readReserve(_getReserveGateStorage().gates[token]);
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        Gate memory gate = _getReserveGateStorage().gates[token];
        return abi.encode(gate.feed, gate.maxAge, gate.margin, gate.marginInUnits, gate.otherSupply);
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "ReserveGate";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    /// @dev RESERVE_SHORTFALL shows token units on all chains after the issue, RESERVE_STALE the age of the value in seconds and the
    ///      greatest one (see `reserveOf`).
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        Gate memory gate = _getReserveGateStorage().gates[t.token];
        (bool usable, uint256 reserve, uint256 age) = _readReserve(gate);
        if (!usable) return (ReasonCode.RESERVE_STALE, age, gate.maxAge, 0);

        uint256 issued = t.supply.saturatingAdd(gate.otherSupply);
        actual = issued.saturatingAdd(t.amount);
        limit = _withMargin(reserve, gate);
        room = limit.saturatingSub(issued);
        if (actual > limit || t.amount > room) code = ReasonCode.RESERVE_SHORTFALL;
    }

    function _readReserve(Gate memory gate) internal view returns (bool usable, uint256 reserve, uint256 age) {
        age = type(uint256).max;
        if (gate.feed == address(0)) return (false, 0, age);
        uint256 gasAfter = gasleft().saturatingSub(READ_GAS);
        (bool answered, uint256[] memory round) =
            StaticRead.words(gate.feed, ROUND_GAS, abi.encodeCall(AggregatorV3Interface.latestRoundData, ()), ROUND_WORDS);
        // roundId, answer, startedAt, updatedAt, answeredInRound
        (uint256 value, uint256 updatedAt) = (round[1], round[3]);
        if (!answered || updatedAt == 0 || updatedAt > block.timestamp) return (false, 0, age);
        age = block.timestamp - updatedAt;
        if (age > gate.maxAge || value == 0 || value > uint256(type(int256).max)) return (false, 0, age);
        (bool known, uint256 decimals) = _decimalsOf(gate.feed);
        if (!known || decimals != gate.feedDecimals || (gate.hasState && !_isLive(gate.feed, gasAfter))) return (false, 0, age);
        return (true, _scale(value, decimals, gate.tokenDecimals), age);
    }

    /// @param gasAfter what is to be left
    function _isLive(address feed, uint256 gasAfter) internal view returns (bool) {
        (bool answered, uint256 state) = StaticRead.word(feed, gasleft().saturatingSub(gasAfter), abi.encodeCall(IFeedProxy.state, ()));
        return answered && state == uint256(FeedState.LIVE);
    }

    function _decimalsOf(address account) internal view returns (bool known, uint256 decimals) {
        (known, decimals) = StaticRead.word(account, DECIMALS_GAS, abi.encodeCall(IERC20Metadata.decimals, ()));
        known = known && decimals <= MAX_DECIMALS;
    }

    /// @dev Rounds down, and stops at the greatest word instead of overflowing. No two decimals are more than MAX_DECIMALS apart.
    function _scale(uint256 value, uint256 from, uint256 to) internal pure returns (uint256) {
        return to >= from ? value.saturatingMul(10 ** (to - from)) : value / 10 ** (from - to);
    }

    /// @dev Rounds against the issuer.
    function _withMargin(uint256 reserve, Gate memory gate) internal pure returns (uint256) {
        bool above = gate.margin >= 0;
        uint256 margin = SignedMath.abs(gate.margin);
        if (!gate.marginInUnits) {
            // Never overflows: at most 10,000 basis points.
            margin = reserve.mulDiv(margin, BASIS, above ? Math.Rounding.Floor : Math.Rounding.Ceil);
        }
        return above ? reserve.saturatingAdd(margin) : reserve.saturatingSub(margin);
    }

    function _setFeed(address token, address feed, uint32 maxAge) internal {
        uint256 feedDecimals;
        uint256 tokenDecimals;
        bool hasState;
        if (feed != address(0)) {
            bool known;
            if (maxAge == 0) revert RuleParametersInvalid("maxAge");
            (known, feedDecimals) = _decimalsOf(feed);
            if (!known) revert RuleParametersInvalid("feed");
            (known, tokenDecimals) = _decimalsOf(token);
            if (!known) revert RuleParametersInvalid("token");
            (hasState,) = StaticRead.word(feed, PROBE_GAS, abi.encodeCall(IFeedProxy.state, ()));
        }
        Gate storage gate = _getReserveGateStorage().gates[token];
        address previous = gate.feed;
        (gate.feed, gate.maxAge, gate.hasState) = (feed, maxAge, hasState);
        // Both are at most MAX_DECIMALS.
        // forge-lint: disable-next-line(unsafe-typecast)
        (gate.feedDecimals, gate.tokenDecimals) = (uint8(feedDecimals), uint8(tokenDecimals));

        emit ReserveFeedSet(token, previous, feed, maxAge, gate.feedDecimals);
    }

    function _setMargin(address token, int128 margin, bool inUnits) internal {
        if (!inUnits && SignedMath.abs(margin) > BASIS) revert RuleParametersInvalid("margin");
        Gate storage gate = _getReserveGateStorage().gates[token];
        (int128 previous, bool previousInUnits) = (gate.margin, gate.marginInUnits);
        (gate.margin, gate.marginInUnits) = (margin, inUnits);

        emit ReserveMarginSet(token, previous, previousInUnits, margin, inUnits);
    }

    function _setOtherSupply(address token, uint128 otherSupply) internal {
        Gate storage gate = _getReserveGateStorage().gates[token];
        uint128 previous = gate.otherSupply;
        gate.otherSupply = otherSupply;

        emit OtherSupplySet(token, previous, otherSupply);
    }

    /* STORAGE */

    function _getReserveGateStorage() private pure returns (ReserveGateStorage storage $) {
        assembly {
            $.slot := RESERVE_GATE_STORAGE
        }
    }
}
