// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Why a call just failed, cut to a length that a log can always afford. `catch (bytes memory)` would copy, and an event would
///         then pay for, whatever a hostile token answers.
library FailureReason {
    /// @dev Selector and arguments of any error here fit twice.
    uint256 internal constant MAX_LENGTH = 512;

    /// @return reason first bytes of what the last call returned; read it before any other call
    function last() internal pure returns (bytes memory reason) {
        uint256 maximum = MAX_LENGTH;
        assembly ("memory-safe") {
            let length := returndatasize()
            if gt(length, maximum) { length := maximum }
            reason := mload(0x40)
            mstore(0x40, add(add(reason, 0x20), and(add(length, 0x1f), not(0x1f))))
            mstore(reason, length)
            returndatacopy(add(reason, 0x20), 0, length)
        }
    }
}
