// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { RuleTableCodec } from "./RuleTableCodec.sol";

/// @notice A rule set, fixed for ever: a clone of this contract whose immutable arguments are a table (see RuleTableCodec). Compliance
///         reads all of it with one EXTCODECOPY; a changed rule set is a new table, so that sets can be compared.
contract RuleTable {
    using RuleTableCodec for bytes;

    /// @notice The rules of this table in order, with the capabilities that each declared when it was bound.
    function entries() external view returns (address[] memory rules, uint16[] memory capabilities) {
        bytes memory table = Clones.fetchCloneArgs(address(this));
        rules = new address[](table.count());
        capabilities = new uint16[](rules.length);
        for (uint256 i = 0; i < rules.length; i++) {
            (rules[i], capabilities[i]) = table.at(i);
        }
    }

    /// @notice The token for whose compliance the table was made.
    function token() external view returns (address) {
        return Clones.fetchCloneArgs(address(this)).token();
    }
}
