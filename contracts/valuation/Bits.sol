// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Words as sets of numbers.
library Bits {
    /// @return ones bits that are set; each costs one turn
    function count(uint256 word) internal pure returns (uint256 ones) {
        for (; word != 0; word &= word - 1) {
            ++ones;
        }
    }
}
