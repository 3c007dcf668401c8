// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice A contract whose code goes on in another one: what it does not know itself it hands on, in its own context.
abstract contract Continued {
    /// @custom:oz-upgrades-unsafe-allow state-variable-immutable
    address private immutable CONTINUATION;

    /// @param continuation contract with the rest of the code, of the same version
    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor(address continuation) {
        CONTINUATION = continuation;
    }

    /// @dev Refuses ether: the continuation has no payable function.
    /// @custom:oz-upgrades-unsafe-allow delegatecall
    fallback() external {
        address continuation = CONTINUATION;
        assembly {
            calldatacopy(0, 0, calldatasize())
            let success := delegatecall(gas(), continuation, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch success
            case 0 { revert(0, returndatasize()) }
            default { return(0, returndatasize()) }
        }
    }
}
