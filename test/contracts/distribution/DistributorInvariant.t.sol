// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IDistributor } from "../../../contracts/interfaces/IDistributor.sol";
import { Distributor } from "../../../contracts/distribution/Distributor.sol";
import { HostileMoney } from "../money/HostileMoney.sol";
import { MoneyTokenStandIn } from "../money/MoneyTokenStandIn.sol";
import { MerkleTree } from "./MerkleTree.sol";

/// @notice Several distributions of one token in one money, claimed, pushed, released, cancelled, limited and ended in any order, while
///         wallets are frozen and freed.
contract DistributorHandler is Test {
    uint256 private constant INVESTORS = 5;

    address private immutable PAYER = makeAddr("payer");
    address private immutable AGENT = makeAddr("agent");
    Distributor public immutable distributor = new Distributor();
    MoneyTokenStandIn public immutable token = new MoneyTokenStandIn(0);
    HostileMoney public immutable money = new HostileMoney();
    bytes32[] public ids;
    mapping(bytes32 => bytes32[]) private _trees;
    mapping(bytes32 => uint256[INVESTORS]) private _amounts;
    mapping(bytes32 => mapping(uint256 index => uint256)) public payments;
    mapping(bytes32 => uint256) public funded;
    mapping(bytes32 => uint256) public returned;
    uint256 private _time = 1_700_000_000;

    constructor() {
        token.grant(PAYER, AgentRole.PAYER);
        money.mint(PAYER, type(uint128).max);
        vm.prank(PAYER);
        money.approve(address(distributor), type(uint256).max);
        for (uint256 i; i < INVESTORS; ++i) {
            token.register(_wallet(i), _investor(i));
        }
    }

    function count() external view returns (uint256) {
        return ids.length;
    }

    function declare(uint256 seed) external {
        if (ids.length == 6) return;
        bytes32 id = bytes32(bytes20(address(token))) | bytes32(ids.length);
        bytes32[] memory leaves = new bytes32[](INVESTORS);
        uint256 net;
        for (uint256 i; i < INVESTORS; ++i) {
            _amounts[id][i] = uint256(keccak256(abi.encode(seed, i))) % 1e12;
            net += _amounts[id][i];
            leaves[i] = distributor.leafOf(id, _entitlement(id, i));
        }
        if (seed % 5 == 0) net = net / 2 + 1; // the tree promises more than will be there
        _trees[id] = MerkleTree.build(leaves);
        vm.prank(PAYER);
        distributor.declare(
            id,
            IDistributor.Declaration({
                token: address(token),
                paymentToken: address(money),
                snapshotId: 1,
                net: net,
                withheld: seed % 7 * 1e6,
                dust: seed % 3,
                count: uint32(INVESTORS),
                withholdingAgent: AGENT,
                root: _trees[id][0]
            })
        );
        ids.push(id);
    }

    function fund(uint256 pick) external {
        (bytes32 id, IDistributor.Totals memory totals) = _pick(pick);
        if (totals.state != IDistributor.State.DECLARED) return;
        IDistributor.Declaration memory d = distributor.declarationOf(id);
        vm.prank(PAYER);
        distributor.fund(id);
        funded[id] = d.net + d.withheld + d.dust;
    }

    function claim(uint256 pick, uint256 i) external {
        (bytes32 id, IDistributor.Totals memory totals) = _pick(pick);
        i %= INVESTORS;
        IDistributor.Entitlement memory entitlement = _entitlement(id, i);
        bytes memory refusal = _refusal(id, totals, entitlement);
        bytes32[] memory proof = id == 0 ? new bytes32[](0) : MerkleTree.proofOf(_trees[id], distributor.leafOf(id, entitlement));
        if (refusal.length != 0) vm.expectRevert(refusal);
        vm.prank(_wallet(i));
        distributor.claim(id, entitlement, proof);
        if (refusal.length == 0) ++payments[id][i];
    }

    function push(uint256 pick) external {
        (bytes32 id, IDistributor.Totals memory totals) = _pick(pick);
        if (totals.state != IDistributor.State.FUNDED) return;
        IDistributor.Entitlement[] memory entitlements = new IDistributor.Entitlement[](INVESTORS);
        address[] memory to = new address[](INVESTORS);
        bytes32[][] memory proofs = new bytes32[][](INVESTORS);
        bool[] memory before = new bool[](INVESTORS);
        for (uint256 i; i < INVESTORS; ++i) {
            (entitlements[i], to[i], before[i]) = (_entitlement(id, i), _wallet(i), distributor.isPaid(id, i));
            proofs[i] = MerkleTree.proofOf(_trees[id], distributor.leafOf(id, entitlements[i]));
        }
        vm.prank(PAYER);
        distributor.push(id, entitlements, to, proofs);
        for (uint256 i; i < INVESTORS; ++i) {
            if (!before[i] && distributor.isPaid(id, i)) ++payments[id][i];
        }
    }

    function release(uint256 pick, bool dust) external {
        (bytes32 id, IDistributor.Totals memory totals) = _pick(pick);
        if (totals.state != IDistributor.State.FUNDED || (dust ? totals.dustReleased : totals.withheldReleased)) return;
        vm.prank(PAYER);
        if (dust) distributor.releaseDust(id);
        else distributor.releaseWithheld(id);
    }

    function cancel(uint256 pick) external {
        (bytes32 id, IDistributor.Totals memory totals) = _pick(pick);
        bool started = totals.paidCount != 0 || totals.withheldReleased || totals.dustReleased;
        bool live = totals.state == IDistributor.State.DECLARED || totals.state == IDistributor.State.FUNDED;
        if (pick % 8 != 0 || !live) return; // seldom, or little would ever be paid
        if (started) vm.expectRevert(abi.encodeWithSelector(IDistributor.CancellationTooLate.selector, id));
        vm.prank(PAYER);
        distributor.cancel(id);
        if (!started) funded[id] = 0;
    }

    function limit(uint256 pick, uint256 wait) external {
        (bytes32 id, IDistributor.Totals memory totals) = _pick(pick);
        if (totals.state != IDistributor.State.FUNDED) return;
        _time += wait % 30 days;
        vm.warp(_time);
        uint40 until = uint40(_time + 365 days + wait % 10 days);
        if (until < totals.claimableUntil) {
            vm.expectRevert(abi.encodeWithSelector(IDistributor.ClaimLimitTooEarly.selector, until, totals.claimableUntil));
        }
        vm.prank(PAYER);
        distributor.limitClaims(id, until);
    }

    /// @dev By a stranger, and seldom.
    function returnRest(uint256 pick) external {
        (bytes32 id, IDistributor.Totals memory totals) = _pick(pick);
        if (totals.state != IDistributor.State.FUNDED || pick % 4 != 3) return;
        if (totals.claimableUntil > _time) _time = totals.claimableUntil;
        vm.warp(_time);
        uint256 before = money.balanceOf(PAYER);
        if (totals.claimableUntil == 0) vm.expectRevert(abi.encodeWithSelector(IDistributor.RestNotDue.selector, id, 0));
        distributor.returnRest(id);
        returned[id] = money.balanceOf(PAYER) - before;
    }

    function freeze(uint256 i, bool frozen) external {
        token.refuse(_wallet(i % INVESTORS), frozen ? 12 : 0);
    }

    /// @notice What the distribution still holds, from its own records.
    function remaining(bytes32 id) public view returns (uint256) {
        IDistributor.Totals memory totals = distributor.totalsOf(id);
        IDistributor.Declaration memory d = distributor.declarationOf(id);
        if (totals.state != IDistributor.State.FUNDED) return 0;
        return d.net - totals.paid + (totals.withheldReleased ? 0 : d.withheld) + (totals.dustReleased ? 0 : d.dust);
    }

    /// @notice What left it, summed from the payments themselves.
    function left(bytes32 id) external view returns (uint256 sum) {
        IDistributor.Totals memory totals = distributor.totalsOf(id);
        IDistributor.Declaration memory d = distributor.declarationOf(id);
        for (uint256 i; i < INVESTORS; ++i) {
            sum += payments[id][i] * _amounts[id][i];
        }
        sum += (totals.withheldReleased ? d.withheld : 0) + (totals.dustReleased ? d.dust : 0) + returned[id];
    }

    function _pick(uint256 pick) private view returns (bytes32 id, IDistributor.Totals memory totals) {
        if (ids.length != 0) id = ids[pick % ids.length];
        totals = distributor.totalsOf(id);
    }

    function _entitlement(bytes32 id, uint256 i) private view returns (IDistributor.Entitlement memory) {
        return IDistributor.Entitlement({ index: i, investor: _investor(i), amount: _amounts[id][i] });
    }

    /// @return error with which a claim must fail now, empty when it must not
    function _refusal(bytes32 id, IDistributor.Totals memory totals, IDistributor.Entitlement memory entitlement)
        private
        view
        returns (bytes memory)
    {
        address wallet = _wallet(entitlement.index);
        if (totals.state != IDistributor.State.FUNDED) return abi.encodeWithSelector(IDistributor.DistributionNotFunded.selector, id);
        if (distributor.isPaid(id, entitlement.index)) {
            return abi.encodeWithSelector(IDistributor.EntitlementAlreadyPaid.selector, id, entitlement.index);
        }
        if (!token.canReceive(wallet)) {
            return abi.encodeWithSelector(IDistributor.WalletNotPayable.selector, wallet, entitlement.investor);
        }
        uint256 unpaid = distributor.declarationOf(id).net - totals.paid;
        if (entitlement.amount <= unpaid) return "";
        return abi.encodeWithSelector(IDistributor.EntitlementExceedsFunding.selector, entitlement.amount, unpaid);
    }

    function _wallet(uint256 i) private pure returns (address) {
        return address(uint160(0xA000 + i));
    }

    function _investor(uint256 i) private pure returns (address) {
        return address(uint160(0xB000 + i));
    }
}

