// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { Checkpoints } from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Eligibility } from "../identity/Eligibility.sol";
import { ICompliance } from "../interfaces/ICompliance.sol";
import { IERC3643Token } from "../interfaces/erc3643/IERC3643Token.sol";
import { IERC7943Fungible } from "../interfaces/IERC7943Fungible.sol";
import { IIdentityStorage } from "../interfaces/IIdentityStorage.sol";
import { Kind, Transfer, Verdict } from "../interfaces/IRule.sol";
import { ISecurityTokenCore } from "../interfaces/ISecurityToken.sol";
import { ReasonCode } from "../interfaces/ReasonCode.sol";
import { TokenState } from "./TokenState.sol";
import { AgentWord, ConfigurationWord, HolderWord, ScheduleWord, TotalsWord } from "./TokenWords.sol";

/// @notice How units move: every path judges the movement in its own way and ends in `_settle`, the only place where balances, supply,
///         holder counts and histories change.
/// @dev The checks stand in the order in which a refusal is reported (ReasonCode): recipient address, balance, allowance, pause, freezes,
///      frozen units, recipient's identity, sender's identity, mint cap, supply, rules. SecurityTokenExplanations judges the same facts in
///      the same order without moving anything; a fuzz test keeps both equal.
abstract contract TokenMovements is TokenState, ReentrancyGuardTransient {
    using Checkpoints for Checkpoints.Trace208;
    using SafeCast for uint256;

    /* TRANSFER */

    function _newTransfer(Kind kind, address from, address to, uint256 amount) internal view returns (Transfer memory t) {
        t.token = address(this);
        t.kind = kind;
        t.operator = msg.sender;
        t.from = from;
        t.to = to;
        t.amount = amount;
    }

    function _transfer(Transfer memory t) internal {
        TokenStorage storage $ = _state();
        ConfigurationWord configuration = $.configuration;
        HolderWord giver = $.holders[t.from];
        HolderWord taker = $.holders[t.to];

        if (t.to == address(0)) revert IERC20Errors.ERC20InvalidReceiver(address(0));
        _checkBalance(t, giver);
        bool delegated = t.operator != t.from;
        if (delegated) _spendAllowance(t.from, t.operator, t.amount);
        if (configuration.paused()) _refuse(ReasonCode.TOKEN_PAUSED, 0, 0);
        if (giver.isFrozen()) _refuse(ReasonCode.SENDER_FROZEN, 0, 0);
        if (taker.isFrozen()) _refuse(ReasonCode.RECIPIENT_FROZEN, 0, 0);
        if (delegated && $.holders[t.operator].isFrozen()) _refuse(ReasonCode.SPENDER_FROZEN, 0, 0);
        if (giver.frozenUnits() != 0 && t.amount > giver.free()) _refuse(ReasonCode.TOKENS_FROZEN, t.amount, giver.free());

        _identify(t, configuration, t.from, true);
        _settle(t, configuration, giver, taker);
    }

    function _checkBalance(Transfer memory t, HolderWord giver) private pure {
        if (t.amount > giver.balance()) revert IERC20Errors.ERC20InsufficientBalance(t.from, giver.balance(), t.amount);
    }

    /// @dev ERC-20: an infinite allowance is not decremented.
    function _spendAllowance(address holder, address spender, uint256 amount) private {
        TokenStorage storage $ = _state();
        uint256 allowed = $.allowances[holder][spender];
        if (allowed == type(uint256).max) return;
        if (amount > allowed) revert IERC20Errors.ERC20InsufficientAllowance(spender, allowed, amount);
        unchecked {
            $.allowances[holder][spender] = allowed - amount;
        }
    }

    /// @notice Reads both parties in one call, refuses them by policy, and completes the description of the movement.
    /// @param from `t.from`, or zero to spare two reads where nothing depends on who gives
    function _identify(Transfer memory t, ConfigurationWord configuration, address from, bool judgeSender) private view {
        (uint256 fromWallet, uint256 fromInvestor, uint256 toWallet, uint256 toInvestor, uint256 epochs) =
            IIdentityStorage(configuration.identityStorage()).pair(from, t.to);

        if (t.to != address(0)) {
            uint8 code = Eligibility.check(toWallet, toInvestor, configuration.acceptance(), epochs, block.timestamp);
            if (code != ReasonCode.OK && _excused(configuration, code) != ReasonCode.OK) _refuse(code, 0, 0);
        }
        if (judgeSender) {
            uint8 code = _senderCode(configuration, fromWallet, fromInvestor, epochs);
            if (code != ReasonCode.OK) _refuse(code, 0, 0);
        }

        t.fromInvestor = Eligibility.identityOf(fromWallet);
        t.toInvestor = Eligibility.identityOf(toWallet);
        t.fromWord = fromInvestor;
        t.toWord = toInvestor;
    }

    /* MINT AND BURN */

    function _mint(Transfer memory t) internal {
        TokenStorage storage $ = _state();
        ConfigurationWord configuration = $.configuration;
        HolderWord taker = $.holders[t.to];

        if (t.to == address(0)) revert IERC20Errors.ERC20InvalidReceiver(address(0));
        if (configuration.mintStopped()) _refuse(ReasonCode.TOKEN_PAUSED, 0, 0);
        if (taker.isFrozen()) _refuse(ReasonCode.RECIPIENT_FROZEN, 0, 0);
        _identify(t, configuration, address(0), false);
        _spendMintCap(t.operator, t.amount);

        _settle(t, configuration, HolderWord.wrap(0), taker);
    }

    /// @dev A window opens with the first mint after the last one closed.
    function _spendMintCap(address minter, uint256 amount) private {
        if (amount == 0) return;
        TokenStorage storage $ = _state();
        AgentWord word = $.agents[minter];
        uint256 minted = word.minted(block.timestamp);
        uint256 cap = word.cap();
        uint256 after_ = Math.saturatingAdd(minted, amount);
        if (after_ > cap) _refuse(ReasonCode.MINT_CAP, after_, cap);

        uint256 start = minted == 0 ? block.timestamp : word.windowStart();
        $.agents[minter] = word.withMinted(start, after_);
    }

    function _burn(Transfer memory t) internal {
        TokenStorage storage $ = _state();
        ConfigurationWord configuration = $.configuration;
        HolderWord giver = $.holders[t.from];

        _checkBalance(t, giver);
        if (_giverMatters(t, configuration, giver)) _identify(t, configuration, t.from, false);
        giver = _unfreezeShortfall(t, giver);

        _settle(t, configuration, giver, HolderWord.wrap(0));
    }

    /* ENFORCEMENT */

    /// @dev Rules are asked but cannot refuse; that they would have is recorded. The recipient must be verified and not frozen.
    function _forcedTransfer(Transfer memory t) internal {
        TokenStorage storage $ = _state();
        ConfigurationWord configuration = $.configuration;
        bytes32 id = _consumeForcedTransfer(t);
        HolderWord giver = $.holders[t.from];
        HolderWord taker = $.holders[t.to];

        if (t.to == address(0) || t.to == t.from) revert IERC20Errors.ERC20InvalidReceiver(t.to);
        _checkBalance(t, giver);
        if (taker.isFrozen()) _refuse(ReasonCode.RECIPIENT_FROZEN, 0, 0);
        _identify(t, configuration, _giverMatters(t, configuration, giver) ? t.from : address(0), false);
        if (configuration.ruleCount() != 0 && t.amount != 0) _recordOverride(t, id, configuration, giver, taker);
        giver = _unfreezeShortfall(t, giver);

        _settle(t, configuration, giver, taker);
        emit IERC7943Fungible.ForcedTransfer(t.from, t.to, t.amount);
    }

    /// @return whether the giver's identity is needed where he is not judged: for the rules, or because he gives everything away
    function _giverMatters(Transfer memory t, ConfigurationWord configuration, HolderWord giver) private pure returns (bool) {
        return configuration.ruleCount() != 0 || t.amount == giver.balance();
    }

    function _consumeForcedTransfer(Transfer memory t) private returns (bytes32 id) {
        TokenStorage storage $ = _state();
        bytes32 key = _movementKey(t.from, t.to, t.amount);
        ScheduleWord announced = $.forcedTransfers[key];
        if (!announced.isSet()) revert ISecurityTokenCore.ForcedTransferNotScheduled(t.from, t.to, t.amount);
        _checkWindow(announced);
        $.forcedTransfers[key] = ScheduleWord.wrap(0);
        return announced.id();
    }

    function _checkWindow(ScheduleWord announced) private view {
        uint40 executableAt = announced.executableAt();
        if (block.timestamp < executableAt) revert ISecurityTokenCore.EnforcementTooEarly(executableAt);
        uint40 expiresAt = executableAt + ENFORCEMENT_WINDOW;
        if (block.timestamp >= expiresAt) revert ISecurityTokenCore.EnforcementExpired(expiresAt);
    }

    /// @dev Asks the rules as for a transfer by the holder.
    function _recordOverride(Transfer memory t, bytes32 id, ConfigurationWord configuration, HolderWord giver, HolderWord taker) private {
        _measure(t, configuration, giver, taker);
        (address operator, address from) = (t.operator, t.from);
        (t.kind, t.operator) = (Kind.TRANSFER, from);
        Verdict[] memory verdicts = ICompliance(_state().compliance).check(t);
        (t.kind, t.operator) = (Kind.FORCED, operator);
        for (uint256 i = 0; i < verdicts.length; ++i) {
            if (!verdicts[i].pass) {
                emit ISecurityTokenCore.RuleOverridden(id, verdicts[i].code);
                return;
            }
        }
    }

    /// @dev The freeze of a holder does not stop an officer, but what he takes is unfrozen first, and no unit more.
    function _unfreezeShortfall(Transfer memory t, HolderWord giver) private returns (HolderWord) {
        uint256 free = giver.free();
        if (t.amount <= free) return giver;
        uint256 shortfall;
        uint256 frozen;
        unchecked {
            // amount ≤ balance, so the shortfall is at most min(frozen, balance).
            shortfall = t.amount - free;
            frozen = giver.frozenUnits() - shortfall;
        }

        emit IERC3643Token.TokensUnfrozen(t.from, shortfall);
        emit IERC7943Fungible.Frozen(t.from, frozen);
        return giver.withFrozenUnits(frozen);
    }

    /// @dev Balance, frozen units and the freeze of the wallet go to the new wallet; the lost one is retired for every token.
    function _recover(address lostWallet, address newWallet, address identity) internal {
        TokenStorage storage $ = _state();
        ConfigurationWord configuration = $.configuration;
        _consumeRecovery(lostWallet, newWallet);
        _checkRecovery(configuration, lostWallet, newWallet, identity);

        IIdentityStorage identities = IIdentityStorage(configuration.identityStorage());
        identities.retireWallet(lostWallet, newWallet);
        uint256 investorWord = identities.investorWord(identity);
        Transfer memory t = _newTransfer(Kind.RECOVERY, lostWallet, newWallet, $.holders[lostWallet].balance());
        t.fromInvestor = identity;
        t.toInvestor = identity;
        t.fromWord = investorWord;
        t.toWord = investorWord;

        (HolderWord giver, HolderWord taker) = _moveFreeze(lostWallet, newWallet);
        _settle(t, configuration, giver, taker);
        emit IERC3643Token.RecoverySuccess(lostWallet, newWallet, identity);
    }

    function _consumeRecovery(address lostWallet, address newWallet) private {
        TokenStorage storage $ = _state();
        ScheduleWord proposed = $.recoveries[lostWallet];
        if (!proposed.isSet() || proposed.wallet() != newWallet) revert ISecurityTokenCore.RecoveryNotProposed(lostWallet, newWallet);
        _checkWindow(proposed);
        $.recoveries[lostWallet] = ScheduleWord.wrap(0);
    }

    function _moveFreeze(address lostWallet, address newWallet) private returns (HolderWord giver, HolderWord taker) {
        TokenStorage storage $ = _state();
        giver = $.holders[lostWallet];
        taker = $.holders[newWallet];
        uint256 frozen = giver.frozenUnits();
        if (frozen != 0) {
            uint256 total = taker.frozenUnits() + frozen;
            if (total > type(uint112).max) total = type(uint112).max;
            emit IERC3643Token.TokensUnfrozen(lostWallet, frozen);
            emit IERC7943Fungible.Frozen(lostWallet, 0);
            emit IERC3643Token.TokensFrozen(newWallet, total - taker.frozenUnits());
            emit IERC7943Fungible.Frozen(newWallet, total);
            giver = giver.withFrozenUnits(0);
            taker = taker.withFrozenUnits(total);
        }
        if (giver.isFrozen()) {
            emit IERC3643Token.AddressFrozen(lostWallet, false, msg.sender);
            emit IERC3643Token.AddressFrozen(newWallet, true, msg.sender);
            giver = giver.withFrozen(false);
            taker = taker.withFrozen(true);
        }
    }

    /* SETTLEMENT */

    /// @notice Moves the units of a movement that was judged, keeps the counts and histories, then lets the rules judge and count.
    /// @param giver word of `t.from` to which the movement is applied, zero on MINT
    /// @param taker word of `t.to` to which the movement is applied, zero on BURN
    function _settle(Transfer memory t, ConfigurationWord configuration, HolderWord giver, HolderWord taker) private {
        uint256 amount = t.amount;
        address from = t.from;
        address to = t.to;
        if (amount == 0) {
            emit IERC20.Transfer(from, to, 0);
            return;
        }
        bool ruled = configuration.ruleCount() != 0;
        if (ruled) _measure(t, configuration, giver, taker);

        if (from != to) {
            bool exits = giver.balance() == amount;
            bool enters = taker.balance() == 0 && to != address(0);
            if (exits || enters) _countHolders(t, configuration, giver, exits, enters, ruled);
            if (from == address(0) || to == address(0)) _writeSupply(t, configuration);
            if (configuration.snapshotTaken()) (giver, taker) = _keepHistories(from, to, giver, taker);
            TokenStorage storage $ = _state();
            // amount ≤ balance, and no balance exceeds the supply, which fits its bits: neither field reaches its neighbour.
            if (from != address(0)) $.holders[from] = giver.minus(amount);
            if (to != address(0)) $.holders[to] = taker.plus(amount);
        }
        emit IERC20.Transfer(from, to, amount);

        if (!ruled) return;
        _enforce(t);
        if (configuration.feeCharged() && t.kind == Kind.TRANSFER) _takeFee(t, configuration);
    }

    /// @dev The only strangers that a movement calls are rules. Under them no other movement gets past this line.
    function _enforce(Transfer memory t) private nonReentrant {
        ICompliance(_state().compliance).enforce(t);
    }

    /// @dev The recipient gives the fee out of what he has just received. Nothing judges this leg, for the rule that charges it judged
    ///      the collector; the rules keep their ledgers as for any movement that is not the holder's own.
    function _takeFee(Transfer memory t, ConfigurationWord configuration) private {
        TokenStorage storage $ = _state();
        (uint256 fee, address collector) = ICompliance($.compliance).feeOf(t);
        if (fee == 0) return;
        Transfer memory leg = _newTransfer(Kind.FORCED, t.to, collector, fee);
        _identify(leg, configuration, t.to, false);
        _settle(leg, configuration, $.holders[t.to], $.holders[collector]);
    }

    /// @dev Positions and supply before the movement, for the rules.
    function _measure(Transfer memory t, ConfigurationWord configuration, HolderWord giver, HolderWord taker) private view {
        t.fromPosition = _position(configuration, t.fromInvestor, t.fromWord, giver.balance());
        t.toPosition = t.toInvestor == t.fromInvestor ? t.fromPosition : _position(configuration, t.toInvestor, t.toWord, taker.balance());
        t.supply = _state().totals.supply();
    }

    /// @dev Investors are counted, not wallets; the storage counts per wallet in how many tokens it holds.
    function _countHolders(Transfer memory t, ConfigurationWord configuration, HolderWord giver, bool exits, bool enters, bool measured)
        private
    {
        if (t.fromInvestor != t.toInvestor) {
            if (!measured) {
                if (exits) t.fromPosition = _position(configuration, t.fromInvestor, t.fromWord, giver.balance());
                if (enters) t.toPosition = _position(configuration, t.toInvestor, t.toWord, 0);
            }
            bool left = exits && t.fromPosition == t.amount;
            bool joined = enters && t.toPosition == 0;
            if (left != joined) {
                TokenStorage storage $ = _state();
                $.totals = joined ? $.totals.withHolderAdded() : $.totals.withHolderRemoved();
            }
        }
        IIdentityStorage identities = IIdentityStorage(configuration.identityStorage());
        if (exits) identities.noteHolding(t.from, false);
        if (enters) identities.noteHolding(t.to, true);
    }

    function _writeSupply(Transfer memory t, ConfigurationWord configuration) private {
        TokenStorage storage $ = _state();
        TotalsWord totals = $.totals;
        uint256 supply = totals.supply();
        uint256 snapshotId = configuration.snapshotTaken() ? totals.snapshotId() : 0;
        if (totals.supplySnapshotId() < snapshotId) {
            _pushHistory($.supplyHistory, totals.supplySnapshotId(), snapshotId, supply);
            totals = totals.withSupplySnapshotId(snapshotId);
        }
        if (t.from == address(0)) {
            uint256 after_ = Math.saturatingAdd(supply, t.amount);
            if (after_ > type(uint112).max) _refuse(ReasonCode.SUPPLY_CAP, after_, type(uint112).max);
            $.totals = totals.withSupply(after_);
        } else {
            unchecked {
                $.totals = totals.withSupply(supply - t.amount);
            }
        }
    }

    /// @notice The first change of a balance after a snapshot keeps what it was; later ones cost nothing.
    function _keepHistories(address from, address to, HolderWord giver, HolderWord taker) private returns (HolderWord, HolderWord) {
        uint256 snapshotId = _state().totals.snapshotId();
        return (_keepHistory(from, giver, snapshotId), _keepHistory(to, taker, snapshotId));
    }

    function _keepHistory(address wallet, HolderWord word, uint256 snapshotId) private returns (HolderWord) {
        if (word.snapshotId() == snapshotId || wallet == address(0)) return word;
        _pushHistory(_state().balanceHistory[wallet], word.snapshotId(), snapshotId, word.balance());
        return word.withSnapshotId(snapshotId);
    }

    /// @dev A value stands for every snapshot after the one before it. Zero is left out, and written only when a value follows: between
    ///      the last entry and `coveredId` all are zero.
    function _pushHistory(Checkpoints.Trace208 storage history, uint256 coveredId, uint256 snapshotId, uint256 value) private {
        if (value == 0) return;
        (, uint48 lastId,) = history.latestCheckpoint();
        if (lastId < coveredId) history.push(coveredId.toUint48(), 0);
        history.push(snapshotId.toUint48(), value.toUint208());
    }

    function _refuse(uint8 code, uint256 actual, uint256 limit) private view {
        revert ISecurityTokenCore.TransferRefused(code, address(this), actual, limit);
    }
}
