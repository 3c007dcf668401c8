// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Capability, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountryMinimum } from "./CountryMinimum.sol";
import { Rule } from "./Rule.sol";

/// @notice Keeps positions from becoming too small: who receives must then hold the minimum of his country, and who sends must keep that
///         of his, or nothing. Parameters: see CountryMinimum. A minimum raised above what an investor holds leaves him the full exit,
///         and any receipt that lifts him to it.
contract MinimumHolding is CountryMinimum {
    using Math for uint256;

    /* VIEWS */

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "MinimumHolding";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    /// @dev The room is what the sender has: all of it always suits him, and no smaller amount suits the recipient better. A mint has no
    ///      greatest amount.
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        uint256 toMinimum = _minimumFor(t.token, t.toWord);
        actual = t.toPosition.saturatingAdd(t.amount);
        if (t.kind == Kind.MINT) {
            return (actual < toMinimum ? ReasonCode.MIN_HOLDING : ReasonCode.OK, actual, toMinimum, type(uint256).max);
        }

        uint256 fromMinimum = _minimumFor(t.token, t.fromWord);
        if (fromMinimum != 0 || toMinimum != 0) {
            room = t.toPosition.saturatingAdd(t.fromPosition) < toMinimum ? 0 : t.fromPosition;
        } else {
            room = type(uint256).max;
        }
        uint256 remainder = t.fromPosition.saturatingSub(t.amount);
        if (remainder != 0 && remainder < fromMinimum) return (ReasonCode.MIN_HOLDING, remainder, fromMinimum, room);
        return (actual < toMinimum ? ReasonCode.MIN_HOLDING : ReasonCode.OK, actual, toMinimum, room);
    }
}
