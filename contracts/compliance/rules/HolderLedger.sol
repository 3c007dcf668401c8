// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { IIdentityRegistry } from "../../interfaces/IIdentityRegistry.sol";
import { IIdentityStorage } from "../../interfaces/IIdentityStorage.sol";
import { Capability, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ISecurityToken } from "../../interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { HolderRule } from "./HolderRule.sol";
import { Rule } from "./Rule.sol";

/// @notice What rules share that count a token's holders by category. A holder counts in the category in which he became one, until
///         `sync` moves him to that of his present country and claims: a claim that lapses moves nobody by itself.
///
///         A rule that is set while investors hold knows none of them. While its ledger has another number of holders than the token,
///         newcomers are refused with RULE_FAULT (actual = counted, limit = holders) until `sync` was called with everybody missing;
///         who holds may send, receive and leave meanwhile.
/// Warning: a rule that failed in an exit, or was out of force while units moved, may have the right number of wrong holders when it is
///          set again. Its compliance then calls `recount`.
abstract contract HolderLedger is HolderRule {
    using Math for uint256;

    /// @param generation ledger in which the investor is counted; in every other he is not
    /// @param category from 1
    struct Bucket {
        uint48 generation;
        uint16 category;
    }

    /// @param units token units; kept only for rules that judge by them
    struct Totals {
        uint64 holders;
        uint192 units;
    }

    /// @dev The first word serves every movement. A recount begins a new generation instead of erasing the last one.
    struct Book {
        address compliance;
        uint48 counted;
        uint48 generation;
        mapping(address investor => Bucket) buckets;
        mapping(uint256 generation => mapping(uint256 category => Totals)) totals;
    }

    /// @custom:storage-location erc7201:muniment.storage.HolderLedger
    struct HolderLedgerStorage {
        mapping(address token => Book) books;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.HolderLedger")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant HOLDER_LEDGER_STORAGE = 0x46c8e16f3daf37bb4ccc70f445fadbffe641b5f1fbe6f90c54b5bdeb1e044a00;

    /// @notice Investors that one `sync` takes.
    uint256 public constant MAX_SYNC = 100;
    uint16 internal constant NOT_COUNTED = 0;

    /// @param previousCategory 0 = was not counted
    /// @param category 0 = is not counted any more
    event HolderCounted(address indexed token, address indexed investor, uint16 previousCategory, uint16 category);
    /// @notice Everybody is to be counted anew.
    event LedgerRestarted(address indexed token, uint48 generation);

    error SyncTooLong(uint256 given, uint256 maximum);
    /// @notice The rule was never set for this token.
    error LedgerUnknown(address token);

    /* USER FUNCTIONS */

    /// @notice Brings the ledger up to date with what the token and the identity storage say of these investors now: counts who holds,
    ///         moves who changed category, forgets who holds nothing. Anyone may call it.
    /// @param identities at most 100
    function sync(address token, address[] calldata identities) external {
        if (identities.length > MAX_SYNC) revert SyncTooLong(identities.length, MAX_SYNC);
        Book storage book = _book(token);
        if (book.generation == 0) revert LedgerUnknown(token);

        IIdentityStorage identityStorage = IIdentityStorage(ISecurityToken(token).identityStorage());
        bool keepsUnits = _keepsUnits(token);
        for (uint256 i = 0; i < identities.length; i++) {
            address investor = identities[i];
            uint256 position = ISecurityToken(token).positionOf(investor);
            uint16 category = position == 0 ? NOT_COUNTED : _category(token, identityStorage.investorWord(investor));
            uint256 units = keepsUnits ? position : 0;
            if (category != _categoryIn(book, investor)) _move(token, investor, category, units, units);
        }
    }

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function enforce(Transfer calldata t) external override {
        Book storage book = _book(t.token);
        if (msg.sender != book.compliance) revert RuleCallerNotCompliance(msg.sender, t.token);
        if (_isSameInvestor(t)) return;

        if (Capability.checks(capabilities(), t.kind)) _requireAdmitted(t);
        _record(t, book);
    }

    /// @notice Has everybody of the calling compliance's token counted anew, through `callModuleFunction`.
    function recount() external {
        _restart(_callersToken());
    }

    /* VIEWS */

    /// @notice Holders that are counted, over all categories. The ledger is complete when these are the token's holders.
    function countedOf(address token) external view returns (uint256) {
        return _book(token).counted;
    }

    /// @notice The category in which an investor is counted, 0 when he is not.
    function categoryOf(address token, address investor) external view returns (uint16) {
        return _categoryIn(_book(token), investor);
    }

    /// @notice What is counted in a category.
    /// @return holders investors
    /// @return units token units; 0 where the rule does not judge by them
    function totalsOf(address token, uint16 category) external view returns (uint256 holders, uint256 units) {
        Totals memory totals = _totals(token, category);
        return (totals.holders, totals.units);
    }

    /// @inheritdoc IRule
    /// @dev A recovery stays within one investor, so that there is nothing to count.
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT | Capability.LEDGER_TRANSFER | Capability.LEDGER_MINT
            | Capability.LEDGER_BURN | Capability.LEDGER_FORCED;
    }

    /* INTERNAL */

    /// @dev Category, from 1, of an investor with this word. Must not revert.
    function _category(address token, uint256 word) internal view virtual returns (uint16);

    /// @dev Whether the rule needs the units of a category.
    function _keepsUnits(address) internal view virtual returns (bool) {
        return false;
    }

    /// @dev Takes the calling compliance down, in `configure`. What another one had counted may have changed since.
    /// @param recategorised whether categories are no longer what they were
    function _open(address token, bool recategorised) internal {
        Book storage book = _book(token);
        if (!recategorised && book.compliance == msg.sender) return;
        book.compliance = msg.sender;
        _restart(token);
    }

    function _restart(address token) private {
        Book storage book = _book(token);
        (book.counted, book.generation) = (0, book.generation + 1);

        emit LedgerRestarted(token, book.generation);
    }

    /// @return counted holders in the ledger before the movement
    /// @return holders holders of the token before the movement; the same when the ledger is complete
    function _completeness(Transfer calldata t, bool moved) internal view returns (uint256 counted, uint256 holders) {
        Book storage book = _book(t.token);
        if (book.generation == 0) return (0, 0);
        return (book.counted, _holdersBefore(t, moved));
    }

    /// @return whether the sender is a holder counted in `category`
    function _sendsFrom(Transfer calldata t, uint16 category) internal view returns (bool) {
        return t.kind != Kind.MINT && _categoryIn(_book(t.token), t.fromInvestor) == category;
    }

    /// @return whether the investor's claim on `topic` counts for the token now
    function _hasClaim(address token, uint256 word, uint8 topic) internal view returns (bool) {
        return IIdentityRegistry(ISecurityToken(token).identityRegistry()).topicStatus(word, topic) == ReasonCode.OK;
    }

    function _totals(address token, uint16 category) internal view returns (Totals storage) {
        Book storage book = _book(token);
        return book.totals[book.generation][category];
    }

    function _categoryIn(Book storage book, address investor) internal view returns (uint16) {
        Bucket memory bucket = book.buckets[investor];
        return bucket.generation == book.generation ? bucket.category : NOT_COUNTED;
    }

    /// @dev Most movements change nothing here, and read nothing: nobody joins or leaves.
    function _record(Transfer calldata t, Book storage book) private {
        uint256 units = _keepsUnits(t.token) ? t.amount : 0;
        if (_leaves(t)) {
            _move(t.token, t.fromInvestor, NOT_COUNTED, units, 0);
        } else if (units != 0 && t.kind != Kind.MINT) {
            _addUnits(t.token, _categoryIn(book, t.fromInvestor), units, 0);
        }
        if (_joins(t)) {
            _move(t.token, t.toInvestor, _category(t.token, t.toWord), 0, units);
        } else if (units != 0 && t.kind != Kind.BURN) {
            _addUnits(t.token, _categoryIn(book, t.toInvestor), 0, units);
        }
    }

    /// @dev Counts an investor in `category` and nowhere else.
    /// @param unitsOut token units that leave the category in which he is counted
    /// @param unitsIn token units that enter `category`
    function _move(address token, address investor, uint16 category, uint256 unitsOut, uint256 unitsIn) private {
        Book storage book = _book(token);
        uint16 previous = _categoryIn(book, investor);
        if (unitsOut != 0) _addUnits(token, previous, unitsOut, 0);
        if (unitsIn != 0) _addUnits(token, category, 0, unitsIn);
        if (previous == category) return;

        book.buckets[investor] = category == NOT_COUNTED ? Bucket(0, 0) : Bucket(book.generation, category);
        if (previous == NOT_COUNTED) book.counted++;
        else _totals(token, previous).holders--;
        if (category == NOT_COUNTED) book.counted--;
        else _totals(token, category).holders++;

        emit HolderCounted(token, investor, previous, category);
    }

    /// @dev Saturates at what no position can be, so that no input reverts where `check` passes.
    function _addUnits(address token, uint16 category, uint256 unitsOut, uint256 unitsIn) private {
        if (category == NOT_COUNTED) return;
        Totals storage totals = _totals(token, category);
        // Not more than type(uint192).max.
        // forge-lint: disable-next-line(unsafe-typecast)
        totals.units = uint192(unitsIn.saturatingAdd(totals.units).min(type(uint192).max).saturatingSub(unitsOut));
    }

    function _book(address token) internal view returns (Book storage) {
        return _getHolderLedgerStorage().books[token];
    }

    /* STORAGE */

    function _getHolderLedgerStorage() private pure returns (HolderLedgerStorage storage $) {
        assembly {
            $.slot := HOLDER_LEDGER_STORAGE
        }
    }
}
