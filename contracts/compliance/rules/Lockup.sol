// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Arrays } from "@openzeppelin/contracts/utils/Arrays.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Capability, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { Rule } from "./Rule.sol";

/// @notice Keeps acquired units from being sold on before their lock ends, lot by lot. Parameters: abi.encode(uint32 lockSeconds,
///         bool lockReceived): how long units are locked from the block in which they are minted (0 = not at all), and whether units
///         received in a transfer start a new lot of the same length or, as the units sold were free, stay free.
///
///         Only locked units are kept, in order of acquisition; everything else that an investor holds is free. A transfer takes free
///         units only. What leaves by BURN or FORCED takes free units first, then lots first in, first out, so locked units never exceed
///         the position; units that a forced transfer takes out of locked lots stay locked at the receiver until the last of their dates.
///         The lots are the investor's, whichever wallet the units are in: own wallets and a recovery keep every date. At most 16 lots an
///         investor: beyond, two neighbours become one under the later date, those that it costs the fewest unit-seconds, so that dust
///         sent to a holder prolongs dust and not what he bought. Changed parameters apply to new lots.
contract Lockup is Rule {
    using Math for uint256;

    /// @notice Units of one acquisition that are still locked.
    /// @param units token units
    /// @param until unix seconds, first second at which they are free
    struct Lot {
        uint112 units;
        uint40 until;
    }

    /// @dev `compliance` saves a call to the token on every movement.
    struct Parameters {
        address compliance;
        uint32 lockSeconds;
        bool lockReceived;
    }

    /// @dev A ring: `count` lots from `head`, oldest first, some of them perhaps over. `total` and `latest` bound them from above.
    struct Summary {
        uint112 total;
        uint40 latest;
        uint8 head;
        uint8 count;
    }

    struct Book {
        Summary summary;
        Lot[16] lots;
    }

    /// @custom:storage-location erc7201:muniment.storage.Lockup
    struct LockupStorage {
        mapping(address token => Parameters) parameters;
        mapping(address token => mapping(address investor => Book)) books;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.Lockup")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant LOCKUP_STORAGE = 0xd8ef3b81e6e69a887632df971b6dee64259416d9f646575df5f52776f3623a00;

    uint8 public constant MAX_LOTS = 16;

    event LockupSet(address indexed token, uint32 lockSeconds, bool lockReceived);
    /// @notice A lot was added as the youngest.
    event LotStarted(address indexed token, address indexed investor, uint256 units, uint40 until);
    /// @notice The youngest lot took further units in; these are its units and date from now on.
    event LotMerged(address indexed token, address indexed investor, uint256 units, uint40 until);
    /// @notice The lots `place` and `place` + 1, 0 = the oldest that is not over, became one with these units and this date.
    event LotsJoined(address indexed token, address indexed investor, uint256 place, uint256 units, uint40 until);
    /// @notice Locked units left, first in, first out, from the lots that were not over at that block's time.
    event LotsConsumed(address indexed token, address indexed investor, uint256 units);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (uint32 lockSeconds, bool lockReceived) = abi.decode(parameters, (uint32, bool));
        _getLockupStorage().parameters[token] = Parameters(msg.sender, lockSeconds, lockReceived);

        emit LockupSet(token, lockSeconds, lockReceived);
    }

    /// @inheritdoc IRule
    function enforce(Transfer calldata t) external override {
        Parameters memory parameters = _getLockupStorage().parameters[t.token];
        if (msg.sender != parameters.compliance) revert RuleCallerNotCompliance(msg.sender, t.token);
        if (_isSameInvestor(t)) return;

        uint40 lockedUntil = _now() + parameters.lockSeconds;
        Kind kind = t.kind;
        if (kind == Kind.TRANSFER) {
            _requireFree(t);
            if (parameters.lockReceived) _append(t.token, t.toInvestor, t.amount, lockedUntil);
        } else if (kind == Kind.MINT) {
            _append(t.token, t.toInvestor, t.amount, lockedUntil);
        } else if (kind == Kind.BURN) {
            _consume(t);
        } else if (kind == Kind.FORCED) {
            (uint256 consumed, uint40 until) = _consume(t);
            if (parameters.lockReceived) _append(t.token, t.toInvestor, t.amount, until > lockedUntil ? until : lockedUntil);
            else _append(t.token, t.toInvestor, consumed.min(t.amount), until);
        }
    }

    /* VIEWS */

    /// @notice The lots of an investor that are still locked, oldest first.
    function lotsOf(address token, address investor) external view returns (Lot[] memory lots) {
        (uint256[] memory words,) = _lockedLots(_getLockupStorage().books[token][investor]);
        lots = new Lot[](words.length);
        for (uint256 i = 0; i < words.length; i++) {
            lots[i] = _unpack(words[i]);
        }
    }

    /// @notice Units of an investor that are locked now, over all lots. What he may transfer is his position less these.
    function lockedOf(address token, address investor) external view returns (uint256 locked) {
        (, locked) = _lockedLots(_getLockupStorage().books[token][investor]);
    }

    /// @notice The parameters of a token.
    /// @return lockSeconds how long minted units are locked
    /// @return lockReceived whether received units are too
    function lockupOf(address token) public view returns (uint32 lockSeconds, bool lockReceived) {
        Parameters memory parameters = _getLockupStorage().parameters[token];
        return (parameters.lockSeconds, parameters.lockReceived);
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        (uint32 lockSeconds, bool lockReceived) = lockupOf(token);
        return abi.encode(lockSeconds, lockReceived);
    }

    /// @inheritdoc IRule
    /// @dev A recovery stays within one investor, so that there is nothing to keep.
    function capabilities() public pure override returns (uint256) {
        return
            Capability.CHECK_TRANSFER | Capability.LEDGER_TRANSFER | Capability.LEDGER_MINT | Capability.LEDGER_BURN
                | Capability.LEDGER_FORCED;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "Lockup";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        (, uint256 locked) = _lockedLots(_getLockupStorage().books[t.token][t.fromInvestor]);
        if (locked == 0) return (ReasonCode.OK, t.amount, 0, type(uint256).max);
        room = t.fromPosition.saturatingSub(locked);
        return (t.amount <= room ? ReasonCode.OK : ReasonCode.LOCKUP_ACTIVE, t.amount, room, room);
    }

    /// @inheritdoc Rule
    function _curedAt(Transfer calldata t) internal view override returns (uint40) {
        if (t.amount > t.fromPosition) return 0;
        (uint256[] memory words, uint256 locked) = _lockedLots(_getLockupStorage().books[t.token][t.fromInvestor]);
        return _freeAt(words, locked - (t.fromPosition - t.amount));
    }

    /// @dev The same judgement as `_judge`; without reading lots where their upper bound already leaves enough.
    function _requireFree(Transfer calldata t) internal view {
        Summary storage summary = _getLockupStorage().books[t.token][t.fromInvestor].summary;
        if (summary.latest <= _now() || t.amount <= t.fromPosition.saturatingSub(summary.total)) return;
        _requirePass(t);
    }

    /// @dev Amounts saturate at what a position can be, so that no input reverts where `check` passes.
    function _append(address token, address investor, uint256 amount, uint40 until) internal {
        if (amount == 0 || until <= _now()) return;
        uint112 units = _toUnits(amount);
        Book storage book = _getLockupStorage().books[token][investor];
        Summary memory summary = _withoutEnded(book);
        bool full = summary.count == MAX_LOTS && !_makeRoom(book, summary, token, investor, Lot(units, until));

        Lot storage youngest = book.lots[(summary.head + summary.count + MAX_LOTS - 1) % MAX_LOTS];
        if (full || (summary.count > 0 && youngest.until == until)) {
            Lot memory merged = Lot(_toUnits(uint256(youngest.units) + units), until > youngest.until ? until : youngest.until);
            (youngest.units, youngest.until) = (merged.units, merged.until);
            emit LotMerged(token, investor, merged.units, merged.until);
        } else {
            Lot storage next = book.lots[(summary.head + summary.count) % MAX_LOTS];
            (next.units, next.until) = (units, until);
            summary.count++;
            emit LotStarted(token, investor, units, until);
        }

        summary.total = _toUnits(uint256(summary.total) + units);
        if (until > summary.latest) summary.latest = until;
        book.summary = summary;
    }

    /// @dev Of sixteen lots: drops one that is over, or joins the two neighbours that it costs least.
    /// @param next what is about to be appended
    /// @return made false when the youngest is to take `next` in, which costs least
    function _makeRoom(Book storage book, Summary memory summary, address token, address investor, Lot memory next)
        private
        returns (bool made)
    {
        uint256 best;
        uint256 least = type(uint256).max;
        Lot memory lot = book.lots[summary.head];
        for (uint256 i = 0; i < MAX_LOTS; i++) {
            if (lot.until <= _now()) {
                summary.total = _toUnits(uint256(summary.total).saturatingSub(lot.units));
                _closeGap(book, summary, i);
                return true;
            }
            Lot memory later = i + 1 == MAX_LOTS ? next : book.lots[(summary.head + i + 1) % MAX_LOTS];
            uint256 cost = later.until >= lot.until
                ? uint256(lot.units) * (later.until - lot.until)
                : uint256(later.units) * (lot.until - later.until);
            if (cost < least) (best, least) = (i, cost);
            lot = later;
        }
        if (best + 1 == MAX_LOTS) return false;

        Lot storage kept = book.lots[(summary.head + best + 1) % MAX_LOTS];
        lot = book.lots[(summary.head + best) % MAX_LOTS];
        uint40 until = kept.until > lot.until ? kept.until : lot.until;
        (kept.units, kept.until) = (_toUnits(uint256(kept.units) + lot.units), until);
        emit LotsJoined(token, investor, best, kept.units, until);
        _closeGap(book, summary, best);
        return true;
    }

    /// @dev Moves the lots before `place` up by one.
    function _closeGap(Book storage book, Summary memory summary, uint256 place) private {
        for (uint256 i = place; i > 0; i--) {
            book.lots[(summary.head + i) % MAX_LOTS] = book.lots[(summary.head + i - 1) % MAX_LOTS];
        }
        summary.head = (summary.head + 1) % MAX_LOTS;
        summary.count--;
    }

    /// @dev Takes out of the sender's lots what his free units do not cover.
    /// @return consumed token units
    /// @return until the last date among them
    function _consume(Transfer calldata t) internal returns (uint256 consumed, uint40 until) {
        Book storage book = _getLockupStorage().books[t.token][t.fromInvestor];
        Summary memory summary = book.summary;
        uint256 left = t.fromPosition.saturatingSub(t.amount);
        if (summary.latest <= _now() || summary.total <= left) return (0, 0);

        (, uint256 locked) = _lockedLots(book);
        consumed = locked.saturatingSub(left);
        if (consumed == 0) return (0, 0);

        uint256 remaining = consumed;
        while (remaining > 0) {
            Lot memory lot = book.lots[summary.head];
            bool ended = lot.until <= _now();
            if (!ended && lot.until > until) until = lot.until;
            if (ended || lot.units <= remaining) {
                _dropOldest(summary, lot.units);
                if (!ended) remaining -= lot.units;
            } else {
                // Less than the lot's units.
                // forge-lint: disable-next-line(unsafe-typecast)
                book.lots[summary.head].units = lot.units - uint112(remaining);
                summary.total = _toUnits(uint256(summary.total).saturatingSub(remaining));
                remaining = 0;
            }
        }
        book.summary = summary;

        emit LotsConsumed(t.token, t.fromInvestor, consumed);
    }

    /// @dev The summary without lots at either end that are over. At most 16 steps.
    function _withoutEnded(Book storage book) internal view returns (Summary memory summary) {
        summary = book.summary;
        uint40 time = _now();
        if (summary.latest <= time) return Summary(0, 0, summary.head, 0);
        while (summary.count > 0 && book.lots[summary.head].until <= time) {
            _dropOldest(summary, book.lots[summary.head].units);
        }
        while (summary.count > 0) {
            Lot storage youngest = book.lots[(summary.head + summary.count - 1) % MAX_LOTS];
            if (youngest.until > time) break;
            summary.count--;
            summary.total = _toUnits(uint256(summary.total).saturatingSub(youngest.units));
        }
    }

    function _dropOldest(Summary memory summary, uint256 units) internal pure {
        summary.head = (summary.head + 1) % MAX_LOTS;
        summary.count--;
        summary.total = _toUnits(uint256(summary.total).saturatingSub(units));
    }

    /// @return words the lots that are not over, oldest first, packed so that they sort by date: until · units 112
    /// @return locked their token units
    function _lockedLots(Book storage book) internal view returns (uint256[] memory words, uint256 locked) {
        Summary memory summary = book.summary;
        uint40 time = _now();
        if (summary.latest <= time) return (words, 0);
        words = new uint256[](summary.count);
        uint256 count;
        for (uint256 i = 0; i < summary.count; i++) {
            Lot storage lot = book.lots[(summary.head + i) % MAX_LOTS];
            (uint256 units, uint256 until) = (lot.units, lot.until);
            if (until <= time) continue;
            words[count++] = (until << 112) | units;
            locked += units;
        }
        assembly ("memory-safe") {
            mstore(words, count)
        }
    }

    /// @dev The second at which at least `units` of these lots are free. Dates may be out of order after the parameters changed.
    function _freeAt(uint256[] memory words, uint256 units) internal pure returns (uint40) {
        Arrays.sort(words);
        uint256 i;
        for (uint256 freed = _unpack(words[0]).units; freed < units;) {
            freed += _unpack(words[++i]).units;
        }
        return _unpack(words[i]).until;
    }

    function _unpack(uint256 word) internal pure returns (Lot memory) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return Lot(uint112(word), uint40(word >> 112));
    }

    function _toUnits(uint256 amount) internal pure returns (uint112) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint112(amount.min(type(uint112).max));
    }

    function _now() internal view returns (uint40) {
        // Seconds since 1970 fit 40 bits for 34,000 years.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint40(block.timestamp);
    }

    /* STORAGE */

    function _getLockupStorage() private pure returns (LockupStorage storage $) {
        assembly {
            $.slot := LOCKUP_STORAGE
        }
    }
}
