// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Layout of a rule table, as it stands in the code of a clone: the token's 20 bytes, then 22 bytes a rule: its address and the
///         capabilities (see Capability) that it declared when it was bound.
library RuleTableCodec {
    uint256 private constant TOKEN_BYTES = 20;
    uint256 private constant ENTRY_BYTES = 22;

    /// @return a table without rules
    function empty(address token_) internal pure returns (bytes memory) {
        return abi.encodePacked(token_);
    }

    /// @return the table with one more rule at its end
    function append(bytes memory table, address rule, uint16 capabilities) internal pure returns (bytes memory) {
        return abi.encodePacked(table, rule, capabilities);
    }

    function token(bytes memory table) internal pure returns (address) {
        // The token is the head; the rest falls away on purpose.
        // forge-lint: disable-next-line(unsafe-typecast)
        return address(bytes20(table));
    }

    /// @return number of rules
    function count(bytes memory table) internal pure returns (uint256) {
        unchecked {
            // A table is never shorter than its token.
            return (table.length - TOKEN_BYTES) / ENTRY_BYTES;
        }
    }

    /// @dev Reads up to 10 bytes past the last entry and shifts them away; the caller keeps `index` below the count.
    function at(bytes memory table, uint256 index) internal pure returns (address rule, uint16 capabilities) {
        uint256 word;
        assembly ("memory-safe") {
            // 32 bytes of length, 20 of token.
            word := shr(80, mload(add(add(table, 52), mul(index, ENTRY_BYTES))))
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

    /// @return rules_ addresses of the rules, in order
    function rules(bytes memory table) internal pure returns (address[] memory rules_) {
        rules_ = new address[](count(table));
        for (uint256 i = 0; i < rules_.length; i++) {
            (rules_[i],) = at(table, i);
        }
    }
}
