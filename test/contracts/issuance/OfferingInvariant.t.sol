// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IOffering } from "../../../contracts/interfaces/IOffering.sol";
import { Offering } from "../../../contracts/issuance/Offering.sol";
import { HostileMoney } from "../money/HostileMoney.sol";
import { MoneyTokenStandIn } from "../money/MoneyTokenStandIn.sol";

/// @notice Two sales of one token in one money: paid, closed, allocated, settled, cancelled and refunded in any order, while wallets
///         lapse and come back and time goes on.
contract OfferingHandler is Test {
    uint256 private constant INVESTORS = 4;

    address private _seller;
    uint256 private _sellerKey;
    Offering public immutable offering = new Offering();
    MoneyTokenStandIn public immutable token = new MoneyTokenStandIn(2);
    HostileMoney public immutable money = new HostileMoney();
    address public immutable ISSUER = makeAddr("issuer");
    bytes32[2] public ids;
    bytes32[] private _orderIds;
    mapping(bytes32 orderId => bytes32) private _saleOf;
    mapping(bytes32 orderId => uint256) public returned;
    mapping(bytes32 orderId => uint256) public sold;
    uint256 private _time = 1_700_000_000;

    constructor() {
        (_seller, _sellerKey) = makeAddrAndKey("seller");
        token.grant(_seller, AgentRole.SELLER);
        for (uint256 i; i < INVESTORS; ++i) {
            token.register(_wallet(i), _wallet(i));
            money.mint(_wallet(i), type(uint96).max);
            vm.prank(_wallet(i));
            money.approve(address(offering), type(uint256).max);
        }
        vm.warp(_time);
        for (uint256 i; i < 2; ++i) {
            ids[i] = bytes32(bytes20(address(token))) | bytes32(i);
            vm.prank(_seller);
            offering.create(
                ids[i],
                IOffering.Terms({
                    token: address(token),
                    paymentToken: address(money),
                    settlementWallet: ISSUER,
                    unitPrice: 99_436307 + i,
                    minTicket: 7,
                    maxTicket: 0,
                    increment: 7,
                    softCap: 70 * i,
                    hardCap: 7_000,
                    opensAt: uint40(_time),
                    closesAt: uint40(_time + 20 hours),
                    settleBy: uint40(_time + 60 hours)
                })
            );
        }
    }

    modifier inTime(uint256 wait) {
        _time += wait % 40 minutes;
        vm.warp(_time);
        _;
    }

    function orders() external view returns (bytes32[] memory) {
        return _orderIds;
    }

    function saleOf(bytes32 orderId) external view returns (bytes32) {
        return _saleOf[orderId];
    }

    function pay(uint256 wait, uint256 pick, uint256 who, uint256 units) external inTime(wait) {
        bytes32 id = ids[pick % 2];
        address wallet = _wallet(who % INVESTORS);
        IOffering.Terms memory terms = offering.termsOf(id);
        bool open = offering.totalsOf(id).state == IOffering.State.OPEN && _time < terms.closesAt;
        if (!open || !token.canReceive(wallet) || _orderIds.length > 30) return;
        bytes32 orderId = keccak256(abi.encode(_orderIds.length));
        IOffering.Order memory order = IOffering.Order(id, orderId, wallet, 7 * (1 + units % 400), uint40(_time));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_sellerKey, offering.orderDigest(order));
        vm.prank(wallet);
        offering.pay(order, abi.encodePacked(r, s, v));
        _orderIds.push(orderId);
        _saleOf[orderId] = id;
    }

    function close(uint256 wait, uint256 pick) external inTime(wait) {
        bytes32 id = ids[pick % 2];
        if (offering.totalsOf(id).state != IOffering.State.OPEN || _orderIds.length < 4) return;
        vm.prank(_seller);
        offering.close(id);
    }

    function allocate(uint256 wait, uint256 pick, uint256 units) external inTime(wait) {
        (bytes32 orderId, bytes32 id, IOffering.OrderRecord memory order) = _pick(pick, IOffering.OrderState.PAID);
        if (order.state != IOffering.OrderState.PAID || offering.totalsOf(id).state != IOffering.State.CLOSED) return;
        uint256[] memory granted = new uint256[](1);
        granted[0] = 7 * (units % (order.units / 7 + 1));
        uint256 total = offering.totalsOf(id).allocated + granted[0];
        if (total > 7_000) vm.expectRevert(abi.encodeWithSelector(IOffering.HardCapExceeded.selector, total, 7_000));
        vm.prank(_seller);
        offering.allocate(id, _one(orderId), granted);
    }

    function settle(uint256 wait, uint256 pick) external inTime(wait) {
        (bytes32 orderId, bytes32 id, IOffering.OrderRecord memory order) = _pick(pick, IOffering.OrderState.ALLOCATED);
        IOffering.Totals memory totals = offering.totalsOf(id);
        IOffering.Terms memory terms = offering.termsOf(id);
        bool begun = totals.settled != 0;
        bool promised = begun || totals.allocated >= terms.softCap;
        bool closed = totals.state == IOffering.State.CLOSED && _time < terms.settleBy - (begun ? 0 : 6 hours);
        if (order.state == IOffering.OrderState.NONE || order.state == IOffering.OrderState.PAID || !promised || !closed) return;
        uint256 before = money.balanceOf(order.wallet);
        if (!begun) vm.prank(_seller); // from then on anyone
        offering.settle(id, _one(orderId));
        _note(orderId, order.wallet, before);
        if (offering.orderOf(id, orderId).state == IOffering.OrderState.SETTLED) {
            sold[orderId] = offering.costOf(id, order.allocated);
        }
    }

    function refund(uint256 wait, uint256 pick) external inTime(wait) {
        (bytes32 orderId, bytes32 id, IOffering.OrderRecord memory order) = _pick(pick, IOffering.OrderState.ALLOCATED);
        IOffering.State state = offering.totalsOf(id).state;
        bool inEscrow = order.state == IOffering.OrderState.PAID || order.state == IOffering.OrderState.ALLOCATED;
        bool over = state == IOffering.State.FAILED || state == IOffering.State.CANCELLED || _time >= offering.termsOf(id).settleBy;
        bool freed = order.state == IOffering.OrderState.PAID || order.allocated == 0 || order.held;
        bool due = over || (state == IOffering.State.CLOSED && freed);
        if (!due || !inEscrow || pick % 8 != 7) return; // seldom, or little would ever be delivered
        uint256 before = money.balanceOf(order.wallet);
        vm.prank(_seller);
        offering.refund(id, orderId);
        _note(orderId, order.wallet, before);
    }

    function cancel(uint256 wait, uint256 pick) external inTime(wait) {
        bytes32 id = ids[pick % 2];
        IOffering.Totals memory totals = offering.totalsOf(id);
        bool live = totals.state == IOffering.State.OPEN || totals.state == IOffering.State.CLOSED;
        if (!live || totals.settled != 0 || pick % 32 != 31) return;
        vm.prank(_seller);
        offering.cancel(id);
    }

    function lapse(uint256 who, bool refused) external {
        token.refuse(_wallet(who % INVESTORS), refused && who % 2 == 0 ? 22 : 0);
    }

    function _note(bytes32 orderId, address wallet, uint256 before) private {
        returned[orderId] += money.balanceOf(wallet) - before;
    }

    /// @dev An order, of `wanted` state if there is one: the next from a random place on.
    function _pick(uint256 pick, IOffering.OrderState wanted)
        private
        view
        returns (bytes32 orderId, bytes32 id, IOffering.OrderRecord memory order)
    {
        uint256 count = _orderIds.length;
        if (count == 0) return (0, ids[0], order);
        for (uint256 i; i < count; ++i) {
            orderId = _orderIds[(pick % count + i) % count];
            id = _saleOf[orderId];
            order = offering.orderOf(id, orderId);
            if (order.state == wanted && offering.totalsOf(id).state == IOffering.State.CLOSED) break;
        }
    }

    function _one(bytes32 orderId) private pure returns (bytes32[] memory list) {
        list = new bytes32[](1);
        list[0] = orderId;
    }

    function _wallet(uint256 i) private pure returns (address) {
        return address(uint160(0xA000 + i));
    }
}

