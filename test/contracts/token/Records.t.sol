// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { ISecurityTokenExtension } from "../../../contracts/interfaces/ISecurityToken.sol";
import { TokenFixture } from "./TokenFixture.sol";

/// @dev Snapshots and documents.
contract RecordsTest is TokenFixture {
    /* SNAPSHOTS */

    function test_WhenASnapshotIsTaken() external {
        mint(ann, 100);
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.SnapshotTaken(1, block.number, block.timestamp);
        uint256 first = takeSnapshot();
        vm.prank(ann);
        token.transfer(bob, 30);
        uint256 second = takeSnapshot();
        uint256 third = takeSnapshot();
        vm.startPrank(agent);
        token.burn(ann, 70);
        token.mint(bob, 5);
        vm.stopPrank();

        assertEq(token.lastSnapshotId(), 3);
        assertBalances(first, 100, 0);
        assertBalances(second, 70, 30);
        assertBalances(third, 70, 30);
        (uint256 blockNumber, uint256 time) = token.snapshotAt(second);
        assertEq(blockNumber, block.number);
        assertEq(time, block.timestamp);
    }

    /// @dev A wallet that was empty at one snapshot, held at the next and is empty again.
    function test_WhenAWalletComesAndGoes() external {
        uint256 first = takeSnapshot();
        mint(ann, 10);
        uint256 second = takeSnapshot();
        vm.prank(agent);
        token.burn(ann, 10);
        uint256 third = takeSnapshot();
        mint(ann, 7);
        mint(bob, 1);
        uint256 fourth = takeSnapshot();
        mint(ann, 1);

        assertBalances(first, 0, 0);
        assertBalances(second, 10, 0);
        assertBalances(third, 0, 0);
        assertBalances(fourth, 7, 1);
    }

    /// @dev Any history of mints, burns and transfers between snapshots reads back as it was.
    function testFuzz_WhenBalancesChange(uint256 seed) external {
        uint256[] memory annBalances = new uint256[](13);
        uint256[] memory bobBalances = new uint256[](13);
        for (uint256 step = 0; step < 40; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            (address wallet, address other) = seed & 1 == 0 ? (ann, bob) : (bob, ann);
            uint256 action = (seed >> 8) % 4;
            uint256 amount = (seed >> 16) % 1000;
            uint256 held = token.balanceOf(wallet);
            if (action == 0) mint(wallet, amount);
            if (action == 1 && amount <= held) {
                vm.prank(agent);
                token.burn(wallet, seed & 2 == 0 ? amount : held);
            }
            if (action == 2 && amount <= held) {
                vm.prank(wallet);
                token.transfer(other, seed & 2 == 0 ? amount : held);
            }
            if (action == 3 && token.lastSnapshotId() < 12) {
                uint256 id = takeSnapshot();
                (annBalances[id], bobBalances[id]) = (token.balanceOf(ann), token.balanceOf(bob));
            }
        }
        for (uint256 id = 1; id <= token.lastSnapshotId(); ++id) {
            assertBalances(id, annBalances[id], bobBalances[id]);
        }
    }

    function test_RevertGiven_AnUnknownSnapshot() external {
        takeSnapshot();
        uint256[2] memory unknown = [uint256(0), 2];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.SnapshotUnknown.selector, unknown[i], 1));
            token.balanceOfAt(ann, unknown[i]);
            vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.SnapshotUnknown.selector, unknown[i], 1));
            token.totalSupplyAt(unknown[i]);
            vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.SnapshotUnknown.selector, unknown[i], 1));
            token.snapshotAt(unknown[i]);
        }
    }

    function test_RevertGiven_AStrangerTakesASnapshot() external {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        token.snapshot();
    }

    function assertBalances(uint256 id, uint256 annBalance, uint256 bobBalance) internal view {
        assertEq(token.balanceOfAt(ann, id), annBalance, "ann");
        assertEq(token.balanceOfAt(bob, id), bobBalance, "bob");
        assertEq(token.totalSupplyAt(id), annBalance + bobBalance, "supply");
    }

    /* DOCUMENTS */

    bytes32 internal constant DEED = "deed";

    function test_WhenDocumentsAreKept() external {
        vm.startPrank(snapshotter);
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.DocumentUpdated("prospectus", "ipfs://one", "hash one");
        token.setDocument("prospectus", "ipfs://one", "hash one");
        token.setDocument("deed", "ipfs://deed", "hash deed");
        uint256 firstTime = block.timestamp;
        skip(1 days);
        token.setDocument("prospectus", "ipfs://two", "hash two");

        (string memory uri, bytes32 documentHash, uint256 lastModified) = token.getDocument("prospectus");
        assertEq(uri, "ipfs://two");
        assertEq(documentHash, "hash two");
        assertEq(lastModified, block.timestamp);
        (uri, documentHash, lastModified) = token.documentVersion("prospectus", 0);
        assertEq(uri, "ipfs://one");
        assertEq(documentHash, "hash one");
        assertEq(lastModified, firstTime);
        assertEq(token.getAllDocuments().length, 2);

        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.DocumentRemoved("prospectus", "ipfs://two", "hash two");
        token.removeDocument("prospectus");
        (uri, documentHash,) = token.getDocument("prospectus");
        assertEq(uri, "");
        assertEq(documentHash, 0);
        assertEq(token.documentVersions("prospectus"), 3);
        bytes32[] memory names = token.getAllDocuments();
        assertEq(names.length, 1);
        assertEq(names[0], "deed");
        token.setDocument("prospectus", "ipfs://three", "hash three");
        token.removeDocument("deed");
        assertEq(token.getAllDocuments()[0], "prospectus");
    }

    function test_RevertGiven_ABadDocument() external {
        vm.startPrank(snapshotter);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.DocumentHashMissing.selector, DEED));
        token.setDocument("deed", "ipfs://deed", 0);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.DocumentUnknown.selector, DEED, 0));
        token.removeDocument("deed");
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.DocumentUnknown.selector, DEED, 0));
        token.documentVersion("deed", 0);
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        token.setDocument("deed", "ipfs://deed", "hash");
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        token.removeDocument("deed");
    }
}
