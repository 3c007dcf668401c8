// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Bits of an agent word.
library AgentRole {
    uint16 internal constant MINTER = 1 << 0;
    uint16 internal constant BURNER = 1 << 1;
    uint16 internal constant FREEZER = 1 << 2;
    uint16 internal constant PAUSER = 1 << 3;
    uint16 internal constant FORCED = 1 << 4;
    uint16 internal constant RECOVERY = 1 << 5;
    /// @notice Registers identities; counts in a registry's word only.
    uint16 internal constant REGISTRAR = 1 << 6;
    /// @notice Declares, funds and pushes distributions of the token in the Distributor.
    uint16 internal constant PAYER = 1 << 7;
    /// @notice Creates, closes, allocates and settles offerings of the token in Offering, and signs its orders.
    uint16 internal constant SELLER = 1 << 8;
}
