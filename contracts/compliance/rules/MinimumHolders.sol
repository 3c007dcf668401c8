// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { HolderRule } from "./HolderRule.sol";
import { OneValueRule } from "./OneValueRule.sol";

/// @notice Keeps transfers from leaving the token with too few holders. Parameters: abi.encode(uint256 minimum) in investors, 0 = none. A
///         holder may always sell a part, or everything to a newcomer; a redemption is never held up.
contract MinimumHolders is OneValueRule, HolderRule {
    /// @param previousMinimum investors, 0 = none
    /// @param minimum investors, 0 = none
    event MinimumHoldersSet(address indexed token, uint256 previousMinimum, uint256 minimum);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    /// @dev Open to all, because it changes nothing.
    function enforce(Transfer calldata t) external view override {
        if (_isJudged(t)) _requireAdmitted(t);
    }

    /* VIEWS */

    /// @notice The minimum of a token, investors, 0 = none.
    function minimumOf(address token) external view returns (uint256) {
        return _valueOf(token);
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "MinimumHolders";
    }

    /* INTERNAL */

    /// @inheritdoc HolderRule
    function _judgeAt(Transfer calldata t, bool moved)
        internal
        view
        override
        returns (uint8 code, uint256 actual, uint256 limit, uint256 room)
    {
        (bool joins, bool leaves) = (_joins(t), _leaves(t));
        if (moved && (joins || !leaves)) return (ReasonCode.OK, 0, 0, type(uint256).max);
        limit = _valueOf(t.token);
        if (limit == 0) return (ReasonCode.OK, 0, 0, type(uint256).max);

        uint256 holders = _holdersBefore(t, moved);
        actual = _change(holders, joins, leaves);
        room = _roomOf(t, true, joins || holders > limit);
        if (leaves && !joins && actual < limit) code = ReasonCode.MIN_HOLDERS;
    }

    /// @inheritdoc OneValueRule
    function _emitSet(address token, uint256 previousValue, uint256 value) internal override {
        emit MinimumHoldersSet(token, previousValue, value);
    }
}
