// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

library SignedFloor {
    /// @notice The quotient rounded down, also below zero.
    /// @param denominator above zero
    function floorDiv(int256 numerator, int256 denominator) internal pure returns (int256 quotient) {
        quotient = numerator / denominator;
        if (numerator % denominator < 0) --quotient;
    }
}
