// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { EnumerableSet } from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

/// @notice A list names the account twice.
error AddressRepeated(address account);
/// @notice The zero address stands on no list.
error AddressZero();

/// @notice A set of accounts of any size. To replace it is to begin a new generation, so that the cost does not depend on what it was.
struct AddressList {
    uint256 generation;
    mapping(uint256 generation => EnumerableSet.AddressSet) accounts;
}

using AddressLists for AddressList global;

library AddressLists {
    using EnumerableSet for EnumerableSet.AddressSet;

    /// @return whether `account` is on the list; never for zero
    function contains(AddressList storage list, address account) internal view returns (bool) {
        return list.accounts[list.generation].contains(account);
    }

    /// @return whether it was not there before
    function add(AddressList storage list, address account) internal returns (bool) {
        if (account == address(0)) revert AddressZero();
        return list.accounts[list.generation].add(account);
    }

    /// @return whether it was there
    function remove(AddressList storage list, address account) internal returns (bool) {
        return list.accounts[list.generation].remove(account);
    }

    /// @notice Makes exactly `accounts` the list.
    function replace(AddressList storage list, address[] memory accounts) internal {
        list.generation++;
        for (uint256 i = 0; i < accounts.length; i++) {
            if (!add(list, accounts[i])) revert AddressRepeated(accounts[i]);
        }
    }

    /// @return the list, in no order
    function values(AddressList storage list) internal view returns (address[] memory) {
        return list.accounts[list.generation].values();
    }
}
