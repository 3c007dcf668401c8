// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { Vm } from "forge-std/Test.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Kind } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore, ISecurityTokenExtension } from "../../../contracts/interfaces/ISecurityToken.sol";
import { IERC7943Fungible } from "../../../contracts/interfaces/IERC7943Fungible.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "../token/TokenFixture.sol";
import { Toll } from "./Toll.sol";
import { WatchingRule } from "./WatchingRule.sol";

/// @notice Every way in which units move against every check that there is: each cell of the table is carried out on a fresh suite. A cell
///         says with which ReasonCode the path is refused, that the check does not stop it, or why the two have nothing to do with
///         each other.
contract MatrixTest is TokenFixture {
    enum Path {
        TRANSFER,
        TRANSFER_FROM,
        BATCH_TRANSFER,
        MINT,
        BURN,
        FORCED_TRANSFER,
        RECOVERY,
        FEE_LEG,
        TRY_BATCH_TRANSFER
    }

    enum Check {
        PAUSE,
        SENDER_FROZEN,
        RECIPIENT_FROZEN,
        SPENDER_FROZEN,
        UNITS_FROZEN,
        SENDER_IDENTITY,
        RECIPIENT_IDENTITY,
        RULE_REFUSES,
        RULE_CALLED,
        SNAPSHOT_KEPT,
        EVENTS
    }

    enum Outcome {
        EMPTY,
        REFUSED,
        PASSES,
        NOT_APPLICABLE
    }

    /// @param code with which the path is refused
    /// @param reason why a check does not apply
    struct Cell {
        Outcome outcome;
        uint8 code;
        string reason;
    }

    uint256 private constant PATHS = uint256(type(Path).max) + 1;
    uint256 private constant CHECKS = uint256(type(Check).max) + 1;
    uint256 private constant AMOUNT = 200;
    uint256 private constant FEE = 2;

    mapping(Path => mapping(Check => Cell)) private _cells;
    Toll private _toll;
    WatchingRule private _watching;
    address private _treasury = makeAddr("treasury");
    address private _treasuryIdentity;
    address private _spender = makeAddr("spender");

    function setUp() public override {
        super.setUp();
        (_toll, _watching) = (new Toll(), new WatchingRule());
        _treasuryIdentity = onboard(registry, _treasury, "treasury", GERMANY);
        mint(ann, 1000);
        RuleSetting[] memory rules = new RuleSetting[](2);
        rules[0] = RuleSetting(address(_watching), "");
        rules[1] = RuleSetting(address(_toll), abi.encode(_treasury));
        compliance.setRules(rules);
        vm.prank(ann);
        token.approve(_spender, AMOUNT);
        fill();
    }

    /* THE TABLE */

    function fill() private {
        for (uint256 p = 0; p < PATHS; ++p) {
            for (uint256 c = uint256(Check.RULE_CALLED); c < CHECKS; ++c) {
                passes(Path(p), Check(c));
            }
        }
        Path[4] memory holders = [Path.TRANSFER, Path.TRANSFER_FROM, Path.BATCH_TRANSFER, Path.TRY_BATCH_TRANSFER];
        for (uint256 i = 0; i < holders.length; ++i) {
            refused(holders[i], Check.PAUSE, ReasonCode.TOKEN_PAUSED);
            refused(holders[i], Check.SENDER_FROZEN, ReasonCode.SENDER_FROZEN);
            refused(holders[i], Check.RECIPIENT_FROZEN, ReasonCode.RECIPIENT_FROZEN);
            if (holders[i] == Path.TRANSFER_FROM) refused(holders[i], Check.SPENDER_FROZEN, ReasonCode.SPENDER_FROZEN);
            else skipped(holders[i], Check.SPENDER_FROZEN, "the holder calls himself");
            refused(holders[i], Check.UNITS_FROZEN, ReasonCode.TOKENS_FROZEN);
            refused(holders[i], Check.SENDER_IDENTITY, ReasonCode.SENDER_NOT_ELIGIBLE);
            refused(holders[i], Check.RECIPIENT_IDENTITY, ReasonCode.RECIPIENT_CLAIM_REVOKED);
            refused(holders[i], Check.RULE_REFUSES, _watching.CODE());
        }

        refused(Path.MINT, Check.PAUSE, ReasonCode.TOKEN_PAUSED);
        skipped(Path.MINT, Check.SENDER_FROZEN, "nobody gives");
        refused(Path.MINT, Check.RECIPIENT_FROZEN, ReasonCode.RECIPIENT_FROZEN);
        passes(Path.MINT, Check.SPENDER_FROZEN);
        skipped(Path.MINT, Check.UNITS_FROZEN, "nobody gives");
        skipped(Path.MINT, Check.SENDER_IDENTITY, "nobody gives");
        refused(Path.MINT, Check.RECIPIENT_IDENTITY, ReasonCode.RECIPIENT_CLAIM_REVOKED);
        refused(Path.MINT, Check.RULE_REFUSES, _watching.CODE());

        // Exits: what a holder may not do does not stop an officer.
        Path[3] memory exits = [Path.BURN, Path.FORCED_TRANSFER, Path.RECOVERY];
        for (uint256 i = 0; i < exits.length; ++i) {
            passes(exits[i], Check.PAUSE);
            passes(exits[i], Check.SENDER_FROZEN);
            passes(exits[i], Check.SPENDER_FROZEN);
            passes(exits[i], Check.UNITS_FROZEN);
            passes(exits[i], Check.SENDER_IDENTITY);
            passes(exits[i], Check.RULE_REFUSES);
        }
        skipped(Path.BURN, Check.RECIPIENT_FROZEN, "nobody receives");
        skipped(Path.BURN, Check.RECIPIENT_IDENTITY, "nobody receives");
        refused(Path.FORCED_TRANSFER, Check.RECIPIENT_FROZEN, ReasonCode.RECIPIENT_FROZEN);
        refused(Path.FORCED_TRANSFER, Check.RECIPIENT_IDENTITY, ReasonCode.RECIPIENT_CLAIM_REVOKED);
        refused(Path.RECOVERY, Check.RECIPIENT_FROZEN, ReasonCode.RECIPIENT_FROZEN);
        skipped(Path.RECOVERY, Check.RECIPIENT_IDENTITY, "the investor stays the same");

        // The leg of a fee: the transfer that it belongs to was judged; the recipient gives, and the collector receives.
        skipped(Path.FEE_LEG, Check.PAUSE, "the transfer is refused first");
        skipped(Path.FEE_LEG, Check.SENDER_FROZEN, "the transfer is refused first: its recipient gives the fee");
        passes(Path.FEE_LEG, Check.RECIPIENT_FROZEN);
        skipped(Path.FEE_LEG, Check.SPENDER_FROZEN, "the transfer is refused first");
        passes(Path.FEE_LEG, Check.UNITS_FROZEN);
        skipped(Path.FEE_LEG, Check.SENDER_IDENTITY, "the transfer is refused first: its recipient gives the fee");
        refused(Path.FEE_LEG, Check.RECIPIENT_IDENTITY, ReasonCode.FEE_COLLECTOR_INVALID);
        skipped(Path.FEE_LEG, Check.RULE_REFUSES, "the rules judge the transfer, and only count the leg");
    }

    function test_NoCellIsEmpty_AndEachIsSo() external {
        for (uint256 p = 0; p < PATHS; ++p) {
            for (uint256 c = 0; c < CHECKS; ++c) {
                Cell memory cell = _cells[Path(p)][Check(c)];
                assertTrue(cell.outcome != Outcome.EMPTY, nameOf(p, c));
                if (cell.outcome == Outcome.NOT_APPLICABLE) {
                    assertGt(bytes(cell.reason).length, 0, nameOf(p, c));
                    continue;
                }
                uint256 state = vm.snapshotState();
                this.carryOut(Path(p), Check(c), cell);
                vm.revertToState(state);
            }
        }
    }

    /* ONE CELL */

    function carryOut(Path path, Check check, Cell calldata cell) external {
        string memory name = nameOf(uint256(path), uint256(check));
        prepare(path);
        (address from, address to) = partiesOf(path);
        obstruct(path, check, from, to);
        uint256 snapshotId = check == Check.SNAPSHOT_KEPT ? takeSnapshot() : 0;
        uint256 given = token.balanceOf(from);
        uint256 taken = token.balanceOf(to);

        vm.recordLogs();
        (bool success, bytes memory reason) = act(path);
        Vm.Log[] memory logs = vm.getRecordedLogs();

        assertEq(success, cell.outcome == Outcome.PASSES, name);
        if (!success) {
            assertEq(path == Path.TRY_BATCH_TRANSFER ? itemCodeOf(logs) : codeOf(reason), cell.code, name);
            assertEq(token.balanceOf(from), given, name);
            assertEq(token.balanceOf(to), taken, name);
            return;
        }
        assertTrue(token.balanceOf(from) != given || from == address(0) || path == Path.FEE_LEG, name);
        if (check == Check.RULE_CALLED) assertTrue(_watching.wasCalled(kindOf(path), from, to), name);
        if (check == Check.SNAPSHOT_KEPT) assertSnapshot(snapshotId, from, given, to, taken, name);
        if (check == Check.EVENTS) assertEvents(path, logs, from, to, name);
    }

    /// @dev An announced act is announced, and its delay is over.
    function prepare(Path path) private {
        bytes memory signature = path == Path.RECOVERY ? recoverySignature(token, ann, spareWallet, annIdentity) : bytes("");
        vm.startPrank(agent);
        if (path == Path.FORCED_TRANSFER) token.scheduleForcedTransfer(ann, bob, AMOUNT, "court order");
        if (path == Path.RECOVERY) token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
        vm.stopPrank();
        skip(RECOVERY_DELAY);
    }

    function obstruct(Path path, Check check, address from, address to) private {
        vm.startPrank(agent);
        if (check == Check.PAUSE) token.pause();
        if (check == Check.SENDER_FROZEN) token.setAddressFrozen(from, true);
        if (check == Check.RECIPIENT_FROZEN) token.setAddressFrozen(to, true);
        if (check == Check.SPENDER_FROZEN) token.setAddressFrozen(path == Path.TRANSFER_FROM ? _spender : agent, true);
        if (check == Check.UNITS_FROZEN) token.setFrozenTokens(from, 1000);
        vm.stopPrank();
        if (check == Check.SENDER_IDENTITY) revokeKyc(store.storedIdentity(from));
        if (check == Check.RECIPIENT_IDENTITY) revokeKyc(store.storedIdentity(to));
        if (check == Check.RULE_REFUSES) _watching.refuse();
    }

    function act(Path path) private returns (bool success, bytes memory reason) {
        address caller = path == Path.TRANSFER_FROM ? _spender : kindOf(path) == Kind.TRANSFER || path == Path.FEE_LEG ? ann : agent;
        vm.prank(caller);
        (success, reason) = address(token).call(callOf(path));
        if (path == Path.TRY_BATCH_TRANSFER) success = abi.decode(reason, (uint256)) == 1;
    }

    function callOf(Path path) private view returns (bytes memory) {
        address[] memory to = new address[](1);
        to[0] = bob;
        uint256[] memory amounts = new uint256[](1);
        amounts[0] = AMOUNT;
        if (path == Path.TRANSFER_FROM) return abi.encodeCall(token.transferFrom, (ann, bob, AMOUNT));
        if (path == Path.BATCH_TRANSFER) return abi.encodeCall(token.batchTransfer, (to, amounts));
        if (path == Path.MINT) return abi.encodeWithSignature("mint(address,uint256)", bob, AMOUNT);
        if (path == Path.BURN) return abi.encodeWithSignature("burn(address,uint256)", ann, AMOUNT);
        if (path == Path.FORCED_TRANSFER) return abi.encodeWithSignature("forcedTransfer(address,address,uint256)", ann, bob, AMOUNT);
        if (path == Path.RECOVERY) {
            return abi.encodeWithSignature("recoveryAddress(address,address,address)", ann, spareWallet.addr, annIdentity);
        }
        if (path == Path.TRY_BATCH_TRANSFER) return abi.encodeCall(token.tryBatchTransfer, ("batch", to, amounts));
        return abi.encodeCall(token.transfer, (bob, AMOUNT));
    }

    /// @return from who gives: of a fee's leg, who received the transfer
    /// @return to who receives
    function partiesOf(Path path) private view returns (address from, address to) {
        if (path == Path.MINT) return (address(0), bob);
        if (path == Path.BURN) return (ann, address(0));
        if (path == Path.RECOVERY) return (ann, spareWallet.addr);
        if (path == Path.FEE_LEG) return (bob, _treasury);
        return (ann, bob);
    }

    function kindOf(Path path) private pure returns (Kind) {
        if (path == Path.MINT) return Kind.MINT;
        if (path == Path.BURN) return Kind.BURN;
        if (path == Path.FORCED_TRANSFER || path == Path.FEE_LEG) return Kind.FORCED;
        if (path == Path.RECOVERY) return Kind.RECOVERY;
        return Kind.TRANSFER;
    }

    /* WHAT IS ASSERTED */

    function assertSnapshot(uint256 id, address from, uint256 given, address to, uint256 taken, string memory name) private view {
        if (from != address(0)) assertEq(token.balanceOfAt(from, id), given, name);
        if (to != address(0)) assertEq(token.balanceOfAt(to, id), taken, name);
        assertEq(token.totalSupplyAt(id), 1000, name);
    }

    /// @dev Each path says Transfer for its own leg, and beside it what is its own.
    function assertEvents(Path path, Vm.Log[] memory logs, address from, address to, string memory name) private view {
        uint256 amount = path == Path.RECOVERY ? 1000 : path == Path.FEE_LEG ? FEE : AMOUNT;
        assertEq(countOf(logs, IERC20.Transfer.selector, from, to, amount), 1, name);
        bool charged = kindOf(path) == Kind.TRANSFER || path == Path.FEE_LEG;
        assertEq(countOf(logs, IERC20.Transfer.selector, bob, _treasury, FEE), charged ? 1 : 0, name);
        uint256 forced = countOf(logs, IERC7943Fungible.ForcedTransfer.selector, from, to, amount);
        assertEq(forced, path == Path.FORCED_TRANSFER ? 1 : 0, name);
    }

    function countOf(Vm.Log[] memory logs, bytes32 topic, address from, address to, uint256 amount) private view returns (uint256 count) {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != address(token) || logs[i].topics[0] != topic) continue;
            bool same = logs[i].topics[1] == bytes32(uint256(uint160(from))) && logs[i].topics[2] == bytes32(uint256(uint160(to)));
            if (same && abi.decode(logs[i].data, (uint256)) == amount) ++count;
        }
    }

    function codeOf(bytes memory reason) private pure returns (uint256) {
        bytes4 selector = bytes4(reason);
        if (selector == IERC20Errors.ERC20InvalidReceiver.selector) return ReasonCode.INVALID_RECIPIENT;
        if (selector == ISecurityTokenCore.RecoveryWalletInvalid.selector) return uint8(reason[67]);
        if (selector == ISecurityTokenCore.TransferRefused.selector) return uint8(reason[35]);
        return ReasonCode.UNKNOWN;
    }

    /// @dev An item does not revert: the batch says why it was refused.
    function itemCodeOf(Vm.Log[] memory logs) private pure returns (uint256 code) {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == ISecurityTokenExtension.ItemFailed.selector) (code,) = abi.decode(logs[i].data, (uint8, bytes4));
        }
    }

    function nameOf(uint256 path, uint256 check) private pure returns (string memory) {
        return string.concat("path ", vm.toString(path), ", check ", vm.toString(check));
    }

    /* WRITING THE TABLE */

    function refused(Path path, Check check, uint8 code) private {
        _cells[path][check] = Cell(Outcome.REFUSED, code, "");
    }

    function passes(Path path, Check check) private {
        _cells[path][check] = Cell(Outcome.PASSES, 0, "");
    }

    function skipped(Path path, Check check, string memory reason) private {
        _cells[path][check] = Cell(Outcome.NOT_APPLICABLE, 0, reason);
    }
}
