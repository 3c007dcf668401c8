// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Eligibility } from "../identity/Eligibility.sol";
import { AgentRole } from "../interfaces/AgentRole.sol";
import { ICompliance } from "../interfaces/ICompliance.sol";
import { IIdentityStorage } from "../interfaces/IIdentityStorage.sol";
import { Kind, Transfer, Verdict } from "../interfaces/IRule.sol";
import { ISecurityTokenExplanations } from "../interfaces/ISecurityToken.sol";
import { ReasonCode } from "../interfaces/ReasonCode.sol";
import { TokenState } from "./TokenState.sol";
import { AgentWord, ConfigurationWord, HolderWord } from "./TokenWords.sol";

/// @notice Why a movement would be refused: every check of TokenMovements, in its order, without moving anything.
/// @dev Runs by delegatecall behind SecurityTokenExtension, on the token's storage. Guarantee: given enough gas, a transfer by its holder, a transferFrom and a mint revert iff the code for them is not 0.
contract SecurityTokenExplanations is TokenState, ISecurityTokenExplanations {
    /// @dev More than the checks of any kind.
    uint256 private constant MAX_OWN_CHECKS = 12;
    uint256 private constant MAX_STEPS = 8;

    struct Findings {
        uint8 code;
        uint256 count;
        Verdict[] verdicts;
    }

    /* REASONS */

    /// @inheritdoc ISecurityTokenExplanations
    function explain(address from, address to, uint256 amount) external view returns (uint8 code, Verdict[] memory verdicts) {
        return _explain(Kind.TRANSFER, from, from, to, amount);
    }

    /// @inheritdoc ISecurityTokenExplanations
    function explainAs(Kind kind, address operator, address from, address to, uint256 amount)
        external
        view
        returns (uint8 code, Verdict[] memory verdicts)
    {
        return _explain(kind, operator, from, to, amount);
    }

    /// @inheritdoc ISecurityTokenExplanations
    function detectTransferRestriction(address from, address to, uint256 value) external view returns (uint8 code) {
        (code,) = _explain(Kind.TRANSFER, from, from, to, value);
    }

    /// @inheritdoc ISecurityTokenExplanations
    function maxTransferable(address from, address to) external view returns (uint256 amount, uint8 bindingCode) {
        // Each check names the greatest amount that it would let pass; where another refuses that one (a remainder that is too small,
        // say), the search goes on below.
        amount = type(uint112).max;
        for (uint256 i = 0; i < MAX_STEPS; ++i) {
            (uint8 code, Verdict[] memory verdicts) = _explain(Kind.TRANSFER, from, from, to, amount);
            if (code == ReasonCode.OK) {
                (bindingCode,) = _explain(Kind.TRANSFER, from, from, to, amount + 1);
                return (amount, bindingCode);
            }
            uint256 next = _leastRoom(verdicts);
            if (next == 0 || next >= amount) break;
            amount = next;
        }
        (bindingCode,) = _explain(Kind.TRANSFER, from, from, to, 1);
        return (0, bindingCode);
    }

    function _leastRoom(Verdict[] memory verdicts) private pure returns (uint256 least) {
        least = type(uint256).max;
        for (uint256 i = 0; i < verdicts.length; ++i) {
            if (!verdicts[i].pass) least = Math.min(least, verdicts[i].room);
        }
    }

    /// @inheritdoc ISecurityTokenExplanations
    function messageForTransferRestriction(uint8 code) external pure returns (string memory) {
        if (code == ReasonCode.OK) return "Allowed.";
        if (code == ReasonCode.TOKEN_PAUSED) return "The token is paused.";
        if (code == ReasonCode.SENDER_FROZEN) return "The sender's wallet is frozen.";
        if (code == ReasonCode.RECIPIENT_FROZEN) return "The recipient's wallet is frozen.";
        if (code == ReasonCode.SPENDER_FROZEN) return "The spender's wallet is frozen.";
        if (code == ReasonCode.TOKENS_FROZEN) return "The amount exceeds the sender's units that are not frozen.";
        if (code == ReasonCode.INSUFFICIENT_BALANCE) return "The amount exceeds the sender's balance.";
        if (code == ReasonCode.LOCKUP_ACTIVE) return "The amount exceeds the sender's units that are out of lock-up.";
        if (code == ReasonCode.INSUFFICIENT_ALLOWANCE) return "The amount exceeds the spender's allowance.";
        if (code == ReasonCode.INVALID_RECIPIENT) return "The recipient cannot take this token.";
        if (code == ReasonCode.RECIPIENT_NOT_REGISTERED) return "The recipient is not registered.";
        if (code == ReasonCode.RECIPIENT_CLAIM_MISSING) return "The recipient lacks a claim that this token requires.";
        if (code == ReasonCode.RECIPIENT_CLAIM_EXPIRED) return "A required claim of the recipient has expired.";
        if (code == ReasonCode.RECIPIENT_CLAIM_REVOKED) return "A required claim of the recipient was revoked.";
        if (code == ReasonCode.SENDER_NOT_ELIGIBLE) return "The sender may not send: not registered, blocked, or with a revoked claim.";
        if (code == ReasonCode.FLOWBACK_RESTRICTED) return "Units sold offshore may not yet flow back to the recipient's country.";
        if (code == ReasonCode.COUNTRY_RESTRICTED) return "The recipient's country is not allowed.";
        if (code == ReasonCode.RECIPIENT_BLOCKED) return "The recipient is barred from every token.";
        if (code == ReasonCode.SANCTIONED_ADDRESS) return "A party stands on a sanctions list.";
        if (code == ReasonCode.SCREENING_UNAVAILABLE) return "The sanctions list does not answer.";
        if (code == ReasonCode.SENDER_NOT_LISTED) return "The sender may not transfer by the list of this token.";
        if (code == ReasonCode.RECIPIENT_NOT_LISTED) return "The recipient may not receive by the list of this token.";
        if (code == ReasonCode.SPENDER_NOT_ALLOWED) return "This account may not spend on a holder's behalf.";
        if (code == ReasonCode.HOLDER_CAP_REACHED) return "The token has as many holders as it may have.";
        if (code == ReasonCode.CATEGORY_CAP_REACHED) return "The token has as many holders of the recipient's category as it may have.";
        if (code == ReasonCode.COUNTRY_CAP_REACHED) return "The token has as many holders in the recipient's country as it may have.";
        if (code == ReasonCode.FULL_TRANSFER_ONLY) return "The sender may only transfer everything that he holds.";
        if (code == ReasonCode.MIN_HOLDING) return "A holding below the minimum would remain or arise.";
        if (code == ReasonCode.MAX_BALANCE) return "The recipient would hold more than one investor may.";
        if (code == ReasonCode.MAX_OWNERSHIP_PCT) return "The recipient would own a greater share than one investor may.";
        if (code == ReasonCode.SUPPLY_CAP) return "The issue exceeds the supply limit.";
        if (code == ReasonCode.MIN_TRANSFER) return "The amount is below the least that may be transferred.";
        if (code == ReasonCode.MAX_CATEGORY_PCT) return "The recipient's category would own a greater share than it may.";
        if (code == ReasonCode.BLACKOUT_WINDOW) return "Transfers are closed for a time.";
        if (code == ReasonCode.ONLY_ACCREDITED) return "The recipient must be accredited.";
        if (code == ReasonCode.APPROVAL_REQUIRED) return "The transfer lacks an approval.";
        if (code == ReasonCode.DAILY_LIMIT) return "The sender has used his limit for this window of time.";
        if (code == ReasonCode.EXCHANGE_LIMIT) return "The sender has used his limit at this venue for this window of time.";
        if (code == ReasonCode.RESERVE_SHORTFALL) return "The proven reserve does not cover the issue.";
        if (code == ReasonCode.RESERVE_STALE) return "The proof of reserve is missing or out of date.";
        if (code == ReasonCode.MINT_CAP) return "The minter has used his cap for the day.";
        if (code == ReasonCode.FEE_COLLECTOR_INVALID) return "The account that takes the fee cannot receive it.";
        if (code == ReasonCode.MIN_HOLDERS) return "The token would have fewer holders than it must have.";
        if (code == ReasonCode.LIQUIDATE_ONLY) return "The recipient may only sell.";
        if (code == ReasonCode.RULE_FAULT) return "A transfer rule did not answer.";
        return "The reason is not known to this version.";
    }

    /* ERC-7943 */

    /// @inheritdoc ISecurityTokenExplanations
    function canSend(address account) external view returns (bool) {
        TokenStorage storage $ = _state();
        ConfigurationWord configuration = $.configuration;
        (uint256 wallet, uint256 investor,,, uint256 epochs) = IIdentityStorage(configuration.identityStorage()).pair(account, address(0));
        return !$.holders[account].isFrozen() && _senderCode(configuration, wallet, investor, epochs) == ReasonCode.OK;
    }

    /// @inheritdoc ISecurityTokenExplanations
    function canReceive(address account) external view returns (bool) {
        TokenStorage storage $ = _state();
        ConfigurationWord configuration = $.configuration;
        (,, uint256 wallet, uint256 investor, uint256 epochs) = IIdentityStorage(configuration.identityStorage()).pair(address(0), account);
        return !$.holders[account].isFrozen() && _recipientCode(configuration, wallet, investor, epochs) == ReasonCode.OK;
    }

    /// @inheritdoc ISecurityTokenExplanations
    function canTransfer(address from, address to, uint256 amount) external view returns (bool) {
        (, Verdict[] memory verdicts) = _explain(Kind.TRANSFER, from, from, to, amount);
        for (uint256 i = 0; i < verdicts.length; ++i) {
            if (!verdicts[i].pass && verdicts[i].code != ReasonCode.INSUFFICIENT_BALANCE) return false;
        }
        return true;
    }

    /// @inheritdoc ISecurityTokenExplanations
    function positionOf(address identity) external view returns (uint256) {
        return _sumOfWallets(_state().configuration, identity);
    }

    /* INTERNAL */

    function _explain(Kind kind, address operator, address from, address to, uint256 amount)
        private
        view
        returns (uint8 code, Verdict[] memory verdicts)
    {
        Transfer memory t;
        t.token = address(this);
        t.kind = kind;
        t.operator = operator;
        t.from = kind == Kind.MINT ? address(0) : from;
        t.to = kind == Kind.BURN ? address(0) : to;
        t.amount = amount;

        Findings memory findings;
        findings.verdicts = new Verdict[](MAX_OWN_CHECKS);
        if (kind == Kind.TRANSFER) _judgeTransfer(findings, t);
        else if (kind == Kind.MINT) _judgeMint(findings, t);
        else _judgeExit(findings, t);

        verdicts = _withRules(findings, t);
        code = findings.code;
    }

    function _judgeTransfer(Findings memory findings, Transfer memory t) private view {
        TokenStorage storage $ = _state();
        HolderWord giver = $.holders[t.from];
        bool delegated = t.operator != t.from;

        _noteFlag(findings, ReasonCode.INVALID_RECIPIENT, t.to != address(0));
        _noteAmount(findings, ReasonCode.INSUFFICIENT_BALANCE, t.amount, giver.balance());
        if (delegated) _noteAmount(findings, ReasonCode.INSUFFICIENT_ALLOWANCE, t.amount, $.allowances[t.from][t.operator]);
        _noteFlag(findings, ReasonCode.TOKEN_PAUSED, !$.configuration.paused());
        _noteFlag(findings, ReasonCode.SENDER_FROZEN, !giver.isFrozen());
        _noteFlag(findings, ReasonCode.RECIPIENT_FROZEN, !$.holders[t.to].isFrozen());
        if (delegated) _noteFlag(findings, ReasonCode.SPENDER_FROZEN, !$.holders[t.operator].isFrozen());
        // Without frozen units this check has nothing to say: the balance has its own.
        if (giver.frozenUnits() != 0) _noteAmount(findings, ReasonCode.TOKENS_FROZEN, t.amount, giver.free());
        _judgeParties(findings, t, true, true);
    }

    function _judgeMint(Findings memory findings, Transfer memory t) private view {
        TokenStorage storage $ = _state();

        _noteFlag(findings, ReasonCode.INVALID_RECIPIENT, t.to != address(0));
        _noteFlag(findings, ReasonCode.TOKEN_PAUSED, !$.configuration.mintStopped());
        _noteFlag(findings, ReasonCode.RECIPIENT_FROZEN, !$.holders[t.to].isFrozen());
        _judgeParties(findings, t, true, false);

        // Whoever is not a minter has no cap to mint under, not even for an amount of zero.
        AgentWord minter = $.agents[t.operator];
        bool isMinter = minter.has(AgentRole.MINTER);
        uint256 cap = isMinter ? minter.cap() : 0;
        uint256 minted = minter.minted(block.timestamp);
        Verdict memory verdict = _bounded(ReasonCode.MINT_CAP, minted, t.amount, cap);
        verdict.pass = isMinter && (t.amount == 0 || verdict.pass);
        if (!verdict.pass && isMinter && cap != 0 && t.amount <= cap) verdict.until = uint40(minter.windowStart() + 1 days);
        _note(findings, verdict);

        _note(findings, _bounded(ReasonCode.SUPPLY_CAP, $.totals.supply(), t.amount, type(uint112).max));
    }

    /// @dev BURN, FORCED and RECOVERY: what the holder may not do does not stop an officer.
    function _judgeExit(Findings memory findings, Transfer memory t) private view {
        TokenStorage storage $ = _state();

        if (t.kind != Kind.BURN) _noteFlag(findings, ReasonCode.INVALID_RECIPIENT, t.to != address(0) && t.to != t.from);
        _noteAmount(findings, ReasonCode.INSUFFICIENT_BALANCE, t.amount, $.holders[t.from].balance());
        if (t.kind != Kind.BURN) _noteFlag(findings, ReasonCode.RECIPIENT_FROZEN, !$.holders[t.to].isFrozen());
        _judgeParties(findings, t, t.kind == Kind.FORCED, false);
    }

    /// @notice Judges the identities and completes the description of the movement for the rules.
    function _judgeParties(Findings memory findings, Transfer memory t, bool judgeRecipient, bool judgeSender) private view {
        ConfigurationWord configuration = _state().configuration;
        (uint256 fromWallet, uint256 fromInvestor, uint256 toWallet, uint256 toInvestor, uint256 epochs) =
            IIdentityStorage(configuration.identityStorage()).pair(t.from, t.to);

        if (judgeRecipient) {
            uint8 code = _recipientCode(configuration, toWallet, toInvestor, epochs);
            _noteFlag(findings, code == ReasonCode.OK ? ReasonCode.RECIPIENT_NOT_REGISTERED : code, code == ReasonCode.OK);
        }
        if (judgeSender) {
            uint8 code = _senderCode(configuration, fromWallet, fromInvestor, epochs);
            _noteFlag(findings, ReasonCode.SENDER_NOT_ELIGIBLE, code == ReasonCode.OK);
        }

        t.fromInvestor = Eligibility.identityOf(fromWallet);
        t.toInvestor = Eligibility.identityOf(toWallet);
        t.fromWord = fromInvestor;
        t.toWord = toInvestor;
        _measure(t, configuration);
    }

    function _recipientCode(ConfigurationWord configuration, uint256 wallet, uint256 investor, uint256 epochs)
        private
        view
        returns (uint8)
    {
        return _excused(configuration, Eligibility.check(wallet, investor, configuration.acceptance(), epochs, block.timestamp));
    }

    function _measure(Transfer memory t, ConfigurationWord configuration) private view {
        TokenStorage storage $ = _state();
        t.fromPosition = _position(configuration, t.fromInvestor, t.fromWord, $.holders[t.from].balance());
        t.toPosition = _position(configuration, t.toInvestor, t.toWord, $.holders[t.to].balance());
        t.supply = $.totals.supply();
    }

    /// @notice The token's findings followed by those of the rules, which a movement of zero units does not reach.
    function _withRules(Findings memory findings, Transfer memory t) private view returns (Verdict[] memory all) {
        TokenStorage storage $ = _state();
        Verdict[] memory ruled;
        if (t.amount != 0 && $.configuration.ruleCount() != 0) ruled = ICompliance($.compliance).check(t);

        all = new Verdict[](findings.count + ruled.length);
        for (uint256 i = 0; i < findings.count; ++i) {
            all[i] = findings.verdicts[i];
        }
        for (uint256 i = 0; i < ruled.length; ++i) {
            all[findings.count + i] = ruled[i];
            if (findings.code == ReasonCode.OK && !ruled[i].pass) findings.code = ruled[i].code;
        }
    }

    function _noteFlag(Findings memory findings, uint8 code, bool pass) private view {
        _note(findings, Verdict(address(this), code, pass, 0, 0, type(uint256).max, 0));
    }

    function _noteAmount(Findings memory findings, uint8 code, uint256 amount, uint256 limit) private view {
        _note(findings, Verdict(address(this), code, amount <= limit, amount, limit, limit, 0));
    }

    function _bounded(uint8 code, uint256 used, uint256 amount, uint256 limit) private view returns (Verdict memory) {
        uint256 after_ = Math.saturatingAdd(used, amount);
        return Verdict(address(this), code, after_ <= limit, after_, limit, Math.saturatingSub(limit, used), 0);
    }

    function _note(Findings memory findings, Verdict memory verdict) private pure {
        if (findings.code == ReasonCode.OK && !verdict.pass) findings.code = verdict.code;
        findings.verdicts[findings.count++] = verdict;
    }
}
