// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { Vm } from "forge-std/Test.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { IERC7943Fungible } from "../../../contracts/interfaces/IERC7943Fungible.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { SuiteWorld } from "./SuiteWorld.sol";

/// @notice What somebody knows who reads the logs and nothing else, and what may not happen between two of them.
abstract contract SuiteLedger is SuiteWorld {
    mapping(uint256 t => mapping(address wallet => uint256)) public balances;
    mapping(uint256 t => uint256) public supplies;
    /// @notice As ERC-7943's Frozen says, and as the differences of ERC-3643 add up.
    mapping(uint256 t => mapping(address wallet => uint256)) public frozen;
    mapping(uint256 t => mapping(address wallet => uint256)) public frozenBySums;
    mapping(uint256 t => mapping(address wallet => bool)) public isFrozen;
    mapping(uint256 t => bool) public paused;
    mapping(uint256 t => bool) public launched;
    mapping(uint256 t => mapping(address account => uint16)) public roles;
    mapping(string action => uint256) public calls;

    /// @dev Whether the act under way is a burn, a forced transfer or a recovery, and whether it is the owner's after his delay.
    bool internal exiting;
    bool internal granting;
    /// @dev Transfers of refused items of the batch under way: forge records what a call logged that was taken back.
    mapping(uint256 act => mapping(bytes32 movement => bool)) private _takenBack;
    uint256 private _act;

    modifier logged() {
        vm.recordLogs();
        _;
        replay();
    }

    function setUp() public virtual override {
        vm.recordLogs();
        granting = true;
        super.setUp();
        replay();
    }

    /// @notice Reads what was logged since the last time.
    function replay() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            for (uint256 t = 0; t < TOKENS; ++t) {
                if (logs[i].emitter == address(tokens[t])) replayOne(t, logs[i]);
            }
        }
        (exiting, granting) = (false, false);
        ++_act;
    }

    function replayOne(uint256 t, Vm.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == IERC20.Transfer.selector) {
            replayTransfer(t, accountOf(log.topics[1]), accountOf(log.topics[2]), abi.decode(log.data, (uint256)));
        } else if (topic == IERC7943Fungible.Frozen.selector) {
            frozen[t][accountOf(log.topics[1])] = abi.decode(log.data, (uint256));
        } else if (topic == IERC3643Token.TokensFrozen.selector) {
            frozenBySums[t][accountOf(log.topics[1])] += abi.decode(log.data, (uint256));
        } else if (topic == IERC3643Token.TokensUnfrozen.selector) {
            frozenBySums[t][accountOf(log.topics[1])] -= abi.decode(log.data, (uint256));
        } else if (topic == IERC3643Token.AddressFrozen.selector) {
            isFrozen[t][accountOf(log.topics[1])] = log.topics[2] != 0;
        } else if (topic == IERC3643Token.Paused.selector) {
            paused[t] = true;
        } else if (topic == IERC3643Token.Unpaused.selector) {
            (paused[t], launched[t]) = (false, true);
        } else if (topic == ISecurityTokenCore.AgentSet.selector) {
            address account = accountOf(log.topics[1]);
            (uint16 next,) = abi.decode(log.data, (uint16, uint96));
            // 16. Powers over other people's units come from the owner alone, after his delay.
            if (next & ~roles[t][account] & ENFORCER != 0) assertTrue(granting, "a power without its delay");
            roles[t][account] = next;
        }
    }

    function replayTransfer(uint256 t, address from, address to, uint256 amount) private {
        if (amount == 0 || _takenBack[_act][keccak256(abi.encode(t, from, to, amount))]) return;
        bool firstIssue = from == address(0) && !launched[t];
        // 17. A pause stops everything but the exits; a token before its launch may be issued.
        if (paused[t] || !launched[t]) assertTrue(exiting || firstIssue, "moved during a pause");
        if (from == address(0)) supplies[t] += amount;
        else balances[t][from] -= amount;
        if (to == address(0)) supplies[t] -= amount;
        else balances[t][to] += amount;
    }

    /// @dev Nothing of what was logged until now has happened.
    function forget() internal {
        vm.getRecordedLogs();
    }

    function forgetItem(uint256 t, address from, address to, uint256 amount) internal {
        _takenBack[_act][keccak256(abi.encode(t, from, to, amount))] = true;
    }

    function accountOf(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
