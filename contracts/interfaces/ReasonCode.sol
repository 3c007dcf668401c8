// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Why a movement is refused. Append-only: a number is never reused. Where the meaning is the same the number is that of
///         Securitize's DSToken (10, 15, 16, 20, 25, 26, 40, 50, 51, 52, 61, 71, 90) or of CMTA (30).
library ReasonCode {
    uint8 internal constant OK = 0;
    uint8 internal constant TOKEN_PAUSED = 10;
    uint8 internal constant SENDER_FROZEN = 11;
    uint8 internal constant RECIPIENT_FROZEN = 12;
    uint8 internal constant SPENDER_FROZEN = 13;
    uint8 internal constant TOKENS_FROZEN = 14;
    uint8 internal constant INSUFFICIENT_BALANCE = 15;
    uint8 internal constant LOCKUP_ACTIVE = 16;
    uint8 internal constant INSUFFICIENT_ALLOWANCE = 17;
    uint8 internal constant INVALID_RECIPIENT = 18;
    uint8 internal constant RECIPIENT_NOT_REGISTERED = 20;
    uint8 internal constant RECIPIENT_CLAIM_MISSING = 21;
    uint8 internal constant RECIPIENT_CLAIM_EXPIRED = 22;
    uint8 internal constant RECIPIENT_CLAIM_REVOKED = 23;
    uint8 internal constant SENDER_NOT_ELIGIBLE = 24;
    uint8 internal constant FLOWBACK_RESTRICTED = 25;
    uint8 internal constant COUNTRY_RESTRICTED = 26;
    uint8 internal constant RECIPIENT_BLOCKED = 27;
    uint8 internal constant SANCTIONED_ADDRESS = 30;
    uint8 internal constant SCREENING_UNAVAILABLE = 33;
    uint8 internal constant SENDER_NOT_LISTED = 36;
    uint8 internal constant RECIPIENT_NOT_LISTED = 37;
    uint8 internal constant SPENDER_NOT_ALLOWED = 38;
    uint8 internal constant HOLDER_CAP_REACHED = 40;
    uint8 internal constant CATEGORY_CAP_REACHED = 41;
    uint8 internal constant COUNTRY_CAP_REACHED = 42;
    uint8 internal constant FULL_TRANSFER_ONLY = 50;
    uint8 internal constant MIN_HOLDING = 51;
    uint8 internal constant MAX_BALANCE = 52;
    uint8 internal constant MAX_OWNERSHIP_PCT = 53;
    uint8 internal constant SUPPLY_CAP = 54;
    uint8 internal constant MIN_TRANSFER = 55;
    uint8 internal constant MAX_CATEGORY_PCT = 56;
    uint8 internal constant BLACKOUT_WINDOW = 60;
    uint8 internal constant ONLY_ACCREDITED = 61;
    uint8 internal constant APPROVAL_REQUIRED = 63;
    uint8 internal constant DAILY_LIMIT = 64;
    uint8 internal constant EXCHANGE_LIMIT = 65;
    uint8 internal constant RESERVE_SHORTFALL = 66;
    uint8 internal constant RESERVE_STALE = 67;
    uint8 internal constant MINT_CAP = 68;
    uint8 internal constant FEE_COLLECTOR_INVALID = 70;
    uint8 internal constant MIN_HOLDERS = 71;
    uint8 internal constant LIQUIDATE_ONLY = 90;
    uint8 internal constant RULE_FAULT = 254;
    uint8 internal constant UNKNOWN = 255;
}
