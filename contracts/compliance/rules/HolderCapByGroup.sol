// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Eligibility } from "../../identity/Eligibility.sol";
import { Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountryGroup, CountryValues } from "../CountryValues.sol";
import { HolderLedger } from "./HolderLedger.sol";
import { HolderRule } from "./HolderRule.sol";

/// @notice What rules share that cap the holders of a category, by country or group of countries. At a cap a newcomer may still take
///         over the whole position of a holder who counts under the same cap. A cap below the present number closes to newcomers, and
///         touches nobody who holds. New caps keep what is counted; new groups have it counted anew.
abstract contract HolderCapByGroup is HolderLedger {
    /// @custom:storage-location erc7201:muniment.storage.HolderCapByGroup
    struct HolderCapByGroupStorage {
        mapping(address token => CountryValues) caps;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.HolderCapByGroup")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant HOLDER_CAP_BY_GROUP_STORAGE = 0x7d9f969cb3daa6ee1aac8d1a30457788bb228297861eb4e9a3edc402bec11700;

    /// @notice Holders whom no cap concerns.
    uint16 public constant UNCAPPED = 1;
    /// @notice Holders of the countries in no group; those of group i, from 1, are in category FIRST_GROUP + i.
    uint16 public constant FIRST_GROUP = 2;

    /* VIEWS */

    /// @notice The cap on the category of `country`, investors, 0 = none.
    function capOf(address token, uint16 country) external view returns (uint256) {
        return _caps(token).valueOf(country);
    }

    /// @notice The holders that are counted in the category of `country`.
    function holdersOf(address token, uint16 country) external view returns (uint256) {
        return _totals(token, _categoryOfGroup(_caps(token).groupOf(country))).holders;
    }

    /* INTERNAL */

    /// @dev The code of a cap that is reached.
    function _capCode() internal pure virtual returns (uint8);

    /// @inheritdoc HolderRule
    function _judgeAt(Transfer calldata t, bool moved)
        internal
        view
        override
        returns (uint8 code, uint256 actual, uint256 limit, uint256 room)
    {
        if (!_joins(t)) return (ReasonCode.OK, 0, 0, type(uint256).max);
        (actual, limit) = _completeness(t, moved);
        if (actual != limit) return (ReasonCode.RULE_FAULT, actual, limit, 0);

        uint16 category = _category(t.token, t.toWord);
        limit = category == UNCAPPED ? 0 : _caps(t.token).value[category - FIRST_GROUP];
        if (limit == 0) return (ReasonCode.OK, 0, 0, type(uint256).max);
        uint256 holders = _totals(t.token, category).holders;
        bool same = _sendsFrom(t, category);
        actual = holders + (same && _leaves(t) ? 0 : 1);
        room = _roomOf(t, holders < limit, holders < limit || (same && holders <= limit));
        if (actual > limit) code = _capCode();
    }

    /// @return regrouped whether any country is in another group than before
    function _setCaps(address token, uint256 others, CountryGroup[] memory groups) internal returns (bool regrouped) {
        return _caps(token).replace(others, groups);
    }

    /// @param word investor word
    function _groupCategory(address token, uint256 word) internal view returns (uint16) {
        return _categoryOfGroup(_caps(token).groupOf(Eligibility.country(word)));
    }

    function _categoryOfGroup(uint256 group) internal pure returns (uint16) {
        // At most 64 groups.
        // forge-lint: disable-next-line(unsafe-typecast)
        return FIRST_GROUP + uint16(group);
    }

    function _caps(address token) internal view returns (CountryValues storage) {
        return _getHolderCapByGroupStorage().caps[token];
    }

    /* STORAGE */

    function _getHolderCapByGroupStorage() private pure returns (HolderCapByGroupStorage storage $) {
        assembly {
            $.slot := HOLDER_CAP_BY_GROUP_STORAGE
        }
    }
}
