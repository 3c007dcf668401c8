// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { AddressListRule } from "./AddressListRule.sol";
import { StrictRule } from "./StrictRule.sol";

/// @notice Refuses a transfer when the wallet that gives (code SENDER_NOT_LISTED) or the wallet that takes (RECIPIENT_NOT_LISTED) is listed,
///         and an issue to a listed wallet. Parameters: abi.encode(address[] wallets); an empty list refuses nothing. The codes are those
///         of lists in general: which kind of list refused, the verdict's rule says.
///
///         A listed wallet is refused towards its owner's other wallets too.
contract TransferBlocklist is AddressListRule {
    /* VIEWS */

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "TransferBlocklist";
    }

    /* INTERNAL */

    /// @inheritdoc StrictRule
    function _judgeAccounts(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit) {
        if (isListed(t.token, t.from)) return (ReasonCode.SENDER_NOT_LISTED, uint160(t.from), 0);
        if (isListed(t.token, t.to)) return (ReasonCode.RECIPIENT_NOT_LISTED, uint160(t.to), 0);
        return (ReasonCode.OK, 0, 0);
    }
}
