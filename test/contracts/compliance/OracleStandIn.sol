// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ISanctionsList } from "../../../contracts/compliance/rules/SanctionsOracle.sol";

/// @dev Keeps a list as Chainalysis' oracle does, and misbehaves when told to.
contract OracleStandIn is ISanctionsList {
    enum Fault {
        NONE,
        REVERT,
        EMPTY,
        SHORT,
        DIRTY,
        BURN_GAS,
        RETURN_MUCH
    }

    mapping(address account => bool) public listed;
    Fault public fault;
    uint256 public spends;

    function set(address account, bool listed_) external {
        listed[account] = listed_;
    }

    function setFault(Fault fault_) external {
        fault = fault_;
    }

    /// @param gas_ gas that each answer costs
    function spend(uint256 gas_) external {
        spends = gas_;
    }

    function isSanctioned(address account) external view returns (bool) {
        uint256 start = gasleft();
        if (fault == Fault.REVERT) revert("unavailable");
        while (fault == Fault.BURN_GAS) { }
        bool answer = listed[account];
        uint256 mode = uint256(fault);
        assembly {
            mstore(0, answer)
            switch mode
            case 2 { return(0, 0) }
            case 3 { return(0, 31) }
            case 4 {
                mstore(0, 2)
                return(0, 32)
            }
            case 6 { return(0, 8192) }
        }
        uint256 total = spends;
        while (start - gasleft() < total) { }
        return answer;
    }
}

/// @dev Never comes back.
contract Abyss {
    function isSanctioned(address) external pure returns (bool) {
        while (true) { }
        return false;
    }
}
