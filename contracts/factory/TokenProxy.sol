// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ERC1967Proxy } from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

/// @notice The proxy of a token. Its creation code does not carry the settings, so that the address follows from the salt alone.
///         Warning: it is born uninitialised. TokenFactory initialises it in the same transaction; nobody else should deploy it.
contract TokenProxy is ERC1967Proxy {
    /// @param implementation SecurityToken
    constructor(address implementation) ERC1967Proxy(implementation, "") { }

    function _unsafeAllowUninitialized() internal pure override returns (bool) {
        return true;
    }
}
