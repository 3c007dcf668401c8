// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Kind, Transfer, Verdict } from "../../interfaces/IRule.sol";
import { IERC3643Token } from "../../interfaces/erc3643/IERC3643Token.sol";

/// @notice What every rule shares: who may set it, which movements it judges at all, and how a verdict is written. A rule says in
///         `_judge` what it refuses; one that keeps a ledger overrides `enforce`.
abstract contract Rule is IRule {
    modifier onlyComplianceOf(address token) {
        if (IERC3643Token(token).compliance() != msg.sender) revert RuleCallerNotCompliance(msg.sender, token);
        _;
    }

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    /// @dev Open to all, because without a ledger it changes nothing.
    function enforce(Transfer calldata t) external virtual {
        _requirePass(check(t));
    }

    /* VIEWS */

    /// @inheritdoc IRule
    function capabilities() public pure virtual returns (uint256);

    /// @inheritdoc IRule
    function check(Transfer calldata t) public view returns (Verdict memory) {
        bool checked = Capability.checks(capabilities(), t.kind);
        return !checked || _sameInvestor(t) ? _pass(0, 0, type(uint256).max) : _judge(t);
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

    /// @dev Called for the kinds that the rule declares to check, and never for two wallets of one investor. Must not revert.
    function _judge(Transfer calldata t) internal view virtual returns (Verdict memory);

    function _requirePass(Verdict memory verdict) internal pure {
        if (!verdict.pass) revert RuleRefused(verdict.code, verdict.actual, verdict.limit);
    }

    /// @dev The token whose compliance calls a parameter setter, as `callModuleFunction` does.
    function _callersToken() internal view returns (address token) {
        token = ICompliance(msg.sender).getTokenBound();
        if (IERC3643Token(token).compliance() != msg.sender) revert RuleCallerNotCompliance(msg.sender, token);
    }

    function _sameInvestor(Transfer calldata t) internal pure returns (bool) {
        return t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
    }

    function _pass(uint256 actual, uint256 limit, uint256 room) internal view returns (Verdict memory) {
        return Verdict(address(this), 0, true, actual, limit, room, 0);
    }

    function _fail(uint8 code, uint256 actual, uint256 limit, uint256 room) internal view returns (Verdict memory) {
        return Verdict(address(this), code, false, actual, limit, room, 0);
    }
}
