// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Rule } from "../../../contracts/compliance/rules/Rule.sol";
import { Capability, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";

/// @dev Holds units itself and tries to send them while it is asked about another movement.
contract ReenteringRule is Rule {
    ISecurityToken internal immutable TOKEN;
    address internal immutable TO;
    bytes public answer;

    constructor(ISecurityToken token, address to) {
        (TOKEN, TO) = (token, to);
    }

    function enforce(Transfer calldata) external override {
        (, answer) = address(TOKEN).call(abi.encodeCall(TOKEN.transfer, (TO, 1)));
    }

    function configure(address, bytes calldata) external { }

    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER;
    }

    function configuration(address) external pure returns (bytes memory) {
        return "";
    }

    function name() external pure returns (string memory) {
        return "Reentering";
    }

    function _judge(Transfer calldata) internal pure override returns (uint8, uint256, uint256, uint256) {
        return (0, 0, 0, type(uint256).max);
    }
}
