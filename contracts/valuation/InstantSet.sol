// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice A set of instants (unix seconds in 40 bits) that knows its greatest at a cost that does not grow with the set.
/// @dev A tree of five levels, 256 children a node, one bit a child: a bit stands while there is anything below it. The lowest level is 0; a
///      node's number is the part of the instant above it. Valuations lie months apart, so that a child of level 2, a stretch of 2^16
///      seconds, mostly holds one instant: that one stands in a word of its own, in place of two levels.
library InstantSet {
    /// @param lone of a stretch that had one instant only since it was last empty, that instant + 1
    struct Set {
        mapping(uint256 node => uint256 children) nodes;
        mapping(uint256 stretch => uint256) lone;
    }

    uint256 private constant LEVELS = 5;
    uint256 private constant STRETCHES = 2;

    /// @param instant not in the set
    function add(Set storage set, uint40 instant) internal {
        uint256 stretch = instant >> 16;
        if (set.nodes[_node(STRETCHES, stretch >> 8)] & 1 << (stretch & 0xff) == 0) {
            set.lone[stretch] = uint256(instant) + 1;
            _add(set, STRETCHES, stretch);
            return;
        }
        uint256 lone = set.lone[stretch];
        if (lone != 0) {
            delete set.lone[stretch];
            _add(set, 0, lone - 1);
        }
        _add(set, 0, instant);
    }

    /// @param instant in the set
    function remove(Set storage set, uint40 instant) internal {
        uint256 stretch = instant >> 16;
        if (set.lone[stretch] == 0) return _remove(set, 0, instant);
        delete set.lone[stretch];
        _remove(set, STRETCHES, stretch);
    }

    /// @return found false when the set is empty
    /// @return instant the greatest
    function greatest(Set storage set) internal view returns (bool found, uint40 instant) {
        uint256 path;
        for (uint256 level = LEVELS; level > 0; --level) {
            if (level == STRETCHES) {
                uint256 lone = set.lone[path];
                // forge-lint: disable-next-line(unsafe-typecast)
                if (lone != 0) return (true, uint40(lone - 1)); // an instant + 1
            }
            uint256 children = set.nodes[_node(level - 1, path)];
            if (children == 0) return (false, 0); // only ever at the top
            path = path << 8 | Math.log2(children);
        }
        // forge-lint: disable-next-line(unsafe-typecast)
        return (true, uint40(path)); // five levels of eight bits
    }

    function _add(Set storage set, uint256 level, uint256 path) private {
        for (; level < LEVELS; ++level) {
            uint256 node = _node(level, path >> 8);
            uint256 children = set.nodes[node];
            set.nodes[node] = children | 1 << (path & 0xff);
            if (children != 0) return;
            path >>= 8;
        }
    }

    function _remove(Set storage set, uint256 level, uint256 path) private {
        for (; level < LEVELS; ++level) {
            uint256 node = _node(level, path >> 8);
            uint256 children = set.nodes[node] & ~(1 << (path & 0xff));
            set.nodes[node] = children;
            if (children != 0) return;
            path >>= 8;
        }
    }

    function _node(uint256 level, uint256 above) private pure returns (uint256) {
        return level << 40 | above;
    }
}
