// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice ERC-7943 for fungible tokens, interface id 0x3edbb4c4. Written from the EIP (CC0). Amounts in token units.
interface IERC7943Fungible {
    event ForcedTransfer(address indexed from, address indexed to, uint256 amount);
    event Frozen(address indexed account, uint256 amount);

    error ERC7943CannotSend(address account);
    error ERC7943CannotReceive(address account);
    error ERC7943CannotTransfer(address from, address to, uint256 amount);
    error ERC7943InsufficientUnfrozenBalance(address account, uint256 amount, uint256 unfrozen);

    /// @notice Moves units without the holder's consent; unfreezes what it must.
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool);

    /// @notice Sets the frozen amount of an account; it may exceed the balance, so that units freeze as they arrive.
    function setFrozenTokens(address account, uint256 amount) external returns (bool);

    /// @return whether the account as such may send; never reverts
    function canSend(address account) external view returns (bool);

    /// @return whether the account as such may receive; never reverts
    function canReceive(address account) external view returns (bool);

    /// @return frozen units of the account; may exceed its balance
    function getFrozenTokens(address account) external view returns (uint256);

    /// @return whether every permission allows the movement; says nothing of the plain balance
    function canTransfer(address from, address to, uint256 amount) external view returns (bool);
}
