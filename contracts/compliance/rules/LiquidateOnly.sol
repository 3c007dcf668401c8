// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { AddressListRule } from "./AddressListRule.sol";
import { StrictRule } from "./StrictRule.sol";

/// @notice Lets listed investors only reduce what they hold: they may send and redeem, and receive neither by transfer nor by issue, on
///         none of their wallets. Parameters: abi.encode(address[] investors), their identities. What one moves between his own wallets
///         passes.
contract LiquidateOnly is AddressListRule {
    /* VIEWS */

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "LiquidateOnly";
    }

    /* INTERNAL */

    /// @inheritdoc StrictRule
    function _isJudged(Transfer calldata t) internal pure override returns (bool) {
        return super._isJudged(t) && !_isSameInvestor(t);
    }

    /// @inheritdoc StrictRule
    function _judgeAccounts(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit) {
        bool listed = isListed(t.token, t.toInvestor);
        return (listed ? ReasonCode.LIQUIDATE_ONLY : ReasonCode.OK, listed ? uint160(t.toInvestor) : 0, 0);
    }
}
