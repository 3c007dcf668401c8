// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC1271 } from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { TransientSlot } from "@openzeppelin/contracts/utils/TransientSlot.sol";
import { IERC173 } from "../interfaces/erc3643/IERC173.sol";
import { IClaimIssuer } from "../interfaces/erc735/IClaimIssuer.sol";
import { IERC735 } from "../interfaces/erc735/IERC735.sol";
import { Claim, IIdentityStorage } from "../interfaces/IIdentityStorage.sol";
import { IOnchainIdIssuer } from "../interfaces/IOnchainIdIssuer.sol";
import { Eligibility } from "./Eligibility.sol";

/// @notice Imports the claims of one foreign ONCHAINID claim issuer into the identity storage, where it stands in the issuer table. No
///         transfer ever reads an ONCHAINID.
/// @dev Assumes of the foreign issuer that its `isClaimValid` is honest, and of nobody else anything: an identity may be hostile, so it and
///      the issuer are asked by static calls under one gas cap, behind a call to this contract itself that may fail in any way.
///
///      Warning: ONCHAINID's `revokeClaim` asks the identity which signature to revoke, and believes a decoy. Such a claim stays confirmed
///      here. The foreign issuer must revoke by signature; the owner of the issuer table can revoke in the storage, and that holds.
contract OnchainIdIssuer is IOnchainIdIssuer, IERC1271 {
    using Eligibility for uint256;
    using SafeCast for uint256;
    using TransientSlot for bytes32;
    using TransientSlot for TransientSlot.Bytes32Slot;

    /// @param dataHash of the claim imported last
    /// @param readmitted nonce of the storage's claim that the next import may replace whatever its state; 0 none
    struct Import {
        bytes32 dataHash;
        uint16 readmitted;
    }

    /// @notice Gas with which identity and issuer are asked together. Who calls with less must not make a claim look invalid.
    uint256 public constant CHECK_GAS = 500_000;
    uint256 private constant CHECK_GAS_LEFT = CHECK_GAS + CHECK_GAS / 63 + 10_000;
    uint256 private constant VALIDITY = 90 days;
    /// @dev A lane has 4,095 nonces for ever: without this anyone could spend them.
    uint256 private constant RENEWAL = 30 days;
    uint256 private constant SCHEME_ECDSA = 1;
    bytes32 private constant DIGEST_SLOT = keccak256("muniment.transient.OnchainIdIssuer.digest");

    /// @inheritdoc IOnchainIdIssuer
    address public immutable identityStorage;
    /// @inheritdoc IOnchainIdIssuer
    address public immutable foreignIssuer;

    uint256[5] private _foreignTopics;
    mapping(address identity => mapping(uint256 topic => Import)) private _imports;

    /// @param identityStorage_ where claims are written; its manager adds this contract as issuer
    /// @param foreignIssuer_ ONCHAINID claim issuer
    /// @param foreignTopics its topics that become topics 1 to 5; 0 for one that is not imported
    constructor(address identityStorage_, address foreignIssuer_, uint256[5] memory foreignTopics) {
        if (identityStorage_.code.length == 0) revert StorageInvalid(identityStorage_);
        if (foreignIssuer_.code.length == 0) revert ForeignIssuerInvalid(foreignIssuer_);

        identityStorage = identityStorage_;
        foreignIssuer = foreignIssuer_;
        _foreignTopics = foreignTopics;
    }

    /* USER FUNCTIONS */

    /// @inheritdoc IOnchainIdIssuer
    function importClaim(address identity, uint256 topic) external {
        (bool stands, bytes32 dataHash) = _ask(identity, topic);
        if (!stands) revert ForeignClaimInvalid(identity, topic);
        uint256 nonce = _replaceableNonce(identity, topic, dataHash);

        _imports[identity][topic] = Import(dataHash, 0);

        Claim[] memory claims = new Claim[](1);
        claims[0] = Claim({
            issuer: address(this),
            identity: identity,
            topic: topic,
            dataHash: dataHash,
            issuedAt: block.timestamp.toUint40(),
            validUntil: (block.timestamp + VALIDITY).toUint40(),
            nonce: (nonce + 1).toUint16()
        });
        DIGEST_SLOT.asBytes32().tstore(IIdentityStorage(identityStorage).claimsDigest(claims));
        IIdentityStorage(identityStorage).writeClaims(claims, "");
        DIGEST_SLOT.asBytes32().tstore(0);
    }

    /// @inheritdoc IOnchainIdIssuer
    function dropClaim(address identity, uint256 topic) external {
        (bool stands,) = _ask(identity, topic);
        if (stands) revert ForeignClaimStands(identity, topic);

        (,,, uint256 nonce) = _laneOf(identity, topic);
        _imports[identity][topic].readmitted = nonce.toUint16();

        // The evidence stays noted: what was dropped comes back with new evidence, or when the owner says so.
        IIdentityStorage(identityStorage).revokeClaim(identity, topic);
    }

    /// @inheritdoc IOnchainIdIssuer
    function readmit(address identity, uint256 topic) external {
        _foreignTopic(topic);
        if (msg.sender != IERC173(identityStorage).owner()) revert CallerNotOwner(msg.sender);

        (,,, uint256 nonce) = _laneOf(identity, topic);
        _imports[identity][topic] = Import(0, nonce.toUint16());

        emit ClaimReadmitted(identity, topic);
    }

    /* VIEWS */

    /// @inheritdoc IERC1271
    /// @dev Only for the claim that this transaction is importing.
    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest != 0 && digest == DIGEST_SLOT.asBytes32().tload() ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    /// @inheritdoc IOnchainIdIssuer
    function evidenceOf(address identity, uint256 topic) external view returns (bytes32) {
        uint256 foreignTopic = _foreignTopic(topic);
        (uint256 heldTopic, uint256 scheme, address heldIssuer, bytes memory signature, bytes memory data,) =
            IERC735(identity).getClaim(keccak256(abi.encode(foreignIssuer, foreignTopic)));
        if (heldIssuer != foreignIssuer || heldTopic != foreignTopic || scheme != SCHEME_ECDSA) {
            revert ForeignClaimDiffers(identity, heldIssuer, heldTopic, scheme);
        }
        // ONCHAINID remembers revoked signatures by their bytes. The signer is for the issuer to judge: any hash shows the form.
        (, ECDSA.RecoverError form,) = ECDSA.tryRecover(keccak256(data), signature);
        if (form != ECDSA.RecoverError.NoError) revert SignatureNotCanonical(identity, topic);
        if (!IClaimIssuer(foreignIssuer).isClaimValid(identity, foreignTopic, signature, data)) {
            revert ForeignIssuerDenies(identity, topic);
        }

        return keccak256(abi.encode(foreignIssuer, foreignTopic, signature, data));
    }

    /// @inheritdoc IOnchainIdIssuer
    function foreignTopicOf(uint256 topic) public view returns (uint256) {
        return topic == 0 || topic > Eligibility.LANES ? 0 : _foreignTopics[topic - 1];
    }

    /* INTERNAL */

    function _ask(address identity, uint256 topic) private view returns (bool stands, bytes32 dataHash) {
        _foreignTopic(topic);
        if (gasleft() < CHECK_GAS_LEFT) revert GasTooLow(gasleft(), CHECK_GAS_LEFT);
        try this.evidenceOf{ gas: CHECK_GAS }(identity, topic) returns (bytes32 dataHash_) {
            return (true, dataHash_);
        } catch {
            return (false, 0);
        }
    }

    /// @dev A foreign claim says nothing of its time, so it cannot prove to be newer than a revocation: what was revoked by others than
    ///      `dropClaim` stays so. A claim of another issuer gives way once it has expired.
    /// @return nonce of the claim that may be replaced, 0 when there is none
    function _replaceableNonce(address identity, uint256 topic, bytes32 dataHash) private view returns (uint256 nonce) {
        uint256 issuer;
        uint256 expiryHour;
        uint256 epoch;
        (issuer, expiryHour, epoch, nonce) = _laneOf(identity, topic);
        Import storage last = _imports[identity][topic];
        if (nonce == last.readmitted) {
            if (dataHash == last.dataHash) revert ClaimWithdrawn(identity, topic);
            return nonce;
        }

        IIdentityStorage store = IIdentityStorage(identityStorage);
        bool current = epoch == store.epochs().epochOf(issuer);
        if (issuer + 1 != store.issuerPlace(address(this))) {
            bool expired = expiryHour != 0 && current && expiryHour * 1 hours <= block.timestamp;
            if (!expired) revert TopicTaken(identity, topic, store.issuerAt((issuer + 1).toUint8()));
        } else if (expiryHour == 0) {
            revert ClaimWithdrawn(identity, topic);
        } else if (current && dataHash == last.dataHash) {
            uint256 earliest = expiryHour * 1 hours - (VALIDITY - RENEWAL);
            if (block.timestamp < earliest) revert ImportTooEarly(identity, topic, earliest);
        }
    }

    function _laneOf(address identity, uint256 topic)
        private
        view
        returns (uint256 issuer, uint256 expiryHour, uint256 epoch, uint256 nonce)
    {
        return IIdentityStorage(identityStorage).investorWord(identity).lane(topic - 1);
    }

    function _foreignTopic(uint256 topic) private view returns (uint256 foreignTopic) {
        foreignTopic = foreignTopicOf(topic);
        if (foreignTopic == 0) revert TopicNotImported(topic);
    }
}
