// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice What an identity asks the contract of a claim issuer. Written from the interface asset of EIP-3643 (CC0).
interface IClaimIssuer {
    /// @param identity whom the claim is about
    /// @return whether the issuer stands by the claim
    function isClaimValid(address identity, uint256 topic, bytes calldata signature, bytes calldata data) external view returns (bool);
}
