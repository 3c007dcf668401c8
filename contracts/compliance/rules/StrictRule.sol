// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Kind, Transfer, Verdict } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { IERC3643Token } from "../../interfaces/erc3643/IERC3643Token.sol";

/// @notice A rule about accounts, not about what an investor holds: it judges a movement between two wallets of one investor too, because
///         an account that is named stays named, and must not hand its units on to its owner's next wallet. Otherwise as Rule.
abstract contract StrictRule is IRule {
    modifier onlyComplianceOf(address token) {
        if (IERC3643Token(token).compliance() != msg.sender) revert RuleCallerNotCompliance(msg.sender, token);
        _;
    }

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    /// @dev Open to all, because without a ledger it changes nothing.
    function enforce(Transfer calldata t) external view {
        if (!_isJudged(t)) return;
        (uint8 code, uint256 actual, uint256 limit) = _judge(t);
        if (code != ReasonCode.OK) revert RuleRefused(code, actual, limit);
    }

    /* VIEWS */

    /// @inheritdoc IRule
    function capabilities() public pure virtual returns (uint256);

    /// @inheritdoc IRule
    function check(Transfer calldata t) external view returns (Verdict memory) {
        if (!_isJudged(t)) return Verdict(address(this), ReasonCode.OK, true, 0, 0, type(uint256).max, 0);

        (uint8 code, uint256 actual, uint256 limit) = _judge(t);
        bool pass = code == ReasonCode.OK;
        return Verdict(address(this), code, pass, actual, limit, pass ? type(uint256).max : 0, 0);
    }

    /// @inheritdoc IRule
    function isPlugAndPlay() external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IRule
    function canComplianceBind(address compliance) external view returns (bool) {
        return IERC3643Token(ICompliance(compliance).getTokenBound()).compliance() == compliance;
    }

    /// @inheritdoc IRule
    function isComplianceBound(address compliance) external view returns (bool) {
        return ICompliance(compliance).isModuleBound(address(this));
    }

    /// @inheritdoc IRule
    function moduleCheck(address from, address to, uint256 value, address compliance) external view returns (bool) {
        Kind kind = from == address(0) ? Kind.MINT : to == address(0) ? Kind.BURN : Kind.TRANSFER;
        return this.check(ICompliance(compliance).describe(kind, from, from, to, value)).pass;
    }

    /* INTERNAL */

    /// @dev Called for movements that `_isJudged`. Must not revert. No amount changes the answer.
    /// @return code ReasonCode, 0 to let the movement pass
    /// @return actual the account that was judged, as a number
    /// @return limit the bound it was judged against
    function _judge(Transfer calldata t) internal view virtual returns (uint8 code, uint256 actual, uint256 limit);

    function _isJudged(Transfer calldata t) internal pure virtual returns (bool) {
        return Capability.checks(capabilities(), t.kind);
    }

    function _isSameInvestor(Transfer calldata t) internal pure returns (bool) {
        return t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
    }

    /// @dev The token whose compliance calls a parameter setter, as `callModuleFunction` does.
    function _callersToken() internal view returns (address token) {
        token = ICompliance(msg.sender).getTokenBound();
        if (IERC3643Token(token).compliance() != msg.sender) revert RuleCallerNotCompliance(msg.sender, token);
    }
}
