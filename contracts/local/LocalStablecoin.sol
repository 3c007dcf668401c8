// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @notice Worthless money for a chain on one's own machine, so that sales and distributions can be played through. It refuses to be
///         deployed anywhere else; elsewhere Offering and Distributor take a real stablecoin.
contract LocalStablecoin is ERC20, ERC20Permit, Ownable {
    /// @notice The chain is not the local development chain.
    error LocalStablecoinForeignChain(uint256 chainId);

    uint256 private constant LOCAL_CHAIN_ID = 31337;

    /// @param owner may mint
    constructor(address owner) ERC20("Local Test Dollar", "LUSD") ERC20Permit("Local Test Dollar") Ownable(owner) {
        if (block.chainid != LOCAL_CHAIN_ID) revert LocalStablecoinForeignChain(block.chainid);
    }

    /// @notice Creates money. Only the owner.
    /// @param amount minor units, 6 decimals
    function mint(address to, uint256 amount) external onlyOwner {
        _mint(to, amount);
    }

    /// @inheritdoc ERC20
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
