// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IOffering } from "../../../contracts/interfaces/IOffering.sol";
import { Offering } from "../../../contracts/issuance/Offering.sol";
import { HostileMoney } from "../money/HostileMoney.sol";
import { MoneyTokenStandIn } from "../money/MoneyTokenStandIn.sol";

/// @notice A sale of 100 to 500 units at 99.436306, tickets of 10 to 400, open from tomorrow for ten days, settled within ten more.
abstract contract OfferingFixture is Test {
    uint256 internal constant UNIT = 1e18;
    uint256 internal constant PRICE = 99_436306;

    address internal seller;
    uint256 internal sellerKey;
    address internal issuer = makeAddr("settlement wallet");
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal carol = makeAddr("carol");
    address internal stranger = makeAddr("stranger");

    Offering internal offering;
    MoneyTokenStandIn internal token;
    HostileMoney internal money;
    bytes32 internal id;
    uint40 internal opensAt;
    uint40 internal closesAt;
    uint40 internal settleBy;

    function setUp() public virtual {
        vm.warp(1_700_000_000);
        opensAt = uint40(block.timestamp + 1 days);
        closesAt = opensAt + 10 days;
        settleBy = closesAt + 10 days;
        (seller, sellerKey) = makeAddrAndKey("seller");
        offering = new Offering();
        token = new MoneyTokenStandIn(18);
        money = new HostileMoney();
        token.grant(seller, AgentRole.SELLER);
        _welcome(alice);
        _welcome(bob);
        _welcome(carol);
        id = _id(address(token), "bill-2017-08-28");
        vm.prank(seller);
        offering.create(id, _terms());
    }

    function _welcome(address wallet) internal {
        token.register(wallet, wallet);
        money.mint(wallet, 1_000_000_000000);
        vm.prank(wallet);
        money.approve(address(offering), type(uint256).max);
    }

    function _id(address token_, string memory key) internal pure returns (bytes32) {
        return bytes32(bytes20(token_)) | (keccak256(bytes(key)) >> 160);
    }

    function _terms() internal view returns (IOffering.Terms memory) {
        return IOffering.Terms({
            token: address(token),
            paymentToken: address(money),
            settlementWallet: issuer,
            unitPrice: PRICE,
            minTicket: 10 * UNIT,
            maxTicket: 400 * UNIT,
            increment: UNIT,
            softCap: 100 * UNIT,
            hardCap: 500 * UNIT,
            opensAt: opensAt,
            closesAt: closesAt,
            settleBy: settleBy
        });
    }

    function _order(address wallet, uint256 units) internal view returns (IOffering.Order memory) {
        return IOffering.Order({ offeringId: id, orderId: _orderId(wallet), wallet: wallet, units: units, validUntil: closesAt });
    }

    function _orderId(address wallet) internal pure returns (bytes32) {
        return keccak256(abi.encode("subscription", wallet));
    }

    /// @dev Written out from the text of the interface, apart from the contract's own code.
    function _digest(IOffering.Order memory order, uint256 chainId, address verifier) internal pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Muniment Offering"),
                keccak256("1"),
                chainId,
                verifier
            )
        );
        bytes32 typehash = keccak256("Order(bytes32 offeringId,bytes32 orderId,address wallet,uint256 units,uint40 validUntil)");
        bytes32 hash = keccak256(abi.encode(typehash, order.offeringId, order.orderId, order.wallet, order.units, order.validUntil));
        return keccak256(abi.encodePacked("\x19\x01", domain, hash));
    }

    function _sign(IOffering.Order memory order, uint256 key) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(order, block.chainid, address(offering)));
        return abi.encodePacked(r, s, v);
    }

    function _open() internal {
        vm.warp(opensAt);
    }

    function _pay(address wallet, uint256 units) internal {
        IOffering.Order memory order = _order(wallet, units);
        bytes memory signature = _sign(order, sellerKey);
        vm.prank(wallet);
        offering.pay(order, signature);
    }

    function _close() internal {
        vm.prank(seller);
        offering.close(id);
    }

    function _allocate(address wallet, uint256 units) internal {
        uint256[] memory granted = new uint256[](1);
        granted[0] = units;
        vm.prank(seller);
        offering.allocate(id, _orders(wallet), granted);
    }

    function _orders(address wallet) internal pure returns (bytes32[] memory orderIds) {
        orderIds = new bytes32[](1);
        orderIds[0] = _orderId(wallet);
    }

    function _orders(address a, address b) internal pure returns (bytes32[] memory orderIds) {
        orderIds = new bytes32[](2);
        (orderIds[0], orderIds[1]) = (_orderId(a), _orderId(b));
    }

    function _orders(address a, address b, address c) internal pure returns (bytes32[] memory orderIds) {
        orderIds = new bytes32[](3);
        (orderIds[0], orderIds[1], orderIds[2]) = (_orderId(a), _orderId(b), _orderId(c));
    }

    function _settle(bytes32[] memory orderIds) internal {
        vm.prank(seller);
        offering.settle(id, orderIds);
    }

    /// @notice Alice, Bob and Carol have paid for 300, 200 and 100 and are granted 250, 166 and 84.
    function _allocated() internal {
        _open();
        _pay(alice, 300 * UNIT);
        _pay(bob, 200 * UNIT);
        _pay(carol, 100 * UNIT);
        _close();
        _allocate(alice, 250 * UNIT);
        _allocate(bob, 166 * UNIT);
        _allocate(carol, 84 * UNIT);
    }

    function _stateOf(address wallet) internal view returns (IOffering.OrderState) {
        return offering.orderOf(id, _orderId(wallet)).state;
    }

    function _assertConserved() internal view {
        IOffering.Totals memory totals = offering.totalsOf(id);
        assertEq(totals.received, totals.escrow + totals.proceeds + totals.refunded);
        assertEq(money.balanceOf(address(offering)), totals.escrow);
        assertEq(money.balanceOf(issuer), totals.proceeds);
        assertEq(token.totalSupply(), totals.settled);
    }
}
