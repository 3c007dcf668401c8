// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

// Values of ERC-8330, written from the EIP (CC0).

/// @dev `correctsIndex` of an original.
uint256 constant NO_CORRECTION = type(uint256).max;
/// @dev `correctedByIndex` of a snapshot that nothing corrects. Index 0 is never a correction.
uint256 constant NO_CORRECTED_BY = 0;

/// @dev One unit of the asset.
bytes32 constant PER_UNIT = keccak256("ERC-8330:NAV_BASIS:PER_UNIT");
/// @dev One share or token.
bytes32 constant PER_SHARE = keccak256("ERC-8330:NAV_BASIS:PER_SHARE");
/// @dev The whole subject.
bytes32 constant TOTAL = keccak256("ERC-8330:NAV_BASIS:TOTAL");

// Any other currency of ISO 4217 is keccak256("ERC-8330:CURRENCY:<CODE>").
bytes32 constant USD = keccak256("ERC-8330:CURRENCY:USD");
bytes32 constant EUR = keccak256("ERC-8330:CURRENCY:EUR");
bytes32 constant GBP = keccak256("ERC-8330:CURRENCY:GBP");
bytes32 constant KES = keccak256("ERC-8330:CURRENCY:KES");
bytes32 constant ZMW = keccak256("ERC-8330:CURRENCY:ZMW");

/// @return currency of a stream whose values are in a token
function tokenCurrency(uint256 chainId, address token) pure returns (bytes32 currency) {
    return keccak256(abi.encodePacked("ERC-8330:CURRENCY:TOKEN", chainId, token));
}
