// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Kind } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityToken, ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { SuiteLedger } from "./SuiteLedger.sol";

/// @notice What holders do, and minters for them. Each movement is asked for first, and does what was answered.
abstract contract HolderActs is SuiteLedger {
    /// @dev What a minter minted in his window, kept beside the token's own count.
    struct Window {
        uint256 start;
        uint256 minted;
    }

    mapping(uint256 t => mapping(address minter => Window)) internal windows;
    uint256 private _batches;

    /* ACTS */

    function transfer(uint256 seed, uint256 amount) external logged {
        seed = mixed(seed);
        (uint256 t, address from, address to) = pick(seed);
        amount = part(t, from, seed, amount);
        judged(t, Kind.TRANSFER, from, from, to, amount, abi.encodeCall(tokens[t].transfer, (to, amount)));
    }

    function transferFrom(uint256 seed, uint256 allowance, uint256 amount) external logged {
        seed = mixed(seed);
        (uint256 t, address from, address to) = pick(seed);
        address spender = pickWallet(seed >> 96);
        amount = part(t, from, seed, amount);
        vm.prank(from);
        tokens[t].approve(spender, bound(allowance, 0, 2 * amount));
        judged(t, Kind.TRANSFER, spender, from, to, amount, abi.encodeCall(tokens[t].transferFrom, (from, to, amount)));
    }

    /// @dev All or nothing.
    function batchTransfer(uint256 seed, uint256 amount) external logged {
        seed = mixed(seed);
        (uint256 t, address from, address[] memory to, uint256[] memory amounts) = pickBatch(seed, amount);
        uint8 first = tokens[t].detectTransferRestriction(from, to[0], amounts[0]);
        uint256 before = balances[t][from];
        vm.prank(from);
        (bool success,) = address(tokens[t]).call(abi.encodeCall(tokens[t].batchTransfer, (to, amounts)));
        if (success) assertEq(first, ReasonCode.OK, "batch");
        if (success) return;
        forget();
        assertEq(tokens[t].balanceOf(from), before, "nothing of it");
    }

    /// @dev Item by item; made again, only what was refused before.
    function tryBatchTransfer(uint256 seed, uint256 amount) external logged {
        seed = mixed(seed);
        (uint256 t, address from, address[] memory to, uint256[] memory amounts) = pickBatch(seed, amount);
        uint8 first = tokens[t].detectTransferRestriction(from, to[0], amounts[0]);
        bytes32 id = bytes32(++_batches);
        vm.prank(from);
        uint256 done = tokens[t].tryBatchTransfer(id, to, amounts);
        assertEq(done & 1 != 0, first == ReasonCode.OK, "item as explained");

        uint256 sum;
        for (uint256 i = 0; i < to.length; ++i) {
            if ((done >> i) & 1 != 0) continue;
            sum += amounts[i];
            forgetItem(t, from, to[i], amounts[i]);
        }
        replay();
        uint256 left = tokens[t].balanceOf(from);
        vm.prank(from);
        uint256 again = tokens[t].tryBatchTransfer(id, to, amounts);
        assertEq(again & done, done, "done stays done");
        assertGe(tokens[t].balanceOf(from) + sum, left, "paid twice");
        assertEq(tokens[t].batchProgress(from, id), again);
        for (uint256 i = 0; i < to.length; ++i) {
            if ((again >> i) & 1 == 0) forgetItem(t, from, to[i], amounts[i]);
        }
        if (again != 0) calls["tryBatch"]++;
    }

    function mint(uint256 seed, uint256 amount) external logged {
        seed = mixed(seed);
        (uint256 t,, address to) = pick(seed);
        address by = seed & 0x100000 == 0 ? agent : minter;
        amount = bound(amount, 0, 1000e18);
        bytes memory data = abi.encodeWithSignature("mint(address,uint256)", to, amount);
        if (!judged(t, Kind.MINT, by, address(0), to, amount, data)) return;
        countMinted(t, by, amount);
        assertWindow(t, by);
    }

    function tryBatchMint(uint256 seed, uint256 amount) external logged {
        seed = mixed(seed);
        (uint256 t,, address[] memory to, uint256[] memory amounts) = pickBatch(seed, bound(amount, 0, 1000e18));
        (uint8 first,) = tokens[t].explainAs(Kind.MINT, minter, address(0), to[0], amounts[0]);
        vm.prank(minter);
        uint256 done = tokens[t].tryBatchMint(bytes32(++_batches), to, amounts);
        assertEq(done & 1 != 0, first == ReasonCode.OK, "item as explained");
        for (uint256 i = 0; i < to.length; ++i) {
            if ((done >> i) & 1 != 0) countMinted(t, minter, amounts[i]);
            else forgetItem(t, address(0), to[i], amounts[i]);
        }
        assertWindow(t, minter);
    }

    /* JUDGED */

    /// @dev 6. A movement succeeds iff nothing was said against it, and is refused with the code that was said.
    function judged(uint256 t, Kind kind, address by, address from, address to, uint256 amount, bytes memory data)
        internal
        returns (bool success)
    {
        ISecurityToken token = tokens[t];
        (uint8 code,) = token.explainAs(kind, by, from, to, amount);
        address giver = store.storedIdentity(from);
        address taker = store.storedIdentity(to);
        uint256 position = token.positionOf(taker);
        bytes memory reason;
        vm.prank(by);
        (success, reason) = address(token).call(data);
        assertEq(success, code == ReasonCode.OK, "as explained");
        if (!success && bytes4(reason) == ISecurityTokenCore.TransferRefused.selector) assertEq(uint8(reason[35]), code, "its code");
        if (!success) {
            forget();
            return false;
        }

        calls[kind == Kind.MINT ? "mint" : "transfer"]++;
        if (t != 0 || amount == 0 || (giver == taker && giver != address(0))) return true;
        // 12. Nobody gets above the maximum, nobody new above the cap.
        assertLe(token.positionOf(taker), maximum.maximumOf(address(token)), "maximum");
        if (position == 0) assertLe(token.holderCount(), holderCap.capOf(address(token)), "holders");
        if (kind == Kind.MINT) assertLe(token.totalSupply(), supplyLimit.limitOf(address(token)), "14. supply limit");
    }

    function countMinted(uint256 t, address by, uint256 amount) private {
        Window storage window = windows[t][by];
        if (amount == 0) return;
        if (window.minted == 0 || block.timestamp >= window.start + 1 days) (window.start, window.minted) = (block.timestamp, 0);
        window.minted += amount;
    }

    /// @dev 14. In a minter's window, no more than his cap.
    function assertWindow(uint256 t, address by) private view {
        Window storage window = windows[t][by];
        (uint256 cap, uint256 minted,) = tokens[t].mintAllowance(by);
        assertLe(minted, cap, "14. minted above the cap");
        bool open = window.minted != 0 && block.timestamp < window.start + 1 days;
        assertEq(minted, open ? window.minted : 0, "14. minted in the window");
    }

    /* PICKS */

    /// @dev The fuzzer likes small numbers; each bit is to decide something.
    function mixed(uint256 seed) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed)));
    }

    /// @dev Mostly somebody who holds.
    function pick(uint256 seed) internal view returns (uint256 t, address from, address to) {
        (t, from, to) = (seed % TOKENS, pickWallet(seed >> 8), pickWallet(seed >> 32));
        for (uint256 i = 1; i < wallets.length && (seed >> 56) % 8 != 0 && tokens[t].balanceOf(from) == 0; ++i) {
            from = pickWallet((seed >> 8) + i);
        }
    }

    function pickWallet(uint256 seed) internal view returns (address) {
        return wallets[uint24(seed) % wallets.length];
    }

    /// @dev A third of the time all, sometimes one unit too much.
    function part(uint256 t, address from, uint256 seed, uint256 amount) internal view returns (uint256) {
        uint256 balance = tokens[t].balanceOf(from);
        return (seed >> 64) % 3 == 0 ? balance : bound(amount, 0, balance + 1);
    }

    function pickBatch(uint256 seed, uint256 amount)
        private
        view
        returns (uint256 t, address from, address[] memory to, uint256[] memory amounts)
    {
        (t, from,) = pick(seed);
        to = new address[](3);
        amounts = new uint256[](3);
        for (uint256 i = 0; i < to.length; ++i) {
            to[i] = pickWallet(seed >> (40 + 24 * i));
            amounts[i] = part(t, from, seed, amount) / (i + 1);
        }
    }
}
