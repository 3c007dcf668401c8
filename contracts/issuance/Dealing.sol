// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { AgentRole } from "../interfaces/AgentRole.sol";
import { IERC3643IdentityRegistry } from "../interfaces/erc3643/IERC3643IdentityRegistry.sol";
import { IDealing } from "../interfaces/IDealing.sol";
import { IFeedProxy } from "../interfaces/IFeedProxy.sol";
import { IRoundSource, Round } from "../interfaces/IRoundSource.sol";
import { Kind, Verdict } from "../interfaces/IRule.sol";
import { ISecurityToken } from "../interfaces/ISecurityToken.sol";
import { IValuationRegistry } from "../interfaces/IValuationRegistry.sol";
import { ReasonCode } from "../interfaces/ReasonCode.sol";
import { FailureReason } from "./FailureReason.sol";
import { FrozenInvestor } from "./FrozenInvestor.sol";

/// @notice Subscriptions and redemptions at the next accepted valuation.
/// @dev Nobody administers it. Its assumptions: whoever is a SELLER of a token may deal in it, and may choose any payment token and any
///      registry, good or bad. Each desk's money is counted apart, but units are units: what a bad desk mints for next to nothing can be
///      offered at a good one. The token's daily mint cap bounds the first, `dailyRedemption` of the good desk the second.
///
///      Units offered for redemption stay in the investor's wallet, frozen, and are burned there. An escrow would have to be a verified
///      holder itself, would count in every rule and ledger, would earn the distributions, and could be reached neither by a freeze nor
///      by a recovery; and units could come back from it only to an investor who may still receive. Left free in the wallet, they would
///      let him move them away once he has seen the price.
contract Dealing is IDealing, ReentrancyGuardTransient {
    using Math for uint256;
    using SafeCast for int256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @param head place of the first request that `settle` has not passed
    struct Queue {
        uint256 head;
        Request[] requests;
    }

    /// @param currency of the valuation when the desk was opened
    /// @param tokenDecimals of the token
    /// @param paymentDecimals of the payment token when the desk was opened
    /// @param burnedOn token units, by days of UTC since 1970
    struct Desk {
        Terms terms;
        Totals totals;
        address currency;
        uint8 tokenDecimals;
        uint8 paymentDecimals;
        mapping(uint40 cutOff => Price) prices;
        mapping(Side side => Queue) queues;
        mapping(uint256 day => uint256) burnedOn;
    }

    /// @custom:storage-location erc7201:muniment.storage.Dealing
    struct DealingStorage {
        mapping(bytes32 deskId => Desk) desks;
        mapping(address token => mapping(address wallet => uint256)) held;
    }

    /// @dev The price of the cut-off that a batch is at, so that it is proved once and not once a request.
    struct Cursor {
        uint40 cutOff;
        bool valid;
        Price price;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.Dealing")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0x00bca0cc6d96f1ea37b0226bb4f9837a721a77ada617027b4baf2867aaeadc00;

    uint256 private constant MAX_BATCH = 250;
    uint256 private constant MAX_WAIT = 366 days;
    /// @dev So that no product of an amount, a value and powers of ten leaves a word, but for what `mulDiv` takes care of.
    uint256 private constant MAX_DECIMALS = 18;
    /// @dev Rounds that a source keeps; further back nothing can be read.
    uint256 private constant MAX_LOOKBACK = 64;
    /// @dev ISO 4217 numbers have three digits.
    uint256 private constant MAX_CURRENCY = 999;
    /// @dev What one delivery may use, as in Offering: a movement under 16 rules that each use all they may, and two payments, with room.
    uint256 private constant DELIVERY_GAS = 3_500_000;
    uint256 private constant DELIVERY_GAS_NEEDED = DELIVERY_GAS * 64 / 63 + 50_000;

    /* SELLER FUNCTIONS */

    /// @inheritdoc IDealing
    function open(bytes32 deskId, Terms calldata terms) external nonReentrant {
        // The first 20 of 32 bytes on purpose.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (address(bytes20(deskId)) != terms.token) revert DeskIdForeign(deskId, terms.token);
        if (terms.token.code.length == 0) revert DeskTermsInvalid("token");
        _checkSeller(terms.token);
        Desk storage desk = _desk(deskId);
        if (desk.totals.state != DeskState.NONE) revert DeskExists(deskId);
        _checkTerms(terms);
        address currency = IValuationRegistry(terms.registry).policyOf(terms.token).quote;
        bool code = currency != address(0) && uint160(currency) <= MAX_CURRENCY;
        if (!code && currency != terms.paymentToken) revert IValuationRegistry.QuoteUnsupported(terms.token, currency);
        uint8 paymentDecimals = IERC20Metadata(terms.paymentToken).decimals();
        if (paymentDecimals > MAX_DECIMALS) revert DeskTermsInvalid("paymentToken");

        desk.terms = terms;
        desk.totals.state = DeskState.OPEN;
        desk.currency = currency;
        desk.tokenDecimals = IERC20Metadata(terms.token).decimals();
        desk.paymentDecimals = paymentDecimals;

        emit DeskOpened(deskId, terms.token, terms);
    }

    /// @inheritdoc IDealing
    function close(bytes32 deskId) external nonReentrant {
        Desk storage desk = _openDesk(deskId);
        _checkSeller(desk.terms.token);

        desk.totals.state = DeskState.CLOSED;

        emit DeskClosed(deskId);
    }

    /// @inheritdoc IDealing
    function withdraw(bytes32 deskId, uint256 amount) external nonReentrant {
        Desk storage desk = _existing(deskId);
        _checkSeller(desk.terms.token);
        uint256 free = desk.totals.pool;
        if (desk.totals.redeeming != 0) free = free.saturatingSub(_worthNow(desk, desk.totals.redeeming));
        if (amount > free) revert PoolExceeded(amount, free);

        desk.totals.pool -= amount;
        desk.totals.withdrawn += amount;
        IERC20(desk.terms.paymentToken).safeTransfer(desk.terms.settlementWallet, amount);

        emit PoolWithdrawn(deskId, amount);
    }

    /// @inheritdoc IDealing
    function retry(bytes32 deskId, Side side, uint256[] calldata indexes) external nonReentrant {
        if (indexes.length > MAX_BATCH) revert BatchTooLong(indexes.length, MAX_BATCH);
        Desk storage desk = _existing(deskId);
        _checkSeller(desk.terms.token);
        _checkDealable(desk, side);

        for (uint256 i; i < indexes.length; ++i) {
            Request storage request = _request(desk, side, indexes[i]);
            if (request.state != RequestState.HELD) revert RequestStateInvalid(side, indexes[i], request.state);
            uint256 settleBy = _settleBy(desk, request);
            if (block.timestamp >= settleBy) revert SettlementOver(settleBy);
            Price memory price_ = desk.prices[request.cutOff];
            if (!_stands(price_)) revert CutOffNotPriced(request.cutOff);
            uint256 age = _age(price_);
            if (age > desk.terms.maxPriceAge) revert PriceTooOld(age, desk.terms.maxPriceAge);

            _attempt(desk, deskId, side, indexes[i], price_);
        }
    }

    /* INVESTOR FUNCTIONS */

    /// @inheritdoc IDealing
    function subscribe(bytes32 deskId, uint128 amount) external nonReentrant returns (uint256 index) {
        Desk storage desk = _openDesk(deskId);
        Terms memory terms = desk.terms;
        _checkLive(terms);
        if (amount < terms.minSubscription) revert RequestAmountInvalid(amount, terms.minSubscription);
        _checkMayReceive(terms.token, amount);

        index = _push(desk, deskId, Side.SUBSCRIPTION, amount);
        desk.totals.received += amount;
        desk.totals.escrow += amount;
        _take(terms.paymentToken, amount);
    }

    /// @inheritdoc IDealing
    function redeem(bytes32 deskId, uint128 units) external nonReentrant returns (uint256 index) {
        Desk storage desk = _openDesk(deskId);
        ISecurityToken token = ISecurityToken(desk.terms.token);
        uint256 minimum = Math.min(desk.terms.minRedemption, token.balanceOf(msg.sender));
        if (units == 0 || units < minimum) revert RequestAmountInvalid(units, desk.terms.minRedemption);
        if (units > desk.terms.dailyRedemption) revert RequestTooLarge(units, desk.terms.dailyRedemption);
        if (!token.canSend(msg.sender)) {
            bool frozen = token.isFrozen(msg.sender);
            revert RequestNotEligible(msg.sender, frozen ? ReasonCode.SENDER_FROZEN : ReasonCode.SENDER_NOT_ELIGIBLE);
        }

        index = _push(desk, deskId, Side.REDEMPTION, units);
        desk.totals.redeeming += units;
        _getDealingStorage().held[address(token)][msg.sender] += units;
        token.freezePartialTokens(msg.sender, units, _reference(deskId, Side.REDEMPTION, index));
    }

    /// @inheritdoc IDealing
    function cancel(bytes32 deskId, Side side, uint256 index) external nonReentrant {
        Desk storage desk = _existing(deskId);
        Request storage request = _request(desk, side, index);
        if (msg.sender != request.wallet) revert DealingUnauthorized(msg.sender);
        if (request.state != RequestState.PENDING) revert RequestStateInvalid(side, index, request.state);
        if (block.timestamp >= request.cutOff) revert CancellationTooLate(request.cutOff);
        _checkNotRetired(desk, request);

        request.state = RequestState.CANCELLED;
        _giveBack(desk, side, request, _reference(deskId, side, index));

        emit RequestCancelled(deskId, side, index, request.wallet, request.amount);
    }

    /// @inheritdoc IDealing
    function redirect(bytes32 deskId, Side side, uint256 index) external nonReentrant {
        Desk storage desk = _existing(deskId);
        Request storage request = _request(desk, side, index);
        if (request.state != RequestState.PENDING && request.state != RequestState.HELD) {
            revert RequestStateInvalid(side, index, request.state);
        }
        ISecurityToken token = ISecurityToken(desk.terms.token);
        (address previous, address investor) = (request.wallet, request.investor);
        if (_isWalletOf(token, investor, previous) || !_isWalletOf(token, investor, msg.sender)) {
            revert RedirectionInvalid(previous, msg.sender);
        }

        request.wallet = msg.sender;
        if (side == Side.REDEMPTION) {
            mapping(address wallet => uint256) storage held = _getDealingStorage().held[address(token)];
            held[previous] -= request.amount;
            held[msg.sender] += request.amount;
            if (token.getFrozenTokens(msg.sender) < held[msg.sender]) revert RedirectionInvalid(previous, msg.sender);
        }

        emit RequestRedirected(deskId, side, index, previous, msg.sender);
    }

    /* FUNCTIONS OF ANYONE */

    /// @inheritdoc IDealing
    function fund(bytes32 deskId, uint256 amount) external nonReentrant {
        Desk storage desk = _existing(deskId);

        desk.totals.pool += amount;
        desk.totals.funded += amount;
        _take(desk.terms.paymentToken, amount);

        emit PoolFunded(deskId, msg.sender, amount);
    }

    /// @inheritdoc IDealing
    function price(bytes32 deskId, uint40 cutOff, uint64 round) external nonReentrant {
        Desk storage desk = _existing(deskId);
        Price memory noted = desk.prices[cutOff];
        if (_stands(noted)) revert CutOffAlreadyPriced(cutOff, noted.round);
        address token = desk.terms.token;
        IValuationRegistry.Policy memory policy = IValuationRegistry(desk.terms.registry).policyOf(token);
        if (policy.quote != desk.currency) revert IValuationRegistry.QuoteUnsupported(token, policy.quote);

        address source = IFeedProxy(policy.feed).aggregator();
        bytes32 feedId = IFeedProxy(policy.feed).feedId();
        (bool valid, Round memory found) = _read(source, feedId, round);
        if (!valid || !_isAfter(found, cutOff)) revert RoundNotPricing(round, cutOff);
        _checkFirst(source, feedId, round, cutOff);
        uint8 decimals = IRoundSource(source).decimalsOf(feedId);
        _checkPrice(found.value, decimals);

        // It is positive.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint128 value = uint128(found.value);
        desk.prices[cutOff] = Price(source, round, decimals, feedId, value, found.valuationTimestamp);

        emit CutOffPriced(deskId, cutOff, source, feedId, round, value);
    }

    /// @inheritdoc IDealing
    function settle(bytes32 deskId, Side side, uint256 count) external nonReentrant {
        if (count > MAX_BATCH) revert BatchTooLong(count, MAX_BATCH);
        Desk storage desk = _existing(deskId);
        _checkDealable(desk, side);

        Queue storage queue = desk.queues[side];
        uint256 index = queue.head;
        uint256 end = Math.min(index + count, queue.requests.length);
        Cursor memory cursor;
        while (index < end && _pass(desk, deskId, side, index, cursor)) ++index;
        queue.head = index;
    }

    /// @inheritdoc IDealing
    function refund(bytes32 deskId, Side side, uint256 index) external nonReentrant {
        Desk storage desk = _existing(deskId);
        Request storage request = _request(desk, side, index);
        RequestState state = request.state;
        if (state != RequestState.PENDING && state != RequestState.HELD) revert RequestStateInvalid(side, index, state);
        bool seller = _isSeller(desk.terms.token, msg.sender);
        bool due = block.timestamp >= _settleBy(desk, request)
            || (state == RequestState.HELD ? seller : _isTooLate(desk, desk.prices[request.cutOff]));
        if (!due) revert RefundNotDue(side, index);
        if (!seller) _checkNotRetired(desk, request);

        request.state = RequestState.REFUNDED;
        _giveBack(desk, side, request, _reference(deskId, side, index));

        emit RequestRefunded(deskId, side, index, request.wallet, request.amount);
    }

    /* SELF */

    /// @inheritdoc IDealing
    function deliver(bytes32 deskId, Side side, uint256 index, uint256 value, uint8 decimals) external returns (uint256 missing) {
        if (msg.sender != address(this)) revert DealingUnauthorized(msg.sender);
        Desk storage desk = _desk(deskId);
        Request storage request = desk.queues[side].requests[index];
        if (!_isWalletOf(ISecurityToken(desk.terms.token), request.investor, request.wallet)) {
            revert WalletNotInvestors(request.wallet, request.investor);
        }
        bytes32 ref = _reference(deskId, side, index);
        (uint256 units, uint256 money) = (request.amount, request.amount);
        if (side == Side.SUBSCRIPTION) {
            units = _issue(desk, request, value, decimals, ref);
        } else {
            (money, missing) = _redeem(desk, request, value, decimals, ref);
            if (missing != 0) return missing;
        }

        emit RequestSettled(deskId, side, index, request.wallet, units, money);
    }

    /* VIEWS */

    /// @inheritdoc IDealing
    function termsOf(bytes32 deskId) external view returns (Terms memory) {
        return _desk(deskId).terms;
    }

    /// @inheritdoc IDealing
    function totalsOf(bytes32 deskId) external view returns (Totals memory) {
        return _desk(deskId).totals;
    }

    /// @inheritdoc IDealing
    function requestOf(bytes32 deskId, Side side, uint256 index) external view returns (Request memory) {
        return _request(_desk(deskId), side, index);
    }

    /// @inheritdoc IDealing
    function queueOf(bytes32 deskId, Side side) external view returns (uint256 head, uint256 length) {
        Queue storage queue = _desk(deskId).queues[side];
        return (queue.head, queue.requests.length);
    }

    /// @inheritdoc IDealing
    function priceOf(bytes32 deskId, uint40 cutOff) external view returns (Price memory price_, bool valid) {
        price_ = _desk(deskId).prices[cutOff];
        valid = _stands(price_);
    }

    /// @inheritdoc IDealing
    function cutOffAfter(bytes32 deskId, uint256 time) public view returns (uint40 cutOff) {
        Terms storage terms = _existing(deskId).terms;
        (uint256 first, uint256 period) = (terms.firstCutOff, terms.period);
        return (time < first ? first : first + ((time - first) / period + 1) * period).toUint40();
    }

    /// @inheritdoc IDealing
    function unitsHeld(address token, address wallet) external view returns (uint256) {
        return _getDealingStorage().held[token][wallet];
    }

    /* INTERNAL: CHECKS */

    function _checkTerms(Terms calldata terms) private view {
        if (terms.paymentToken.code.length == 0) revert DeskTermsInvalid("paymentToken");
        if (terms.registry.code.length == 0) revert DeskTermsInvalid("registry");
        if (terms.settlementWallet == address(0) || terms.settlementWallet == address(this)) revert DeskTermsInvalid("settlementWallet");
        if (terms.minSubscription == 0) revert DeskTermsInvalid("minSubscription");
        if (terms.minRedemption == 0) revert DeskTermsInvalid("minRedemption");
        if (terms.dailyRedemption < terms.minRedemption) revert DeskTermsInvalid("dailyRedemption");
        if (terms.period == 0) revert DeskTermsInvalid("period");
        if (terms.maxPriceAge == 0) revert DeskTermsInvalid("maxPriceAge");
        if (terms.settleWithin == 0 || terms.settleWithin > MAX_WAIT) revert DeskTermsInvalid("settleWithin");
    }

    /// @dev Only the account is judged here. What depends on the amount is judged by mint, when the units are known.
    function _checkMayReceive(address token, uint256 amount) private view {
        if (ISecurityToken(token).canReceive(msg.sender)) return;
        (, Verdict[] memory verdicts) = ISecurityToken(token).explainAs(Kind.MINT, address(this), address(0), msg.sender, amount);
        for (uint256 i; i < verdicts.length; ++i) {
            bool ofAccount = verdicts[i].code != ReasonCode.TOKEN_PAUSED;
            if (!verdicts[i].pass && ofAccount) revert RequestNotEligible(msg.sender, verdicts[i].code);
        }
        revert RequestNotEligible(msg.sender, ReasonCode.UNKNOWN);
    }

    /// @dev What moves value stops here; what returns it never comes by.
    function _checkDealable(Desk storage desk, Side side) private view {
        Terms memory terms = desk.terms;
        _checkLive(terms);
        if (side == Side.SUBSCRIPTION && ISecurityToken(terms.token).paused()) revert TokenPaused(terms.token);
    }

    function _checkLive(Terms memory terms) private view returns (int256 value, uint8 decimals) {
        IValuationRegistry.Status status;
        (value, decimals,,, status) = IValuationRegistry(terms.registry).valuation(terms.token);
        if (status != IValuationRegistry.Status.LIVE) revert IValuationRegistry.ValuationNotLive(terms.token, status);
    }

    /// @dev A retired wallet has a successor, and perhaps a thief.
    function _checkNotRetired(Desk storage desk, Request storage request) private view {
        (address wallet, address investor) = (request.wallet, request.investor);
        IERC3643IdentityRegistry registry = IERC3643IdentityRegistry(ISecurityToken(desk.terms.token).identityRegistry());
        if (registry.identity(wallet) == investor && !registry.contains(wallet)) revert WalletNotInvestors(wallet, investor);
    }

    function _isWalletOf(ISecurityToken token, address investor, address wallet) private view returns (bool) {
        IERC3643IdentityRegistry registry = IERC3643IdentityRegistry(token.identityRegistry());
        return registry.identity(wallet) == investor && registry.contains(wallet);
    }

    function _checkSeller(address token) private view {
        if (!_isSeller(token, msg.sender)) revert DealingUnauthorized(msg.sender);
    }

    function _isSeller(address token, address account) private view returns (bool) {
        return ISecurityToken(token).agentRoles(account) & AgentRole.SELLER != 0;
    }

    /* INTERNAL: PRICES */

    /// @dev A round that was invalidated, or is no longer kept, cannot be read. A source's failure is taken for that: nothing is settled.
    function _read(address source, bytes32 feedId, uint64 round) private view returns (bool valid, Round memory found) {
        try IRoundSource(source).roundAt(feedId, round) returns (Round memory answer) {
            return (answer.round == round && answer.publishedAt != 0, answer);
        } catch { }
    }

    /// @dev Whether the round still is what it was when it was noted.
    function _stands(Price memory price_) private view returns (bool) {
        if (price_.source == address(0)) return false;
        (bool valid, Round memory found) = _read(price_.source, price_.feedId, price_.round);
        return valid && found.value == int256(uint256(price_.value)) && found.valuationTimestamp == price_.valuationTimestamp;
    }

    function _isAfter(Round memory round, uint40 cutOff) private pure returns (bool) {
        return round.valuationTimestamp > cutOff && round.publishedAt > cutOff;
    }

    /// @dev Rounds are published in the order of their numbers, so no round before one published by the cut-off can be after it. Numbers
    ///      that cannot be read were held, or invalidated.
    function _checkFirst(address source, bytes32 feedId, uint64 round, uint40 cutOff) private view {
        if (round == 1) return;
        for (uint64 earlier = round - 1; earlier != 0 && round - earlier <= MAX_LOOKBACK; --earlier) {
            (bool valid, Round memory found) = _read(source, feedId, earlier);
            if (!valid) continue;
            if (found.publishedAt <= cutOff) return;
            if (_isAfter(found, cutOff)) revert RoundNotFirst(round, earlier);
        }
        revert PredecessorUnknown(round);
    }

    function _checkPrice(int128 value, uint8 decimals) private pure {
        if (value <= 0 || decimals > MAX_DECIMALS) revert PriceInvalid(value, decimals);
    }

    /// @dev Such a price settles nothing any more, and while it stands there is no other.
    function _isTooLate(Desk storage desk, Price memory price_) private view returns (bool) {
        return _stands(price_) && _age(price_) > desk.terms.maxPriceAge;
    }

    function _age(Price memory price_) private view returns (uint256) {
        return block.timestamp - price_.valuationTimestamp;
    }

    /* INTERNAL: SETTLEMENT */

    /// @return passed whether the turn is the next one's
    function _pass(Desk storage desk, bytes32 deskId, Side side, uint256 index, Cursor memory cursor) private returns (bool passed) {
        Request storage request = desk.queues[side].requests[index];
        uint40 cutOff = request.cutOff;
        if (request.state != RequestState.PENDING || block.timestamp >= _settleBy(desk, request)) return true;
        if (cursor.cutOff != cutOff) {
            (cursor.cutOff, cursor.price) = (cutOff, desk.prices[cutOff]);
            cursor.valid = _stands(cursor.price);
        }
        if (!cursor.valid) return false;
        if (_age(cursor.price) > desk.terms.maxPriceAge) return true;
        return _attempt(desk, deskId, side, index, cursor.price);
    }

    /// @return done false when it waits for money
    function _attempt(Desk storage desk, bytes32 deskId, Side side, uint256 index, Price memory price_) private returns (bool done) {
        if (gasleft() < DELIVERY_GAS_NEEDED) revert DeliveryGasShort(gasleft(), DELIVERY_GAS_NEEDED);
        try this.deliver{ gas: DELIVERY_GAS }(deskId, side, index, price_.value, price_.decimals) returns (uint256 missing) {
            if (missing == 0) return true;
            emit PoolShort(deskId, index, missing);
        } catch {
            bytes memory reason = FailureReason.last();
            desk.queues[side].requests[index].state = RequestState.HELD;
            emit RequestHeld(deskId, side, index, reason);
            return true;
        }
    }

    function _issue(Desk storage desk, Request storage request, uint256 value, uint8 decimals, bytes32 ref)
        private
        returns (uint256 units)
    {
        uint256 money = request.amount;
        units = Math.mulDiv(money, 10 ** (desk.tokenDecimals + decimals), value * 10 ** desk.paymentDecimals);
        if (units == 0) revert AmountTooSmall(money);

        request.state = RequestState.SETTLED;
        desk.totals.escrow -= money;
        desk.totals.proceeds += money;
        desk.totals.minted += units;

        ISecurityToken(desk.terms.token).mint(request.wallet, units, ref);
        IERC20(desk.terms.paymentToken).safeTransfer(desk.terms.settlementWallet, money);
    }

    /// @dev The burn would unfreeze what it lacks. It must not: what is frozen beside the request is an officer's.
    function _redeem(Desk storage desk, Request storage request, uint256 value, uint8 decimals, bytes32 ref)
        private
        returns (uint256 money, uint256 missing)
    {
        ISecurityToken token = ISecurityToken(desk.terms.token);
        (address wallet, uint256 units) = (request.wallet, request.amount);
        if (!token.canSend(wallet) || FrozenInvestor.isFrozen(token, request.investor)) revert InvestorNotPayable(request.investor);
        money = _worth(desk, units, value, decimals);
        if (money == 0) revert AmountTooSmall(units);
        uint256 available = _payable(desk, units, value, decimals);
        if (money > available) return (money, money - available);

        request.state = RequestState.SETTLED;
        desk.totals.redeeming -= units;
        desk.totals.pool -= money;
        desk.totals.redeemed += money;
        desk.totals.burned += units;
        desk.burnedOn[block.timestamp / 1 days] += units;

        _release(token, wallet, units, ref);
        uint256 free = Math.saturatingSub(token.balanceOf(wallet), token.getFrozenTokens(wallet));
        if (free < units) revert UnitsNotFree(free, units);
        token.burn(wallet, units, ref);
        IERC20(desk.terms.paymentToken).safeTransfer(wallet, money);
    }

    /// @return money payment minor units, rounded down
    function _worth(Desk storage desk, uint256 units, uint256 value, uint8 decimals) private view returns (uint256 money) {
        return Math.mulDiv(units * value, 10 ** desk.paymentDecimals, 10 ** (desk.tokenDecimals + decimals));
    }

    function _worthNow(Desk storage desk, uint256 units) private view returns (uint256 money) {
        Terms memory terms = desk.terms;
        (int256 value, uint8 decimals) = _checkLive(terms);
        _checkPrice(value.toInt128(), decimals);
        return _worth(desk, units, value.toUint256(), decimals);
    }

    /// @return money what the pool, and the day's redemptions, allow to be paid for so many units
    function _payable(Desk storage desk, uint256 units, uint256 value, uint8 decimals) private view returns (uint256 money) {
        uint256 room = uint256(desk.terms.dailyRedemption).saturatingSub(desk.burnedOn[block.timestamp / 1 days]);
        return Math.min(desk.totals.pool, _worth(desk, Math.min(units, room), value, decimals));
    }

    /// @dev Where less is frozen than requests froze, an officer has set another amount, and his word stands.
    function _release(ISecurityToken token, address wallet, uint256 units, bytes32 ref) private {
        mapping(address wallet => uint256) storage held = _getDealingStorage().held[address(token)];
        uint256 before = held[wallet];
        held[wallet] = before - units;
        if (token.getFrozenTokens(wallet) >= before) token.unfreezePartialTokens(wallet, units, ref);
    }

    function _giveBack(Desk storage desk, Side side, Request storage request, bytes32 ref) private {
        uint256 amount = request.amount;
        if (side == Side.SUBSCRIPTION) {
            desk.totals.escrow -= amount;
            desk.totals.refunded += amount;
            IERC20(desk.terms.paymentToken).safeTransfer(request.wallet, amount);
        } else {
            desk.totals.redeeming -= amount;
            _release(ISecurityToken(desk.terms.token), request.wallet, amount, ref);
        }
    }

    /* INTERNAL: STORE */

    /// @dev Under which the token records its part.
    function _reference(bytes32 deskId, Side side, uint256 index) private pure returns (bytes32) {
        return keccak256(abi.encode(deskId, side, index));
    }

    function _push(Desk storage desk, bytes32 deskId, Side side, uint128 amount) private returns (uint256 index) {
        uint40 cutOff = cutOffAfter(deskId, block.timestamp);
        address investor = IERC3643IdentityRegistry(ISecurityToken(desk.terms.token).identityRegistry()).identity(msg.sender);
        Request[] storage requests = desk.queues[side].requests;
        index = requests.length;
        requests.push(Request(msg.sender, cutOff, RequestState.PENDING, investor, amount));

        emit RequestMade(deskId, side, index, msg.sender, amount, cutOff);
    }

    function _take(address paymentToken, uint256 amount) private {
        uint256 before = IERC20(paymentToken).balanceOf(address(this));
        IERC20(paymentToken).safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = IERC20(paymentToken).balanceOf(address(this)) - before;
        if (received != amount) revert PaymentShort(received, amount);
    }

    function _settleBy(Desk storage desk, Request storage request) private view returns (uint256) {
        return uint256(request.cutOff) + desk.terms.settleWithin;
    }

    function _openDesk(bytes32 deskId) private view returns (Desk storage desk) {
        desk = _desk(deskId);
        if (desk.totals.state != DeskState.OPEN) revert DeskStateInvalid(deskId, desk.totals.state);
    }

    function _existing(bytes32 deskId) private view returns (Desk storage desk) {
        desk = _desk(deskId);
        if (desk.totals.state == DeskState.NONE) revert DeskStateInvalid(deskId, DeskState.NONE);
    }

    function _request(Desk storage desk, Side side, uint256 index) private view returns (Request storage) {
        Request[] storage requests = desk.queues[side].requests;
        if (index >= requests.length) revert RequestUnknown(side, index);
        return requests[index];
    }

    function _desk(bytes32 deskId) private view returns (Desk storage) {
        return _getDealingStorage().desks[deskId];
    }

    function _getDealingStorage() private pure returns (DealingStorage storage $) {
        assembly {
            $.slot := STORAGE_SLOT
        }
    }
}
