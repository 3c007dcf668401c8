// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { StaticRead } from "../compliance/StaticRead.sol";
import { IFeedProxy } from "../interfaces/IFeedProxy.sol";
import { IMarketCalendar } from "../interfaces/IMarketCalendar.sol";
import { FeedState, STALE_FLAG } from "../interfaces/IRoundSource.sol";
import { IValuationRegistry } from "../interfaces/IValuationRegistry.sol";

/// @notice What every token is worth, and whether value may move on it.
/// @dev A feed is asked as if it were hostile: with a bounded amount of gas, and nothing that it answers is believed before it is looked
///      at. Whatever goes wrong closes the valuation and reverts nothing.
contract ValuationRegistry is IValuationRegistry, AccessManaged {
    /// @param policy as it was set
    /// @param feedDecimals of the policy's feed when it was set; a feed that says otherwise later is not read
    /// @param baseDecimals of the token
    /// @param quoteDecimals of the currency
    struct Entry {
        Policy policy;
        uint8 feedDecimals;
        uint8 baseDecimals;
        uint8 quoteDecimals;
    }

    /// @custom:storage-location erc7201:muniment.storage.ValuationRegistry
    struct ValuationRegistryStorage {
        mapping(address token => Entry) entries;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.ValuationRegistry")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant VALUATION_REGISTRY_STORAGE = 0x6c18f4e8ee8c88431979d66aff4db26b5497dd2bfa4610d32d21b7eba048ae00;

    /// @dev ISO 4217 numbers have three digits.
    uint256 private constant MAX_CURRENCY = 999;
    uint8 private constant CURRENCY_DECIMALS = 18;
    /// @dev So that a value of 128 bits with one of them, and two of them together, fit a word.
    uint256 private constant MAX_DECIMALS = 36;
    uint256 private constant READ_GAS = 250_000;
    uint256 private constant DECIMALS_GAS = 30_000;
    /// @dev Words of IFeedProxy.latestRound.
    uint256 private constant ROUND_WORDS = 5;

    IMarketCalendar public immutable calendar;

    constructor(address manager, IMarketCalendar calendar_) AccessManaged(manager) {
        calendar = calendar_;
    }

    /* ROLE FUNCTIONS */

    /// @inheritdoc IValuationRegistry
    function setPolicy(address token, Policy calldata policy) external restricted {
        if (policy.maxPublishAge == 0 && policy.maxValuationAge == 0 && policy.maxBusinessDays == 0) revert PolicyInvalid("age");
        if ((policy.maxBusinessDays == 0) != (policy.calendar == 0)) revert PolicyInvalid("calendar");
        if (policy.quote == token) revert PolicyInvalid("quote");
        (bool answered,) = StaticRead.word(policy.feed, READ_GAS, abi.encodeCall(IFeedProxy.state, ()));
        if (!answered) revert PolicyInvalid("feed");

        Entry storage entry = _entryOf(token);
        Policy memory previous = entry.policy;
        entry.policy = policy;
        entry.feedDecimals = _requireDecimals(policy.feed, "feed");
        entry.baseDecimals = _requireDecimals(token, "token");
        entry.quoteDecimals = _isCurrency(policy.quote) ? CURRENCY_DECIMALS : _requireDecimals(policy.quote, "quote");

        emit PolicySet(token, previous, policy);
    }

    /* VIEWS */

    /// @inheritdoc IValuationRegistry
    /// @dev The one place where decimals are brought together. One base unit is worth nav × 10^quote / 10^(base + feed) quote units.
    function getQuote(uint256 baseAmount, address base, address quote) external view returns (uint256 quoteAmount) {
        bool forward = _prices(base, quote);
        if (!forward && !_prices(quote, base)) revert QuoteUnsupported(base, quote);
        address token = forward ? base : quote;
        Entry storage entry = _entryOf(token);
        (int256 nav,,,, Status status) = valuation(token);
        if (status != Status.LIVE) revert ValuationNotLive(token, status);
        if (nav <= 0) revert ValuationNotPositive(token, nav);

        // Above zero, and no more than 127 bits beside 36 decimals.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 worth = uint256(nav) * 10 ** entry.quoteDecimals;
        uint256 units = 10 ** (uint256(entry.baseDecimals) + entry.feedDecimals);
        return forward ? Math.mulDiv(baseAmount, worth, units) : Math.mulDiv(baseAmount, units, worth);
    }

    /// @inheritdoc IValuationRegistry
    function valuation(address token)
        public
        view
        returns (int256 nav, uint8 decimals, uint40 valuationTimestamp, uint40 publishedAt, Status status)
    {
        Entry storage entry = _entryOf(token);
        FeedState state = _stateOf(entry.policy.feed);
        if (state == FeedState.HALTED) return (0, 0, 0, 0, Status.HALTED);
        if (state == FeedState.UNKNOWN) return (0, 0, 0, 0, Status.UNKNOWN);
        bool readable;
        uint256 flags;
        (readable, nav, valuationTimestamp, publishedAt, flags) = _readRound(entry);
        if (!readable) return (0, 0, 0, 0, Status.UNKNOWN);
        decimals = entry.feedDecimals;

        if (flags & STALE_FLAG != 0 || _isValuationStale(entry.policy, valuationTimestamp)) status = Status.VALUATION_STALE;
        else if (_isOlder(publishedAt, entry.policy.maxPublishAge)) status = Status.PUBLICATION_STALE;
        else if (state == FeedState.HELD) status = Status.HELD;
        else status = Status.LIVE;
    }

    /// @inheritdoc IValuationRegistry
    function policyOf(address token) external view returns (Policy memory) {
        return _entryOf(token).policy;
    }

    /* INTERNAL */

    function _prices(address token, address currency) private view returns (bool) {
        Policy storage policy = _entryOf(token).policy;
        return policy.feed != address(0) && policy.quote == currency;
    }

    function _stateOf(address feed) private view returns (FeedState) {
        (bool answered, uint256 given) = StaticRead.word(feed, READ_GAS, abi.encodeCall(IFeedProxy.state, ()));
        return answered && given <= uint256(type(FeedState).max) ? FeedState(given) : FeedState.UNKNOWN;
    }

    // Each word is judged before it is cast.
    // forge-lint: disable-start(unsafe-typecast)
    /// @dev An answer that no FeedProxy gives is none: other decimals, a value beyond 128 bits, a time that is no time yet.
    function _readRound(Entry storage entry)
        private
        view
        returns (bool readable, int256 value, uint40 valuedAt, uint40 publishedAt, uint256 flags)
    {
        address feed = entry.policy.feed;
        (bool known, uint256 decimals) = _decimalsOf(feed);
        (bool answered, uint256[] memory round) = StaticRead.words(feed, READ_GAS, abi.encodeCall(IFeedProxy.latestRound, ()), ROUND_WORDS);
        value = int256(round[0]);
        readable = known && decimals == entry.feedDecimals && answered && value == int128(value) && round[1] >= 1 days
            && round[1] <= block.timestamp && round[2] <= block.timestamp;
        (valuedAt, publishedAt, flags) = (uint40(round[1]), uint40(round[2]), round[4]);
    }
    // forge-lint: disable-end(unsafe-typecast)

    function _isValuationStale(Policy storage policy, uint40 valuedAt) private view returns (bool) {
        return _isOlder(valuedAt, policy.maxValuationAge)
            || (policy.maxBusinessDays != 0 && _businessDaysSince(policy.calendar, valuedAt) > policy.maxBusinessDays);
    }

    function _isOlder(uint40 since, uint256 maxAge) private view returns (bool) {
        return maxAge != 0 && block.timestamp - since > maxAge;
    }

    /// @dev Counted from the day before, so that the year of the valuation itself must be known too. Days are those of UTC.
    /// @return days_ 2^256 − 1 when the calendar does not know
    function _businessDaysSince(bytes32 calendarId, uint40 valuedAt) private view returns (uint256 days_) {
        uint40 day = uint40(valuedAt / 1 days);
        bytes memory count = abi.encodeCall(IMarketCalendar.businessDaysBetween, (calendarId, day - 1, uint40(block.timestamp / 1 days)));
        (bool counted, uint256 open) = StaticRead.word(address(calendar), READ_GAS, count);
        (bool answered, bool first) =
            StaticRead.boolean(address(calendar), READ_GAS, abi.encodeCall(IMarketCalendar.isOpen, (calendarId, day)));
        if (!counted || !answered) return type(uint256).max;
        return Math.saturatingSub(open, first ? 1 : 0);
    }

    function _isCurrency(address account) private pure returns (bool) {
        return account != address(0) && uint160(account) <= MAX_CURRENCY;
    }

    function _requireDecimals(address account, string memory field) private view returns (uint8) {
        (bool known, uint256 decimals) = _decimalsOf(account);
        if (!known) revert PolicyInvalid(field);
        // At most MAX_DECIMALS.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint8(decimals);
    }

    function _decimalsOf(address account) private view returns (bool known, uint256 decimals) {
        (known, decimals) = StaticRead.word(account, DECIMALS_GAS, abi.encodeCall(IERC20Metadata.decimals, ()));
        known = known && decimals <= MAX_DECIMALS;
    }

    function _entryOf(address token) private view returns (Entry storage) {
        return _getValuationRegistryStorage().entries[token];
    }

    /* STORAGE */

    function _getValuationRegistryStorage() private pure returns (ValuationRegistryStorage storage $) {
        assembly {
            $.slot := VALUATION_REGISTRY_STORAGE
        }
    }
}
