// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, IRule, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";

/// @notice Passes everything, and uses all the gas that it is given for saying so.
contract HungryRule is IRule {
    uint256 private constant ENOUGH_TO_ANSWER = 5000;

    function check(Transfer calldata) external view returns (Verdict memory) {
        _eat();
        return Verdict(address(this), 0, true, 0, 0, type(uint256).max, 0);
    }

    function enforce(Transfer calldata) external view {
        _eat();
    }

    function configure(address, bytes calldata) external { }

    function configuration(address) external pure returns (bytes memory) {
        return "";
    }

    function capabilities() external pure returns (uint256) {
        return Capability.ALL & ~Capability.CHARGES_FEE;
    }

    function name() external pure returns (string memory) {
        return "Hungry";
    }

    function isPlugAndPlay() external pure returns (bool) {
        return false;
    }

    function canComplianceBind(address) external pure returns (bool) {
        return true;
    }

    function isComplianceBound(address) external pure returns (bool) {
        return true;
    }

    function moduleCheck(address, address, uint256, address) external pure returns (bool) {
        return true;
    }

    function _eat() internal view {
        while (gasleft() > ENOUGH_TO_ANSWER) { }
    }
}
