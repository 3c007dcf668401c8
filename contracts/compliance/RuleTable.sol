// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { RuleTableCodec } from "./RuleTableCodec.sol";

/// @notice A rule set, fixed for ever: a clone of this contract whose immutable arguments are the rules and their capabilities, 22 bytes
///         a rule. Compliance reads all of it with one EXTCODECOPY; a changed rule set is a new table, so that sets can be compared.
contract RuleTable {
    /// @notice The rules of this table in order, with the capabilities that each declared when it was bound.
    function entries() external view returns (address[] memory rules, uint16[] memory capabilities) {
        bytes memory table = Clones.fetchCloneArgs(address(this));
        uint256 length = RuleTableCodec.count(table);
        rules = new address[](length);
        capabilities = new uint16[](length);
        for (uint256 i = 0; i < length; i++) {
            (rules[i], capabilities[i]) = RuleTableCodec.at(table, i);
        }
    }
}
