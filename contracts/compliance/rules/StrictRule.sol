// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { Rule } from "./Rule.sol";

/// @notice A rule about accounts, not about what an investor holds: it judges a movement between two wallets of one investor too, because
///         an account that is named stays named, and must not hand its units on to its owner's next wallet.
abstract contract StrictRule is Rule {
    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        (code, actual, limit) = _judgeAccounts(t);
        room = code == ReasonCode.OK ? type(uint256).max : 0;
    }

    /// @dev Called for movements that `_isJudged`. Must not revert. No amount changes the answer.
    /// @return code ReasonCode, 0 to let the movement pass
    /// @return actual the account that was judged, as a number
    /// @return limit the bound it was judged against
    function _judgeAccounts(Transfer calldata t) internal view virtual returns (uint8 code, uint256 actual, uint256 limit);

    /// @inheritdoc Rule
    function _isJudged(Transfer calldata t) internal pure virtual override returns (bool) {
        return Capability.checks(capabilities(), t.kind);
    }
}
