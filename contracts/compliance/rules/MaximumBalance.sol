// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { OneValueRule } from "./OneValueRule.sol";
import { Rule } from "./Rule.sol";

/// @notice Caps what one investor may hold, over all of that investor's wallets. Parameters: abi.encode(uint256 cap) in token units,
///         0 = no cap. A cap lowered below what an investor holds lets him only reduce.
contract MaximumBalance is OneValueRule {
    using Math for uint256;

    /// @param previousCap token units, 0 = none
    /// @param cap token units, 0 = none
    event MaximumBalanceSet(address indexed token, uint256 previousCap, uint256 cap);

    /* COMPLIANCE FUNCTIONS */

    /// @notice Changes the cap of the calling compliance's token, as ERC-3643 clients do through `callModuleFunction`.
    /// @param cap token units, 0 = none
    function setMaxBalance(uint256 cap) external {
        _setValue(_callersToken(), cap);
    }

    /* VIEWS */

    /// @notice The cap of a token, token units, 0 = none.
    function maximumOf(address token) public view returns (uint256) {
        return _valueOf(token);
    }

    /// @notice The cap of the token of `compliance`, token units, 0 = none.
    function getMaxBalance(address compliance) external view returns (uint256) {
        return maximumOf(ICompliance(compliance).getTokenBound());
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "MaximumBalance";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        limit = maximumOf(t.token);
        actual = t.toPosition.saturatingAdd(t.amount);
        room = limit == 0 ? type(uint256).max : limit.saturatingSub(t.toPosition);
        if (limit != 0 && actual > limit) code = ReasonCode.MAX_BALANCE;
    }

    /// @inheritdoc OneValueRule
    function _emitSet(address token, uint256 previousValue, uint256 value) internal override {
        emit MaximumBalanceSet(token, previousValue, value);
    }
}
