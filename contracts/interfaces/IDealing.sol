// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Continuous dealing in the units of a fund: investors ask first and learn the price later. A request made before a cut-off is
///         priced at the first accepted valuation that holds for, and was published at, an instant after that cut-off; one made at or
///         after it waits for the next cut-off. So nobody ever deals at a value that he could have known when he could still choose.
///         One contract serves all tokens and keeps each desk's money apart.
///
///         The first 20 bytes of a desk id are its token, the other 12 a hash of the desk's business key. A request is known by its desk,
///         its side and its place in that side's queue, from 0. Queues are served in order.
interface IDealing {
    enum Side {
        /// money for units
        SUBSCRIPTION,
        /// units for money
        REDEMPTION
    }

    enum DeskState {
        NONE,
        OPEN,
        /// takes no more requests; those that it has run on
        CLOSED
    }

    enum RequestState {
        NONE,
        /// waits for its cut-off, its price, its turn, or money in the pool
        PENDING,
        /// could not be settled in its turn
        HELD,
        SETTLED,
        CANCELLED,
        REFUNDED
    }

    /// @param token security token dealt in; this contract needs its MINTER role, with a daily cap, BURNER and FREEZER
    /// @param paymentToken ERC-20 in which investors pay and are paid; taken at par with the currency of the valuation
    /// @param registry ValuationRegistry that values the token
    /// @param settlementWallet receives what subscribers pay, and money withdrawn from the pool
    /// @param minSubscription least payment minor units of a subscription
    /// @param minRedemption least token units of a redemption, unless it is all that the wallet holds
    /// @param dailyRedemption most token units burned in a day of UTC, and most of one redemption; what is above waits for the next day.
    ///        It bounds what the pool loses in a day, whoever has got units however
    /// @param firstCutOff unix seconds
    /// @param period seconds from one cut-off to the next
    /// @param maxPriceAge seconds since the valuation for which a price may be settled at; at exactly this age it may
    /// @param settleWithin seconds from its cut-off at which a request that is not settled may be returned by anyone, at most 366 days
    struct Terms {
        address token;
        address paymentToken;
        address registry;
        address settlementWallet;
        uint128 minSubscription;
        uint128 minRedemption;
        uint128 dailyRedemption;
        uint40 firstCutOff;
        uint32 period;
        uint32 maxPriceAge;
        uint32 settleWithin;
    }

    /// @param wallet asked, pays and is paid
    /// @param cutOff unix seconds; it may be cancelled before, and is priced by a valuation after
    /// @param state of the request
    /// @param investor identity of `wallet` when it asked
    /// @param amount payment minor units of a subscription, token units of a redemption
    struct Request {
        address wallet;
        uint40 cutOff;
        RequestState state;
        address investor;
        uint128 amount;
    }

    /// @notice The round that prices all requests of one cut-off. `IRoundSource(source).roundAt(feedId, round)` proves it.
    /// @param source IRoundSource, zero = not priced yet
    /// @param round its number there
    /// @param decimals of the value
    /// @param feedId the feed
    /// @param value of one whole token, in the currency of the valuation
    /// @param valuationTimestamp unix seconds at which the value holds
    struct Price {
        address source;
        uint64 round;
        uint8 decimals;
        bytes32 feedId;
        uint128 value;
        uint40 valuationTimestamp;
    }

    /// @param state the desk's
    /// @param escrow payment minor units of subscriptions that are not settled; received = escrow + proceeds + refunded
    /// @param received payment minor units paid in by subscribers
    /// @param proceeds payment minor units sent to the settlement wallet for units
    /// @param refunded payment minor units returned to subscribers
    /// @param pool payment minor units for redemptions; funded = pool + redeemed + withdrawn
    /// @param funded payment minor units put into the pool
    /// @param redeemed payment minor units paid for units
    /// @param withdrawn payment minor units taken out of the pool
    /// @param minted token units
    /// @param burned token units
    /// @param redeeming token units of redemptions that are neither settled nor returned
    struct Totals {
        DeskState state;
        uint256 escrow;
        uint256 received;
        uint256 proceeds;
        uint256 refunded;
        uint256 pool;
        uint256 funded;
        uint256 redeemed;
        uint256 withdrawn;
        uint256 minted;
        uint256 burned;
        uint256 redeeming;
    }

