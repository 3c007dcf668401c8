// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Arrays } from "@openzeppelin/contracts/utils/Arrays.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SignedMath } from "@openzeppelin/contracts/utils/math/SignedMath.sol";

/// @notice The lower median of values of different decimals and how far they lie apart, as ERC-8330 has it.
library NavAggregate {
    /// @param least value, all three at `decimals`
    /// @param decimals the greatest of the values'
    struct Aggregate {
        int256 least;
        int256 median;
        int256 greatest;
        uint8 decimals;
    }

    uint256 private constant BASIS = 10_000;

    // A sorted word is an int256, cast there and back.
    // forge-lint: disable-start(unsafe-typecast)
    /// @param navs at least one; each has room for 18 decimals
    /// @param decimals of each, at most 18
    function from(int256[] memory navs, uint8[] memory decimals) internal pure returns (Aggregate memory aggregate) {
        uint256 count = navs.length;
        for (uint256 i; i < count; ++i) {
            if (decimals[i] > aggregate.decimals) aggregate.decimals = decimals[i];
        }
        uint256[] memory words = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            words[i] = uint256(navs[i] * int256(10 ** uint256(aggregate.decimals - decimals[i])));
        }
        Arrays.sort(words, _isLess);
        aggregate.least = int256(words[0]);
        aggregate.median = int256(words[(count - 1) / 2]);
        aggregate.greatest = int256(words[count - 1]);
    }

    /// @return basis points of the median, 2^256 − 1 where the median is 0 or the numbers too great
    function deviationBps(Aggregate memory aggregate) internal pure returns (uint256) {
        if (aggregate.greatest == aggregate.least) return 0;
        uint256 spread;
        unchecked {
            // The difference of two int256 fits a uint256, and arithmetic modulo 2^256 gives it.
            spread = uint256(aggregate.greatest) - uint256(aggregate.least);
        }
        (bool fits, uint256 scaled) = Math.tryMul(spread, BASIS);
        if (aggregate.median == 0 || !fits) return type(uint256).max;
        return scaled / SignedMath.abs(aggregate.median);
    }

    /// @dev Both are words of an int256, as `from` casts them.
    function _isLess(uint256 a, uint256 b) private pure returns (bool) {
        return int256(a) < int256(b);
    }
    // forge-lint: disable-end(unsafe-typecast)
}
