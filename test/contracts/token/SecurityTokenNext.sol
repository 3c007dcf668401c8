// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { SecurityToken } from "../../../contracts/token/SecurityToken.sol";

/// @notice The next version of a token as the layout check lets it pass: one more field at the end of the storage.
contract SecurityTokenNext is SecurityToken {
    struct NextStorage {
        TokenStorage before;
        uint256 appended;
    }

    constructor(address extension_) SecurityToken(extension_) { }

    function setAppended(uint256 value) external {
        _next().appended = value;
    }

    function appended() external view returns (uint256) {
        return _next().appended;
    }

    function _next() private pure returns (NextStorage storage $) {
        TokenStorage storage before = _state();
        assembly {
            $.slot := before.slot
        }
    }
}
