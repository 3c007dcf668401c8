// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";

/// @notice Money that keeps a fee of 1 %, answers false, answers nothing (as USDT does), calls back, or refuses a wallet, in a word or
///         in 100,000 bytes.
contract HostileMoney is ERC20("Hostile", "HST") {
    enum Mode {
        HONEST,
        FEE,
        FALSE,
        NOTHING,
        REENTER,
        BABBLE
    }

    error WalletBlocked(address wallet);

    Mode public mode;
    address public blocked;
    address private target;
    bytes private callback;

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function behave(Mode mode_) external {
        mode = mode_;
    }

    function block_(address wallet) external {
        blocked = wallet;
    }

    function reenter(address target_, bytes calldata callback_) external {
        (mode, target, callback) = (Mode.REENTER, target_, callback_);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        _move(msg.sender, to, amount);
        return _answer();
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        _spendAllowance(from, msg.sender, amount);
        _move(from, to, amount);
        return _answer();
    }

    function _move(address from, address to, uint256 amount) private {
        if (to == blocked && mode == Mode.BABBLE) _babble();
        if (to == blocked) revert WalletBlocked(to);
        if (mode == Mode.FALSE) return;
        if (mode == Mode.REENTER) Address.functionCall(target, callback);
        _transfer(from, to, amount);
        if (mode == Mode.FEE) _burn(to, amount / 100);
    }

    function _babble() private pure {
        assembly {
            revert(0x10000, 100000)
        }
    }

    function _answer() private view returns (bool) {
        if (mode != Mode.NOTHING) return mode != Mode.FALSE;
        assembly {
            return(0, 0)
        }
    }
}
