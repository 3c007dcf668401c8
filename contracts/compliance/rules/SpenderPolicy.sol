// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { IERC3643IdentityRegistry } from "../../interfaces/erc3643/IERC3643IdentityRegistry.sol";
import { IERC3643Token } from "../../interfaces/erc3643/IERC3643Token.sol";
import { AddressList } from "../AddressList.sol";
import { StaticRead } from "../StaticRead.sol";
import { StrictRule } from "./StrictRule.sol";

/// @notice Says who may move another's units with an allowance, however it was given (`approve` or `permit`). Parameters:
///         abi.encode(uint8 policy, address[] spenders): 0 = NONE, nobody; 1 = VERIFIED, whoever the token's identity registry verifies;
///         2 = LISTED, the spenders on the list, which stays stored under the other policies.
///
///         Judged are transfers whose operator is not the giver, also between two wallets of one investor. A holder's own transfer or
///         batch of transfers always passes. Under VERIFIED a registry that does not answer verifies nobody.
contract SpenderPolicy is StrictRule {
    enum Policy {
        NONE,
        VERIFIED,
        LISTED
    }

    struct Book {
        Policy policy;
        AddressList spenders;
    }

    /// @custom:storage-location erc7201:muniment.storage.SpenderPolicy
    struct SpenderPolicyStorage {
        mapping(address token => Book) books;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.SpenderPolicy")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SPENDER_POLICY_STORAGE = 0xadc46ff9f815a2690e40fb97dd07241ab05043a09f4f1d27820343df1f0d3900;

    /// @dev Both together leave a rule a quarter of what it may use to judge.
    uint256 private constant TOKEN_GAS = 25_000;
    uint256 private constant REGISTRY_GAS = 50_000;

    event SpenderPolicySet(address indexed token, Policy previousPolicy, Policy policy);
    event SpendersReplaced(address indexed token, address[] spenders);
    event SpenderChanged(address indexed token, address indexed spender, bool listed);

    error SpenderUnchanged(address token, address spender, bool listed);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (uint8 policy, address[] memory spenders) = abi.decode(parameters, (uint8, address[]));
        _setPolicy(token, policy);
        _bookOf(token).spenders.replace(spenders);

        emit SpendersReplaced(token, spenders);
    }

    /// @notice Changes the policy of the calling compliance's token, as `callModuleFunction` does.
    /// @param policy 0 = NONE, 1 = VERIFIED, 2 = LISTED
    function setSpenderPolicy(uint8 policy) external {
        _setPolicy(_callersToken(), policy);
    }

    /// @notice Puts a spender on the list of the calling compliance's token, or takes him off.
    function setSpender(address spender, bool listed) external {
        address token = _callersToken();
        AddressList storage spenders = _bookOf(token).spenders;
        if (!(listed ? spenders.add(spender) : spenders.remove(spender))) revert SpenderUnchanged(token, spender, listed);

        emit SpenderChanged(token, spender, listed);
    }

    /* VIEWS */

    function policyOf(address token) public view returns (Policy) {
        return _bookOf(token).policy;
    }

    /// @notice The listed spenders of a token, in no order; in force under the policy LISTED.
    function spendersOf(address token) public view returns (address[] memory) {
        return _bookOf(token).spenders.values();
    }

    /// @notice Whether an account may move others' units of a token. Never reverts.
    function maySpend(address token, address spender) public view returns (bool) {
        Book storage book = _bookOf(token);
        Policy policy = book.policy;
        if (policy == Policy.LISTED) return book.spenders.contains(spender);
        return policy == Policy.VERIFIED && _isVerified(token, spender);
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        return abi.encode(uint8(policyOf(token)), spendersOf(token));
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "SpenderPolicy";
    }

    /* INTERNAL */

    /// @inheritdoc StrictRule
    function _judgeAccounts(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit) {
        if (t.operator == t.from || maySpend(t.token, t.operator)) return (ReasonCode.OK, 0, 0);
        return (ReasonCode.SPENDER_NOT_ALLOWED, uint160(t.operator), 0);
    }

    function _isVerified(address token, address spender) internal view returns (bool verified) {
        (bool answered, uint256 registry) = StaticRead.word(token, TOKEN_GAS, abi.encodeCall(IERC3643Token.identityRegistry, ()));
        if (!answered || registry > type(uint160).max) return false;
        bytes memory question = abi.encodeCall(IERC3643IdentityRegistry.isVerified, (spender));
        // forge-lint: disable-next-line(unsafe-typecast)
        (answered, verified) = StaticRead.boolean(address(uint160(registry)), REGISTRY_GAS, question);
        return answered && verified;
    }

    function _setPolicy(address token, uint8 given) internal {
        if (given > uint8(type(Policy).max)) revert RuleParametersInvalid("policy");
        Book storage book = _bookOf(token);
        Policy previous = book.policy;
        book.policy = Policy(given);

        emit SpenderPolicySet(token, previous, Policy(given));
    }

    function _bookOf(address token) internal view returns (Book storage) {
        return _getSpenderPolicyStorage().books[token];
    }

    /* STORAGE */

    function _getSpenderPolicyStorage() private pure returns (SpenderPolicyStorage storage $) {
        assembly {
            $.slot := SPENDER_POLICY_STORAGE
        }
    }
}
