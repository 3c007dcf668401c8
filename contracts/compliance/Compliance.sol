// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManagedUpgradeable } from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { Eligibility } from "../identity/Eligibility.sol";
import { BoundRule, ICompliance, RuleSetting } from "../interfaces/ICompliance.sol";
import { IIdentityStorage } from "../interfaces/IIdentityStorage.sol";
import { Capability, IFeeRule, IRule, Kind, Transfer, Verdict } from "../interfaces/IRule.sol";
import { ISecurityToken, ISecurityTokenCore } from "../interfaces/ISecurityToken.sol";
import { ReasonCode } from "../interfaces/ReasonCode.sol";
import { IERC173 } from "../interfaces/erc3643/IERC173.sol";
import { IERC3643Compliance } from "../interfaces/erc3643/IERC3643Compliance.sol";
import { RuleTableCodec } from "./RuleTableCodec.sol";

// Entries, fault bits and answers of rules are packed: every narrowing cast here keeps the low bits on purpose or follows a bound.
// forge-lint: disable-start(unsafe-typecast, incorrect-shift)

/// @notice The transfer rules of one token. A clone whose immutable arguments are a rule table (see RuleTableCodec): its token, for good,
///         and the rules that it starts with. There is nothing to initialise, and nobody can bind it to another token.
///
///         What it assumes: the token calls `enforce` once a movement, under its reentrancy lock, after the balances moved and with the
///         positions of before; each rule was bound by `setRules` and is called with at most ENFORCE_GAS or CHECK_GAS, of which it
///         cannot be starved.
///
/// @dev The authority is the token's, read from it, so that the parts of a suite never follow two managers.
contract Compliance is ICompliance, AccessManagedUpgradeable {
    using RuleTableCodec for bytes;

    /// @param table contract whose code lists the rules in force: this one or a RuleTable; zero when there are none yet
    /// @param faulted bit i: rule i failed in an exit
    /// @param closed whether transfers and mints wait for the first `setRules`
    /// @custom:storage-location erc7201:muniment.storage.Compliance
    struct ComplianceStorage {
        address table;
        uint16 faulted;
        bool closed;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.Compliance")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant COMPLIANCE_STORAGE = 0x81f5d1cabce1712e5bb7e304c981341b2e15eb230df24527119896199ec30300;

    uint256 public constant MAX_RULES = 16;
    /// @notice Gas that a rule may use to judge.
    uint256 public constant CHECK_GAS = 100_000;
    /// @notice Gas that a rule may use to judge and to keep its ledger.
    uint256 public constant ENFORCE_GAS = 150_000;
    /// @dev EIP-150 keeps 1/64 back from a call: with less left a caller could starve a rule of the gas it needs for its ledger. So 64/63
    ///      of the two above, and 30,000 for what this contract still has to do once a rule has used all its gas: to mark it, to report
    ///      the refusal. Written out, because the sum would be computed anew for every rule.
    uint256 private constant CHECK_GAS_LEFT = 131_588;
    uint256 private constant ENFORCE_GAS_LEFT = 182_381;
    uint256 private constant VERDICT_BYTES = 224;
    uint256 private constant REFUSAL_BYTES = 100;

    address private immutable RULE_TABLE_IMPLEMENTATION;

    modifier onlyToken() {
        if (msg.sender != _token()) revert ComplianceCallerNotToken(msg.sender);
        _;
    }

    /// @param ruleTableImplementation RuleTable, of which every rule table is a clone
    constructor(address ruleTableImplementation) {
        RULE_TABLE_IMPLEMENTATION = ruleTableImplementation;
        _disableInitializers();
    }

    /* TOKEN FUNCTIONS */

    /// @inheritdoc ICompliance
    function enforce(Transfer calldata t) external {
        bytes memory entries = Clones.fetchCloneArgs(address(this));
        if (msg.sender != entries.token()) revert ComplianceCallerNotToken(msg.sender);

        ComplianceStorage storage $ = _getComplianceStorage();
        (address table, uint256 faulted, bool closed) = ($.table, $.faulted, $.closed);
        Kind kind = t.kind;
        bool refusable = _isRefusable(kind);
        if (closed && refusable) revert ISecurityTokenCore.TransferRefused(ReasonCode.RULE_FAULT, address(this), 0, 0);
        if (table == address(0)) return;
        if (table != address(this)) entries = Clones.fetchCloneArgs(table);

        // A rule's `enforce` and `check` have the signatures of these here, so that the call is handed on as it came.
        bytes memory message = msg.data;
        uint256 wanted = Capability.callsFor(kind);
        uint256 count = entries.count();
        for (uint256 i = 0; i < count;) {
            (address rule, uint256 capabilities) = entries.at(i);
            if (capabilities & wanted != 0) {
                if (refusable && (faulted >> i) & 1 != 0) {
                    revert ISecurityTokenCore.TransferRefused(ReasonCode.RULE_FAULT, rule, 0, 0);
                }
                if (!_callRule(rule, message)) {
                    if (refusable) _revertRefused(rule);
                    _markFaulted(rule, i, kind);
                }
            }
            unchecked {
                ++i; // at most 16 rules
            }
        }
    }

    /// @inheritdoc IERC3643Compliance
    /// @dev A compliance that takes over is closed to transfers and mints until its rules are set, also before the first issue:
    ///      replacing one never opens a token. A table from before is forgotten, because its rules follow the compliance that configured them last.
    function bindToken(address token) external onlyToken {
        if (token != msg.sender) revert ComplianceTokenFixed(msg.sender);
        ComplianceStorage storage $ = _getComplianceStorage();
        if ($.table != address(0)) {
            emit RulesSet($.table, address(0), new address[](0));
            ($.table, $.faulted) = (address(0), 0);
        }
        $.closed = true;
        ISecurityToken(token).setRuleCount(1, false);

        emit TokenBound(token);
    }

    /// @inheritdoc IERC3643Compliance
    function unbindToken(address token) external onlyToken {
        if (token != msg.sender) revert ComplianceTokenFixed(msg.sender);

        emit TokenUnbound(token);
    }

    /// @inheritdoc IERC3643Compliance
    function transferred(address, address, uint256) external view onlyToken {
        revert HookReplaced(this.transferred.selector);
    }

    /// @inheritdoc IERC3643Compliance
    function created(address, uint256) external view onlyToken {
        revert HookReplaced(this.created.selector);
    }

    /// @inheritdoc IERC3643Compliance
    function destroyed(address, uint256) external view onlyToken {
        revert HookReplaced(this.destroyed.selector);
    }

    /* ROLE FUNCTIONS */

    /// @inheritdoc ICompliance
    function setRules(RuleSetting[] calldata settings) external restricted {
        if (settings.length > MAX_RULES) revert TooManyRules(settings.length, MAX_RULES);
        address token = _token();
        bytes memory entries = RuleTableCodec.empty(token);
        for (uint256 i = 0; i < settings.length; i++) {
            address rule = settings[i].rule;
            if (entries.contains(rule)) revert RuleBoundTwice(rule);
            uint16 capabilities = _capabilitiesOf(rule);
            if (capabilities & Capability.CHARGES_FEE != 0 && _feeRuleOf(entries) != address(0)) revert FeeRuleSecond(rule);
            entries = entries.append(rule, capabilities);
        }

        _replaceTable(entries, 0);
        for (uint256 i = 0; i < settings.length; i++) {
            IRule(settings[i].rule).configure(token, settings[i].parameters);
        }
    }

    /// @inheritdoc ICompliance
    function removeModule(address module) external restricted {
        bytes memory entries = _entries();
        uint256 faulted = _getComplianceStorage().faulted;
        bytes memory remaining = RuleTableCodec.empty(_token());
        uint256 remainingFaulted;
        uint256 count = entries.count();
        for (uint256 i = 0; i < count; i++) {
            (address rule, uint16 capabilities) = entries.at(i);
            if (rule == module) continue;
            remainingFaulted |= ((faulted >> i) & 1) << remaining.count();
            remaining = remaining.append(rule, capabilities);
        }
        if (remaining.length == entries.length) revert RuleNotBound(module);

        _replaceTable(remaining, remainingFaulted);
    }

    /// @inheritdoc ICompliance
    function callModuleFunction(bytes calldata callData, address module) external restricted {
        bytes4 selector = bytes4(callData);
        if (selector == IRule.enforce.selector || selector == IRule.configure.selector) revert ModuleFunctionRefused(selector);
        if (!_entries().contains(module)) revert RuleNotBound(module);

        Address.functionCall(module, callData);

        emit ModuleInteraction(module, selector);
    }

    /// @inheritdoc ICompliance
    function addModule(address module) external pure {
        revert RuleNeedsParameters(module);
    }

    /// @inheritdoc IERC173
    function transferOwnership(address) external view {
        revert OwnershipFollowsToken(_token());
    }

    /* VIEWS */

    /// @inheritdoc ICompliance
    function check(Transfer calldata t) external view returns (Verdict[] memory verdicts) {
        if (_getComplianceStorage().closed && _isRefusable(t.kind)) {
            verdicts = new Verdict[](1);
            verdicts[0] = _fault(address(this));
            return verdicts;
        }

        bytes memory entries = _entries();
        uint256 faulted = _getComplianceStorage().faulted;
        bytes memory message = msg.data;
        uint256 count = entries.count();
        verdicts = new Verdict[](count);
        uint256 checked;
        for (uint256 i = 0; i < count; i++) {
            (address rule, uint256 capabilities) = entries.at(i);
            if (!Capability.checks(capabilities, t.kind)) continue;
            Verdict memory verdict = (faulted >> i) & 1 != 0 ? _fault(rule) : _askRule(rule, message);
            if (verdict.pass && capabilities & Capability.CHARGES_FEE != 0 && t.kind == Kind.TRANSFER) {
                (bool usable,,) = _askFee(rule, t);
                if (!usable) verdict = _fault(rule);
            }
            verdicts[checked++] = verdict;
        }
        assembly ("memory-safe") {
            mstore(verdicts, checked)
        }
    }

    /// @inheritdoc ICompliance
    function feeOf(Transfer calldata t) external view returns (uint256 fee, address collector) {
        address rule = _feeRuleOf(_entries());
        if (rule == address(0)) return (0, address(0));
        bool usable;
        (usable, fee, collector) = _askFee(rule, t);
        if (!usable) revert ISecurityTokenCore.TransferRefused(ReasonCode.RULE_FAULT, rule, 0, 0);
    }

    /// @inheritdoc IERC3643Compliance
    /// @dev Rules only, as ERC-3643 has it; the token's own `canTransfer` of ERC-7943 asks everything.
    function canTransfer(address from, address to, uint256 amount) external view returns (bool) {
        if (amount == 0) return true;
        Kind kind = from == address(0) ? Kind.MINT : to == address(0) ? Kind.BURN : Kind.TRANSFER;
        Verdict[] memory verdicts = this.check(describe(kind, from, from, to, amount));
        for (uint256 i = 0; i < verdicts.length; i++) {
            if (!verdicts[i].pass) return false;
        }
        return true;
    }

    /// @inheritdoc ICompliance
    function describe(Kind kind, address operator, address from, address to, uint256 amount) public view returns (Transfer memory t) {
        ISecurityToken token = ISecurityToken(_token());
        (uint256 fromWallet, uint256 fromWord, uint256 toWallet, uint256 toWord,) = IIdentityStorage(token.identityStorage()).pair(from, to);
        (t.token, t.kind, t.operator) = (address(token), kind, operator);
        (t.from, t.to, t.amount) = (from, to, amount);
        (t.fromWord, t.toWord) = (fromWord, toWord);
        (t.fromInvestor, t.toInvestor) = (Eligibility.identityOf(fromWallet), Eligibility.identityOf(toWallet));
        if (t.fromInvestor != address(0)) t.fromPosition = token.positionOf(t.fromInvestor);
        if (t.toInvestor != address(0)) t.toPosition = token.positionOf(t.toInvestor);
        t.supply = token.totalSupply();
    }

    /// @inheritdoc ICompliance
    function rules() external view returns (BoundRule[] memory bound) {
        bytes memory entries = _entries();
        uint256 faulted = _getComplianceStorage().faulted;
        bound = new BoundRule[](entries.count());
        for (uint256 i = 0; i < bound.length; i++) {
            (address rule, uint16 capabilities) = entries.at(i);
            bound[i] = BoundRule(rule, capabilities, (faulted >> i) & 1 != 0);
        }
    }

    /// @inheritdoc ICompliance
    function getModules() external view returns (address[] memory) {
        return _entries().rules();
    }

    /// @inheritdoc ICompliance
    function isModuleBound(address module) external view returns (bool) {
        return _entries().contains(module);
    }

    /// @inheritdoc ICompliance
    function ruleTable() external view returns (address) {
        return _getComplianceStorage().table;
    }

    /// @inheritdoc IERC3643Compliance
    function isTokenBound(address token) external view returns (bool) {
        return token == _token() && ISecurityToken(token).compliance() == address(this);
    }

    /// @inheritdoc IERC3643Compliance
    function getTokenBound() external view returns (address) {
        return _token();
    }

    /// @inheritdoc IERC173
    function owner() external view returns (address) {
        return ISecurityToken(_token()).owner();
    }

    /// @inheritdoc AccessManagedUpgradeable
    function authority() public view override returns (address) {
        return IAccessManaged(_token()).authority();
    }

    /// @inheritdoc AccessManagedUpgradeable
    function setAuthority(address) public view override {
        revert OwnershipFollowsToken(_token());
    }

    /* INTERNAL */

    /// @dev The rules that a compliance was deployed with stand in its own code; any others get a table.
    /// @param faulted a bit for each entry of the new table
    function _replaceTable(bytes memory entries, uint256 faulted) internal {
        bytes memory before = _entries();
        ComplianceStorage storage $ = _getComplianceStorage();
        address previous = $.table;
        bool own = keccak256(entries) == keccak256(Clones.fetchCloneArgs(address(this)));
        address table = own ? address(this) : Clones.cloneWithImmutableArgs(RULE_TABLE_IMPLEMENTATION, entries);
        ($.table, $.faulted, $.closed) = (table, uint16(faulted), false);
        ISecurityToken(entries.token()).setRuleCount(uint8(entries.count()), _feeRuleOf(entries) != address(0));

        _emitDifference(before, entries);
        emit RulesSet(previous, table, entries.rules());
    }

    function _emitDifference(bytes memory before, bytes memory entries) internal {
        address[] memory old = before.rules();
        address[] memory current = entries.rules();
        for (uint256 i = 0; i < old.length; i++) {
            if (!entries.contains(old[i])) emit ModuleRemoved(old[i]);
        }
        for (uint256 i = 0; i < current.length; i++) {
            if (!before.contains(current[i])) emit ModuleAdded(current[i]);
        }
    }

    function _capabilitiesOf(address rule) internal pure returns (uint16) {
        uint256 capabilities = IRule(rule).capabilities();
        if (capabilities == 0 || capabilities & ~Capability.ALL != 0) revert RuleInvalid(rule, capabilities);
        return uint16(capabilities);
    }

    /// @dev The table in force; an empty one before the first `setRules`.
    function _entries() internal view returns (bytes memory) {
        address table = _getComplianceStorage().table;
        return table == address(0) ? RuleTableCodec.empty(_token()) : Clones.fetchCloneArgs(table);
    }

    function _token() internal view returns (address) {
        return Clones.fetchCloneArgs(address(this)).token();
    }

    /// @dev Exits are never refused.
    function _isRefusable(Kind kind) internal pure returns (bool) {
        return kind <= Kind.MINT;
    }

    function _requireGas(uint256 required) internal view {
        if (gasleft() < required) revert GasTooLow(gasleft(), required);
    }

    /// @dev By hand, because a call in Solidity copies all return data, and a hostile rule may return as much as its gas buys.
    function _callRule(address rule, bytes memory message) internal returns (bool success) {
        _requireGas(ENFORCE_GAS_LEFT);
        uint256 cap = ENFORCE_GAS;
        assembly ("memory-safe") {
            success := call(cap, rule, 0, add(message, 0x20), mload(message), 0, 0)
        }
    }

    /// @dev Reads at most what RuleRefused carries.
    function _revertRefused(address rule) internal pure {
        bytes32 selector;
        uint256 code;
        uint256 actual;
        uint256 limit;
        assembly ("memory-safe") {
            if iszero(lt(returndatasize(), REFUSAL_BYTES)) {
                let pointer := mload(0x40)
                returndatacopy(pointer, 0, REFUSAL_BYTES)
                selector := mload(pointer)
                code := mload(add(pointer, 4))
                actual := mload(add(pointer, 36))
                limit := mload(add(pointer, 68))
            }
        }
        if (bytes4(selector) != IRule.RuleRefused.selector || code == ReasonCode.OK || code > type(uint8).max) {
            revert ISecurityTokenCore.TransferRefused(ReasonCode.RULE_FAULT, rule, 0, 0);
        }
        revert ISecurityTokenCore.TransferRefused(uint8(code), rule, actual, limit);
    }

    /// @dev A rule that reverts, returns too little or contradicts itself has no verdict.
    function _askRule(address rule, bytes memory message) internal view returns (Verdict memory verdict) {
        _requireGas(CHECK_GAS_LEFT);
        uint256 cap = CHECK_GAS;
        uint256[7] memory words;
        bool answered;
        assembly ("memory-safe") {
            answered := staticcall(cap, rule, add(message, 0x20), mload(message), words, VERDICT_BYTES)
            answered := and(answered, iszero(lt(returndatasize(), VERDICT_BYTES)))
        }
        (uint256 code, uint256 pass, uint256 until) = (words[1], words[2], words[6]);
        bool coherent = code <= type(uint8).max && until <= type(uint40).max && pass == (code == ReasonCode.OK ? 1 : 0);
        if (!answered || !coherent) return _fault(rule);
        return Verdict(rule, uint8(code), pass == 1, words[3], words[4], words[5], uint40(until));
    }

    /// @dev A fee beyond the amount, or one for nobody, is no answer.
    function _askFee(address rule, Transfer calldata t) internal view returns (bool usable, uint256 fee, address collector) {
        _requireGas(CHECK_GAS_LEFT);
        bytes memory message = abi.encodeCall(IFeeRule.feeOf, (t));
        uint256 cap = CHECK_GAS;
        uint256 taker;
        assembly ("memory-safe") {
            // Words 0 and 1 are scratch space.
            usable := staticcall(cap, rule, add(message, 0x20), mload(message), 0, 0x40)
            usable := and(usable, iszero(lt(returndatasize(), 0x40)))
            fee := mload(0)
            taker := mload(0x20)
        }
        collector = address(uint160(taker));
        usable = usable && fee <= t.amount && taker <= type(uint160).max && (fee == 0 || taker != 0);
    }

    /// @return rule the one that charges a fee, or zero
    function _feeRuleOf(bytes memory entries) internal pure returns (address) {
        uint256 count = entries.count();
        for (uint256 i = 0; i < count; i++) {
            (address rule, uint256 capabilities) = entries.at(i);
            if (capabilities & Capability.CHARGES_FEE != 0) return rule;
        }
        return address(0);
    }

    function _fault(address rule) internal pure returns (Verdict memory) {
        return Verdict(rule, ReasonCode.RULE_FAULT, false, 0, 0, 0, 0);
    }

    function _markFaulted(address rule, uint256 index, Kind kind) internal {
        _getComplianceStorage().faulted |= uint16(1 << index);
        emit RuleFaulted(rule, kind);
    }

    /* STORAGE */

    function _getComplianceStorage() private pure returns (ComplianceStorage storage $) {
        assembly {
            $.slot := COMPLIANCE_STORAGE
        }
    }
}
