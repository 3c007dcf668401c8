// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { OneValueRule } from "./OneValueRule.sol";
import { Rule } from "./Rule.sol";

/// @notice Caps the total supply: no mint beyond the authorised units. Parameters: abi.encode(uint256 limit) in token units, 0 = no
///         limit. A limit below the present supply closes minting and touches nobody.
contract SupplyLimit is OneValueRule {
    using Math for uint256;

    /// @param previousLimit token units, 0 = none
    /// @param limit token units, 0 = none
    event SupplyLimitSet(address indexed token, uint256 previousLimit, uint256 limit);

    /* COMPLIANCE FUNCTIONS */

    /// @notice Changes the limit of the calling compliance's token, as ERC-3643 clients do through `callModuleFunction`.
    /// @param limit token units, 0 = none
    function setSupplyLimit(uint256 limit) external {
        _setValue(_callersToken(), limit);
    }

    /* VIEWS */

    /// @notice The limit of a token, token units, 0 = none.
    function limitOf(address token) public view returns (uint256) {
        return _valueOf(token);
    }

    /// @notice The limit of the token of `compliance`, token units, 0 = none.
    function getSupplyLimit(address compliance) external view returns (uint256) {
        return limitOf(ICompliance(compliance).getTokenBound());
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "SupplyLimit";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        limit = limitOf(t.token);
        actual = t.supply.saturatingAdd(t.amount);
        room = limit == 0 ? type(uint256).max : limit.saturatingSub(t.supply);
        if (limit != 0 && actual > limit) code = ReasonCode.SUPPLY_CAP;
    }

    /// @inheritdoc OneValueRule
    function _emitSet(address token, uint256 previousValue, uint256 value) internal override {
        emit SupplyLimitSet(token, previousValue, value);
    }
}
