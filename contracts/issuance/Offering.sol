// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { AgentRole } from "../interfaces/AgentRole.sol";
import { IOffering } from "../interfaces/IOffering.sol";
import { Kind, Verdict } from "../interfaces/IRule.sol";
import { ISecurityToken } from "../interfaces/ISecurityToken.sol";
import { ReasonCode } from "../interfaces/ReasonCode.sol";
import { FailureReason } from "./FailureReason.sol";

/// @notice Escrow and delivery versus payment for primary sales.
/// @dev Nobody administers it. Its assumptions: whoever is a SELLER of a token may sell it, and may choose any payment token, good or
///      bad. A bad token or payment token can only spoil the sales that name it, because each sale's money is counted apart.
contract Offering is IOffering, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct Sale {
        Terms terms;
        Totals totals;
        mapping(bytes32 orderId => OrderRecord) orders;
    }

    /// @custom:storage-location erc7201:muniment.storage.Offering
    struct OfferingStorage {
        mapping(bytes32 offeringId => Sale) sales;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.Offering")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0x4b43a0a1e25b6a3358715713b534542d92484fb08528bfd1d697b6e49a119d00;

    bytes32 private constant ORDER_TYPEHASH =
        keccak256("Order(bytes32 offeringId,bytes32 orderId,address wallet,uint256 units,uint40 validUntil)");
    uint256 private constant MAX_BATCH = 250;
    /// @dev How long anyone can at least settle the rest of a sale after its first delivery.
    uint40 private constant SETTLEMENT_NOTICE = 6 hours;
    /// @dev What one delivery may use: a mint under 16 rules that each use all they may (16 × 182,381) and two payments, with room. It is
    ///      a fixed allowance so that no caller, and no gas estimate, can make a delivery fail for want of gas and have the order held.
    uint256 private constant DELIVERY_GAS = 3_500_000;
    uint256 private constant DELIVERY_GAS_NEEDED = DELIVERY_GAS * 64 / 63 + 50_000;

    constructor() EIP712("Muniment Offering", "1") { }

    /* SELLER FUNCTIONS */

    /// @inheritdoc IOffering
    function create(bytes32 offeringId, Terms calldata terms) external {
        // The first 20 of 32 bytes on purpose.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (address(bytes20(offeringId)) != terms.token) revert OfferingIdForeign(offeringId, terms.token);
        if (terms.token.code.length == 0) revert OfferingTermsInvalid("token");
        _checkSeller(terms.token);
        Sale storage sale = _sale(offeringId);
        if (sale.totals.state != State.NONE) revert OfferingExists(offeringId);
        _checkTerms(terms);

        sale.terms = terms;
        sale.totals.state = State.OPEN;

        emit OfferingCreated(offeringId, terms.token, terms);
    }

    /// @inheritdoc IOffering
    function close(bytes32 offeringId) external nonReentrant {
        Sale storage sale = _saleIn(offeringId, State.OPEN);
        if (block.timestamp < sale.terms.closesAt) _checkSeller(sale.terms.token);

        uint256 subscribed = sale.totals.subscribed;
        State state = subscribed >= sale.terms.softCap ? State.CLOSED : State.FAILED;
        sale.totals.state = state;

        emit OfferingClosed(offeringId, state, subscribed);
    }

    /// @inheritdoc IOffering
    function allocate(bytes32 offeringId, bytes32[] calldata orderIds, uint256[] calldata units) external nonReentrant {
        Sale storage sale = _saleIn(offeringId, State.CLOSED);
        _checkSeller(sale.terms.token);
        _checkLength(orderIds.length);
        if (orderIds.length != units.length) revert LengthMismatch(orderIds.length, units.length);

        (uint256 increment, uint256 hardCap, uint256 allocated) = (sale.terms.increment, sale.terms.hardCap, sale.totals.allocated);
        for (uint256 i; i < orderIds.length; ++i) {
            OrderRecord storage order = sale.orders[orderIds[i]];
            if (order.state != OrderState.PAID) revert OrderStateInvalid(orderIds[i], order.state);
            if (units[i] > order.units || units[i] % increment != 0) revert AllocationInvalid(orderIds[i], units[i], order.units);
            allocated += units[i];
            if (allocated > hardCap) revert HardCapExceeded(allocated, hardCap);

            order.state = OrderState.ALLOCATED;
            order.allocated = units[i];

            emit OrderAllocated(offeringId, orderIds[i], units[i]);
        }
        sale.totals.allocated = allocated;
    }

    /// @inheritdoc IOffering
    function settle(bytes32 offeringId, bytes32[] calldata orderIds) external nonReentrant {
        Sale storage sale = _saleIn(offeringId, State.CLOSED);
        _checkLength(orderIds.length);
        // Once something is delivered the promise is kept; an order that lapses afterwards must not stop the others.
        if (sale.totals.settled == 0) _checkBeginning(sale, offeringId);
        else if (block.timestamp >= sale.terms.settleBy) revert SettlementOver(offeringId, sale.terms.settleBy);

        for (uint256 i; i < orderIds.length; ++i) {
            OrderState state = sale.orders[orderIds[i]].state;
            if (state == OrderState.SETTLED || state == OrderState.REFUNDED) continue;
            if (state != OrderState.ALLOCATED) revert OrderStateInvalid(orderIds[i], state);
            if (gasleft() < DELIVERY_GAS_NEEDED) revert DeliveryGasShort(gasleft(), DELIVERY_GAS_NEEDED);

            try this.deliver{ gas: DELIVERY_GAS }(offeringId, orderIds[i]) { }
            catch {
                sale.orders[orderIds[i]].held = true;
                emit OrderHeld(offeringId, orderIds[i], FailureReason.last());
            }
        }
    }

    /// @inheritdoc IOffering
    function cancel(bytes32 offeringId) external nonReentrant {
        Sale storage sale = _sale(offeringId);
        State state = sale.totals.state;
        if ((state != State.OPEN && state != State.CLOSED) || sale.totals.settled != 0) revert OfferingStateInvalid(offeringId, state);
        _checkSeller(sale.terms.token);

        sale.totals.state = State.CANCELLED;

        emit OfferingCancelled(offeringId);
    }

    /* INVESTOR FUNCTIONS */

    /// @inheritdoc IOffering
    function pay(Order calldata order, bytes calldata signature) external nonReentrant {
        Sale storage sale = _saleIn(order.offeringId, State.OPEN);
        Terms memory terms = sale.terms;
        _checkOrder(order, signature, terms);
        OrderRecord storage record = sale.orders[order.orderId];
        if (record.state != OrderState.NONE) revert OrderAlreadyPaid(order.orderId);
        _checkEligible(terms.token, order.wallet, order.units);

        uint256 cost = _cost(terms, order.units);
        record.wallet = order.wallet;
        record.state = OrderState.PAID;
        record.units = order.units;
        record.paid = cost;
        sale.totals.subscribed += order.units;
        sale.totals.received += cost;
        sale.totals.escrow += cost;

        IERC20 paymentToken = IERC20(terms.paymentToken);
        uint256 before = paymentToken.balanceOf(address(this));
        paymentToken.safeTransferFrom(order.wallet, address(this), cost);
        uint256 received = paymentToken.balanceOf(address(this)) - before;
        if (received != cost) revert PaymentShort(received, cost);

        emit OrderPaid(order.offeringId, order.orderId, order.wallet, order.units, cost);
    }

    /// @inheritdoc IOffering
    function refund(bytes32 offeringId, bytes32 orderId) external nonReentrant {
        Sale storage sale = _sale(offeringId);
        OrderRecord storage order = sale.orders[orderId];
        if (order.state != OrderState.PAID && order.state != OrderState.ALLOCATED) revert OrderStateInvalid(orderId, order.state);
        if (!_refundDue(sale, order)) revert RefundNotDue(orderId);

        _refund(sale, offeringId, orderId);
    }

    /* SELF */

    /// @inheritdoc IOffering
    function deliver(bytes32 offeringId, bytes32 orderId) external {
        if (msg.sender != address(this)) revert OfferingUnauthorized(msg.sender);
        Sale storage sale = _sale(offeringId);
        OrderRecord storage order = sale.orders[orderId];
        (address wallet, uint256 units, uint256 paid) = (order.wallet, order.allocated, order.paid);
        if (units == 0) return _refund(sale, offeringId, orderId);

        Terms memory terms = sale.terms;
        uint256 cost = _cost(terms, units);
        uint256 surplus = paid - cost; // units ≤ those paid for

        order.state = OrderState.SETTLED;
        sale.totals.settled += units;
        sale.totals.escrow -= paid;
        sale.totals.proceeds += cost;
        sale.totals.refunded += surplus;

        ISecurityToken(terms.token).mint(wallet, units, orderId);
        IERC20(terms.paymentToken).safeTransfer(terms.settlementWallet, cost);
        if (surplus != 0) IERC20(terms.paymentToken).safeTransfer(wallet, surplus);

        emit OrderSettled(offeringId, orderId, wallet, units, cost, surplus);
    }

    /* VIEWS */

    /// @inheritdoc IOffering
    function termsOf(bytes32 offeringId) external view returns (Terms memory) {
        return _sale(offeringId).terms;
    }

    /// @inheritdoc IOffering
    function totalsOf(bytes32 offeringId) external view returns (Totals memory) {
        return _sale(offeringId).totals;
    }

    /// @inheritdoc IOffering
    function orderOf(bytes32 offeringId, bytes32 orderId) external view returns (OrderRecord memory) {
        return _sale(offeringId).orders[orderId];
    }

    /// @inheritdoc IOffering
    function costOf(bytes32 offeringId, uint256 units) external view returns (uint256) {
        Sale storage sale = _sale(offeringId);
        if (sale.totals.state == State.NONE) revert OfferingStateInvalid(offeringId, State.NONE);
        return _cost(sale.terms, units);
    }

    /// @inheritdoc IOffering
    function orderDigest(Order calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(abi.encode(ORDER_TYPEHASH, order.offeringId, order.orderId, order.wallet, order.units, order.validUntil))
        );
    }

    /* INTERNAL */

    function _checkTerms(Terms calldata terms) private view {
        if (terms.paymentToken.code.length == 0) revert OfferingTermsInvalid("paymentToken");
        if (terms.settlementWallet == address(0) || terms.settlementWallet == address(this)) {
            revert OfferingTermsInvalid("settlementWallet");
        }
        if (terms.unitPrice == 0) revert OfferingTermsInvalid("unitPrice");
        if (terms.increment == 0) revert OfferingTermsInvalid("increment");
        if (terms.minTicket == 0 || terms.minTicket % terms.increment != 0) revert OfferingTermsInvalid("minTicket");
        if (terms.maxTicket != 0 && terms.maxTicket < terms.minTicket) revert OfferingTermsInvalid("maxTicket");
        if (terms.hardCap < terms.minTicket) revert OfferingTermsInvalid("hardCap");
        if (terms.softCap > terms.hardCap) revert OfferingTermsInvalid("softCap");
        if (terms.opensAt >= terms.closesAt) revert OfferingTermsInvalid("opensAt");
        if (terms.closesAt <= block.timestamp) revert OfferingTermsInvalid("closesAt");
        if (terms.settleBy <= uint256(terms.closesAt) + SETTLEMENT_NOTICE) revert OfferingTermsInvalid("settleBy");
    }

    /// @dev A SELLER who begins the settlement leaves everybody the time to end it. Else he could deliver one order in the last second
    ///      and have the others refunded, below the soft cap.
    function _checkBeginning(Sale storage sale, bytes32 offeringId) private view {
        _checkSeller(sale.terms.token);
        uint40 until = sale.terms.settleBy - SETTLEMENT_NOTICE;
        if (block.timestamp >= until) revert SettlementOver(offeringId, until);
        if (sale.totals.allocated < sale.terms.softCap) revert SoftCapMissed(sale.totals.allocated, sale.terms.softCap);
    }

    function _checkOrder(Order calldata order, bytes calldata signature, Terms memory terms) private view {
        if (block.timestamp < terms.opensAt || block.timestamp >= terms.closesAt) {
            revert OfferingNotOpen(order.offeringId, block.timestamp, terms.opensAt, terms.closesAt);
        }
        if (msg.sender != order.wallet) revert OrderWalletMismatch(msg.sender, order.wallet);
        if (block.timestamp > order.validUntil) revert OrderExpired(order.validUntil);
        (address signer, ECDSA.RecoverError fault,) = ECDSA.tryRecoverCalldata(orderDigest(order), signature);
        if (fault != ECDSA.RecoverError.NoError || !_isSeller(terms.token, signer)) revert OrderSignatureInvalid(signer);
        uint256 maximum = terms.maxTicket == 0 ? type(uint256).max : terms.maxTicket;
        if (order.units < terms.minTicket || order.units > maximum || order.units % terms.increment != 0) {
            revert OrderUnitsInvalid(order.units, terms.minTicket, maximum, terms.increment);
        }
    }

    /// @dev Only the account is judged here. What depends on the amount is judged by mint, which may deliver less than was asked.
    function _checkEligible(address token, address wallet, uint256 units) private view {
        if (ISecurityToken(token).canReceive(wallet)) return;
        (, Verdict[] memory verdicts) = ISecurityToken(token).explainAs(Kind.MINT, address(this), address(0), wallet, units);
        for (uint256 i; i < verdicts.length; ++i) {
            if (!verdicts[i].pass && verdicts[i].code != ReasonCode.TOKEN_PAUSED) revert OrderNotEligible(wallet, verdicts[i].code);
        }
        revert OrderNotEligible(wallet, ReasonCode.UNKNOWN);
    }

    function _refundDue(Sale storage sale, OrderRecord storage order) private view returns (bool) {
        State state = sale.totals.state;
        if (state == State.FAILED || state == State.CANCELLED || block.timestamp >= sale.terms.settleBy) return true;
        if (state != State.CLOSED) return false;
        if (order.state == OrderState.ALLOCATED && order.allocated == 0) return true;
        return (order.state == OrderState.PAID || order.held) && _isSeller(sale.terms.token, msg.sender);
    }

    /// @dev Units granted to the order become free for another.
    function _refund(Sale storage sale, bytes32 offeringId, bytes32 orderId) private {
        OrderRecord storage order = sale.orders[orderId];
        (address wallet, uint256 amount) = (order.wallet, order.paid);

        sale.totals.allocated -= order.allocated;
        sale.totals.escrow -= amount;
        sale.totals.refunded += amount;
        order.allocated = 0;
        order.state = OrderState.REFUNDED;

        IERC20(sale.terms.paymentToken).safeTransfer(wallet, amount);

        emit OrderRefunded(offeringId, orderId, wallet, amount);
    }

    function _cost(Terms memory terms, uint256 units) private view returns (uint256) {
        return Math.mulDiv(units, terms.unitPrice, 10 ** IERC20Metadata(terms.token).decimals(), Math.Rounding.Ceil);
    }

    function _checkLength(uint256 length) private pure {
        if (length > MAX_BATCH) revert BatchTooLong(length, MAX_BATCH);
    }

    function _checkSeller(address token) private view {
        if (!_isSeller(token, msg.sender)) revert OfferingUnauthorized(msg.sender);
    }

    function _isSeller(address token, address account) private view returns (bool) {
        return ISecurityToken(token).agentRoles(account) & AgentRole.SELLER != 0;
    }

    function _saleIn(bytes32 offeringId, State state) private view returns (Sale storage sale) {
        sale = _sale(offeringId);
        if (sale.totals.state != state) revert OfferingStateInvalid(offeringId, sale.totals.state);
    }

    function _sale(bytes32 offeringId) private view returns (Sale storage) {
        return _getOfferingStorage().sales[offeringId];
    }

    function _getOfferingStorage() private pure returns (OfferingStorage storage $) {
        assembly {
            $.slot := STORAGE_SLOT
        }
    }
}
