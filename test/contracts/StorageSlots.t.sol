// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { VmSafe } from "forge-std/Vm.sol";
import { Test } from "forge-std/Test.sol";

/// @notice Recomputes the ERC-7201 slot of every namespaced struct from its name, out of the sources, and holds that no namespace is
///         used by two of them.
contract StorageSlotsTest is Test {
    mapping(bytes32 slot => string name) internal namespaces;

    function test_When_AStructIsNamespaced_ItsSlotIsTheOneOfItsName() public {
        VmSafe.DirEntry[] memory entries = vm.readDir("contracts", 4);
        uint256 found;
        for (uint256 i = 0; i < entries.length; i++) {
            if (entries[i].isDir || !isSolidity(entries[i].path)) continue;
            string[] memory parts = vm.split(vm.readFile(entries[i].path), "@custom:storage-location erc7201:");
            if (parts.length == 1) continue;
            assertEq(parts.length, 2, entries[i].path);
            found++;
            string memory name = vm.split(parts[1], "\n")[0];
            // The first constant behind the struct that is a whole word is its slot.
            bytes32 slot = vm.parseBytes32(string.concat("0x", vm.split(vm.split(parts[1], "= 0x")[1], ";")[0]));
            assertEq(slot, keccak256(abi.encode(uint256(keccak256(bytes(name))) - 1)) & ~bytes32(uint256(0xff)), name);
            assertEq(namespaces[slot], "", name);
            namespaces[slot] = name;
        }
        assertGt(found, 20);
    }

    function isSolidity(string memory path) private pure returns (bool) {
        string[] memory parts = vm.split(path, ".");
        return keccak256(bytes(parts[parts.length - 1])) == keccak256("sol");
    }
}
