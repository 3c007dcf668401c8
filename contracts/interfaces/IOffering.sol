// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Primary sale of security tokens: money waits in escrow, then each investor's units and money change hands in one
///         step, or the money goes back to where it came from. One contract serves all tokens and keeps each sale's money apart.
///
///         The first 20 bytes of an offering id are its token, the other 12 a hash of the sale's business key, so that nobody can
///         take another token's id. Order ids live within their offering.
interface IOffering {
    enum State {
        NONE,
        OPEN,
        CLOSED,
        FAILED,
        CANCELLED
    }
    enum OrderState {
        NONE,
        PAID,
        ALLOCATED,
        SETTLED,
        REFUNDED
    }

    /// @param token security token sold; this contract needs its MINTER role
    /// @param paymentToken ERC-20 in which investors pay
    /// @param settlementWallet receives the proceeds
    /// @param unitPrice payment minor units for one whole token (10^decimals token units)
    /// @param minTicket least token units of an order
    /// @param maxTicket most token units of an order, 0 = no maximum
    /// @param increment an order's and an allocation's token units are a multiple of it
    /// @param softCap token units below which the sale fails
    /// @param hardCap most token units that may be allocated; orders may exceed it
    /// @param opensAt unix seconds, first instant at which an order may be paid
    /// @param closesAt unix seconds, first instant at which none may be paid any more
    /// @param settleBy unix seconds, from when every unsettled order may be refunded by anyone; more than six hours after `closesAt`
    struct Terms {
        address token;
        address paymentToken;
        address settlementWallet;
        uint256 unitPrice;
        uint256 minTicket;
        uint256 maxTicket;
        uint256 increment;
        uint256 softCap;
        uint256 hardCap;
        uint40 opensAt;
        uint40 closesAt;
        uint40 settleBy;
    }

    /// @notice An accepted subscription; a SELLER of the token signs it under the EIP-712 domain {name "Muniment Offering",
    ///         version "1", chainId, verifyingContract}.
    /// @param offeringId the sale
    /// @param orderId hash of the subscription's business key
    /// @param wallet pays and receives
    /// @param units token units asked for
    /// @param validUntil unix seconds
    struct Order {
        bytes32 offeringId;
        bytes32 orderId;
        address wallet;
        uint256 units;
        uint40 validUntil;
    }

    /// @param wallet paid, and receives units or money
    /// @param state of the order
    /// @param held whether a delivery failed
    /// @param units token units asked for
    /// @param paid payment minor units
    /// @param allocated token units granted
    struct OrderRecord {
        address wallet;
        OrderState state;
        bool held;
        uint256 units;
        uint256 paid;
        uint256 allocated;
    }

    /// @param state the sale's
    /// @param subscribed token units of all paid orders
    /// @param allocated token units granted to orders that are not refunded
    /// @param settled token units minted
    /// @param escrow payment minor units held for orders; received = escrow + proceeds + refunded
    /// @param received payment minor units paid in
    /// @param proceeds payment minor units sent to the settlement wallet
    /// @param refunded payment minor units returned to the wallets that paid
    struct Totals {
        State state;
        uint256 subscribed;
        uint256 allocated;
        uint256 settled;
        uint256 escrow;
        uint256 received;
        uint256 proceeds;
        uint256 refunded;
    }

    event OfferingCreated(bytes32 indexed offeringId, address indexed token, Terms terms);
    event OfferingClosed(bytes32 indexed offeringId, State state, uint256 subscribed);
    event OfferingCancelled(bytes32 indexed offeringId);
    event OrderPaid(bytes32 indexed offeringId, bytes32 indexed orderId, address indexed wallet, uint256 units, uint256 paid);
    event OrderAllocated(bytes32 indexed offeringId, bytes32 indexed orderId, uint256 units);
    event OrderSettled(
        bytes32 indexed offeringId, bytes32 indexed orderId, address indexed wallet, uint256 units, uint256 cost, uint256 refund
    );
    /// @notice The units could not be delivered; the money stays in escrow.
    /// @param reason the error's selector and arguments, at most 512 bytes; empty when it had none or ran out of gas
    event OrderHeld(bytes32 indexed offeringId, bytes32 indexed orderId, bytes reason);
    event OrderRefunded(bytes32 indexed offeringId, bytes32 indexed orderId, address indexed wallet, uint256 amount);

