// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Claim, Investor } from "./IIdentityStorage.sol";
import { IERC3643ClaimTopicsRegistry } from "./erc3643/IERC3643ClaimTopicsRegistry.sol";
import { IERC3643IdentityRegistry } from "./erc3643/IERC3643IdentityRegistry.sol";
import { IERC3643TrustedIssuersRegistry } from "./erc3643/IERC3643TrustedIssuersRegistry.sol";

/// @notice The identity registry of one token, with its claim topics and trusted issuers in the same contract. Every change of topics
///         or issuers pushes the acceptance matrix to the token. `owner()` is the token's owner.
interface IIdentityRegistry is IERC3643IdentityRegistry, IERC3643ClaimTopicsRegistry, IERC3643TrustedIssuersRegistry {
    event AgentSet(address indexed agent, uint16 roles);
    event AcceptanceChanged(uint80 previousMatrix, uint80 matrix);
    event RegistrationOnlySet();

    error AgentRoleMissing(address caller, uint16 role);
    /// @notice A registry's agent word holds REGISTRAR and nothing else.
    error AgentRolesInvalid(address agent, uint16 roles);
    error AgentInvalid(address agent);
    error LengthMismatch(uint256 a, uint256 b);
    error BatchTooLong(uint256 length, uint256 maximum);
    error PartInvalid(address part);
    /// @notice Storage, topics and issuers of a registry are fixed. A token gets others with another registry.
    error PartFixed(address part);
    /// @notice Ownership is the token's and moves with it.
    error OwnershipFollowsToken(address token);
    error TopicOutOfRange(uint256 topic);
    error TopicAlreadyRequired(uint256 topic);
    error TopicNotRequired(uint256 topic);
    /// @notice Without any topic nobody would be verified.
    error TopicIsLast(uint256 topic);
    /// @notice A required topic needs an issuer. Trust the issuer first; to void a sole issuer's claims raise its epoch.
    error TopicWithoutIssuer(uint256 topic);
    error TopicsEmpty(address issuer);
    error TopicRepeated(uint256 topic);
    /// @notice The issuer is not in the storage's issuer table.
    error IssuerUnknown(address issuer);
    error IssuerAlreadyTrusted(address issuer);
    error IssuerNotTrusted(address issuer);

    /// @notice Ties a fresh clone to its token. Once.
    /// @param token the token
    /// @param identityStorage storage shared by many registries
    /// @param manager AccessManager that governs restricted functions
    function initialize(address token, address identityStorage, address manager) external;

    /// @notice Reserves the identity, links the wallet, sets the country and writes the claims of one investor. REGISTRAR only.
    /// @param claims of one issuer
    /// @param signature of `IIdentityStorage.claimsDigest(claims)`
    /// @return identity of the investor
    function onboard(Investor calldata investor, Claim[] calldata claims, bytes calldata signature) external returns (address identity);

    /// @notice `onboard` for up to 125 investors under one signature. REGISTRAR only.
    function onboardBatch(Investor[] calldata investors, Claim[] calldata claims, bytes calldata signature) external;

    /// @notice Sets an agent's word. Restricted.
    /// @param roles REGISTRAR, or 0 to revoke
    function setAgent(address agent, uint16 roles) external;
    function agentRoles(address agent) external view returns (uint16);

    /// @notice Makes being registered suffice: no topic is required any more. Ends with the next `addClaimTopic`. Restricted.
    function setRegistrationOnly() external;
    /// @notice Whether being registered suffices. Without it and without a topic nobody is verified.
    function registrationOnly() external view returns (bool);

    /// @notice The token that this registry serves.
    function token() external view returns (address);

    /// @notice Packed acceptance matrix (see Eligibility) that the topics and issuers here make. A token that changes to this registry
    ///         takes it from here.
    function acceptance() external view returns (uint80);

    /// @notice What an investor's claim on one topic is worth to this token, whether or not the topic is required to hold it.
    /// @param investorWord word of the investor in the storage (see Eligibility)
    /// @param topic claim topic, 1 to 5
    /// @return code ReasonCode: 0, RECIPIENT_CLAIM_MISSING (also when no issuer is trusted on the topic), RECIPIENT_CLAIM_EXPIRED or
    ///         RECIPIENT_CLAIM_REVOKED
    function topicStatus(uint256 investorWord, uint256 topic) external view returns (uint8 code);

    /// @notice Why `isVerified` is false: ReasonCode, 0 when it is true.
    function verification(address wallet) external view returns (uint8 code);
}