contract OfferingInvariantTest is Test {
    OfferingHandler private handler;

    function setUp() public {
        handler = new OfferingHandler();
        bytes4[] memory selectors = new bytes4[](8);
        selectors[0] = handler.pay.selector;
        selectors[1] = handler.close.selector;
        selectors[2] = handler.allocate.selector;
        selectors[3] = handler.settle.selector;
        selectors[4] = handler.refund.selector;
        selectors[5] = handler.cancel.selector;
        selectors[6] = handler.lapse.selector;
        selectors[7] = handler.pay.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({ addr: address(handler), selectors: selectors }));
    }

    function invariant_receivedIsEscrowProceedsAndRefunds() public view {
        uint256 escrow;
        uint256 proceeds;
        uint256 settled;
        for (uint256 i; i < 2; ++i) {
            IOffering.Totals memory totals = handler.offering().totalsOf(handler.ids(i));
            assertEq(totals.received, totals.escrow + totals.proceeds + totals.refunded);
            assertLe(totals.settled, totals.allocated);
            assertLe(totals.allocated, 7_000);
            escrow += totals.escrow;
            proceeds += totals.proceeds;
            settled += totals.settled;
        }
        assertEq(handler.money().balanceOf(address(handler.offering())), escrow);
        assertEq(handler.money().balanceOf(handler.ISSUER()), proceeds);
        assertEq(handler.token().totalSupply(), settled);
    }

    /// @dev Order by order: what was paid is still here, or was spent on units and returned, to the last unit.
    function invariant_noOrderLosesMoney() public view {
        bytes32[] memory orderIds = handler.orders();
        for (uint256 i; i < orderIds.length; ++i) {
            IOffering.OrderRecord memory order = handler.offering().orderOf(handler.saleOf(orderIds[i]), orderIds[i]);
            bool here = order.state == IOffering.OrderState.PAID || order.state == IOffering.OrderState.ALLOCATED;
            assertEq(order.paid, (here ? order.paid : 0) + handler.sold(orderIds[i]) + handler.returned(orderIds[i]));
            assertEq(handler.token().mintedFor(orderIds[i]), order.state == IOffering.OrderState.SETTLED ? order.allocated : 0);
        }
    }
}
