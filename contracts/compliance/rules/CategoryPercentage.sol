// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Eligibility } from "../../identity/Eligibility.sol";
import { IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountrySet } from "../CountrySet.sol";
import { Share } from "../Share.sol";
import { HolderLedger } from "./HolderLedger.sol";
import { HolderRule } from "./HolderRule.sol";

/// @notice Caps the share of a category of investors, in the number of holders or in the supply. Parameters: abi.encode(uint16 bps, bool
///         ofSupply, uint16[] countries, uint8 topic, bool present): basis points, 0 = no cap; whether units are meant and not heads;
///         and who is in the category: investors of these countries (none = of any) and, unless the topic is 0, those who have the claim
///         (`present`) or lack it. One of the two must say something.
///
///         A movement is refused when it lets the share grow and leaves it above the cap. Of heads it also grows when somebody outside
///         the category gives all he has to a holder. Shares are rounded down: of nine holders, 10 % is nobody. A share that grows
///         through a redemption, an officer's act or `sync` touches nobody.
contract CategoryPercentage is HolderLedger {
    using Math for uint256;

    /// @param bps basis points, 0 = no cap
    /// @param topic claim topic, 0 = whatever the claims
    /// @param anywhere whether the country does not matter
    struct Parameters {
        uint16 bps;
        bool ofSupply;
        uint8 topic;
        bool present;
        bool anywhere;
    }

    /// @dev A movement as far as heads are concerned: what was counted before it, whether the recipient becomes a holder, and one of the
    ///      category, and whether the sender is of it.
    struct Heads {
        uint256 bps;
        uint256 holders;
        uint256 members;
        bool joins;
        bool enters;
        bool sentByMember;
    }

    /// @custom:storage-location erc7201:muniment.storage.CategoryPercentage
    struct CategoryPercentageStorage {
        mapping(address token => Parameters) parameters;
        mapping(address token => CountrySet) countries;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.CategoryPercentage")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant CATEGORY_PERCENTAGE_STORAGE = 0x310cc332279b39da8a2ff558d4b188ac5ea66b471baf7ea46dc973e00a07a600;

    uint16 public constant OUTSIDE = 1;
    uint16 public constant INSIDE = 2;

    /// @param bps basis points, 0 = no cap
    /// @param ofSupply whether units count, not investors
    /// @param countries none = any
    /// @param topic claim topic, 0 = whatever the claims
    /// @param present whether the category is of those who have the claim
    event CategoryPercentageSet(address indexed token, uint16 bps, bool ofSupply, uint16[] countries, uint8 topic, bool present);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (uint16 bps, bool ofSupply, uint16[] memory countries, uint8 topic, bool present) =
            abi.decode(parameters, (uint16, bool, uint16[], uint8, bool));
        if (bps > Share.FULL) revert RuleParametersInvalid("bps");
        if (topic > Eligibility.LANES) revert RuleParametersInvalid("topic");
        if (topic == 0 && countries.length == 0) revert RuleParametersInvalid("category");

        bytes32 previous = _definition(token);
        CategoryPercentageStorage storage $ = _getCategoryPercentageStorage();
        $.parameters[token] = Parameters(bps, ofSupply, topic, present, countries.length == 0);
        $.countries[token].replace(countries);
        _open(token, previous != _definition(token));

        emit CategoryPercentageSet(token, bps, ofSupply, countries, topic, present);
    }

    /* VIEWS */

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        CategoryPercentageStorage storage $ = _getCategoryPercentageStorage();
        Parameters memory parameters = $.parameters[token];
        return abi.encode(parameters.bps, parameters.ofSupply, $.countries[token].values(), parameters.topic, parameters.present);
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "CategoryPercentage";
    }

    /* INTERNAL */

    /// @inheritdoc HolderRule
    function _judgeAt(Transfer calldata t, bool moved)
        internal
        view
        override
        returns (uint8 code, uint256 actual, uint256 limit, uint256 room)
    {
        Parameters memory parameters = _getCategoryPercentageStorage().parameters[t.token];
        bool joins = _joins(t);
        room = type(uint256).max;
        // Where only heads count and nobody comes or goes, the room alone depends on the rest.
        if (parameters.bps == 0 || (moved && !parameters.ofSupply && !joins && !_leaves(t))) return (ReasonCode.OK, 0, 0, room);

        (actual, limit) = _completeness(t, moved);
        if (actual != limit) return joins ? (ReasonCode.RULE_FAULT, actual, limit, 0) : (ReasonCode.OK, actual, limit, room);
        return parameters.ofSupply ? _judgeUnits(t, parameters.bps) : _judgeHeads(t, parameters.bps, limit);
    }

    /// @param holders holders of the token before the movement
    function _judgeHeads(Transfer calldata t, uint256 bps, uint256 holders)
        internal
        view
        returns (uint8 code, uint256 actual, uint256 limit, uint256 room)
    {
        Heads memory heads;
        (heads.bps, heads.holders, heads.members) = (bps, holders, _totals(t.token, INSIDE).holders);
        heads.joins = _joins(t);
        heads.enters = heads.joins && _category(t.token, t.toWord) == INSIDE;
        heads.sentByMember = _sendsFrom(t, INSIDE);

        (bool part,,) = _headsAfter(heads, false);
        (bool all,,) = _headsAfter(heads, true);
        room = _roomOf(t, part, all);
        bool fits;
        (fits, actual, limit) = _headsAfter(heads, _leaves(t));
        if (!fits) code = ReasonCode.MAX_CATEGORY_PCT;
    }

    /// @return fits whether the share does not grow, or stays within the cap
    /// @return members in the category after a movement in which the sender gives all he has, if `leaves`
    /// @return limit the greatest number of members within the cap
    function _headsAfter(Heads memory heads, bool leaves) internal pure returns (bool fits, uint256 members, uint256 limit) {
        uint256 holders = _change(heads.holders, heads.joins, leaves);
        members = _change(heads.members, heads.enters, leaves && heads.sentByMember);
        limit = Share.partOf(holders, heads.bps);
        bool grows = members > heads.members || (members == heads.members && holders < heads.holders);
        fits = !grows || members <= limit;
    }

    function _judgeUnits(Transfer calldata t, uint256 bps) internal view returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        uint16 category = _joins(t) ? _category(t.token, t.toWord) : _categoryIn(_book(t.token), t.toInvestor);
        if (category != INSIDE || _sendsFrom(t, INSIDE)) return (ReasonCode.OK, 0, 0, type(uint256).max);

        uint256 units = _totals(t.token, INSIDE).units;
        actual = units.saturatingAdd(t.amount);
        if (t.kind == Kind.MINT) {
            limit = Share.partOf(t.supply.saturatingAdd(t.amount), bps);
            room = Share.growth(units, t.supply, bps);
        } else {
            limit = Share.partOf(t.supply, bps);
            room = limit.saturatingSub(units);
        }
        if (actual > limit) code = ReasonCode.MAX_CATEGORY_PCT;
    }

    /// @inheritdoc HolderLedger
    function _category(address token, uint256 word) internal view override returns (uint16) {
        CategoryPercentageStorage storage $ = _getCategoryPercentageStorage();
        Parameters memory parameters = $.parameters[token];
        if (!parameters.anywhere && !$.countries[token].contains(Eligibility.country(word))) return OUTSIDE;
        return parameters.topic == 0 || _hasClaim(token, word, parameters.topic) == parameters.present ? INSIDE : OUTSIDE;
    }

    /// @inheritdoc HolderLedger
    function _keepsUnits(address token) internal view override returns (bool) {
        return _getCategoryPercentageStorage().parameters[token].ofSupply;
    }

    /// @dev What the ledger depends on.
    function _definition(address token) internal view returns (bytes32) {
        CategoryPercentageStorage storage $ = _getCategoryPercentageStorage();
        Parameters memory parameters = $.parameters[token];
        return
            keccak256(abi.encode(parameters.ofSupply, parameters.topic, parameters.present, parameters.anywhere, $.countries[token].words));
    }

    /* STORAGE */

    function _getCategoryPercentageStorage() private pure returns (CategoryPercentageStorage storage $) {
        assembly {
            $.slot := CATEGORY_PERCENTAGE_STORAGE
        }
    }
}
