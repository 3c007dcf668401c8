// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice ERC-173, contract ownership. Written from the EIP (CC0).
interface IERC173 {
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    /// @return the owner
    function owner() external view returns (address);

    /// @notice Hands ownership over.
    /// @param newOwner the next owner
    function transferOwnership(address newOwner) external;
}
