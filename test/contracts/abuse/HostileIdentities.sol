// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Says of itself whatever is asked.
contract SelfAttestingIdentity {
    function getClaim(bytes32) external view returns (uint256, uint256, address, bytes memory, bytes memory, string memory) {
        return (1, 1, address(this), "", "", "");
    }

    function isClaimValid(address, uint256, bytes calldata, bytes calldata) external pure returns (bool) {
        return true;
    }
}

/// @notice Shows everybody the claim that it was given, and its issuer another one.
contract DecoyIdentity {
    address internal issuer;
    bytes internal signature;
    bytes internal data;

    function hold(address issuer_, bytes calldata signature_, bytes calldata data_) external {
        (issuer, signature, data) = (issuer_, signature_, data_);
    }

    function getClaim(bytes32) external view returns (uint256, uint256, address, bytes memory, bytes memory, string memory) {
        return (1, 1, issuer, msg.sender == issuer ? bytes("decoy") : signature, data, "");
    }
}
