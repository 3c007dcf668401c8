// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Parts of a whole in basis points, rounded down. Exact for any whole; nothing here reverts while `bps` ≤ 10,000.
library Share {
    using Math for uint256;

    /// @notice All of it, basis points.
    uint256 internal constant FULL = 10_000;

    /// @return the greatest part of `whole` that is not more than `bps` of it
    function partOf(uint256 whole, uint256 bps) internal pure returns (uint256) {
        return Math.mulDiv(whole, bps, FULL);
    }

    /// @notice How much a part may grow together with its whole.
    /// @return the greatest amount for which `part + amount` is not more than `bps` of `whole + amount`; type(uint256).max for any
    function growth(uint256 part, uint256 whole, uint256 bps) internal pure returns (uint256) {
        if (bps == FULL) return part <= whole ? type(uint256).max : 0;
        return whole.saturatingMul(bps).saturatingSub(part.saturatingMul(FULL)) / (FULL - bps);
    }
}
