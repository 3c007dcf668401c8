// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { AddressListRule } from "./AddressListRule.sol";
import { StrictRule } from "./StrictRule.sol";

/// @notice Lets a transfer pass when the wallet that gives or the wallet that takes is listed. Parameters: abi.encode(address[] wallets);
///         an empty list refuses every transfer between investors. Issues and redemptions pass, and so does what an investor moves
///         between his own wallets.
///
///         A refusal names the giver (SENDER_NOT_LISTED), although listing the taker cures it as well.
contract TransferAllowlist is AddressListRule {
    /* COMPLIANCE FUNCTIONS */

    /// @notice Lists a wallet for the calling compliance's token, as ERC-3643 clients do through `callModuleFunction`.
    function allowUser(address wallet) external {
        _add(_only(wallet));
    }

    /// @notice Lists wallets; all or none.
    function batchAllowUsers(address[] calldata wallets) external {
        _add(wallets);
    }

    /// @notice Takes a wallet off the list.
    function disallowUser(address wallet) external {
        _remove(_only(wallet));
    }

    /// @notice Takes wallets off the list; all or none.
    function batchDisallowUsers(address[] calldata wallets) external {
        _remove(wallets);
    }

    /* VIEWS */

    /// @notice Whether a wallet is listed for the token of `compliance`.
    function isUserAllowed(address compliance, address wallet) external view returns (bool) {
        return isListed(ICompliance(compliance).getTokenBound(), wallet);
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "TransferAllowlist";
    }

    /* INTERNAL */

    /// @inheritdoc StrictRule
    function _isJudged(Transfer calldata t) internal pure override returns (bool) {
        return super._isJudged(t) && !_isSameInvestor(t);
    }

    /// @inheritdoc StrictRule
    function _judgeAccounts(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit) {
        if (isListed(t.token, t.from) || isListed(t.token, t.to)) return (ReasonCode.OK, 0, 0);
        return (ReasonCode.SENDER_NOT_LISTED, uint160(t.from), 0);
    }
}
