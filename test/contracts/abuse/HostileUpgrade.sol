// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { UUPSUpgradeable } from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @notice What a thief of the upgrade key would install: it says that the thief holds everything.
contract HostileUpgrade is UUPSUpgradeable {
    address internal immutable THIEF = msg.sender;

    function balanceOf(address wallet) external view returns (uint256) {
        return wallet == THIEF ? type(uint256).max : 0;
    }

    function _authorizeUpgrade(address) internal override { }
}
