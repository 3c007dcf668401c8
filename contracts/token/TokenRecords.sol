// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Checkpoints } from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Roles } from "../factory/Roles.sol";
import { ISecurityTokenExtension } from "../interfaces/ISecurityToken.sol";
import { TokenState } from "./TokenState.sol";
import { HolderWord, TotalsWord } from "./TokenWords.sol";

/// @notice What the token keeps for the record: balances as of a snapshot, and every version of its documents.
abstract contract TokenRecords is TokenState, ISecurityTokenExtension {
    using Checkpoints for Checkpoints.Trace208;
    using SafeCast for uint256;

    /* SNAPSHOTS */

    /// @inheritdoc ISecurityTokenExtension
    function snapshot() external onlyMember(Roles.SNAPSHOTTER) returns (uint256 id) {
        TokenStorage storage $ = _state();
        id = uint256($.totals.snapshotId() + 1).toUint24();
        $.totals = $.totals.withNextSnapshot();
        $.configuration = $.configuration.withSnapshotTaken();
        $.snapshots.push(SnapshotMark(block.number.toUint48(), block.timestamp.toUint40()));

        emit SnapshotTaken(id, block.number, block.timestamp);
    }

    /// @inheritdoc ISecurityTokenExtension
    function balanceOfAt(address wallet, uint256 id) external view returns (uint256) {
        TokenStorage storage $ = _state();
        _checkSnapshot(id);
        HolderWord word = $.holders[wallet];
        return id > word.snapshotId() ? word.balance() : $.balanceHistory[wallet].lowerLookup(id.toUint48());
    }

    /// @inheritdoc ISecurityTokenExtension
    function totalSupplyAt(uint256 id) external view returns (uint256) {
        TokenStorage storage $ = _state();
        _checkSnapshot(id);
        TotalsWord totals = $.totals;
        return id > totals.supplySnapshotId() ? totals.supply() : $.supplyHistory.lowerLookup(id.toUint48());
    }

    /// @inheritdoc ISecurityTokenExtension
    function snapshotAt(uint256 id) external view returns (uint256 blockNumber, uint256 time) {
        _checkSnapshot(id);
        SnapshotMark memory mark = _state().snapshots[id - 1];
        return (mark.blockNumber, mark.time);
    }

    /// @inheritdoc ISecurityTokenExtension
    function lastSnapshotId() external view returns (uint256) {
        return _state().totals.snapshotId();
    }

    function _checkSnapshot(uint256 id) private view {
        uint256 lastId = _state().totals.snapshotId();
        if (id == 0 || id > lastId) revert SnapshotUnknown(id, lastId);
    }

    /* DOCUMENTS */

    /// @inheritdoc ISecurityTokenExtension
    function setDocument(bytes32 name, string calldata uri, bytes32 documentHash) external onlyMember(Roles.SNAPSHOTTER) {
        if (documentHash == 0) revert DocumentHashMissing(name);
        TokenStorage storage $ = _state();
        if ($.documentPositions[name] == 0) {
            $.documentNames.push(name);
            $.documentPositions[name] = $.documentNames.length;
        }
        $.documents[name].push(DocumentVersion(documentHash, block.timestamp.toUint40(), uri));

        emit DocumentUpdated(name, uri, documentHash);
    }

    /// @inheritdoc ISecurityTokenExtension
    function removeDocument(bytes32 name) external onlyMember(Roles.SNAPSHOTTER) {
        TokenStorage storage $ = _state();
        uint256 position = $.documentPositions[name];
        if (position == 0) revert DocumentUnknown(name, 0);
        bytes32 last = $.documentNames[$.documentNames.length - 1];
        $.documentNames[position - 1] = last;
        $.documentPositions[last] = position;
        $.documentNames.pop();
        delete $.documentPositions[name];
        DocumentVersion[] storage versions = $.documents[name];
        DocumentVersion memory removed = versions[versions.length - 1];
        versions.push(DocumentVersion(0, block.timestamp.toUint40(), ""));

        emit DocumentRemoved(name, removed.uri, removed.documentHash);
    }

    /// @inheritdoc ISecurityTokenExtension
    function getDocument(bytes32 name) external view returns (string memory uri, bytes32 documentHash, uint256 lastModified) {
        DocumentVersion[] storage versions = _state().documents[name];
        if (versions.length == 0) return ("", 0, 0);
        return _version(versions[versions.length - 1]);
    }

    /// @inheritdoc ISecurityTokenExtension
    function getAllDocuments() external view returns (bytes32[] memory) {
        return _state().documentNames;
    }

    /// @inheritdoc ISecurityTokenExtension
    function documentVersion(bytes32 name, uint256 index)
        external
        view
        returns (string memory uri, bytes32 documentHash, uint256 lastModified)
    {
        DocumentVersion[] storage versions = _state().documents[name];
        if (index >= versions.length) revert DocumentUnknown(name, index);
        return _version(versions[index]);
    }

    /// @inheritdoc ISecurityTokenExtension
    function documentVersions(bytes32 name) external view returns (uint256) {
        return _state().documents[name].length;
    }

    function _version(DocumentVersion storage kept) private view returns (string memory, bytes32, uint256) {
        return (kept.uri, kept.documentHash, kept.time);
    }
}
