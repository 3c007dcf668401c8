// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";

contract EligibilityTest is Test {
    using Eligibility for uint256;
    using Eligibility for uint80;

    uint256 private constant TIME = 1_780_000_000;
    uint256 private constant HOUR = TIME / 1 hours;
    /// @dev KYC required, issuer index 1 accepted.
    uint80 private constant MATRIX = 1 << 1;
    uint256 private constant WALLET = 0xA11CE;

    /* PACKING */

    function testFuzz_LaneRoundTrip(uint256 word, uint8 index, uint8 issuer, uint32 expiryHour, uint8 epoch, uint16 nonce) public pure {
        index %= 5;
        issuer %= 16;
        expiryHour %= 1 << 20;
        nonce %= 1 << 12;

        uint256 changed = word.withLane(index, issuer, expiryHour, epoch, nonce);

        (uint256 issuer_, uint256 expiryHour_, uint256 epoch_, uint256 nonce_) = changed.lane(index);
        assertEq(issuer_, issuer);
        assertEq(expiryHour_, expiryHour);
        assertEq(epoch_, epoch);
        assertEq(nonce_, nonce);
        for (uint256 i = 0; i < 5; i++) {
            if (i != index) assertEq(_laneBits(changed, i), _laneBits(word, i));
        }
        assertEq(changed >> 220, word >> 220);
    }

    function testFuzz_CountryAndFlagsLeaveTheRest(uint256 word, uint16 country, bool blocked) public pure {
        uint256 changed = word.withCountry(country).withBlocked(blocked).withKnown();

        assertEq(changed.country(), country);
        assertEq(changed.blocked(), blocked);
        assertTrue(changed.isKnown());
        assertEq(changed.walletCount(), word.walletCount());
        assertEq(changed & ((1 << 220) - 1), word & ((1 << 220) - 1));
    }

    function testFuzz_WalletCountLeavesTheRest(uint256 word) public pure {
        vm.assume(word.walletCount() < 15);

        uint256 changed = word.withWalletAdded();

        assertEq(changed.walletCount(), word.walletCount() + 1);
        assertEq(changed.country(), word.country());
        assertEq(changed.blocked(), word.blocked());
        assertEq(changed.withWalletRemoved(), word);
    }

    function testFuzz_WalletWordRoundTrip(address identity, uint16 holds) public pure {
        uint256 word = Eligibility.newWallet(identity, 0);
        assertEq(word.identityOf(), identity);
        assertFalse(word.isRetired());
        assertFalse(word.isListed());
        assertEq(word.holdCount(), 0);

        word |= uint256(holds) << 168;
        word = word.withRetired().withListed(true);
        assertEq(word.identityOf(), identity);
        assertTrue(word.isRetired());
        assertTrue(word.isListed());
        assertEq(word.holdCount(), holds);
        if (holds != 0) assertEq(word.withHolding(false).holdCount(), holds - 1);
        assertFalse(word.withListed(false).isListed());
    }

    function testFuzz_MatrixRoundTrip(uint80 matrix, uint8 index, uint16 accepted, uint8 issuer, bool accept) public pure {
        index %= 5;
        issuer %= 16;

        uint80 row = matrix.withAccepted(index, accepted);
        uint80 cell = matrix.withIssuer(index, issuer, accept);

        assertEq(row.acceptedOf(index), accepted);
        assertEq((cell.acceptedOf(index) >> issuer) & 1, accept ? 1 : 0);
        for (uint256 i = 0; i < 5; i++) {
            if (i == index) continue;
            assertEq(row.acceptedOf(i), matrix.acceptedOf(i));
            assertEq(cell.acceptedOf(i), matrix.acceptedOf(i));
        }
    }

    function testFuzz_EpochsAreApart(uint8 raised, uint8 other) public pure {
        raised %= 16;
        other %= 16;
        uint256 epochs = uint256(0).withEpochRaised(raised);

        assertEq(epochs.epochOf(raised), 1);
        if (other != raised) assertEq(epochs.epochOf(other), 0);
    }

    /* JUDGEMENT */

    function test_VerifiedUntilTheHourOfExpiryBegins() public pure {
        uint256 word = uint256(0).withLane(0, 1, HOUR + 1, 0, 1);

        assertEq(_judge(word, TIME), ReasonCode.OK);
        assertEq(_judge(word, (HOUR + 1) * 1 hours - 1), ReasonCode.OK);
        assertEq(_judge(word, (HOUR + 1) * 1 hours), ReasonCode.RECIPIENT_CLAIM_EXPIRED);
    }

    function test_MissingWhenNeverWrittenOrIssuerNotAccepted() public pure {
        assertEq(_judge(0, TIME), ReasonCode.RECIPIENT_CLAIM_MISSING);
        assertEq(_judge(uint256(0).withLane(0, 2, HOUR + 9, 0, 1), TIME), ReasonCode.RECIPIENT_CLAIM_MISSING);
        assertEq(_judge(uint256(0).withLane(1, 1, HOUR + 9, 0, 1), TIME), ReasonCode.RECIPIENT_CLAIM_MISSING);
    }

    function test_RevokedByZeroExpiryOrByEpoch() public pure {
        assertEq(_judge(uint256(0).withLane(0, 1, 0, 0, 1), TIME), ReasonCode.RECIPIENT_CLAIM_REVOKED);
        assertEq(_judge(uint256(0).withLane(0, 1, HOUR + 9, 7, 1), TIME), ReasonCode.RECIPIENT_CLAIM_REVOKED);
    }

    function test_NobodyIsVerifiedWithoutRequiredTopics() public pure {
        uint256 word = uint256(0).withLane(0, 1, HOUR + 9, 0, 1);
        assertEq(Eligibility.check(WALLET, word, 0, 0, TIME), ReasonCode.RECIPIENT_CLAIM_MISSING);
    }

    function test_RegistrationAndBlockComeBeforeClaims() public pure {
        uint256 word = uint256(0).withBlocked(true);
        assertEq(Eligibility.check(0, word, MATRIX, 0, TIME), ReasonCode.RECIPIENT_NOT_REGISTERED);
        assertEq(Eligibility.check(WALLET.withRetired(), word, MATRIX, 0, TIME), ReasonCode.RECIPIENT_NOT_REGISTERED);
        assertEq(Eligibility.check(WALLET, word, MATRIX, 0, TIME), ReasonCode.RECIPIENT_BLOCKED);
    }

    function test_TheGravestClaimDecides() public pure {
        uint80 matrix = MATRIX.withAccepted(1, 2).withAccepted(4, 2);
        uint256 word = uint256(0).withLane(1, 1, HOUR, 0, 1);
        assertEq(Eligibility.claims(word, matrix, 0, TIME), ReasonCode.RECIPIENT_CLAIM_EXPIRED);
        word = word.withLane(4, 1, 0, 0, 1);
        assertEq(Eligibility.claims(word, matrix, 0, TIME), ReasonCode.RECIPIENT_CLAIM_REVOKED);
    }

    /// @dev Small fields, so that all outcomes are frequent.
    function testFuzz_EqualsTheModel(uint256 seed, uint256 epochs, uint80 matrix, uint256 time) public pure {
        time = bound(time, 0, 20 hours);
        epochs &= 0x0001000100010001000100010001000100010001000100010001000100010001;
        if (seed & 1 == 0) matrix &= uint80(0xffff00000000ffff0000);
        uint256 word;
        for (uint256 i = 0; i < 5; i++) {
            uint256 bits = uint256(keccak256(abi.encode(seed, i)));
            word = word.withLane(i, bits % 16, (bits >> 8) % 16, (bits >> 16) % 2, (bits >> 24) % 3);
        }
        uint256 wallet = seed % 7 == 0 ? 0 : WALLET;
        if (seed % 11 == 0) wallet = wallet.withRetired();
        word = word.withBlocked(seed % 13 == 0);

        assertEq(Eligibility.check(wallet, word, matrix, epochs, time), _model(wallet, word, matrix, epochs, time));
    }

    /// @dev The rules of eligibility, one by one, straight from the bits.
    function _model(uint256 wallet, uint256 word, uint80 matrix, uint256 epochs, uint256 time) private pure returns (uint8) {
        if (address(uint160(wallet)) == address(0) || (wallet >> 160) & 1 == 1) return ReasonCode.RECIPIENT_NOT_REGISTERED;
        if ((word >> 240) & 1 == 1) return ReasonCode.RECIPIENT_BLOCKED;
        if (matrix == 0) return ReasonCode.RECIPIENT_CLAIM_MISSING;
        bool missing;
        bool expired;
        for (uint256 i = 0; i < 5; i++) {
            uint256 row = (matrix >> (16 * i)) & 0xffff;
            if (row == 0) continue;
            uint256 bits = _laneBits(word, i);
            uint256 issuer = bits & 15;
            if (bits >> 32 == 0 || (row >> issuer) & 1 == 0) {
                missing = true;
            } else if ((bits >> 4) & 0xfffff == 0 || (bits >> 24) & 0xff != (epochs >> (16 * issuer)) & 0xffff) {
                return ReasonCode.RECIPIENT_CLAIM_REVOKED;
            } else if (((bits >> 4) & 0xfffff) * 3600 <= time) {
                expired = true;
            }
        }
        if (expired) return ReasonCode.RECIPIENT_CLAIM_EXPIRED;
        return missing ? ReasonCode.RECIPIENT_CLAIM_MISSING : ReasonCode.OK;
    }

    function _judge(uint256 investor, uint256 time) private pure returns (uint8) {
        uint8 code = Eligibility.check(WALLET, investor, MATRIX, 0, time);
        assertEq(code, Eligibility.status(investor, 0, MATRIX, 0, time));
        return code;
    }

    function _laneBits(uint256 word, uint256 index) private pure returns (uint256) {
        return (word >> (44 * index)) & ((1 << 44) - 1);
    }
}
