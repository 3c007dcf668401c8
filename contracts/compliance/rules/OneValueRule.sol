// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IRule } from "../../interfaces/IRule.sol";
import { Rule } from "./Rule.sol";

/// @notice What rules share whose only parameter is one number a token. Parameters: abi.encode(uint256 value), 0 = no bound.
abstract contract OneValueRule is Rule {
    /// @custom:storage-location erc7201:muniment.storage.OneValueRule
    struct OneValueRuleStorage {
        mapping(address token => uint256) value;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.OneValueRule")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant ONE_VALUE_RULE_STORAGE = 0x09a65bed0df56fd355511bf6fd8e7249e5c3bf00ccbf7fc340a3c129f4720200;

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        _setValue(token, abi.decode(parameters, (uint256)));
    }

    /* VIEWS */

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        return abi.encode(_valueOf(token));
    }

    /* INTERNAL */

    /// @dev Emits the rule's own event.
    function _emitSet(address token, uint256 previousValue, uint256 value) internal virtual;

    function _setValue(address token, uint256 value) internal {
        OneValueRuleStorage storage $ = _getOneValueRuleStorage();
        uint256 previous = $.value[token];
        $.value[token] = value;

        _emitSet(token, previous, value);
    }

    function _valueOf(address token) internal view returns (uint256) {
        return _getOneValueRuleStorage().value[token];
    }

    /* STORAGE */

    function _getOneValueRuleStorage() private pure returns (OneValueRuleStorage storage $) {
        assembly {
            $.slot := ONE_VALUE_RULE_STORAGE
        }
    }
}