    event DeskOpened(bytes32 indexed deskId, address indexed token, Terms terms);
    event DeskClosed(bytes32 indexed deskId);
    event PoolFunded(bytes32 indexed deskId, address indexed funder, uint256 amount);
    event PoolWithdrawn(bytes32 indexed deskId, uint256 amount);
    /// @param amount payment minor units of a subscription, token units of a redemption
    event RequestMade(bytes32 indexed deskId, Side indexed side, uint256 index, address indexed wallet, uint256 amount, uint40 cutOff);
    event RequestCancelled(bytes32 indexed deskId, Side indexed side, uint256 index, address indexed wallet, uint256 amount);
    event RequestRefunded(bytes32 indexed deskId, Side indexed side, uint256 index, address indexed wallet, uint256 amount);
    event RequestRedirected(bytes32 indexed deskId, Side indexed side, uint256 index, address previousWallet, address indexed wallet);
    /// @param value of one whole token, in the decimals of the feed
    event CutOffPriced(bytes32 indexed deskId, uint40 indexed cutOff, address source, bytes32 feedId, uint64 round, uint128 value);
    /// @param units token units minted or burned
    /// @param money payment minor units, all that the subscriber paid or all that the redeemer gets
    event RequestSettled(bytes32 indexed deskId, Side indexed side, uint256 index, address indexed wallet, uint256 units, uint256 money);
    /// @notice The request could not be settled; its money or units stay where they are.
    /// @param reason the error's selector and arguments, at most 512 bytes; empty when it had none or ran out of gas
    event RequestHeld(bytes32 indexed deskId, Side indexed side, uint256 index, bytes reason);
    /// @notice The pool, or what is left of the day's redemptions, does not suffice for the redemption whose turn it is; it and all after
    ///         it wait.
    /// @param missing payment minor units
    event PoolShort(bytes32 indexed deskId, uint256 index, uint256 missing);

    error DealingUnauthorized(address caller);
    /// @notice The id does not begin with the token's address.
    error DeskIdForeign(bytes32 deskId, address token);
    error DeskExists(bytes32 deskId);
    error DeskTermsInvalid(string field);
    error DeskStateInvalid(bytes32 deskId, DeskState state);
    error RequestAmountInvalid(uint256 amount, uint256 minimum);
    /// @notice No day's redemptions suffice for it; ask for it in parts.
    error RequestTooLarge(uint256 units, uint256 maximum);
    /// @param code ReasonCode
    error RequestNotEligible(address wallet, uint8 code);
    error RequestStateInvalid(Side side, uint256 index, RequestState state);
    error RequestUnknown(Side side, uint256 index);
    /// @notice The price may be known by now.
    error CancellationTooLate(uint40 cutOff);
    error RefundNotDue(Side side, uint256 index);
    /// @notice The wallet that asked is still the investor's, the caller is not, or does not have the units that are frozen.
    error RedirectionInvalid(address previousWallet, address wallet);
    error PaymentShort(uint256 received, uint256 expected);
    /// @param free payment minor units of the pool that no waiting redemption needs
    error PoolExceeded(uint256 amount, uint256 free);
    /// @notice The cut-off has a price, and its round still stands.
    error CutOffAlreadyPriced(uint40 cutOff, uint64 round);
    error CutOffNotPriced(uint40 cutOff);
    /// @notice The round does not exist, is not valid any more, or does not hold for, or was not published at, an instant after the cut-off.
    error RoundNotPricing(uint64 round, uint40 cutOff);
    /// @param earlier round after the same cut-off
    error RoundNotFirst(uint64 round, uint64 earlier);
    /// @notice That no earlier round is after the cut-off cannot be proved any more.
    error PredecessorUnknown(uint64 round);
    /// @notice Nothing is dealt at a value that is not positive, or has more than 18 decimals.
    error PriceInvalid(int128 value, uint8 decimals);
    /// @param age seconds since the valuation
    error PriceTooOld(uint256 age, uint256 maxAge);
    error SettlementOver(uint256 settleBy);
    error TokenPaused(address token);
    /// @notice The wallet is not the investor's any more.
    error WalletNotInvestors(address wallet, address investor);
    /// @notice Nothing is paid to an investor who may not send, or of whose wallets one is frozen.
    error InvestorNotPayable(address investor);
    /// @notice An officer froze, or took, units that the request needs.
    error UnitsNotFree(uint256 free, uint256 needed);
    /// @notice It would be rounded to nothing.
    error AmountTooSmall(uint256 amount);
    error BatchTooLong(uint256 length, uint256 maximum);
    /// @notice The transaction's gas would not let each delivery have its full allowance; send it with more.
    error DeliveryGasShort(uint256 given, uint256 needed);

    /* SELLER */

