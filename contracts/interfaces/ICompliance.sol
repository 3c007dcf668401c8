// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC3643Compliance } from "./erc3643/IERC3643Compliance.sol";
import { Kind, Transfer, Verdict } from "./IRule.sol";

/// @param rule rule contract
/// @param parameters as that rule's `configure` takes them
struct RuleSetting {
    address rule;
    bytes parameters;
}

/// @param rule rule contract
/// @param capabilities as it declared them when it was bound (see Capability)
/// @param faulted whether it failed while units left by BURN, FORCED or RECOVERY; it refuses transfers and mints until it is set again
///        or removed
struct BoundRule {
    address rule;
    uint16 capabilities;
    bool faulted;
}

/// @notice The transfer rules of one token, fixed at deployment. The token asks `enforce` once a movement; clients read `check`.
interface ICompliance is IERC3643Compliance {
    /// @param previousTable rule table until now, or zero
    /// @param table rule table from now on; its code lists the rules
    event RulesSet(address indexed previousTable, address indexed table, address[] rules);
    event RuleFaulted(address indexed rule, Kind indexed kind);
    event ModuleAdded(address indexed module);
    event ModuleRemoved(address indexed module);
    event ModuleInteraction(address indexed target, bytes4 selector);

    error ComplianceCallerNotToken(address caller);
    error ComplianceTokenFixed(address token);
    /// @notice Ownership is the token's; transfer it there.
    error OwnershipFollowsToken(address token);
    error TooManyRules(uint256 count, uint256 maximum);
    error RuleInvalid(address rule, uint256 capabilities);
    error RuleBoundTwice(address rule);
    error RuleNotBound(address rule);
    /// @notice A rule set holds at most one rule that charges a fee.
    error FeeRuleSecond(address rule);
    /// @notice A rule is bound only together with its parameters: use `setRules`.
    error RuleNeedsParameters(address rule);
    /// @notice `callModuleFunction` may set parameters, never speak as the token.
    error ModuleFunctionRefused(bytes4 selector);
    /// @notice The token reports through `enforce`, which carries what the rules need to know.
    error HookReplaced(bytes4 selector);
    /// @notice Too little gas is left to call a rule with its full allowance.
    error GasTooLow(uint256 available, uint256 required);

    /// @notice Judges a movement and lets the rules keep their ledgers. Only the token, after it moved the balances.
    ///         A refused TRANSFER or MINT reverts with ISecurityToken.TransferRefused; BURN, FORCED and RECOVERY are never refused.
    function enforce(Transfer calldata t) external;

    /// @notice Every verdict on a movement, in table order, of the rules that check its kind. A rule that fails to answer, or is
    ///         marked as faulted, yields RULE_FAULT; so does, alone, a compliance that took over a token and waits for
    ///         its rules.
    function check(Transfer calldata t) external view returns (Verdict[] memory);

    /// @notice The fee that a transfer costs; 0 when no rule charges one. Reverts with ISecurityToken.TransferRefused where the rule that
    ///         charges it gives no usable answer.
    /// @return fee token units, ≤ `t.amount`
    /// @return collector wallet that takes the fee
    function feeOf(Transfer calldata t) external view returns (uint256 fee, address collector);

    /// @notice A movement as the token would describe it now.
    function describe(Kind kind, address operator, address from, address to, uint256 amount) external view returns (Transfer memory);

    /// @notice Replaces the rule set: writes it down in a new rule table and configures each rule. At most 16, in order. Restricted.
    function setRules(RuleSetting[] calldata settings) external;

    function rules() external view returns (BoundRule[] memory);

    /// @notice Contract whose code lists the rules in force: a RuleTable, or the compliance itself while they are those that it was
    ///         deployed with; zero before the first `setRules`.
    function ruleTable() external view returns (address);

    /* MODULAR COMPLIANCE: the ABI that ERC-3643 clients know */

    /// @notice Always refused: a rule is bound only together with its parameters.
    function addModule(address module) external;

    /// @notice Removes a rule without asking it. Restricted.
    function removeModule(address module) external;

    /// @notice Calls a parameter setter of a bound rule. Restricted.
    function callModuleFunction(bytes calldata callData, address module) external;

    function getModules() external view returns (address[] memory);
    function isModuleBound(address module) external view returns (bool);
}
