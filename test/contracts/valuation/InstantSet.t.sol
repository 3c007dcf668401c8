// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { InstantSet } from "../../../contracts/valuation/InstantSet.sol";

contract InstantSetTest is Test {
    using InstantSet for InstantSet.Set;

    InstantSet.Set private set;
    mapping(uint40 instant => bool) private isIn;

    function _greatest() private view returns (uint40 instant) {
        bool found;
        (found, instant) = set.greatest();
        assertTrue(found);
    }

    function test_When_empty_nothingIsFound() public view {
        (bool found, uint40 instant) = set.greatest();
        assertFalse(found);
        assertEq(instant, 0);
    }

    function test_When_zeroIsTheOnlyOne_itIsFound() public {
        set.add(0);
        assertEq(_greatest(), 0);
        set.remove(0);
        (bool found,) = set.greatest();
        assertFalse(found);
    }

    /// @dev Neighbours on both sides of the edge of a node, at every level.
    function test_When_instantsLieInDifferentNodes_theGreatestIsFound() public {
        for (uint256 level = 1; level <= 4; ++level) {
            uint40 edge = uint40(1 << 8 * level);
            set.add(edge - 1);
            assertEq(_greatest(), edge - 1);
            set.add(edge);
            assertEq(_greatest(), edge);
            set.remove(edge);
            assertEq(_greatest(), edge - 1);
        }
        set.add(type(uint40).max);
        assertEq(_greatest(), type(uint40).max);
        set.remove(type(uint40).max);
        assertEq(_greatest(), (1 << 32) - 1);
    }

    /// @dev Against a list. Instants of few bits meet in one node, those of many lie apart.
    function testFuzz_When_instantsComeAndGo_theGreatestIsThatOfTheList(uint40[24] memory instants, uint8 bits, uint256 order) public {
        bits = uint8(bound(bits, 3, 40));
        for (uint256 step; step < 48; ++step) {
            uint40 instant = instants[uint256(keccak256(abi.encode(order, step))) % 24] >> (40 - bits);
            if (isIn[instant]) set.remove(instant);
            else set.add(instant);
            isIn[instant] = !isIn[instant];

            (bool anyIn, uint40 most) = (false, 0);
            for (uint256 i; i < 24; ++i) {
                uint40 candidate = instants[i] >> (40 - bits);
                if (!isIn[candidate]) continue;
                anyIn = true;
                if (candidate > most) most = candidate;
            }
            (bool found, uint40 greatest) = set.greatest();
            assertEq(found, anyIn);
            assertEq(greatest, most);
        }
    }
}
