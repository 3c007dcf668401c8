// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IIdentityStorage } from "../interfaces/IIdentityStorage.sol";
import { ISecurityToken } from "../interfaces/ISecurityToken.sol";

/// @notice A freeze of one wallet holds the investor's money in all of them: another wallet of his must be no way around it.
library FrozenInvestor {
    /// @return whether one of the wallets through which `investor` holds, or has held, units of `token` is frozen in it
    function isFrozen(ISecurityToken token, address investor) internal view returns (bool) {
        // At most 15 wallets.
        address[] memory wallets = IIdentityStorage(token.identityStorage()).walletsOf(investor);
        for (uint256 i = 0; i < wallets.length; ++i) {
            if (token.isFrozen(wallets[i])) return true;
        }
        return false;
    }
}
