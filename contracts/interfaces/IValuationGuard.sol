// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Judges a round that a feed does not let pass by itself.
interface IValuationGuard {
    enum Verdict {
        /// published
        ACCEPT,
        /// waits for approval or for a second round that agrees
        HOLD,
        /// the submission reverts
        REJECT
    }

    /// @notice Must not revert for any input.
    /// @param previous latest value, feed decimals; meaningless when `previousAt` is 0
    /// @param previousAt unix seconds at which `previous` holds, 0 = there is none
    /// @param next the new value, feed decimals
    /// @param nextAt unix seconds at which `next` holds, above `previousAt`
    /// @param spreadBps greatest less least observation, basis points of the new value
    /// @return verdict what is to become of it
    /// @return reason which check decided, as text ("band", "spread", "reference", "growth", "sign"), zero on ACCEPT
    function check(bytes32 feedId, int256 previous, uint40 previousAt, int256 next, uint40 nextAt, uint256 spreadBps)
        external
        view
        returns (Verdict verdict, bytes32 reason);
}
