// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ReasonCode } from "../interfaces/ReasonCode.sol";

// Packing is what this file is for: every narrowing cast takes a field out of its word on purpose.
// forge-lint: disable-start(unsafe-typecast)

/// @notice What the words of the identity storage mean: the one place where their bits are laid out, and the one judgement of
///         eligibility that the registry, the token and the rules share.
///
///         wallet word    bits 0–159 identity · 160 retired · 161 listed · 168–183 hold count (bound tokens in which the wallet holds units) ·
///                        184–223 time of its link, unix seconds, 0 = by a recovery
///         investor word  five claim lanes of 44 bits, lane i at bit 44·i for claim topic i + 1:
///                          0–3 issuer index · 4–23 expiry in hours since 1970 · 24–31 issuer epoch · 32–43 nonce (0 no claim)
///                        220–235 country (ISO 3166-1 numeric) · 236–239 wallet count · 240 blocked · 241 known
///         epochs word    16 bits an issuer, issuer index j at bit 16·j
///         matrix         16 bits a claim topic, lane i at bit 16·i; bit j of a lane accepts issuer index j; a lane of zero is not required
///
/// @dev A lane is *missing* when its nonce is 0 or the matrix does not accept its issuer, *revoked* when its expiry is 0 or its epoch is
///      not the issuer's, *expired* when its expiry hour has begun or passed.
library Eligibility {
    // Masks are written out: a difference of constants would be computed anew, and checked, at every transfer.

    /// @notice Claim topics 1 to 5 have a lane.
    uint256 internal constant LANES = 5;
    uint256 internal constant MAX_ISSUERS = 16;
    uint256 internal constant MAX_WALLETS = 15;
    uint256 internal constant MAX_EXPIRY_HOUR = 0xfffff;
    uint256 internal constant MAX_NONCE = 0xfff;
    uint256 internal constant MAX_EPOCH = 0xff;
    uint256 internal constant MAX_HOLD_COUNT = 0xffff;

    uint256 private constant RETIRED = 1 << 160;
    uint256 private constant LISTED = 1 << 161;
    uint256 private constant HOLD_COUNT_OFFSET = 168;
    uint256 private constant HOLD_COUNT_ONE = 1 << HOLD_COUNT_OFFSET;
    uint256 private constant LINKED_AT_OFFSET = 184;

    /// @notice How long after its link a wallet is on probation: no income is paid to it, and it vetoes no recovery. So long the guardian
    ///         has to act against a registrar who links a thief's wallet. None on a development chain.
    uint256 internal constant PROBATION = 2 days;
    uint256 private constant DEVELOPMENT_CHAIN = 31337;

    uint256 private constant LANE_BITS = 44;
    uint256 private constant LANE_MASK = 0xfffffffffff;
    uint256 private constant ISSUER_MASK = 0xf;
    uint256 private constant EXPIRY_OFFSET = 4;
    uint256 private constant EPOCH_OFFSET = 24;
    uint256 private constant NONCE_OFFSET = 32;
    uint256 private constant COUNTRY_OFFSET = 220;
    uint256 private constant COUNTRY_MASK = uint256(type(uint16).max) << COUNTRY_OFFSET;
    uint256 private constant WALLET_COUNT_OFFSET = 236;
    uint256 private constant WALLET_COUNT_ONE = 1 << WALLET_COUNT_OFFSET;
    uint256 private constant BLOCKED = 1 << 240;
    uint256 private constant KNOWN = 1 << 241;

    /* JUDGEMENT */

    /// @notice Whether a wallet may receive, as far as its investor is concerned.
    /// @param wallet wallet word
    /// @param investor investor word of the wallet's identity
    /// @param matrix acceptance matrix of the token; all zero verifies nobody
    /// @param epochs epochs word
    /// @param time unix seconds
    /// @return code ReasonCode: 0, RECIPIENT_NOT_REGISTERED, RECIPIENT_BLOCKED, or as `claims`
    function check(uint256 wallet, uint256 investor, uint80 matrix, uint256 epochs, uint256 time) internal pure returns (uint8 code) {
        if (identityOf(wallet) == address(0) || isRetired(wallet)) return ReasonCode.RECIPIENT_NOT_REGISTERED;
        if (blocked(investor)) return ReasonCode.RECIPIENT_BLOCKED;
        return claims(investor, matrix, epochs, time);
    }

    /// @notice The gravest failing among the required claims: revoked before expired before missing.
    /// @param investor investor word
    /// @param matrix acceptance matrix; all zero counts as missing
    /// @param epochs epochs word
    /// @param time unix seconds
    /// @return worst ReasonCode: 0, RECIPIENT_CLAIM_MISSING, RECIPIENT_CLAIM_EXPIRED or RECIPIENT_CLAIM_REVOKED
    function claims(uint256 investor, uint80 matrix, uint256 epochs, uint256 time) internal pure returns (uint8 worst) {
        if (matrix == 0) return ReasonCode.RECIPIENT_CLAIM_MISSING;

        uint256 remaining = matrix;
        do {
            uint8 code = _laneStatus(investor & LANE_MASK, remaining & type(uint16).max, epochs, time);
            // The codes ascend with gravity.
            if (code > worst) worst = code;
            investor >>= LANE_BITS;
            remaining >>= 16;
        } while (remaining != 0);
    }

    /// @notice What one claim lane is worth to a token.
    /// @param investor investor word
    /// @param index lane, 0 to 4, of claim topic index + 1
    /// @param matrix acceptance matrix
    /// @param epochs epochs word
    /// @param time unix seconds
    /// @return ReasonCode: 0 (counts, or is not required), RECIPIENT_CLAIM_MISSING, RECIPIENT_CLAIM_EXPIRED or RECIPIENT_CLAIM_REVOKED
    function status(uint256 investor, uint256 index, uint80 matrix, uint256 epochs, uint256 time) internal pure returns (uint8) {
        return _laneStatus(_lane(investor, index), acceptedOf(matrix, index), epochs, time);
    }

    /// @param lane_ the 44 bits of a lane
    /// @param accepted the 16 bits of its row in the matrix
    function _laneStatus(uint256 lane_, uint256 accepted, uint256 epochs, uint256 time) private pure returns (uint8) {
        if (accepted == 0) return ReasonCode.OK;

        uint256 issuer = lane_ & ISSUER_MASK;
        if (lane_ >> NONCE_OFFSET == 0 || (accepted >> issuer) & 1 == 0) return ReasonCode.RECIPIENT_CLAIM_MISSING;

        uint256 expiryHour = (lane_ >> EXPIRY_OFFSET) & MAX_EXPIRY_HOUR;
        if (expiryHour == 0 || (lane_ >> EPOCH_OFFSET) & MAX_EPOCH != epochOf(epochs, issuer)) return ReasonCode.RECIPIENT_CLAIM_REVOKED;
        unchecked {
            // 20 bits of hours.
            return expiryHour * 1 hours <= time ? ReasonCode.RECIPIENT_CLAIM_EXPIRED : ReasonCode.OK;
        }
    }

    /* WALLET WORD */

    /// @return the identity that the wallet belongs to, or zero
    function identityOf(uint256 wallet) internal pure returns (address) {
        return address(uint160(wallet));
    }

    /// @return whether the wallet was replaced in a recovery: it keeps its identity but may no longer receive
    function isRetired(uint256 wallet) internal pure returns (bool) {
        return wallet & RETIRED != 0;
    }

    /// @return whether the wallet is on its investor's list of wallets that hold or have held units
    function isListed(uint256 wallet) internal pure returns (bool) {
        return wallet & LISTED != 0;
    }

    /// @return number of bound tokens in which the wallet holds units
    function holdCount(uint256 wallet) internal pure returns (uint256) {
        return (wallet >> HOLD_COUNT_OFFSET) & MAX_HOLD_COUNT;
    }

    /// @param linkedAt unix seconds, 0 = after a recovery, which has waited already
    function newWallet(address identity, uint256 linkedAt) internal pure returns (uint256) {
        return uint160(identity) | linkedAt << LINKED_AT_OFFSET;
    }

    /// @param wallet wallet word
    function isOnProbation(uint256 wallet) internal view returns (bool) {
        return block.timestamp < uint40(wallet >> LINKED_AT_OFFSET) + PROBATION && block.chainid != DEVELOPMENT_CHAIN;
    }

    function withRetired(uint256 wallet) internal pure returns (uint256) {
        return wallet | RETIRED;
    }

    function withListed(uint256 wallet, bool listed) internal pure returns (uint256) {
        return listed ? wallet | LISTED : wallet & ~LISTED;
    }

    /// @dev The caller keeps the count between 0 and MAX_HOLD_COUNT.
    function withHolding(uint256 wallet, bool holds) internal pure returns (uint256) {
        return holds ? wallet + HOLD_COUNT_ONE : wallet - HOLD_COUNT_ONE;
    }

    /* INVESTOR WORD */

    /// @return ISO 3166-1 numeric, 0 when unset
    function country(uint256 investor) internal pure returns (uint16) {
        return uint16(investor >> COUNTRY_OFFSET);
    }

    /// @return number of linked wallets, 0 to 15, retired ones included while they hold units
    function walletCount(uint256 investor) internal pure returns (uint256) {
        return (investor >> WALLET_COUNT_OFFSET) & MAX_WALLETS;
    }

    /// @return whether the investor is barred in every token
    function blocked(uint256 investor) internal pure returns (bool) {
        return investor & BLOCKED != 0;
    }

    /// @return whether the identity was reserved by the factory's salt or allowed by the owner
    function isKnown(uint256 investor) internal pure returns (bool) {
        return investor & KNOWN != 0;
    }

    /// @param index lane, 0 to 4
    /// @return issuer index in the issuer table; says nothing while there is no claim
    /// @return expiryHour hours since 1970, 0 when revoked
    /// @return epoch the issuer's epoch when the claim was written
    /// @return nonce of the last claim, 0 when there never was one
    function lane(uint256 investor, uint256 index)
        internal
        pure
        returns (uint256 issuer, uint256 expiryHour, uint256 epoch, uint256 nonce)
    {
        uint256 bits = _lane(investor, index);
        return (bits & ISSUER_MASK, (bits >> EXPIRY_OFFSET) & MAX_EXPIRY_HOUR, (bits >> EPOCH_OFFSET) & MAX_EPOCH, bits >> NONCE_OFFSET);
    }

    /// @dev The caller keeps every field within its width.
    function withLane(uint256 investor, uint256 index, uint256 issuer, uint256 expiryHour, uint256 epoch, uint256 nonce)
        internal
        pure
        returns (uint256)
    {
        uint256 bits = issuer | (expiryHour << EXPIRY_OFFSET) | (epoch << EPOCH_OFFSET) | (nonce << NONCE_OFFSET);
        return (investor & ~(LANE_MASK << (LANE_BITS * index))) | (bits << (LANE_BITS * index));
    }

    function withCountry(uint256 investor, uint16 country_) internal pure returns (uint256) {
        return (investor & ~COUNTRY_MASK) | (uint256(country_) << COUNTRY_OFFSET);
    }

    /// @dev The caller keeps the count between 0 and MAX_WALLETS.
    function withWalletAdded(uint256 investor) internal pure returns (uint256) {
        return investor + WALLET_COUNT_ONE;
    }

    /// @dev The caller keeps the count between 0 and MAX_WALLETS.
    function withWalletRemoved(uint256 investor) internal pure returns (uint256) {
        return investor - WALLET_COUNT_ONE;
    }

    function withBlocked(uint256 investor, bool blocked_) internal pure returns (uint256) {
        return blocked_ ? investor | BLOCKED : investor & ~BLOCKED;
    }

    function withKnown(uint256 investor) internal pure returns (uint256) {
        return investor | KNOWN;
    }

    function _lane(uint256 investor, uint256 index) private pure returns (uint256) {
        return (investor >> (LANE_BITS * index)) & LANE_MASK;
    }

    /* EPOCHS AND MATRIX */

    /// @param issuer index, 0 to 15
    function epochOf(uint256 epochs, uint256 issuer) internal pure returns (uint256) {
        return (epochs >> (issuer << 4)) & type(uint16).max;
    }

    /// @dev The caller keeps the epoch at or below MAX_EPOCH.
    function withEpochRaised(uint256 epochs, uint256 issuer) internal pure returns (uint256) {
        return epochs + (1 << (16 * issuer));
    }

    /// @param index lane, 0 to 4
    /// @return bit j is set when issuer index j is accepted; 0 when the topic is not required
    function acceptedOf(uint80 matrix, uint256 index) internal pure returns (uint16) {
        return uint16(matrix >> (16 * index));
    }

    /// @param index lane, 0 to 4
    /// @param accepted bit j accepts issuer index j; 0 makes the topic not required
    function withAccepted(uint80 matrix, uint256 index, uint16 accepted) internal pure returns (uint80) {
        uint80 mask = uint80(type(uint16).max) << uint80(16 * index);
        return (matrix & ~mask) | (uint80(accepted) << uint80(16 * index));
    }

    /// @param index lane, 0 to 4
    /// @param issuer index, 0 to 15
    function withIssuer(uint80 matrix, uint256 index, uint256 issuer, bool accepted) internal pure returns (uint80) {
        uint80 bit = uint80(1 << (16 * index + issuer));
        return accepted ? matrix | bit : matrix & ~bit;
    }
}
