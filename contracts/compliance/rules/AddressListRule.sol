// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IRule } from "../../interfaces/IRule.sol";
import { AddressList } from "../AddressList.sol";
import { StrictRule } from "./StrictRule.sol";

/// @notice What rules share whose only parameter is a list of accounts. Parameters: abi.encode(address[] accounts), each once, none zero;
///         the list may be empty. What stands on it, wallets or identities, the rule says.
abstract contract AddressListRule is StrictRule {
    /// @custom:storage-location erc7201:muniment.storage.AddressListRule
    struct AddressListRuleStorage {
        mapping(address token => AddressList) lists;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.AddressListRule")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant ADDRESS_LIST_RULE_STORAGE = 0x8ebbb061d186be674d235b55a523710e616673fa35049b6ecb96c174ed822100;

    event ListReplaced(address indexed token, address[] accounts);
    event AccountListed(address indexed token, address indexed account);
    event AccountUnlisted(address indexed token, address indexed account);

    error AccountAlreadyListed(address token, address account);
    error AccountNotListed(address token, address account);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        address[] memory accounts = abi.decode(parameters, (address[]));
        _listOf(token).replace(accounts);

        emit ListReplaced(token, accounts);
    }

    /// @notice Puts accounts on the list of the calling compliance's token; all or none.
    function addToList(address[] calldata accounts) external {
        _add(accounts);
    }

    /// @notice Takes accounts off the list of the calling compliance's token; all or none.
    function removeFromList(address[] calldata accounts) external {
        _remove(accounts);
    }

    /* VIEWS */

    /// @notice Whether an account is on the list of a token.
    function isListed(address token, address account) public view returns (bool) {
        return _listOf(token).contains(account);
    }

    /// @notice The accounts on the list of a token, in no order.
    function listOf(address token) public view returns (address[] memory) {
        return _listOf(token).values();
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        return abi.encode(listOf(token));
    }

    /* INTERNAL */

    function _add(address[] memory accounts) internal {
        address token = _callersToken();
        for (uint256 i = 0; i < accounts.length; i++) {
            if (!_listOf(token).add(accounts[i])) revert AccountAlreadyListed(token, accounts[i]);
            emit AccountListed(token, accounts[i]);
        }
    }

    function _remove(address[] memory accounts) internal {
        address token = _callersToken();
        for (uint256 i = 0; i < accounts.length; i++) {
            if (!_listOf(token).remove(accounts[i])) revert AccountNotListed(token, accounts[i]);
            emit AccountUnlisted(token, accounts[i]);
        }
    }

    function _only(address account) internal pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = account;
    }

    function _listOf(address token) internal view returns (AddressList storage) {
        return _getAddressListRuleStorage().lists[token];
    }

    /* STORAGE */

    function _getAddressListRuleStorage() private pure returns (AddressListRuleStorage storage $) {
        assembly {
            $.slot := ADDRESS_LIST_RULE_STORAGE
        }
    }
}
