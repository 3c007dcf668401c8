// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Rule } from "../../../contracts/compliance/rules/Rule.sol";
import { IIdentityRegistry } from "../../../contracts/interfaces/IIdentityRegistry.sol";
import { Capability, IFeeRule, IRule, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";

/// @notice A fee of one percent, as a rule that charges one has to be: it refuses what it could not charge, and nothing is due between an
///         investor's own wallets. Parameters: abi.encode(address collector).
contract Toll is Rule, IFeeRule {
    mapping(address token => address) internal collectors;

    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        collectors[token] = abi.decode(parameters, (address));
    }

    function feeOf(Transfer calldata t) external view returns (uint256 fee, address collector) {
        return _isSameInvestor(t) ? (0, address(0)) : (t.amount / 100, collectors[t.token]);
    }

    function configuration(address token) external view returns (bytes memory) {
        return abi.encode(collectors[token]);
    }

    function capabilities() public pure override(IRule, Rule) returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHARGES_FEE;
    }

    function name() external pure returns (string memory) {
        return "Toll";
    }

    function _judge(Transfer calldata t) internal view override returns (uint8, uint256, uint256, uint256) {
        IIdentityRegistry registry = IIdentityRegistry(ISecurityToken(t.token).identityRegistry());
        bool taken = t.amount < 100 || registry.verification(collectors[t.token]) == ReasonCode.OK;
        return (taken ? ReasonCode.OK : ReasonCode.FEE_COLLECTOR_INVALID, 0, 0, taken ? type(uint256).max : 99);
    }
}
