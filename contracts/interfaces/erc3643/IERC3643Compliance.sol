// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC173 } from "./IERC173.sol";

/// @notice Judges each movement of its token and keeps count. Written from EIP-3643 (CC0); amounts in token units.
interface IERC3643Compliance is IERC173 {
    event TokenBound(address token);
    event TokenUnbound(address token);

    function bindToken(address token) external;
    function unbindToken(address token) external;

    /// @return whether `token` is the one that is judged here
    function isTokenBound(address token) external view returns (bool);

    /// @return the token that is judged here
    function getTokenBound() external view returns (address);

    /// @return whether the rules allow the movement; `from` zero asks for a mint
    function canTransfer(address from, address to, uint256 amount) external view returns (bool);

    /// @notice Called by the token after a movement.
    function transferred(address from, address to, uint256 amount) external;

    /// @notice Called by the token after a mint.
    function created(address to, uint256 amount) external;

    /// @notice Called by the token after a burn.
    function destroyed(address from, uint256 amount) external;
}
