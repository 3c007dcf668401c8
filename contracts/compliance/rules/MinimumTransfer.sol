// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountryMinimum } from "./CountryMinimum.sol";
import { Rule } from "./Rule.sol";

/// @notice Keeps transfers from being too small: each moves the minimum of the recipient's country, or all that the sender has.
///         Parameters: see CountryMinimum. Issues are not transfers: how little may be issued to one investor MinimumHolding says.
contract MinimumTransfer is CountryMinimum {
    /* VIEWS */

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "MinimumTransfer";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    /// @dev The room is what the sender has: all of it always passes.
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        (actual, limit) = (t.amount, _minimumFor(t.token, t.toWord));
        room = limit == 0 ? type(uint256).max : t.fromPosition;
        if (actual < limit && actual != t.fromPosition) code = ReasonCode.MIN_TRANSFER;
    }
}
