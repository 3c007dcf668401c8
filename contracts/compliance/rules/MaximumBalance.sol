// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { Rule } from "./Rule.sol";

/// @notice Caps what one investor may hold, over all of that investor's wallets. Parameters: abi.encode(uint256 cap) in token units,
///         0 = no cap. A cap lowered below what an investor holds lets him only reduce.
contract MaximumBalance is Rule {
    using Math for uint256;

    /// @custom:storage-location erc7201:muniment.storage.MaximumBalance
    struct MaximumBalanceStorage {
        mapping(address token => uint256) cap;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.MaximumBalance")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant MAXIMUM_BALANCE_STORAGE = 0x9d1c43d54fdc038d41db17739a657dd6c2623d6b5ed7bc93721772d60322ab00;

    /// @param previousCap token units, 0 = none
    /// @param cap token units, 0 = none
    event MaximumBalanceSet(address indexed token, uint256 previousCap, uint256 cap);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        _set(token, abi.decode(parameters, (uint256)));
    }

    /// @notice Changes the cap of the calling compliance's token, as ERC-3643 clients do through `callModuleFunction`.
    /// @param cap token units, 0 = none
    function setMaxBalance(uint256 cap) external {
        _set(_callersToken(), cap);
    }

    /* VIEWS */

    /// @notice The cap of a token, token units, 0 = none.
    function maximumOf(address token) public view returns (uint256) {
        return _getMaximumBalanceStorage().cap[token];
    }

    /// @notice The cap of the token of `compliance`, token units, 0 = none.
    function getMaxBalance(address compliance) external view returns (uint256) {
        return maximumOf(ICompliance(compliance).getTokenBound());
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        return abi.encode(maximumOf(token));
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

    function _set(address token, uint256 cap) internal {
        MaximumBalanceStorage storage $ = _getMaximumBalanceStorage();
        uint256 previous = $.cap[token];
        $.cap[token] = cap;

        emit MaximumBalanceSet(token, previous, cap);
    }

    /* STORAGE */

    function _getMaximumBalanceStorage() private pure returns (MaximumBalanceStorage storage $) {
        assembly {
            $.slot := MAXIMUM_BALANCE_STORAGE
        }
    }
}
