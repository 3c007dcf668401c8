// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Bytes } from "@openzeppelin/contracts/utils/Bytes.sol";
import { Strings } from "@openzeppelin/contracts/utils/Strings.sol";
import { Test } from "forge-std/Test.sol";

/// @notice Holds a README to the gas that a batch needs, as the contract states it when it refuses.
abstract contract GasFigure is Test {
    /// @param refusal selector (uint256 given, uint256 needed)
    function _assertNamed(string memory readme, bytes memory refusal) internal {
        (, uint256 needed) = abi.decode(Bytes.slice(refusal, 4), (uint256, uint256));
        assertTrue(vm.contains(vm.readFile(readme), string.concat("gas of ", _withCommas(needed), " above")));
    }

    function _withCommas(uint256 number) private pure returns (string memory) {
        if (number < 1000) return Strings.toString(number);
        bytes memory group = Bytes.slice(bytes(Strings.toString(1000 + number % 1000)), 1);
        return string.concat(_withCommas(number / 1000), ",", string(group));
    }
}
