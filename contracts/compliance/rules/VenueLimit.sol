// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { EnumerableSet } from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { TransferWindows, Window, WindowCounter, WindowSet } from "../TransferWindows.sol";
import { Rule } from "./Rule.sol";

/// @notice Limits what one investor may bring to an exchange, over all wallets of both, in each of up to four windows of time an exchange.
///         Parameters: abi.encode((address venue, (uint32 length, uint112 units)[] windows)[] venues): identities of at most 16 exchanges,
///         with seconds and token units of each window.
///
///         What an exchange sends is free, to another exchange as well as to an investor. A window opens at the first transfer that it
///         counts, of that investor to that exchange, and is over `length` seconds later. What was used outlasts every change, also of an
///         exchange that is untagged and tagged again.
contract VenueLimit is Rule {
    using EnumerableSet for EnumerableSet.AddressSet;
    using TransferWindows for uint256;

    /// @param venue identity of the exchange
    /// @param windows seconds and token units; none = no limit
    struct Venue {
        address venue;
        Window[] windows;
    }

    /// @notice A window as ERC-3643 clients write it.
    /// @param limitTime seconds
    /// @param limitValue token units
    struct Limit {
        uint32 limitTime;
        uint256 limitValue;
    }

    /// @notice What was used in a window, as ERC-3643 clients read it.
    /// @param value token units, 0 when no such window is open
    /// @param timer unix seconds at which the window is over, 0 when none is open
    struct Counter {
        uint256 value;
        uint256 timer;
    }

    /// @dev `compliance` saves a call to the token on every movement. A set notes whether its venue is tagged.
    struct Book {
        address compliance;
        EnumerableSet.AddressSet venues;
        mapping(address venue => WindowSet) windows;
        mapping(address venue => mapping(uint256 key => WindowCounter)) counters;
    }

    /// @custom:storage-location erc7201:muniment.storage.VenueLimit
    struct VenueLimitStorage {
        mapping(address token => Book) books;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.VenueLimit")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant VENUE_LIMIT_STORAGE = 0x00aeedfe3e90d213a02e8a4a3215695439557fd1ea437c46590213e55d5bae00;

    uint256 public constant MAX_VENUES = 16;
    uint32 public constant MONTH = 30 days;
    uint8 private constant TAGGED = 1;

    event VenuesSet(address indexed token, Venue[] venues);
    event VenueTagged(address indexed token, address indexed venue);
    event VenueUntagged(address indexed token, address indexed venue);
    /// @param length seconds
    /// @param previousUnits token units, 0 = there was no such window
    /// @param units token units, 0 = there is none any more
    event VenueWindowChanged(address indexed token, address indexed venue, uint32 indexed length, uint256 previousUnits, uint256 units);

    error VenueInvalid(address venue);
    error VenueAlreadyTagged(address token, address venue);
    error VenueNotTagged(address token, address venue);
    error TooManyVenues(uint256 maximum);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        Venue[] memory venues = abi.decode(parameters, (Venue[]));
        Book storage book = _bookOf(token);
        book.compliance = msg.sender;
        address[] memory previous = book.venues.values();
        for (uint256 i = 0; i < previous.length; i++) {
            book.venues.remove(previous[i]);
            book.windows[previous[i]].words[0] = 0;
        }
        for (uint256 i = 0; i < venues.length; i++) {
            _tag(token, venues[i].venue);
            book.windows[venues[i].venue].replace(venues[i].windows);
        }

        emit VenuesSet(token, venues);
    }

    /// @inheritdoc IRule
    function enforce(Transfer calldata t) external override {
        Book storage book = _bookOf(t.token);
        if (msg.sender != book.compliance) revert RuleCallerNotCompliance(msg.sender, t.token);
        if (t.kind != Kind.TRANSFER || _isSameInvestor(t)) return;

        WindowSet storage windows = book.windows[t.toInvestor];
        uint256 first = windows.words[0];
        if (first.countOf() == 0 || isVenue(t.token, t.fromInvestor)) return;
        (uint256 actual, uint256 limit) = windows.spend(first, book.counters[t.toInvestor], t.fromInvestor, t.amount);
        if (limit != 0) revert RuleRefused(ReasonCode.EXCHANGE_LIMIT, actual, limit);
    }

    /// @notice Tags an exchange for the calling compliance's token, without a limit yet, as ERC-3643 clients do.
    /// @param venue identity of the exchange
    function addExchangeID(address venue) external {
        address token = _callersToken();
        _tag(token, venue);

        emit VenueTagged(token, venue);
    }

    /// @notice Untags an exchange and drops its windows. What investors used in them is kept.
    /// @param venue identity of the exchange
    function removeExchangeID(address venue) external {
        address token = _callersToken();
        Book storage book = _bookOf(token);
        if (!book.venues.remove(venue)) revert VenueNotTagged(token, venue);
        book.windows[venue].words[0] = 0;

        emit VenueUntagged(token, venue);
    }

    /// @notice Changes the limit of a tagged exchange's window of that length, or adds one, as ERC-3643 clients do through
    ///         `callModuleFunction`.
    /// @param venue identity of the exchange
    function setExchangeLimit(address venue, Limit calldata limit) external {
        _put(venue, limit.limitTime, limit.limitValue);
    }

    /// @notice The same for the window of 30 days.
    /// @param venue identity of the exchange
    /// @param limit token units
    function setExchangeMonthlyLimit(address venue, uint256 limit) external {
        _put(venue, MONTH, limit);
    }

    /// @notice Removes a tagged exchange's window of that length.
    /// @param venue identity of the exchange
    /// @param length seconds
    function removeExchangeLimit(address venue, uint32 length) external {
        address token = _callersToken();
        uint256 previous = _bookOf(token).windows[venue].remove(length);

        emit VenueWindowChanged(token, venue, length, previous, 0);
    }

    /* VIEWS */

    /// @notice Whether an identity is tagged as an exchange.
    function isVenue(address token, address venue) public view returns (bool) {
        return _bookOf(token).windows[venue].words[0].noteOf() == TAGGED;
    }

    /// @notice The tagged exchanges of a token and their windows, in the order in which they are judged.
    function venuesOf(address token) public view returns (Venue[] memory venues) {
        Book storage book = _bookOf(token);
        address[] memory tagged = book.venues.values();
        venues = new Venue[](tagged.length);
        for (uint256 i = 0; i < tagged.length; i++) {
            venues[i] = Venue(tagged[i], book.windows[tagged[i]].values());
        }
    }

    /// @notice The windows of an exchange for the token of `compliance`, as ERC-3643 clients read them.
    function getExchangeLimits(address compliance, address venue) external view returns (Limit[] memory limits) {
        Window[] memory windows = _bookOf(ICompliance(compliance).getTokenBound()).windows[venue].values();
        limits = new Limit[](windows.length);
        for (uint256 i = 0; i < windows.length; i++) {
            limits[i] = Limit(windows[i].length, windows[i].units);
        }
    }

    /// @notice What an investor has brought to an exchange in the window of that length.
    /// @param venue identity of the exchange
    /// @param investor identity
    /// @param length seconds
    /// @return used token units, 0 when no such window is open
    /// @return end unix seconds at which the window is over, 0 when none is open
    function usedOf(address token, address venue, address investor, uint32 length) public view returns (uint256 used, uint40 end) {
        return TransferWindows.counted(_bookOf(token).counters[venue], investor, length);
    }

    /// @notice The same for the token of `compliance`, as ERC-3643 clients read it.
    function getExchangeCounter(address compliance, address venue, address investor, uint32 length)
        external
        view
        returns (Counter memory counter)
    {
        (counter.value, counter.timer) = _usedFor(compliance, venue, investor, length);
    }

    /// @notice What an investor has brought to an exchange in the window of 30 days, for the token of `compliance`.
    /// @return used token units, 0 when the window is not open
    function getMonthlyCounter(address compliance, address venue, address investor) external view returns (uint256 used) {
        (used,) = _usedFor(compliance, venue, investor, MONTH);
    }

    /// @notice When the window of 30 days is over, for the token of `compliance`.
    /// @return end unix seconds, 0 when the window is not open
    function getMonthlyTimer(address compliance, address venue, address investor) external view returns (uint256 end) {
        (, end) = _usedFor(compliance, venue, investor, MONTH);
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        return abi.encode(venuesOf(token));
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.LEDGER_TRANSFER;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "VenueLimit";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        if (isVenue(t.token, t.fromInvestor)) return (ReasonCode.OK, 0, 0, type(uint256).max);
        Book storage book = _bookOf(t.token);
        (actual, limit, room) = book.windows[t.toInvestor].judge(book.counters[t.toInvestor], t.fromInvestor, t.amount);
        if (limit != 0) code = ReasonCode.EXCHANGE_LIMIT;
    }

    /// @inheritdoc Rule
    function _curedAt(Transfer calldata t) internal view override returns (uint40) {
        Book storage book = _bookOf(t.token);
        return book.windows[t.toInvestor].curedAt(book.counters[t.toInvestor], t.fromInvestor, t.amount);
    }

    function _tag(address token, address venue) internal {
        Book storage book = _bookOf(token);
        if (venue == address(0)) revert VenueInvalid(venue);
        if (!book.venues.add(venue)) revert VenueAlreadyTagged(token, venue);
        if (book.venues.length() > MAX_VENUES) revert TooManyVenues(MAX_VENUES);
        book.windows[venue].words[0] = uint256(0).withNote(TAGGED);
    }

    function _put(address venue, uint32 length, uint256 units) internal {
        address token = _callersToken();
        if (!isVenue(token, venue)) revert VenueNotTagged(token, venue);
        uint256 previous = _bookOf(token).windows[venue].put(length, units);

        emit VenueWindowChanged(token, venue, length, previous, units);
    }

    function _usedFor(address compliance, address venue, address investor, uint32 length)
        internal
        view
        returns (uint256 used, uint256 end)
    {
        return usedOf(ICompliance(compliance).getTokenBound(), venue, investor, length);
    }

    function _bookOf(address token) internal view returns (Book storage) {
        return _getVenueLimitStorage().books[token];
    }

    /* STORAGE */

    function _getVenueLimitStorage() private pure returns (VenueLimitStorage storage $) {
        assembly {
            $.slot := VENUE_LIMIT_STORAGE
        }
    }
}
