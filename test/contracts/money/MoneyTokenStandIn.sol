// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Kind, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";

/// @notice What Offering and Distributor see of a token and its registry, with every answer in the test's hand. It is its own registry.
contract MoneyTokenStandIn {
    uint8 public immutable decimals;
    uint256 public lastSnapshotId = 1;
    uint256 public totalSupply;
    mapping(address account => uint16) public agentRoles;
    mapping(address wallet => address) public identity;
    mapping(address investor => address[]) internal wallets;
    mapping(address wallet => uint8 code) public refusal;
    mapping(address wallet => uint256) public balanceOf;
    mapping(bytes32 ref => uint256) public mintedFor;
    address public hungry;

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    function grant(address account, uint16 roles) external {
        agentRoles[account] = roles;
    }

    function register(address wallet, address investor) external {
        identity[wallet] = investor;
        wallets[investor].push(wallet);
    }

    function walletsOf(address investor) external view returns (address[] memory) {
        return wallets[investor];
    }

    /// @dev Linked long ago.
    function walletWord(address wallet) external view returns (uint256) {
        return uint160(identity[wallet]);
    }

    function identityStorage() external view returns (address) {
        return address(this);
    }

    function isFrozen(address wallet) external view returns (bool) {
        return refusal[wallet] == ReasonCode.RECIPIENT_FROZEN;
    }

    /// @notice From now on units to `wallet` are refused with `code`; 0 lifts it.
    function refuse(address wallet, uint8 code) external {
        refusal[wallet] = code;
    }

    /// @notice A mint to `wallet` burns all the gas it gets.
    function starve(address wallet) external {
        hungry = wallet;
    }

    function identityRegistry() external view returns (address) {
        return address(this);
    }

    function canReceive(address wallet) public view returns (bool) {
        return identity[wallet] != address(0) && refusal[wallet] == 0;
    }

    function explainAs(Kind kind, address, address from, address to, uint256)
        external
        view
        returns (uint8 code, Verdict[] memory verdicts)
    {
        require(kind == Kind.MINT && from == address(0), "the offering asks for a mint");
        verdicts = new Verdict[](2);
        verdicts[0] = Verdict(address(this), ReasonCode.TOKEN_PAUSED, false, 0, 0, 0, 0);
        code = identity[to] == address(0) ? ReasonCode.RECIPIENT_NOT_REGISTERED : refusal[to];
        verdicts[1] = Verdict(address(this), code, code == 0, 0, 0, 0, 0);
        code = ReasonCode.TOKEN_PAUSED;
    }

    function mint(address to, uint256 amount, bytes32 ref) external {
        while (to == hungry) { }
        if (!canReceive(to)) {
            uint8 code = identity[to] == address(0) ? ReasonCode.RECIPIENT_NOT_REGISTERED : refusal[to];
            revert ISecurityTokenCore.TransferRefused(code, address(this), amount, 0);
        }
        totalSupply += amount;
        balanceOf[to] += amount;
        mintedFor[ref] += amount;
    }
}
