// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IDistributor } from "../../../contracts/interfaces/IDistributor.sol";
import { Distributor } from "../../../contracts/distribution/Distributor.sol";
import { HostileMoney } from "../money/HostileMoney.sol";
import { MoneyTokenStandIn } from "../money/MoneyTokenStandIn.sol";
import { MerkleTree } from "./MerkleTree.sol";

/// @notice A month's rent of 1,059.50: three investors get 700, 200 and 100, 59.25 is tax, 0.25 is left over.
abstract contract DistributorFixture is Test {
    uint256 internal constant NET = 1_000_000000;
    uint256 internal constant WITHHELD = 59_250000;
    uint256 internal constant DUST = 250000;
    uint256 internal constant TOTAL = NET + WITHHELD + DUST;

    address internal payer = makeAddr("payer");
    address internal funder = makeAddr("funder");
    address internal agent = makeAddr("withholding agent");
    address internal stranger = makeAddr("stranger");
    address[3] internal wallets = [makeAddr("alice"), makeAddr("bob"), makeAddr("carol")];
    address[3] internal investors = [makeAddr("alice's identity"), makeAddr("bob's identity"), makeAddr("carol's identity")];
    uint256[3] internal amounts = [uint256(700_000000), 200_000000, 100_000000];

    Distributor internal distributor;
    MoneyTokenStandIn internal token;
    HostileMoney internal money;
    bytes32 internal id;
    bytes32[] internal tree;

    function setUp() public virtual {
        distributor = new Distributor();
        token = new MoneyTokenStandIn(0);
        money = new HostileMoney();
        token.grant(payer, AgentRole.PAYER);
        token.grant(funder, AgentRole.PAYER);
        for (uint256 i; i < 3; ++i) {
            token.register(wallets[i], investors[i]);
        }
        money.mint(funder, 10 * TOTAL);
        vm.prank(funder);
        money.approve(address(distributor), type(uint256).max);
        id = _id(address(token), "rent 2026-10");
        tree = MerkleTree.build(_leaves());
        vm.prank(payer);
        distributor.declare(id, _declaration());
    }

    function _id(address token_, string memory key) internal pure returns (bytes32) {
        return bytes32(bytes20(token_)) | (keccak256(bytes(key)) >> 160);
    }

    function _declaration() internal view returns (IDistributor.Declaration memory) {
        return IDistributor.Declaration({
            token: address(token),
            paymentToken: address(money),
            snapshotId: 1,
            net: NET,
            withheld: WITHHELD,
            dust: DUST,
            count: 3,
            withholdingAgent: agent,
            root: tree[0]
        });
    }

    function _entitlement(uint256 i) internal view returns (IDistributor.Entitlement memory) {
        return IDistributor.Entitlement({ index: i, investor: investors[i], amount: amounts[i] });
    }

    function _leaves() internal view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](3);
        for (uint256 i; i < 3; ++i) {
            leaves[i] = distributor.leafOf(id, _entitlement(i));
        }
    }

    function _proof(uint256 i) internal view returns (bytes32[] memory) {
        return MerkleTree.proofOf(tree, distributor.leafOf(id, _entitlement(i)));
    }

    function _fund() internal {
        vm.prank(funder);
        distributor.fund(id);
    }

    function _claim(uint256 i) internal {
        IDistributor.Entitlement memory entitlement = _entitlement(i);
        bytes32[] memory proof = _proof(i);
        vm.prank(wallets[i]);
        distributor.claim(id, entitlement, proof);
    }

    function _batch()
        internal
        view
        returns (IDistributor.Entitlement[] memory entitlements, address[] memory to, bytes32[][] memory proofs)
    {
        entitlements = new IDistributor.Entitlement[](3);
        to = new address[](3);
        proofs = new bytes32[][](3);
        for (uint256 i; i < 3; ++i) {
            (entitlements[i], to[i], proofs[i]) = (_entitlement(i), wallets[i], _proof(i));
        }
    }

    function _pushAll() internal {
        (IDistributor.Entitlement[] memory entitlements, address[] memory to, bytes32[][] memory proofs) = _batch();
        vm.prank(payer);
        distributor.push(id, entitlements, to, proofs);
    }

    function _assertConserved() internal view {
        IDistributor.Totals memory totals = distributor.totalsOf(id);
        uint256 remaining = TOTAL - totals.paid;
        if (totals.withheldReleased) remaining -= WITHHELD;
        if (totals.dustReleased) remaining -= DUST;
        assertEq(money.balanceOf(address(distributor)), totals.state == IDistributor.State.FUNDED ? remaining : 0);
    }
}
