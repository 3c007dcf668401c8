// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";

/// @notice Recomputes the ERC-7201 slot of every namespaced struct from its name, out of the sources.
contract StorageSlotsTest is Test {
    function test_When_AStructIsNamespaced_ItsSlotIsTheOneOfItsName() public view {
        string[19] memory sources = [
            "identity/Identity",
            "identity/IdentityRegistry",
            "token/TokenState",
            "compliance/Compliance",
            "compliance/rules/CountryAllow",
            "compliance/rules/MaximumBalance",
            "compliance/rules/Lockup",
            "compliance/rules/SupplyLimit",
            "factory/IssuerManager",
            "issuance/Offering",
            "distribution/Distributor",
            "valuation/QuorumFeed",
            "compliance/rules/VolumeLimit",
            "compliance/rules/AddressListRule",
            "compliance/rules/TokenListing",
            "compliance/rules/SpenderPolicy",
            "compliance/rules/SanctionsOracle",
            "compliance/rules/ReserveGate",
            "compliance/rules/TransferFee"
        ];
        for (uint256 i = 0; i < sources.length; i++) {
            string memory source = vm.readFile(string.concat("contracts/", sources[i], ".sol"));
            string[] memory parts = vm.split(source, "erc7201:");
            assertEq(parts.length, 2, sources[i]);
            string memory name = vm.split(parts[1], "\n")[0];
            // The first constant behind the struct that is a whole word is its slot.
            bytes32 slot = vm.parseBytes32(string.concat("0x", vm.split(vm.split(parts[1], "= 0x")[1], ";")[0]));
            assertEq(slot, keccak256(abi.encode(uint256(keccak256(bytes(name))) - 1)) & ~bytes32(uint256(0xff)), name);
        }
    }
}