contract DistributorInvariantTest is Test {
    DistributorHandler private handler;

    function setUp() public {
        handler = new DistributorHandler();
        bytes4[] memory selectors = new bytes4[](10);
        selectors[0] = handler.declare.selector;
        selectors[1] = handler.fund.selector;
        selectors[2] = handler.claim.selector;
        selectors[3] = handler.push.selector;
        selectors[4] = handler.release.selector;
        selectors[5] = handler.cancel.selector;
        selectors[6] = handler.freeze.selector;
        selectors[7] = handler.fund.selector;
        selectors[8] = handler.limit.selector;
        selectors[9] = handler.returnRest.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({ addr: address(handler), selectors: selectors }));
    }

    function invariant_paidReturnedAndRemainingAddUpToFunded() public view {
        for (uint256 i; i < handler.count(); ++i) {
            bytes32 id = handler.ids(i);
            assertEq(handler.left(id) + handler.remaining(id), handler.funded(id));
        }
    }

    function invariant_balanceIsTheSumOfWhatRemains() public view {
        uint256 sum;
        for (uint256 i; i < handler.count(); ++i) {
            sum += handler.remaining(handler.ids(i));
        }
        assertEq(handler.money().balanceOf(address(handler.distributor())), sum);
    }

    function invariant_onePaymentPerIndexWithinNet() public view {
        for (uint256 i; i < handler.count(); ++i) {
            bytes32 id = handler.ids(i);
            IDistributor.Totals memory totals = handler.distributor().totalsOf(id);
            uint256 paidCount;
            for (uint256 index; index < 5; ++index) {
                assertLe(handler.payments(id, index), 1);
                paidCount += handler.payments(id, index);
            }
            assertEq(paidCount, totals.paidCount);
            assertLe(totals.paid, handler.distributor().declarationOf(id).net);
        }
    }
}
