// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { CountryInvalid, CountryRepeated } from "../../../contracts/compliance/CountrySet.sol";
import { CountryGroup, CountryGroupsTooMany, CountryValues } from "../../../contracts/compliance/CountryValues.sol";

contract CountryValuesTest is Test {
    CountryValues internal values;

    /// @dev External, so that a revert can be expected.
    function replace(uint256 others, CountryGroup[] memory groups) external returns (bool) {
        return values.replace(others, groups);
    }

    function groupsOf(uint16 a, uint16 b) internal pure returns (CountryGroup[] memory groups) {
        groups = new CountryGroup[](2);
        groups[0] = CountryGroup(new uint16[](1), 100);
        groups[0].countries[0] = a;
        groups[1] = CountryGroup(new uint16[](1), 200);
        groups[1].countries[0] = b;
    }

    function test_When_ACountryIsInAGroup_TheGroupsNumberHolds() public {
        assertTrue(this.replace(7, groupsOf(840, 999)));
        assertEq(values.valueOf(840), 100);
        assertEq(values.valueOf(999), 200);
        assertEq(values.groupOf(999), 2);
        assertEq(values.valueOf(276), 7);
        assertEq(values.valueOf(0), 7);
        assertEq(values.valueOf(1000), 7);
        assertEq(values.valueOf(type(uint16).max), 7);
        (uint256 others, CountryGroup[] memory groups) = values.list();
        assertEq(others, 7);
        assertEq(abi.encode(groups), abi.encode(groupsOf(840, 999)));
    }

    function test_When_SetAgain_OnlyAnotherGroupingIsOne() public {
        this.replace(7, groupsOf(840, 276));
        CountryGroup[] memory groups = groupsOf(840, 276);
        groups[0].value = 1;
        assertFalse(this.replace(8, groups));
        assertEq(values.valueOf(840), 1);
        assertTrue(this.replace(8, groupsOf(276, 840)));
        assertTrue(this.replace(8, new CountryGroup[](0)));
        assertEq(values.valueOf(840), 8);
        assertFalse(this.replace(8, new CountryGroup[](0)));
    }

    function test_When_ThereAreAsManyGroupsAsMayBe_EachHasItsNumber() public {
        CountryGroup[] memory groups = new CountryGroup[](64);
        for (uint16 i = 0; i < 64; i++) {
            groups[i] = CountryGroup(new uint16[](2), i);
            (groups[i].countries[0], groups[i].countries[1]) = (i + 1, 999 - i);
        }
        this.replace(7, groups);
        for (uint16 i = 0; i < 64; i++) {
            assertEq(values.valueOf(i + 1), i);
            assertEq(values.valueOf(999 - i), i);
        }
        vm.expectRevert(abi.encodeWithSelector(CountryGroupsTooMany.selector, 65, 64));
        this.replace(7, new CountryGroup[](65));
    }

    function test_RevertWhen_ACountryIsInTwoGroupsOrNone() public {
        vm.expectRevert(abi.encodeWithSelector(CountryRepeated.selector, 840));
        this.replace(7, groupsOf(840, 840));
        vm.expectRevert(abi.encodeWithSelector(CountryInvalid.selector, 0));
        this.replace(7, groupsOf(840, 0));
        vm.expectRevert(abi.encodeWithSelector(CountryInvalid.selector, 1000));
        this.replace(7, groupsOf(1000, 840));
    }
}
