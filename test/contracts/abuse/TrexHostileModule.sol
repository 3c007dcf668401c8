// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice A rule module for the reference's compliance that behaves until it is armed. From then on it works against its holders.
contract TrexHostileModule {
    enum Mode {
        QUIET,
        REVERT,
        BURN_GAS
    }

    Mode internal mode;

    function arm(Mode mode_) external {
        mode = mode_;
    }

    function bindCompliance(address) external { }

    function unbindCompliance(address) external view {
        _act();
    }

    function moduleTransferAction(address, address, uint256) external view {
        _act();
    }

    function moduleMintAction(address, uint256) external view {
        _act();
    }

    function moduleBurnAction(address, uint256) external view {
        _act();
    }

    function moduleCheck(address, address, uint256, address) external pure returns (bool) {
        return true;
    }

    function isPlugAndPlay() external pure returns (bool) {
        return true;
    }

    function _act() internal view {
        if (mode == Mode.REVERT) revert("not while I am bound");
        if (mode == Mode.BURN_GAS) while (true) { }
    }
}
