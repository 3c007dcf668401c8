// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Kind, Transfer } from "../../interfaces/IRule.sol";
import { ISecurityToken } from "../../interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { Rule } from "./Rule.sol";

/// @notice What rules share that judge by the number of holders: who becomes one and who ceases to be one.
/// @dev A movement describes the positions of before, but the token has counted its holders anew when it calls `enforce`. So a rule is
///      told whether the movement is already in the token's count, and judges the same in both. Its `enforce` asks `_requireAdmitted`.
abstract contract HolderRule is Rule {
    using Math for uint256;

    /* INTERNAL */

    /// @dev As `_judge`.
    /// @param moved whether the token's holder count has the movement in it
    function _judgeAt(Transfer calldata t, bool moved)
        internal
        view
        virtual
        returns (uint8 code, uint256 actual, uint256 limit, uint256 room);

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        return _judgeAt(t, false);
    }

    function _requireAdmitted(Transfer calldata t) internal view {
        (uint8 code, uint256 actual, uint256 limit,) = _judgeAt(t, true);
        if (code != ReasonCode.OK) revert RuleRefused(code, actual, limit);
    }

    /// @return whether the recipient becomes a holder
    function _joins(Transfer calldata t) internal pure returns (bool) {
        return t.kind != Kind.BURN && t.toPosition == 0 && t.amount != 0 && !_isSameInvestor(t);
    }

    /// @return whether the sender ceases to be a holder
    function _leaves(Transfer calldata t) internal pure returns (bool) {
        return t.kind != Kind.MINT && t.fromPosition == t.amount && t.amount != 0 && !_isSameInvestor(t);
    }

    /// @return the token's holders before the movement
    function _holdersBefore(Transfer calldata t, bool moved) internal view returns (uint256) {
        uint256 holders = ISecurityToken(t.token).holderCount();
        return moved ? _change(holders, _leaves(t), _joins(t)) : holders;
    }

    /// @return `holders` with one more who joined and one fewer who left
    function _change(uint256 holders, bool joined, bool left) internal pure returns (uint256) {
        if (joined == left) return holders;
        return joined ? holders.saturatingAdd(1) : holders.saturatingSub(1);
    }

    /// @dev What rules of this kind let pass depends on the amount only in whether the sender keeps anything. Nobody exits who holds
    ///      nothing.
    /// @param part whether an amount passes that leaves the sender a holder
    /// @param all whether the full exit passes
    /// @return room greatest amount, token units, that passes
    function _roomOf(Transfer calldata t, bool part, bool all) internal pure returns (uint256 room) {
        if (t.kind == Kind.MINT || t.fromPosition == 0 || part == all) return part ? type(uint256).max : 0;
        return all ? t.fromPosition : t.fromPosition.saturatingSub(1);
    }
}