    error OfferingUnauthorized(address caller);
    /// @notice The id does not begin with the token's address.
    error OfferingIdForeign(bytes32 offeringId, address token);
    error OfferingExists(bytes32 offeringId);
    error OfferingTermsInvalid(string field);
    error OfferingStateInvalid(bytes32 offeringId, State state);
    error OfferingNotOpen(bytes32 offeringId, uint256 time, uint40 opensAt, uint40 closesAt);
    error OrderSignatureInvalid(address signer);
    error OrderExpired(uint40 validUntil);
    error OrderWalletMismatch(address caller, address wallet);
    error OrderUnitsInvalid(uint256 units, uint256 minimum, uint256 maximum, uint256 increment);
    error OrderAlreadyPaid(bytes32 orderId);
    error OrderStateInvalid(bytes32 orderId, OrderState state);
    error OrderNotEligible(address wallet, uint8 code);
    error AllocationInvalid(bytes32 orderId, uint256 allocated, uint256 units);
    error HardCapExceeded(uint256 allocated, uint256 hardCap);
    /// @notice Less is allocated than the soft cap promises, so nothing may be delivered.
    error SoftCapMissed(uint256 allocated, uint256 softCap);
    /// @notice It is too late to settle, or to begin it; what is unsettled goes back.
    error SettlementOver(bytes32 offeringId, uint40 until);
    error PaymentShort(uint256 received, uint256 expected);
    error RefundNotDue(bytes32 orderId);
    error LengthMismatch(uint256 a, uint256 b);
    error BatchTooLong(uint256 length, uint256 maximum);
    /// @notice The transaction's gas would not let each delivery have its full allowance; send it with more.
    error DeliveryGasShort(uint256 given, uint256 needed);

    /// @notice Opens a sale. Only a SELLER of `terms.token`.
    /// @param offeringId the token's address followed by 12 bytes of a hash of the sale's business key; a second call with it reverts
    /// @param terms fixed from here on
    function create(bytes32 offeringId, Terms calldata terms) external;

    /// @notice Pays an accepted order into escrow. Only the order's wallet, once, in the sale's window.
    function pay(Order calldata order, bytes calldata signature) external;

    /// @notice Ends the sale: CLOSED when the soft cap is reached, FAILED otherwise. A SELLER at any time, anyone from `closesAt`.
    function close(bytes32 offeringId) external;

    /// @notice Grants units to paid orders of a closed sale. Only a SELLER; an order is allocated once; 0 units means a full refund.
    /// @param orderIds at most 250
    /// @param units token units for each, a multiple of the increment, not above what was asked
    function allocate(bytes32 offeringId, bytes32[] calldata orderIds, uint256[] calldata units) external;

    /// @notice Delivers versus payment, order by order: mints, pays the issuer, returns the surplus. An order that cannot be
    ///         delivered is held with its reason and stops no other; one that is settled or refunded already is skipped. A SELLER
    ///         begins, once the soft cap is allocated and at the latest six hours before `settleBy`. From the first delivery on anyone
    ///         may go on until `settleBy`, so that a SELLER cannot deliver a part, below the soft cap, and leave the rest to be refunded.
    /// @param orderIds at most 250
    function settle(bytes32 offeringId, bytes32[] calldata orderIds) external;

    /// @notice One order of `settle`, all or nothing. Only this contract itself.
    function deliver(bytes32 offeringId, bytes32 orderId) external;

    /// @notice Calls the sale off. Only a SELLER, and only while nothing is settled.
    function cancel(bytes32 offeringId) external;

    /// @notice Returns an order's money to the wallet that paid it: by anyone once the sale failed, was cancelled or passed
    ///         `settleBy` unsettled, or the order was allocated nothing; by a SELLER also in a closed sale for an order without allocation or one whose delivery
    ///         failed. So nobody can settle a part of a sale and send the rest of its buyers home, below the soft cap.
    function refund(bytes32 offeringId, bytes32 orderId) external;

    function termsOf(bytes32 offeringId) external view returns (Terms memory);
    function totalsOf(bytes32 offeringId) external view returns (Totals memory);
    function orderOf(bytes32 offeringId, bytes32 orderId) external view returns (OrderRecord memory);
    /// @notice Payment minor units for `units`, rounded up.
    function costOf(bytes32 offeringId, uint256 units) external view returns (uint256);
    /// @notice Digest that a SELLER signs.
    function orderDigest(Order calldata order) external view returns (bytes32);
}
