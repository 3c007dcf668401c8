// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Kind, Transfer, Verdict } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { IERC3643Token } from "../../interfaces/erc3643/IERC3643Token.sol";

/// @notice What every rule shares: who may set it, which movements it judges at all, and how a verdict is written. A rule says in
///         `_judge` what it refuses; one that keeps a ledger overrides `enforce`.
/// @dev `_judge` returns plain values: a movement then costs less than with a verdict in memory, which only `check` writes.
abstract contract Rule is IRule {
    modifier onlyComplianceOf(address token) {
        if (IERC3643Token(token).compliance() != msg.sender) revert RuleCallerNotCompliance(msg.sender, token);
        _;
    }

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    /// @dev Open to all, because without a ledger it changes nothing.
    function enforce(Transfer calldata t) external virtual {
        if (_isJudged(t)) _requirePass(t);
    }

    /* VIEWS */

    /// @inheritdoc IRule
    function capabilities() public pure virtual returns (uint256);

    /// @inheritdoc IRule
    function check(Transfer calldata t) external view returns (Verdict memory) {
        if (!_isJudged(t)) return Verdict(address(this), ReasonCode.OK, true, 0, 0, type(uint256).max, 0);

        (uint8 code, uint256 actual, uint256 limit, uint256 room) = _judge(t);
        bool pass = code == ReasonCode.OK;
        return Verdict(address(this), code, pass, actual, limit, room, pass ? 0 : _curedAt(t));
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

    /// @dev Called for the kinds that the rule declares to check, and (StrictRule apart) never for two wallets of one investor. Must
    ///      not revert.
    /// @return code ReasonCode, 0 to let the movement pass
    /// @return actual the value that was judged
    /// @return limit the bound it was judged against
    /// @return room greatest amount that would pass
    function _judge(Transfer calldata t) internal view virtual returns (uint8 code, uint256 actual, uint256 limit, uint256 room);

    /// @dev When time alone lets a refused movement pass, unix seconds; 0 when it does not. Must not revert.
    function _curedAt(Transfer calldata) internal view virtual returns (uint40) {
        return 0;
    }

    function _requirePass(Transfer calldata t) internal view {
        (uint8 code, uint256 actual, uint256 limit,) = _judge(t);
        if (code != ReasonCode.OK) revert RuleRefused(code, actual, limit);
    }

    /// @dev These two read their words by hand, because every rule asks them of every movement, and Solidity would validate each word
    ///      again each time.
    function _isJudged(Transfer calldata t) internal pure virtual returns (bool) {
        uint256 kind;
        assembly ("memory-safe") {
            kind := calldataload(add(t, 0x20))
        }
        return (capabilities() >> kind) & 1 != 0 && !_isSameInvestor(t);
    }

    function _isSameInvestor(Transfer calldata t) internal pure returns (bool same) {
        assembly ("memory-safe") {
            let from := calldataload(add(t, 0xc0)) // fromInvestor
            same := and(eq(from, calldataload(add(t, 0xe0))), iszero(iszero(from))) // toInvestor
        }
    }

    /// @dev The token whose compliance calls a parameter setter, as `callModuleFunction` does.
    function _callersToken() internal view returns (address token) {
        token = ICompliance(msg.sender).getTokenBound();
        if (IERC3643Token(token).compliance() != msg.sender) revert RuleCallerNotCompliance(msg.sender, token);
    }
}
