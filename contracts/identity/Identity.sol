// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Initializable } from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { EnumerableSet } from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import { IIdentity } from "../interfaces/IIdentity.sol";
import { IClaimIssuer } from "../interfaces/erc735/IClaimIssuer.sol";
import { IERC734 } from "../interfaces/erc735/IERC734.sol";
import { IERC735 } from "../interfaces/erc735/IERC735.sol";

/// @notice ERC-734 keys and ERC-735 claims of one investor: a clone that IdentityFactory deploys when the investor wants it.
/// @dev Warning: a claim here is what its holder shows. Its signature covers neither chain nor time, so that clients of ERC-735 can read
///      it; nothing may be allowed on the strength of it alone.
contract Identity is IIdentity, Initializable {
    using EnumerableSet for EnumerableSet.Bytes32Set;

    /// @param purposes bit p: the key has purpose p
    /// @param keyType 1 ECDSA, 2 RSA
    struct Key {
        uint256 purposes;
        uint256 keyType;
    }

    struct Execution {
        address to;
        uint256 value;
        bytes data;
        bool closed;
    }

    struct StoredClaim {
        uint256 topic;
        uint256 scheme;
        address issuer;
        bytes signature;
        bytes data;
        string uri;
    }

    /// @custom:storage-location erc7201:muniment.storage.Identity
    struct IdentityData {
        mapping(bytes32 key => Key) keys;
        mapping(uint256 purpose => EnumerableSet.Bytes32Set) keysByPurpose;
        Execution[] executions;
        mapping(bytes32 claimId => StoredClaim) claims;
        mapping(uint256 topic => EnumerableSet.Bytes32Set) claimsByTopic;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.Identity")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_LOCATION = 0x36fcf35af898313ff514e8f3001a4c32f3009d7c3084a25c24b09c6ea1b91a00;
    uint256 private constant MANAGEMENT = 1;
    uint256 private constant ACTION = 2;
    uint256 private constant CLAIM = 3;
    uint256 private constant LAST_PURPOSE = 4;
    uint256 private constant ECDSA_KEY = 1;
    /// @dev Per purpose, and per topic: what a view returns stays bounded.
    uint256 private constant MAX_LENGTH = 64;

    modifier onlyPurpose(uint256 purpose) {
        if (!_may(msg.sender, purpose)) revert KeyPurposeMissing(msg.sender, purpose);
        _;
    }

    constructor() {
        _disableInitializers();
    }

    /// @inheritdoc IIdentity
    function initialize(address managementKey) external initializer {
        if (managementKey == address(0)) revert KeyInvalid(_keyOf(managementKey));
        _addKey(_keyOf(managementKey), MANAGEMENT, ECDSA_KEY);
    }

    receive() external payable { }

    /* USER FUNCTIONS */

    /// @inheritdoc IERC734
    /// @dev Anyone may ask. A management key is enough for any call, an action key for calls to others than the identity itself.
    function execute(address to, uint256 value, bytes calldata data) external payable returns (uint256 executionId) {
        IdentityData storage $ = _getStorage();
        executionId = $.executions.length;
        $.executions.push(Execution({ to: to, value: value, data: data, closed: false }));
        emit ExecutionRequested(executionId, to, value, data);

        if (_may(msg.sender, _purposeFor(to))) _run(executionId);
    }

    /// @inheritdoc IERC735
    /// @dev The issuer's own word is asked: by `isClaimValid` of its contract, or by its signature over the hash that ERC-735 clients use.
    function addClaim(uint256 topic, uint256 scheme, address issuer, bytes calldata signature, bytes calldata data, string calldata uri)
        external
        onlyPurpose(CLAIM)
        returns (bytes32 claimId)
    {
        if (!_isGenuine(topic, issuer, signature, data)) revert ClaimNotValid(issuer, topic);

        return _storeClaim(StoredClaim(topic, scheme, issuer, signature, data, uri));
    }

    /// @inheritdoc IERC735
    /// @dev By a claim key, or by the issuer.
    function removeClaim(bytes32 claimId) external returns (bool success) {
        IdentityData storage $ = _getStorage();
        StoredClaim memory claim = $.claims[claimId];
        if (claim.issuer == address(0)) revert ClaimNotFound(claimId);
        if (msg.sender != claim.issuer && !_may(msg.sender, CLAIM)) revert KeyPurposeMissing(msg.sender, CLAIM);

        $.claimsByTopic[claim.topic].remove(claimId);
        delete $.claims[claimId];

        emit ClaimRemoved(claimId, claim.topic, claim.scheme, claim.issuer, claim.signature, claim.data, claim.uri);
        return true;
    }

    /* ROLE FUNCTIONS */

    /// @inheritdoc IERC734
    function addKey(bytes32 key, uint256 purpose, uint256 keyType) external onlyPurpose(MANAGEMENT) returns (bool success) {
        _addKey(key, purpose, keyType);
        return true;
    }

    /// @inheritdoc IERC734
    function removeKey(bytes32 key, uint256 purpose) external onlyPurpose(MANAGEMENT) returns (bool success) {
        IdentityData storage $ = _getStorage();
        EnumerableSet.Bytes32Set storage keys = $.keysByPurpose[purpose];
        if (!keys.remove(key)) revert KeyNotFound(key, purpose);
        if (purpose == MANAGEMENT && keys.length() == 0) revert LastManagementKey(key);
        Key storage stored = $.keys[key];
        uint256 keyType = stored.keyType;

        stored.purposes &= ~_purposeBit(purpose);
        if (stored.purposes == 0) delete $.keys[key];

        emit KeyRemoved(key, purpose, keyType);
        return true;
    }

    /// @inheritdoc IERC734
    function approve(uint256 id, bool approved) external returns (bool success) {
        IdentityData storage $ = _getStorage();
        if (id >= $.executions.length) revert ExecutionUnknown(id);
        Execution storage execution = $.executions[id];
        uint256 purpose = _purposeFor(execution.to);
        if (!_may(msg.sender, purpose)) revert KeyPurposeMissing(msg.sender, purpose);
        if (execution.closed) revert ExecutionClosed(id);

        emit Approved(id, approved);
        if (approved) return _run(id);
        execution.closed = true;
        return true;
    }

    /* VIEWS */

    /// @inheritdoc IERC734
    function getKey(bytes32 key) external view returns (uint256[] memory purposes, uint256 keyType, bytes32 key_) {
        Key memory stored = _getStorage().keys[key];
        return (_purposeList(stored.purposes), stored.keyType, stored.purposes == 0 ? bytes32(0) : key);
    }

    /// @inheritdoc IERC734
    function getKeyPurposes(bytes32 key) external view returns (uint256[] memory purposes) {
        return _purposeList(_getStorage().keys[key].purposes);
    }

    /// @inheritdoc IERC734
    function getKeysByPurpose(uint256 purpose) external view returns (bytes32[] memory keys) {
        return _getStorage().keysByPurpose[purpose].values();
    }

    /// @inheritdoc IERC734
    /// @dev A management key has every purpose.
    function keyHasPurpose(bytes32 key, uint256 purpose) public view returns (bool exists) {
        uint256 purposes = _getStorage().keys[key].purposes;
        return purposes & _purposeBit(MANAGEMENT) != 0 || (purpose <= LAST_PURPOSE && purposes & _purposeBit(purpose) != 0);
    }

    /// @inheritdoc IERC735
    function getClaim(bytes32 claimId)
        external
        view
        returns (uint256 topic, uint256 scheme, address issuer, bytes memory signature, bytes memory data, string memory uri)
    {
        StoredClaim memory claim = _getStorage().claims[claimId];
        return (claim.topic, claim.scheme, claim.issuer, claim.signature, claim.data, claim.uri);
    }

    /// @inheritdoc IERC735
    function getClaimIdsByTopic(uint256 topic) external view returns (bytes32[] memory claimIds) {
        return _getStorage().claimsByTopic[topic].values();
    }

    /* INTERNAL */

    function _storeClaim(StoredClaim memory claim) private returns (bytes32 claimId) {
        IdentityData storage $ = _getStorage();
        claimId = keccak256(abi.encode(claim.issuer, claim.topic));
        EnumerableSet.Bytes32Set storage claims = $.claimsByTopic[claim.topic];
        bool added = claims.add(claimId);
        if (claims.length() > MAX_LENGTH) revert TooManyClaims(claim.topic, MAX_LENGTH);
        $.claims[claimId] = claim;

        if (added) emit ClaimAdded(claimId, claim.topic, claim.scheme, claim.issuer, claim.signature, claim.data, claim.uri);
        else emit ClaimChanged(claimId, claim.topic, claim.scheme, claim.issuer, claim.signature, claim.data, claim.uri);
    }

    /// @dev Closed before the call, open again when the call fails: a key may then approve it again.
    function _run(uint256 executionId) private returns (bool success) {
        Execution storage execution = _getStorage().executions[executionId];
        (address to, uint256 value, bytes memory data) = (execution.to, execution.value, execution.data);

        execution.closed = true;
        (success,) = to.call{ value: value }(data);
        if (success) {
            emit Executed(executionId, to, value, data);
        } else {
            execution.closed = false;
            emit ExecutionFailed(executionId, to, value, data);
        }
    }

    function _addKey(bytes32 key, uint256 purpose, uint256 keyType) private {
        IdentityData storage $ = _getStorage();
        if (key == bytes32(0)) revert KeyInvalid(key);
        if (purpose == 0 || purpose > LAST_PURPOSE) revert KeyPurposeUnknown(purpose);
        Key storage stored = $.keys[key];
        if (stored.purposes != 0 && stored.keyType != keyType) revert KeyTypeDiffers(key, stored.keyType, keyType);
        EnumerableSet.Bytes32Set storage keys = $.keysByPurpose[purpose];
        if (keys.length() == MAX_LENGTH) revert TooManyKeys(purpose, MAX_LENGTH);
        if (!keys.add(key)) revert KeyAlreadyAdded(key, purpose);

        stored.purposes |= _purposeBit(purpose);
        stored.keyType = keyType;

        emit KeyAdded(key, purpose, keyType);
    }

    /// @dev The identity itself may do everything: it acts only on what `execute` let through.
    function _may(address caller, uint256 purpose) private view returns (bool) {
        return caller == address(this) || keyHasPurpose(_keyOf(caller), purpose);
    }

    function _isGenuine(uint256 topic, address issuer, bytes calldata signature, bytes calldata data) private view returns (bool) {
        if (issuer == address(this)) return true;
        if (issuer.code.length != 0) return IClaimIssuer(issuer).isClaimValid(address(this), topic, signature, data);
        bytes32 hash = MessageHashUtils.toEthSignedMessageHash(keccak256(abi.encode(address(this), topic, data)));
        return SignatureChecker.isValidSignatureNowCalldata(issuer, hash, signature);
    }

    /// @return purpose that a call needs
    function _purposeFor(address to) private view returns (uint256) {
        return to == address(this) ? MANAGEMENT : ACTION;
    }

    function _keyOf(address account) private pure returns (bytes32) {
        return keccak256(abi.encode(account));
    }

    /// @param purpose 0 to 4
    function _purposeBit(uint256 purpose) private pure returns (uint256) {
        return uint256(1) << purpose;
    }

    function _purposeList(uint256 purposes) private pure returns (uint256[] memory list) {
        uint256 length;
        uint256[] memory found = new uint256[](LAST_PURPOSE);
        for (uint256 purpose = MANAGEMENT; purpose <= LAST_PURPOSE; purpose++) {
            if (purposes & _purposeBit(purpose) != 0) found[length++] = purpose;
        }
        list = new uint256[](length);
        for (uint256 i = 0; i < length; i++) {
            list[i] = found[i];
        }
    }

    function _getStorage() private pure returns (IdentityData storage $) {
        assembly {
            $.slot := STORAGE_LOCATION
        }
    }
}