    /// @notice Opens a desk. Only a SELLER of `terms.token`.
    /// @param deskId the token's address followed by 12 bytes of a hash of the desk's business key; a second call with it reverts
    /// @param terms fixed from here on
    function open(bytes32 deskId, Terms calldata terms) external;

    /// @notice Ends the taking of requests, for good. Only a SELLER.
    function close(bytes32 deskId) external;

    /// @notice Takes money out of the pool, to the settlement wallet. Only a SELLER. While redemptions wait the valuation must be LIVE, and
    ///         what they are worth at it stays; at the price of its cut-off one may get more, and then waits for money.
    /// @param amount payment minor units
    function withdraw(bytes32 deskId, uint256 amount) external;

    /// @notice Tries held requests again, at the price that they have. Only a SELLER: if an investor could, he who can bring about his own
    ///         refusal would choose his price. One that fails again stays held; one for which the pool is short stays held too.
    /// @param indexes at most 250
    function retry(bytes32 deskId, Side side, uint256[] calldata indexes) external;

    /* INVESTOR */

    /// @notice Pays money into escrow for units. An eligible wallet, while the desk is open and the valuation LIVE.
    /// @param amount payment minor units
    /// @return index place of the request
    function subscribe(bytes32 deskId, uint128 amount) external returns (uint256 index);

    /// @notice Offers units for money: they stay in the wallet, frozen. A wallet that may send, while the desk is open.
    /// @param units token units that are free
    /// @return index place of the request
    function redeem(bytes32 deskId, uint128 units) external returns (uint256 index);

    /// @notice Takes a request back before its cut-off. Only its wallet.
    function cancel(bytes32 deskId, Side side, uint256 index) external;

    /// @notice Takes a request over from a wallet that its investor no longer has (lost and recovered, or deleted). Only another wallet of
    ///         the investor; for a redemption the one that has the frozen units.
    function redirect(bytes32 deskId, Side side, uint256 index) external;

    /* ANYONE */

    /// @notice Puts money for redemptions into the pool.
    /// @param amount payment minor units
    function fund(bytes32 deskId, uint256 amount) external;

    /// @notice Notes the round that prices a cut-off. It is proved to be the only one: no valid round before it is after the cut-off. Anew
    ///         only when the round noted before is not valid any more.
    /// @param round of the source that stands behind the token's feed now
    function price(bytes32 deskId, uint40 cutOff, uint64 round) external;

    /// @notice Settles in order, from the head of the queue: mints or burns, and pays, in one step a request. One that cannot be settled is
    ///         held with its reason, and one that is too late for its price or its deadline is passed over; neither stops another. Stops at
    ///         the first request without a price, and at the first redemption for which the pool, or the day, is short. Reverts unless the valuation is
    ///         LIVE; subscriptions also while the token is paused.
    /// @param count requests to look at, at most 250
    function settle(bytes32 deskId, Side side, uint256 count) external;

    /// @notice Returns what a request holds to the wallet that made it: by anyone once `settleWithin` has passed, by a SELLER once it is held;
    ///         neither asks a feed. One that is pending also by anyone once the price of its cut-off is older than `maxPriceAge`. To a wallet that was lost and recovered only a SELLER returns anything: its successor redirects first.
    function refund(bytes32 deskId, Side side, uint256 index) external;

    /* SELF */

    /// @notice One request of `settle`, all or nothing. Only this contract itself.
    /// @param value of one whole token
    /// @param decimals of `value`
    /// @return missing payment minor units that the pool lacks; nothing was done unless it is 0
    function deliver(bytes32 deskId, Side side, uint256 index, uint256 value, uint8 decimals) external returns (uint256 missing);

    /* VIEWS */

    function termsOf(bytes32 deskId) external view returns (Terms memory);
    function totalsOf(bytes32 deskId) external view returns (Totals memory);
    function requestOf(bytes32 deskId, Side side, uint256 index) external view returns (Request memory);
    /// @return head place of the first request that `settle` has not passed
    /// @return length requests ever made
    function queueOf(bytes32 deskId, Side side) external view returns (uint256 head, uint256 length);
    /// @return price_ as it was noted
    /// @return valid whether its round still stands
    function priceOf(bytes32 deskId, uint40 cutOff) external view returns (Price memory price_, bool valid);
    /// @return cutOff unix seconds of the first cut-off after `time`
    function cutOffAfter(bytes32 deskId, uint256 time) external view returns (uint40 cutOff);
    /// @notice Token units that requests have frozen in a wallet. An officer who sets a wallet's frozen amount outright adds them to his own.
    function unitsHeld(address token, address wallet) external view returns (uint256);
}
