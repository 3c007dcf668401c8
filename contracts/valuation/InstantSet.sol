// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice A set of instants (unix seconds in 40 bits) that knows its greatest at a cost that does not grow with the set.
/// @dev A tree of five levels, 256 children a node, one bit a child: a bit stands while there is anything below it. The lowest level is 0;
///      a node's number is the part of the instant above it.
library InstantSet {
    struct Set {
        mapping(uint256 node => uint256 children) nodes;
    }

    uint256 private constant LEVELS = 5;

    /// @param instant not in the set
    function add(Set storage set, uint40 instant) internal {
        uint256 path = instant;
        for (uint256 level; level < LEVELS; ++level) {
            uint256 node = _node(level, path >> 8);
            uint256 children = set.nodes[node];
            set.nodes[node] = children | 1 << (path & 0xff);
            if (children != 0) return;
            path >>= 8;
        }
    }

    /// @param instant in the set
    function remove(Set storage set, uint40 instant) internal {
        uint256 path = instant;
        for (uint256 level; level < LEVELS; ++level) {
            uint256 node = _node(level, path >> 8);
            uint256 children = set.nodes[node] & ~(1 << (path & 0xff));
            set.nodes[node] = children;
            if (children != 0) return;
            path >>= 8;
        }
    }

    /// @return found false when the set is empty
    /// @return instant the greatest
    function greatest(Set storage set) internal view returns (bool found, uint40 instant) {
        uint256 path;
        for (uint256 level = LEVELS; level > 0; --level) {
            uint256 children = set.nodes[_node(level - 1, path)];
            if (children == 0) return (false, 0); // only ever at the top
            path = path << 8 | Math.log2(children);
        }
        // Five levels of eight bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        return (true, uint40(path));
    }

    function _node(uint256 level, uint256 above) private pure returns (uint256) {
        return level << 40 | above;
    }
}
