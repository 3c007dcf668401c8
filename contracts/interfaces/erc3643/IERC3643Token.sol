// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { IAgentRole } from "./IAgentRole.sol";
import { IERC173 } from "./IERC173.sol";

/// @notice The token of ERC-3643 with the parts that its clients call: ERC-20, ERC-20 metadata, ERC-173, agents. Written from
///         EIP-3643 (CC0). Events are indexed as in the EIP's interface asset, which differs from its text in
///         UpdatedTokenInformation and RecoverySuccess.
interface IERC3643Token is IERC20Metadata, IERC173, IAgentRole {
    event UpdatedTokenInformation(
        string indexed newName, string indexed newSymbol, uint8 newDecimals, string newVersion, address indexed newOnchainID
    );
    event IdentityRegistryAdded(address indexed identityRegistry);
    event ComplianceAdded(address indexed compliance);
    event RecoverySuccess(address indexed lostWallet, address indexed newWallet, address indexed investorOnchainID);
    event AddressFrozen(address indexed userAddress, bool indexed isFrozen, address indexed owner);
    event TokensFrozen(address indexed userAddress, uint256 amount);
    event TokensUnfrozen(address indexed userAddress, uint256 amount);
    event Paused(address userAddress);
    event Unpaused(address userAddress);

    /* READS */

    /// @return identity contract of the asset itself, or zero
    function onchainID() external view returns (address);

    /// @return version of the token's code
    function version() external view returns (string memory);

    /// @return registry that says who may hold
    function identityRegistry() external view returns (address);

    /// @return contract that judges each movement
    function compliance() external view returns (address);

    /// @return whether investors' transfers are stopped
    function paused() external view returns (bool);

    /// @return whether the whole wallet is frozen
    function isFrozen(address userAddress) external view returns (bool);

    /// @return units of the wallet that are frozen; may exceed its balance (ERC-7943)
    function getFrozenTokens(address userAddress) external view returns (uint256);

    /* SETTINGS */

    function setName(string calldata name_) external;
    function setSymbol(string calldata symbol_) external;
    function setOnchainID(address onchainID_) external;
    function setIdentityRegistry(address identityRegistry_) external;
    function setCompliance(address compliance_) external;

    /* AGENT ACTS; amounts in token units */

    function pause() external;
    function unpause() external;

    /// @param userAddress wallet
    /// @param freeze true to freeze, false to release
    function setAddressFrozen(address userAddress, bool freeze) external;

    /// @param amount token units added to the frozen amount
    function freezePartialTokens(address userAddress, uint256 amount) external;

    /// @param amount token units taken off the frozen amount
    function unfreezePartialTokens(address userAddress, uint256 amount) external;

    /// @param to wallet that receives
    /// @param amount token units
    function mint(address to, uint256 amount) external;

    /// @param userAddress wallet that gives
    /// @param amount token units
    function burn(address userAddress, uint256 amount) external;

    /// @notice Moves units without the holder's consent.
    /// @param amount token units
    /// @return true
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool);

    /// @notice Moves everything of a lost wallet to another wallet of the same investor.
    /// @param lostWallet wallet that was lost
    /// @param newWallet wallet that takes its place
    /// @param investorOnchainID identity of both
    /// @return true
    function recoveryAddress(address lostWallet, address newWallet, address investorOnchainID) external returns (bool);

    /* BATCHES: arrays of equal length */

    function batchTransfer(address[] calldata toList, uint256[] calldata amounts) external;
    function batchForcedTransfer(address[] calldata fromList, address[] calldata toList, uint256[] calldata amounts) external;
    function batchMint(address[] calldata toList, uint256[] calldata amounts) external;
    function batchBurn(address[] calldata userAddresses, uint256[] calldata amounts) external;
    function batchSetAddressFrozen(address[] calldata userAddresses, bool[] calldata freeze) external;
    function batchFreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) external;
    function batchUnfreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) external;
}
