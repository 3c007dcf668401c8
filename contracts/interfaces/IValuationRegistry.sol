// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice What a token is worth and whether that may be relied on: ERC-7726 quotes and the status behind them.
interface IValuationRegistry {
    enum Status {
        LIVE,
        /// a later round waits for approval
        HELD,
        /// nothing was published for too long
        PUBLICATION_STALE,
        /// the value holds for an instant too long ago, its source says so, or its calendar year is unknown
        VALUATION_STALE,
        HALTED,
        /// no policy, no feed, no round
        UNKNOWN
    }

    /// @param feed FeedProxy of the token's value per whole token
    /// @param quote currency of the value: a token, or an ISO 4217 number as an address (840 = USD)
    /// @param maxPublishAge seconds since the publication, 0 = not judged
    /// @param maxValuationAge seconds since the valuation, 0 = not judged
    /// @param maxBusinessDays open days of `calendar` since the day of the valuation, 0 = not judged
    /// @param calendar of MarketCalendar; zero = none
    /// At least one of the three ages is set.
    struct Policy {
        address feed;
        address quote;
        uint32 maxPublishAge;
        uint32 maxValuationAge;
        uint16 maxBusinessDays;
        bytes32 calendar;
    }

    event PolicySet(address indexed token, Policy previous, Policy policy);

    error PolicyInvalid(string field);
    error ValuationNotLive(address token, Status status);
    /// @notice Nothing is quoted at a value of zero or below.
    /// @param nav feed decimals
    error ValuationNotPositive(address token, int256 nav);
    error QuoteUnsupported(address base, address quote);

    /// @notice ERC-7726: what `baseAmount` of `base` is worth in `quote`, rounded down. Reverts unless the valuation is LIVE and positive.
    ///         One of the two is a token with a policy, the other one the policy's currency.
    /// @param baseAmount smallest units of `base`; of a currency number, 18 decimals
    /// @param base a token with a policy, or its currency
    /// @param quote the policy's currency, or the token
    /// @return quoteAmount smallest units of `quote`; of a currency number, 18 decimals
    function getQuote(uint256 baseAmount, address base, address quote) external view returns (uint256 quoteAmount);

    /// @notice The latest value per whole token, whatever its status. Never reverts.
    /// @return nav feed decimals, 0 while nothing can be read
    /// @return decimals of `nav`
    /// @return valuationTimestamp unix seconds at which it holds
    /// @return publishedAt unix seconds of its publication
    /// @return status whether value may move on it
    function valuation(address token)
        external
        view
        returns (int256 nav, uint8 decimals, uint40 valuationTimestamp, uint40 publishedAt, Status status);

    function policyOf(address token) external view returns (Policy memory);

    /// @notice Sets a token's policy. Restricted.
    function setPolicy(address token, Policy calldata policy) external;
}
