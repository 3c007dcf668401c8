// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Asks a contract that may be absent, hostile or broken. Whatever it does, the caller goes on, and what it costs is bounded.
/// @dev By hand, because `try` reverts on an account without code and on an answer that is too short, and copies all that comes back.
library StaticRead {
    /// @param target contract to ask
    /// @param gasLimit gas that it may use
    /// @param message abi-encoded call
    /// @param count words that the answer must have; what follows them is not read
    /// @return answered whether it answered with that many words
    /// @return values the words; they say nothing when it did not
    function words(address target, uint256 gasLimit, bytes memory message, uint256 count)
        internal
        view
        returns (bool answered, uint256[] memory values)
    {
        values = new uint256[](count);
        assembly ("memory-safe") {
            let size := shl(5, count)
            answered := staticcall(gasLimit, target, add(message, 0x20), mload(message), add(values, 0x20), size)
            answered := and(answered, iszero(lt(returndatasize(), size)))
        }
    }

    /// @notice The same for an answer of one word.
    function word(address target, uint256 gasLimit, bytes memory message) internal view returns (bool answered, uint256 value) {
        uint256[] memory values;
        (answered, values) = words(target, gasLimit, message, 1);
        value = values[0];
    }

    /// @return given whether it answered, and with a boolean
    /// @return value the boolean
    function boolean(address target, uint256 gasLimit, bytes memory message) internal view returns (bool given, bool value) {
        (bool answered, uint256 answer) = word(target, gasLimit, message);
        return (answered && answer <= 1, answer == 1);
    }
}
