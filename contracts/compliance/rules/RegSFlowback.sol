// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Eligibility } from "../../identity/Eligibility.sol";
import { Capability, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountrySet } from "../CountrySet.sol";
import { TopicStatus } from "../TopicStatus.sol";
import { Rule } from "./Rule.sol";

/// @notice Keeps units issued outside a group of countries (the United States) from flowing back into it before the distribution compliance
///         period ends. Parameters: abi.encode(uint40 end, uint16[] countries, uint8 resaleTopic): first unix second after the period; ISO
///         3166-1 numeric codes of the group; claim topic that recipients of the group need from then on (of qualified buyers, say), 0 = none.
///
///         Units minted before `end` to an investor outside the group are Reg S units. Whatever moves before `end` takes them first: they go
///         along with transfers and forced transfers, and burns consume them. Who holds any cannot transfer to an investor of the group, also
///         when he has moved there himself; in a refusal `actual` is how many he holds and `limit` 0. A refusal for want of the claim gives
///         what the registry said of it and the topic.
///
///         A period that has ended is over for good: a later `end` begins another one, with the units minted from then on.
contract RegSFlowback is Rule {
    using Math for uint256;

    /// @dev `compliance` saves a call to the token on every movement. The ledger is kept by period, so that it needs no clearing.
    struct Terms {
        address compliance;
        uint40 end;
        uint8 resaleTopic;
        uint32 period;
    }

    struct Book {
        Terms terms;
        CountrySet countries;
        mapping(uint32 period => mapping(address investor => uint256)) units;
    }

    /// @custom:storage-location erc7201:muniment.storage.RegSFlowback
    struct RegSFlowbackStorage {
        mapping(address token => Book) books;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.RegSFlowback")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant REG_S_FLOWBACK_STORAGE = 0x33fa1c504f1ff816729b994135f5eaab2ca54c5491e6eea9d8d19c6bf8df4000;

    /// @param end unix seconds
    /// @param period counts the token's periods; unchanged when the present one was only given another end
    event RegSFlowbackSet(address indexed token, uint40 end, uint16[] countries, uint8 resaleTopic, uint32 period);
    /// @param units token units that are Reg S units of the present period from now on
    event RegSUnitsChanged(address indexed token, address indexed investor, uint256 units);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (uint40 end, uint16[] memory countries, uint8 resaleTopic) = abi.decode(parameters, (uint40, uint16[], uint8));
        if (resaleTopic > Eligibility.LANES) revert RuleParametersInvalid("resaleTopic");
        Book storage book = _bookOf(token);
        uint32 period = book.terms.period;
        if (block.timestamp >= book.terms.end) period++;
        book.terms = Terms(msg.sender, end, resaleTopic, period);
        book.countries.replace(countries);

        emit RegSFlowbackSet(token, end, countries, resaleTopic, period);
    }

    /// @inheritdoc IRule
    function enforce(Transfer calldata t) external override {
        Book storage book = _bookOf(t.token);
        Terms memory terms = book.terms;
        if (msg.sender != terms.compliance) revert RuleCallerNotCompliance(msg.sender, t.token);
        if (_isSameInvestor(t)) return;

        Kind kind = t.kind;
        if (kind == Kind.TRANSFER) _requirePass(t);
        if (block.timestamp >= terms.end || kind == Kind.RECOVERY) return;
        mapping(address investor => uint256) storage units = book.units[terms.period];
        if (kind == Kind.MINT) {
            if (!book.countries.contains(Eligibility.country(t.toWord))) _set(units, t, t.toInvestor, t.toPosition, t.amount);
            return;
        }

        uint256 held = _heldBy(units, t);
        uint256 carried = held.min(t.amount);
        if (carried == 0) return;
        units[t.fromInvestor] = held - carried;
        emit RegSUnitsChanged(t.token, t.fromInvestor, held - carried);
        if (kind != Kind.BURN) _set(units, t, t.toInvestor, t.toPosition, carried);
    }

    /* VIEWS */

    /// @notice Reg S units of an investor, token units; 0 once the period has ended.
    function regSOf(address token, address investor) external view returns (uint256) {
        Book storage book = _bookOf(token);
        return block.timestamp < book.terms.end ? book.units[book.terms.period][investor] : 0;
    }

    /// @notice Whether investors of `country` are in the group that units must not flow back to.
    function isRestricted(address token, uint16 country) public view returns (bool) {
        return _bookOf(token).countries.contains(country);
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        Book storage book = _bookOf(token);
        return abi.encode(book.terms.end, book.countries.values(), book.terms.resaleTopic);
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
        return "RegSFlowback";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        if (isRestricted(t.token, Eligibility.country(t.toWord))) {
            Book storage book = _bookOf(t.token);
            Terms memory terms = book.terms;
            if (block.timestamp < terms.end) {
                actual = _heldBy(book.units[terms.period], t);
            } else if (terms.resaleTopic != 0) {
                (actual, limit) = (TopicStatus.ask(t.token, t.toWord, terms.resaleTopic), terms.resaleTopic);
            }
        }
        return actual == 0 ? (ReasonCode.OK, actual, limit, type(uint256).max) : (ReasonCode.FLOWBACK_RESTRICTED, actual, limit, 0);
    }

    /// @inheritdoc Rule
    /// @dev The end of the period, unless the recipient would lack the claim that he needs then.
    function _curedAt(Transfer calldata t) internal view override returns (uint40) {
        Terms memory terms = _bookOf(t.token).terms;
        if (block.timestamp >= terms.end) return 0;
        bool welcome = terms.resaleTopic == 0 || TopicStatus.ask(t.token, t.toWord, terms.resaleTopic) == ReasonCode.OK;
        return welcome ? terms.end : 0;
    }

    /// @dev Never more than the sender's position, although units that left while the rule was not bound are still in the ledger.
    function _heldBy(mapping(address investor => uint256) storage units, Transfer calldata t) internal view returns (uint256) {
        return units[t.fromInvestor].min(t.fromPosition);
    }

    function _set(
        mapping(address investor => uint256) storage units,
        Transfer calldata t,
        address investor,
        uint256 position,
        uint256 received
    ) internal {
        uint256 held = units[investor].min(position).saturatingAdd(received);
        units[investor] = held;

        emit RegSUnitsChanged(t.token, investor, held);
    }

    function _bookOf(address token) internal view returns (Book storage) {
        return _getRegSFlowbackStorage().books[token];
    }

    /* STORAGE */

    function _getRegSFlowbackStorage() private pure returns (RegSFlowbackStorage storage $) {
        assembly {
            $.slot := REG_S_FLOWBACK_STORAGE
        }
    }
}
