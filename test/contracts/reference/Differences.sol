// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";

/// @notice Where ours deliberately answers otherwise than the reference.
enum Difference {
    NONE,
    ZERO_VALUE,
    HOLDER_SPENDS_FOR_HIMSELF,
    SENDER_REVOKED,
    SPENDER_FROZEN,
    MINT_DURING_PAUSE,
    MINT_TO_FROZEN,
    MINT_ABOVE_CAP,
    LONGER_AMOUNTS,
    INFINITE_ALLOWANCE
}

enum Act {
    TRANSFER,
    TRANSFER_FROM,
    BATCH_TRANSFER,
    APPROVE,
    MINT,
    BURN,
    FREEZE,
    FREEZE_UNITS,
    UNFREEZE_UNITS,
    PAUSE,
    UNPAUSE
}

/// @notice What a step meets: everything that a difference may depend on.
/// @param token ours
/// @param amount of the step; of a batch, the least
/// @param wallets of a batch
/// @param amounts of a batch
/// @param minted by our agent in the window that is open
struct Situation {
    Act act;
    address token;
    address spender;
    address from;
    uint256 amount;
    uint256 wallets;
    uint256 amounts;
    bool paused;
    bool recipientFrozen;
    bool spenderFrozen;
    bool senderRevoked;
    uint256 allowance;
    uint256 minted;
    uint256 mintCap;
}

/// @notice One predicate a difference, each with the exact error of the side that refuses. Nothing else may differ.
library Differences {
    bytes internal constant NO_VALUE_TRANSFER = abi.encodeWithSignature("Error(string)", "invalid argument - no value transfer");
    bytes internal constant NO_VALUE_MINT = abi.encodeWithSignature("Error(string)", "invalid argument - no value mint");
    bytes internal constant NO_VALUE_BURN = abi.encodeWithSignature("Error(string)", "invalid argument - no value burn");
    bytes internal constant UNDERFLOW = abi.encodeWithSignature("Panic(uint256)", 0x11);

    /// @notice Why ours accepts what the reference refused with `theirs`.
    function oursAlone(Situation memory s, bytes memory theirs) internal pure returns (Difference) {
        if (isZeroValue(s, theirs)) return Difference.ZERO_VALUE;
        if (isHolderSpendingForHimself(s) && s.amount > s.allowance && same(theirs, UNDERFLOW)) {
            return Difference.HOLDER_SPENDS_FOR_HIMSELF;
        }
        return Difference.NONE;
    }

    /// @notice Why the reference accepts what ours refused with `error`.
    function referenceAlone(Situation memory s, bytes memory error) internal pure returns (Difference) {
        if (isSenderRevoked(s, error)) return Difference.SENDER_REVOKED;
        if (isSpenderFrozen(s, error)) return Difference.SPENDER_FROZEN;
        if (isMintDuringPause(s, error)) return Difference.MINT_DURING_PAUSE;
        if (isMintToFrozen(s, error)) return Difference.MINT_TO_FROZEN;
        if (isMintAboveCap(s, error)) return Difference.MINT_ABOVE_CAP;
        if (isLongerAmounts(s, error)) return Difference.LONGER_AMOUNTS;
        return Difference.NONE;
    }

    /* OURS ALONE */

    /// @notice ERC-20 wants a transfer of nothing to work; so do a mint and a burn of nothing.
    function isZeroValue(Situation memory s, bytes memory theirs) internal pure returns (bool) {
        if (s.amount != 0) return false;
        if (s.act == Act.MINT) return same(theirs, NO_VALUE_MINT);
        if (s.act == Act.BURN) return same(theirs, NO_VALUE_BURN);
        return isTransfer(s) && same(theirs, NO_VALUE_TRANSFER);
    }

    /// @notice A holder who calls transferFrom for himself needs no allowance, and spends none.
    function isHolderSpendingForHimself(Situation memory s) internal pure returns (bool) {
        return s.act == Act.TRANSFER_FROM && s.spender == s.from;
    }

    /* REFERENCE ALONE */

    /// @notice A revoked claim bars its holder from sending too.
    function isSenderRevoked(Situation memory s, bytes memory error) internal pure returns (bool) {
        return isTransfer(s) && s.senderRevoked && same(error, refusal(s, ReasonCode.SENDER_NOT_ELIGIBLE, 0, 0));
    }

    /// @notice A frozen wallet spends nobody's allowance.
    function isSpenderFrozen(Situation memory s, bytes memory error) internal pure returns (bool) {
        return s.act == Act.TRANSFER_FROM && s.spenderFrozen && same(error, refusal(s, ReasonCode.SPENDER_FROZEN, 0, 0));
    }

    /// @notice No fresh supply in an incident.
    function isMintDuringPause(Situation memory s, bytes memory error) internal pure returns (bool) {
        return s.act == Act.MINT && s.paused && same(error, refusal(s, ReasonCode.TOKEN_PAUSED, 0, 0));
    }

    /// @notice ERC-7943 asks `canReceive` on a mint too.
    function isMintToFrozen(Situation memory s, bytes memory error) internal pure returns (bool) {
        return s.act == Act.MINT && s.recipientFrozen && same(error, refusal(s, ReasonCode.RECIPIENT_FROZEN, 0, 0));
    }

    /// @notice A minter has a cap a day.
    function isMintAboveCap(Situation memory s, bytes memory error) internal pure returns (bool) {
        uint256 asked = s.amount > type(uint256).max - s.minted ? type(uint256).max : s.minted + s.amount;
        return s.act == Act.MINT && asked > s.mintCap && same(error, refusal(s, ReasonCode.MINT_CAP, asked, s.mintCap));
    }

    /// @notice A wrong file does not half-work.
    function isLongerAmounts(Situation memory s, bytes memory error) internal pure returns (bool) {
        bytes memory expected = abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, s.wallets, s.amounts);
        return s.act == Act.BATCH_TRANSFER && s.amounts > s.wallets && same(error, expected);
    }

    /* BOTH SUCCEED */

    /// @notice Why an allowance is left as it was where the reference counts it down.
    /// @param ours allowance after the step
    /// @param theirs allowance after the step on the reference
    function allowanceKept(Situation memory s, uint256 ours, uint256 theirs) internal pure returns (Difference) {
        bool kept = s.act == Act.TRANSFER_FROM && ours == s.allowance && theirs == s.allowance - s.amount;
        if (kept && isInfiniteAllowance(s)) return Difference.INFINITE_ALLOWANCE;
        if (kept && isHolderSpendingForHimself(s)) return Difference.HOLDER_SPENDS_FOR_HIMSELF;
        return Difference.NONE;
    }

    /// @notice An infinite allowance is not counted down.
    function isInfiniteAllowance(Situation memory s) internal pure returns (bool) {
        return s.allowance == type(uint256).max;
    }

    /* INTERNAL */

    function isTransfer(Situation memory s) private pure returns (bool) {
        return s.act == Act.TRANSFER || s.act == Act.TRANSFER_FROM || s.act == Act.BATCH_TRANSFER;
    }

    function refusal(Situation memory s, uint8 code, uint256 actual, uint256 limit) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, s.token, actual, limit);
    }

    function same(bytes memory a, bytes memory b) private pure returns (bool) {
        return keccak256(a) == keccak256(b);
    }
}
