// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

// What the tests call of T-REX 4.1.6 and ONCHAINID 2.2.1 beyond the interfaces of EIP-3643, written from the ABI of their artifacts.

struct TrexVersion {
    uint8 major;
    uint8 minor;
    uint8 patch;
}

struct TrexImplementations {
    address token;
    address topics;
    address registry;
    address store;
    address issuers;
    address compliance;
}

struct TrexTokenDetails {
    address owner;
    string name;
    string symbol;
    uint8 decimals;
    address store;
    address onchainID;
    address[] registryAgents;
    address[] tokenAgents;
    address[] modules;
    bytes[] settings;
}

struct TrexClaimDetails {
    uint256[] topics;
    address[] issuers;
    uint256[][] issuerTopics;
}

interface ITrexAuthority {
    function addAndUseTREXVersion(TrexVersion calldata version, TrexImplementations calldata implementations) external;
    function getCurrentVersion() external view returns (TrexVersion memory);
    function getContracts(TrexVersion calldata version) external view returns (TrexImplementations memory);
}

interface ITrexFactory {
    event TREXSuiteDeployed(
        address indexed token, address registry, address store, address issuers, address topics, address compliance, string indexed salt
    );

    function deployTREXSuite(string calldata salt, TrexTokenDetails calldata token, TrexClaimDetails calldata claims) external;
    function getToken(string calldata salt) external view returns (address);
}

interface ITrexToken {
    function init(address registry, address compliance, string calldata name, string calldata symbol, uint8 decimals, address onchainID)
        external;
}

interface ITrexCompliance {
    function init() external;
    function owner() external view returns (address);
    function transferOwnership(address newOwner) external;
    function bindToken(address token) external;
    function getTokenBound() external view returns (address);
    function addModule(address module) external;
    function removeModule(address module) external;
    function isModuleBound(address module) external view returns (bool);
    function callModuleFunction(bytes calldata callData, address module) external;
    function canTransfer(address from, address to, uint256 amount) external view returns (bool);
}

struct TrexTimeLimit {
    uint32 seconds_;
    uint256 units;
}

interface ITrexModules {
    function setMaxBalance(uint256 maximum) external;
    function setTimeTransferLimit(TrexTimeLimit calldata limit) external;
}

interface IOnchainIdFactory {
    function addTokenFactory(address factory) external;
    function createIdentity(address wallet, string calldata salt) external returns (address);
}

interface IOnchainIdClaimIssuer {
    function addKey(bytes32 key, uint256 purpose, uint256 keyType) external returns (bool);
    function isClaimValid(address identity, uint256 topic, bytes calldata signature, bytes calldata data) external view returns (bool);
    function revokeClaim(bytes32 claimId, address identity) external returns (bool);
    function revokeClaimBySignature(bytes calldata signature) external;
    function isClaimRevoked(bytes calldata signature) external view returns (bool);
}

interface ITrexApprovals {
    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    function setApprovalCriteria(address token, bool recipient, bool agent, bool sequential, address[] calldata others) external;
    function calculateTransferID(uint256 nonce, address sender, address recipient, uint256 amount) external pure returns (bytes32);
    function getNextTxNonce() external view returns (uint256);
    function initiateTransfer(address token, address recipient, uint256 amount) external;
    function delegateApproveTransfer(bytes32 transferId, Signature[] calldata signatures) external;
}
