// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { EnumerableSet } from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { TransferWindows, Window, WindowCounter, WindowSet } from "../TransferWindows.sol";
import { Rule } from "./Rule.sol";

/// @notice Limits what one investor may transfer, over all of that investor's wallets, in each of up to four windows of time. Parameters:
///         abi.encode((uint32 length, uint112 units)[] windows, address[] exempt): seconds and token units of each window; identities of
///         at most 32 investors whose transfers neither count nor are limited.
///
///         A window opens at an investor's first transfer that it counts and is over `length` seconds later. A changed limit holds at
///         once and keeps what was used; so does a window that was removed and comes back before it is over.
contract VolumeLimit is Rule {
    using EnumerableSet for EnumerableSet.AddressSet;
    using TransferWindows for uint256;

    /// @dev Windows are kept under the compliance that set them, and only those of `compliance` are in force: the word that a transfer
    ///      reads for its window tells with it whether the caller is the token's compliance.
    struct Book {
        address compliance;
        mapping(address compliance => WindowSet) windows;
        mapping(uint256 key => WindowCounter) counters;
        EnumerableSet.AddressSet exempt;
    }

    /// @custom:storage-location erc7201:muniment.storage.VolumeLimit
    struct VolumeLimitStorage {
        mapping(address token => Book) books;
    }

    /// @notice A window as ERC-3643 clients write it.
    /// @param limitTime seconds
    /// @param limitValue token units
    struct Limit {
        uint32 limitTime;
        uint256 limitValue;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.VolumeLimit")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant VOLUME_LIMIT_STORAGE = 0x47600a8e72d27346e255e0f52bf920e023ce53a69e40d1ac7c46bf7c052ead00;

    uint256 public constant MAX_EXEMPT = 32;
    /// @dev Notes beside the first window.
    uint8 private constant BOUND = 1;
    uint8 private constant EXEMPTS = 2;

    /// @param windows seconds and token units
    /// @param exempt identities
    event VolumeLimitSet(address indexed token, Window[] windows, address[] exempt);
    /// @param length seconds
    /// @param previousUnits token units, 0 = there was no such window
    /// @param units token units, 0 = there is none any more
    event VolumeWindowChanged(address indexed token, uint32 indexed length, uint256 previousUnits, uint256 units);
    event VolumeExemptionChanged(address indexed token, address indexed investor, bool exempt);

    error ExemptionUnchanged(address token, address investor, bool exempt);
    error TooManyExemptions(uint256 maximum);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (Window[] memory windows, address[] memory exempt) = abi.decode(parameters, (Window[], address[]));
        Book storage book = _bookOf(token);
        if (book.compliance != msg.sender) {
            book.windows[book.compliance].words[0] = 0;
            book.compliance = msg.sender;
        }
        book.windows[msg.sender].replace(windows);

        address[] memory previous = book.exempt.values();
        for (uint256 i = 0; i < previous.length; i++) {
            book.exempt.remove(previous[i]);
        }
        for (uint256 i = 0; i < exempt.length; i++) {
            if (!book.exempt.add(exempt[i])) revert ExemptionUnchanged(token, exempt[i], true);
        }
        _note(book);

        emit VolumeLimitSet(token, windows, exempt);
    }

    /// @inheritdoc IRule
    function enforce(Transfer calldata t) external override {
        (address token, uint256 kind, address from, address to) = _wordsOf(t);
        Book storage book = _bookOf(token);
        WindowSet storage windows = book.windows[msg.sender];
        uint256 first = windows.words[0];
        uint256 note = first.noteOf();
        if (note & BOUND == 0) revert RuleCallerNotCompliance(msg.sender, token);
        if (kind != uint256(Kind.TRANSFER) || (from == to && from != address(0))) return;
        if (note & EXEMPTS != 0 && book.exempt.contains(from)) return;

        (uint256 actual, uint256 limit) = windows.spend(first, book.counters, from, t.amount);
        if (limit != 0) revert RuleRefused(ReasonCode.DAILY_LIMIT, actual, limit);
    }

    /// @notice Changes the limit of the window of that length, or adds one, for the calling compliance's token, as ERC-3643 clients do
    ///         through `callModuleFunction`.
    function setTimeTransferLimit(Limit calldata limit) external {
        _put(_callersToken(), limit);
    }

    /// @notice `setTimeTransferLimit` for several windows; all or none.
    function batchSetTimeTransferLimit(Limit[] calldata limits) external {
        address token = _callersToken();
        for (uint256 i = 0; i < limits.length; i++) {
            _put(token, limits[i]);
        }
    }

    /// @notice Removes the window of that length, in seconds, for the calling compliance's token.
    function removeTimeTransferLimit(uint32 limitTime) external {
        _remove(_callersToken(), limitTime);
    }

    /// @notice Removes the windows of these lengths, in seconds; all or none.
    function batchRemoveTimeTransferLimit(uint32[] calldata limitTimes) external {
        address token = _callersToken();
        for (uint256 i = 0; i < limitTimes.length; i++) {
            _remove(token, limitTimes[i]);
        }
    }

    /// @notice Exempts an investor of the calling compliance's token from its limits, or no longer.
    /// @param investor identity
    function setExempt(address investor, bool exempt) external {
        address token = _callersToken();
        Book storage book = _bookOf(token);
        bool changed = exempt ? book.exempt.add(investor) : book.exempt.remove(investor);
        if (!changed) revert ExemptionUnchanged(token, investor, exempt);
        _note(book);

        emit VolumeExemptionChanged(token, investor, exempt);
    }

    /* VIEWS */

    /// @notice The windows of a token, in the order in which they are judged.
    function windowsOf(address token) public view returns (Window[] memory) {
        Book storage book = _bookOf(token);
        return book.windows[book.compliance].values();
    }

    /// @notice The same for the token of `compliance`, as ERC-3643 clients read it.
    function getTimeTransferLimits(address compliance) external view returns (Limit[] memory limits) {
        Window[] memory windows = windowsOf(ICompliance(compliance).getTokenBound());
        limits = new Limit[](windows.length);
        for (uint256 i = 0; i < windows.length; i++) {
            limits[i] = Limit(windows[i].length, windows[i].units);
        }
    }

    /// @notice What an investor has used in the window of that length.
    /// @param investor identity
    /// @param length seconds
    /// @return used token units, 0 when no such window is open
    /// @return end unix seconds at which the window is over, 0 when none is open
    function usedOf(address token, address investor, uint32 length) external view returns (uint256 used, uint40 end) {
        return TransferWindows.counted(_bookOf(token).counters, investor, length);
    }

    /// @notice The identities whose transfers are neither counted nor limited.
    function exemptOf(address token) public view returns (address[] memory) {
        return _bookOf(token).exempt.values();
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        return abi.encode(windowsOf(token), exemptOf(token));
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.LEDGER_TRANSFER;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "VolumeLimit";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        Book storage book = _bookOf(t.token);
        if (book.exempt.contains(t.fromInvestor)) return (ReasonCode.OK, 0, 0, type(uint256).max);
        (actual, limit, room) = book.windows[book.compliance].judge(book.counters, t.fromInvestor, t.amount);
        if (limit != 0) code = ReasonCode.DAILY_LIMIT;
    }

    /// @inheritdoc Rule
    function _curedAt(Transfer calldata t) internal view override returns (uint40) {
        Book storage book = _bookOf(t.token);
        return book.windows[book.compliance].curedAt(book.counters, t.fromInvestor, t.amount);
    }

    /// @dev What `enforce` needs, in the order of Transfer, without checking each word again: the token's compliance encoded them, and
    ///      nobody else gets past. Saves 600 gas a transfer.
    function _wordsOf(Transfer calldata t) private pure returns (address token, uint256 kind, address fromInvestor, address toInvestor) {
        uint256 mask = type(uint160).max;
        assembly ("memory-safe") {
            token := and(calldataload(t), mask)
            kind := calldataload(add(t, 0x20))
            fromInvestor := and(calldataload(add(t, 0xc0)), mask)
            toInvestor := and(calldataload(add(t, 0xe0)), mask)
        }
    }

    function _put(address token, Limit calldata limit) internal {
        uint256 previous = _bookOf(token).windows[msg.sender].put(limit.limitTime, limit.limitValue);

        emit VolumeWindowChanged(token, limit.limitTime, previous, limit.limitValue);
    }

    function _remove(address token, uint32 length) internal {
        uint256 previous = _bookOf(token).windows[msg.sender].remove(length);

        emit VolumeWindowChanged(token, length, previous, 0);
    }

    function _note(Book storage book) internal {
        uint256 count = book.exempt.length();
        if (count > MAX_EXEMPT) revert TooManyExemptions(MAX_EXEMPT);
        WindowSet storage windows = book.windows[msg.sender];
        windows.words[0] = windows.words[0].withNote(count == 0 ? BOUND : BOUND | EXEMPTS);
    }

    function _bookOf(address token) internal view returns (Book storage) {
        return _getVolumeLimitStorage().books[token];
    }

    /* STORAGE */

    function _getVolumeLimitStorage() private pure returns (VolumeLimitStorage storage $) {
        assembly {
            $.slot := VOLUME_LIMIT_STORAGE
        }
    }
}
