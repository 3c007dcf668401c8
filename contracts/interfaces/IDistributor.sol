// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Pays the income of a token to those who held it at a record-date snapshot: funded in full up front, each entitlement
///         paid once, by claim or by push. Entitlements belong to investors, not wallets: what a frozen or lost wallet could not
///         take waits for the investor's current wallet.
///
///         The first 20 bytes of a distribution id are its token, the other 12 a hash of its business key, so that nobody can take
///         another token's id. paid + released + returned + what this contract still holds of it = funded, for each distribution.
///
///         Warning: money goes only to a wallet of the investor, the withholding agent or the funder. Where none of them can take it
///         (no wallet is left, the payment token refuses it), it waits until a PAYER limits the claims and the limit passes; a funder
///         whom the payment token refuses waits as long as it does.
interface IDistributor {
    enum State {
        NONE,
        DECLARED,
        FUNDED,
        CANCELLED,
        ENDED
    }

    /// @param token whose holders are paid
    /// @param paymentToken ERC-20 in which they are paid
    /// @param snapshotId record-date snapshot of the token
    /// @param net payment minor units of all entitlements together
    /// @param withheld tax, payment minor units, paid to `withholdingAgent`
    /// @param dust what division left over, payment minor units, returned to the funder
    /// @param count number of entitlements
    /// @param withholdingAgent receives the tax; may be zero only if `withheld` is
    /// @param root Merkle root over the entitlements, leaves as `leafOf`
    struct Declaration {
        address token;
        address paymentToken;
        uint256 snapshotId;
        uint256 net;
        uint256 withheld;
        uint256 dust;
        uint32 count;
        address withholdingAgent;
        bytes32 root;
    }

    /// @param index 0 to count − 1
    /// @param investor identity that is entitled
    /// @param amount payment minor units, net of tax
    struct Entitlement {
        uint256 index;
        address investor;
        uint256 amount;
    }

    /// @param claimableUntil unix seconds, from when anyone may return the rest to the funder; 0 = never
    struct Totals {
        State state;
        address funder;
        uint256 paid;
        uint256 paidCount;
        bool withheldReleased;
        bool dustReleased;
        uint40 claimableUntil;
    }

    event DistributionDeclared(bytes32 indexed distributionId, address indexed token, uint256 indexed snapshotId, Declaration declaration);
    event DistributionFunded(bytes32 indexed distributionId, address indexed funder, uint256 amount);
    event DistributionCancelled(bytes32 indexed distributionId, uint256 refunded);
    event EntitlementPaid(bytes32 indexed distributionId, uint256 indexed index, address indexed investor, address wallet, uint256 amount);
    /// @notice A pushed entitlement could not be paid now; it stays due.
    /// @param reason the error's selector and arguments, at most 512 bytes; empty when it had none or ran out of gas
    event EntitlementHeld(bytes32 indexed distributionId, uint256 indexed index, address indexed investor, address wallet, bytes reason);
    event WithheldReleased(bytes32 indexed distributionId, address indexed withholdingAgent, uint256 amount);
    event DustReleased(bytes32 indexed distributionId, address indexed funder, uint256 amount);
    event ClaimsLimited(bytes32 indexed distributionId, uint40 previous, uint40 claimableUntil);
    event RestReturned(bytes32 indexed distributionId, address indexed funder, uint256 amount);

    error DistributorUnauthorized(address caller);
    /// @notice The id does not begin with the token's address.
    error DistributionIdForeign(bytes32 distributionId, address token);
    error DistributionExists(bytes32 distributionId);
    error DeclarationInvalid(string field);
    error DistributionStateInvalid(bytes32 distributionId, State state);
    /// @notice Nothing to pay from: not funded yet, cancelled or ended.
    error DistributionNotFunded(bytes32 distributionId);
    error DistributionAlreadyFunded(bytes32 distributionId);
    error FundingShort(uint256 received, uint256 expected);
    error EntitlementProofInvalid(uint256 index);
    error EntitlementAlreadyPaid(bytes32 distributionId, uint256 index);
    error EntitlementExceedsFunding(uint256 amount, uint256 remaining);
    /// @notice Not a wallet of that investor that may receive, linked by less than two days ago, or one of his wallets is frozen.
    error WalletNotPayable(address wallet, address investor);
    error AlreadyReleased(bytes32 distributionId);
    /// @notice Something has been paid or released; only a compensating distribution can undo it.
    error CancellationTooLate(bytes32 distributionId);
    error ClaimLimitTooEarly(uint40 claimableUntil, uint256 earliest);
    /// @param claimableUntil 0 = the claims are not limited
    error RestNotDue(bytes32 distributionId, uint40 claimableUntil);
    error LengthMismatch(uint256 a, uint256 b);
    error BatchTooLong(uint256 length, uint256 maximum);
    /// @notice The transaction's gas would not let each payment have its full allowance; send it with more.
    error PaymentGasShort(uint256 given, uint256 needed);

    /// @notice Announces a distribution. Only a PAYER of the token.
    /// @param distributionId the token's address followed by 12 bytes of a hash of the business key; a second call with it reverts
    /// @param declaration fixed from here on
    function declare(bytes32 distributionId, Declaration calldata declaration) external;

    /// @notice Pays net + withheld + dust in. Only a PAYER, once; a token that delivers less reverts.
    function fund(bytes32 distributionId) external;

    /// @notice Takes an entitlement to `msg.sender`, which must be a wallet of the investor that may receive the token.
    function claim(bytes32 distributionId, Entitlement calldata entitlement, bytes32[] calldata proof) external;

    /// @notice Pays many. Only a PAYER. One that cannot be paid is held with its reason, one already paid is skipped; neither stops
    ///         the others, a wrong proof reverts all.
    /// @param entitlements at most 250
    /// @param wallets for each a wallet of its investor
    /// @param proofs for each its Merkle proof
    function push(bytes32 distributionId, Entitlement[] calldata entitlements, address[] calldata wallets, bytes32[][] calldata proofs)
        external;

    /// @notice One entitlement of `push`, all or nothing. Only this contract itself.
    function payEntitlement(bytes32 distributionId, Entitlement calldata entitlement, address wallet) external;

    /// @notice Sends the tax to the withholding agent, once. Only a PAYER.
    function releaseWithheld(bytes32 distributionId) external;

    /// @notice Returns the dust to the funder, once. Only a PAYER.
    function releaseDust(bytes32 distributionId) external;

    /// @notice Calls a distribution off while nothing has been paid, and returns what was funded. Only a PAYER.
    function cancel(bytes32 distributionId) external;

    /// @notice Sets an end to the claims of a distribution, which have none without it. Only a PAYER, once it is funded.
    /// @param claimableUntil unix seconds, at least 365 days from now; an end once set can only be put off
    function limitClaims(bytes32 distributionId, uint40 claimableUntil) external;

    /// @notice Ends a distribution and returns all that is left of it to the funder: what nobody claimed or could claim, and tax and dust
    ///         that were not released. Anyone, from `claimableUntil`; until somebody does, everything is paid as before.
    function returnRest(bytes32 distributionId) external;

    function declarationOf(bytes32 distributionId) external view returns (Declaration memory);
    function totalsOf(bytes32 distributionId) external view returns (Totals memory);
    function isPaid(bytes32 distributionId, uint256 index) external view returns (bool);
    /// @notice keccak256(keccak256(abi.encode(chainid, this, distributionId, index, investor, amount)))
    function leafOf(bytes32 distributionId, Entitlement calldata entitlement) external view returns (bytes32);
}
