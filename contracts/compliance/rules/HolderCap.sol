// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { HolderRule } from "./HolderRule.sol";
import { OneValueRule } from "./OneValueRule.sol";

/// @notice Caps how many investors may hold the token, as the token counts them. Parameters: abi.encode(uint256 cap), 0 = no cap. At the
///         cap a newcomer may still take over the whole position of a holder. A cap below the present number closes to newcomers, and
///         touches nobody who holds.
contract HolderCap is OneValueRule, HolderRule {
    /// @param previousCap investors, 0 = none
    /// @param cap investors, 0 = none
    event HolderCapSet(address indexed token, uint256 previousCap, uint256 cap);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    /// @dev Open to all, because it changes nothing.
    function enforce(Transfer calldata t) external view override {
        if (_isJudged(t)) _requireAdmitted(t);
    }

    /* VIEWS */

    /// @notice The cap of a token, investors, 0 = none.
    function capOf(address token) external view returns (uint256) {
        return _valueOf(token);
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "HolderCap";
    }

    /* INTERNAL */

    /// @inheritdoc HolderRule
    function _judgeAt(Transfer calldata t, bool moved)
        internal
        view
        override
        returns (uint8 code, uint256 actual, uint256 limit, uint256 room)
    {
        bool joins = _joins(t);
        if (moved && !joins) return (ReasonCode.OK, 0, 0, type(uint256).max);
        limit = _valueOf(t.token);
        if (limit == 0) return (ReasonCode.OK, 0, 0, type(uint256).max);

        uint256 holders = _holdersBefore(t, moved);
        actual = _change(holders, joins, _leaves(t));
        if (!joins) return (ReasonCode.OK, actual, limit, type(uint256).max);
        room = _roomOf(t, holders < limit, holders <= limit);
        if (actual > limit) code = ReasonCode.HOLDER_CAP_REACHED;
    }

    /// @inheritdoc OneValueRule
    function _emitSet(address token, uint256 previousValue, uint256 value) internal override {
        emit HolderCapSet(token, previousValue, value);
    }
}
