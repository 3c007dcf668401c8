// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Reads and writes the immutable arguments of a rule table.
library RuleTableCodec {
    uint256 private constant ENTRY_BYTES = 22;

    /// @return table with one more rule at its end
    function append(bytes memory table, address rule, uint16 capabilities) internal pure returns (bytes memory) {
        return abi.encodePacked(table, rule, capabilities);
    }

    function count(bytes memory table) internal pure returns (uint256) {
        return table.length / ENTRY_BYTES;
    }

    /// @dev Reads up to 10 bytes past the last entry and shifts them away; the caller keeps `index` below the length.
    function at(bytes memory table, uint256 index) internal pure returns (address rule, uint16 capabilities) {
        uint256 word;
        assembly ("memory-safe") {
            word := shr(80, mload(add(add(table, 32), mul(index, 22))))
        }
        // Casts keep the low bits on purpose.
        // forge-lint: disable-next-line(unsafe-typecast)
        return (address(uint160(word >> 16)), uint16(word));
    }

    /// @return whether the rule is in the table
    function contains(bytes memory table, address rule) internal pure returns (bool) {
        uint256 entries = count(table);
        for (uint256 i = 0; i < entries; i++) {
            (address bound,) = at(table, i);
            if (bound == rule) return true;
        }
        return false;
    }
}
