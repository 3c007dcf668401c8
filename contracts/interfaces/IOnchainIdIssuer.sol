// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice A claim issuer of the identity storage whose word is that of one foreign ONCHAINID claim issuer: it writes a claim when the
///         foreign issuer confirms the one that an allowed identity holds, and revokes it when he no longer does.
interface IOnchainIdIssuer {
    event ClaimReadmitted(address indexed identity, uint256 indexed topic);

    error StorageInvalid(address identityStorage);
    error ForeignIssuerInvalid(address foreignIssuer);
    error TopicNotImported(uint256 topic);
    /// @notice The identity shows no such claim, or its issuer does not confirm it; `evidenceOf` says what is wrong.
    error ForeignClaimInvalid(address identity, uint256 topic);
    error ForeignClaimStands(address identity, uint256 topic);
    /// @notice What the identity shows under the claim's id is not the foreign issuer's claim on that topic, signed by ECDSA.
    error ForeignClaimDiffers(address identity, address issuer, uint256 topic, uint256 scheme);
    /// @notice Not 65 bytes with s in the lower half of the order and v of 27 or 28.
    error SignatureNotCanonical(address identity, uint256 topic);
    error ForeignIssuerDenies(address identity, uint256 topic);
    /// @notice Another issuer's claim is on this topic: it counts still, or was revoked.
    error TopicTaken(address identity, uint256 topic, address issuer);
    /// @notice Revoked by the owner of the issuer table, who alone can readmit it.
    error ClaimWithdrawn(address identity, uint256 topic);
    /// @notice The same claim was imported not long ago.
    error ImportTooEarly(address identity, uint256 topic, uint256 earliest);
    error CallerNotOwner(address caller);
    /// @notice Too little gas is left to ask identity and issuer with their full allowance.
    error GasTooLow(uint256 available, uint256 required);

    /// @notice Writes the claim for 90 days. Anyone may call it: again from 30 days later, when the foreign claim has changed, or when it
    ///         stands again after `dropClaim`.
    /// @param identity known to the storage (`allowIdentity`)
    /// @param topic of the storage, 1 to 5
    function importClaim(address identity, uint256 topic) external;

    /// @notice Revokes an imported claim at once when the foreign one is gone, or no longer confirmed. Anyone may call it.
    function dropClaim(address identity, uint256 topic) external;

    /// @notice Lets the next import replace what is on the topic now, though it was revoked or is another issuer's. Only the owner of the
    ///         storage's issuer table.
    function readmit(address identity, uint256 topic) external;

    /// @notice Reads the foreign claim and asks its issuer. Reverts unless it stands.
    /// @return dataHash hash of issuer, topic, signature and data, as the imported claim carries it
    function evidenceOf(address identity, uint256 topic) external view returns (bytes32 dataHash);

    function identityStorage() external view returns (address);
    function foreignIssuer() external view returns (address);
    /// @return topic of the foreign issuer's claims; 0 when this topic is not imported
    function foreignTopicOf(uint256 topic) external view returns (uint256);
}
