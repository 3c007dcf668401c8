// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice A Merkle tree over given leaves, in the order of OpenZeppelin's StandardMerkleTree: leaves sorted, stored from the end of a
///         complete binary tree.
library MerkleTree {
    function build(bytes32[] memory leaves) internal pure returns (bytes32[] memory tree) {
        bytes32[] memory sorted = _sort(leaves);
        uint256 n = sorted.length;
        tree = new bytes32[](2 * n - 1);
        for (uint256 i; i < n; ++i) {
            tree[tree.length - 1 - i] = sorted[i];
        }
        for (uint256 i = tree.length - n; i > 0; --i) {
            (bytes32 a, bytes32 b) = (tree[2 * i - 1], tree[2 * i]);
            tree[i - 1] = a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
        }
    }

    function proofOf(bytes32[] memory tree, bytes32 leaf) internal pure returns (bytes32[] memory proof) {
        uint256 place = tree.length;
        while (tree[--place] != leaf) { }
        bytes32[] memory path = new bytes32[](256);
        uint256 length;
        for (; place > 0; place = (place - 1) / 2) {
            path[length++] = tree[place % 2 == 0 ? place - 1 : place + 1];
        }
        proof = new bytes32[](length);
        for (uint256 i; i < length; ++i) {
            proof[i] = path[i];
        }
    }

    function _sort(bytes32[] memory leaves) private pure returns (bytes32[] memory sorted) {
        sorted = new bytes32[](leaves.length);
        for (uint256 i; i < leaves.length; ++i) {
            uint256 j = i;
            for (; j > 0 && sorted[j - 1] > leaves[i]; --j) {
                sorted[j] = sorted[j - 1];
            }
            sorted[j] = leaves[i];
        }
    }
}
