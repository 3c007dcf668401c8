// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ERC20Upgradeable } from "@openzeppelin/contracts-upgradeable/token/ERC20/ERC20Upgradeable.sol";

/// @notice What units cost to move where nobody is asked: OpenZeppelin's ERC-20, for `npm run bench:gas` to stand beside.
contract PlainToken is ERC20Upgradeable {
    function initialize(string calldata name, string calldata symbol) external initializer {
        __ERC20_init(name, symbol);
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
