// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { Capability, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { ApprovalPanel, Serials } from "../ApprovalPanel.sol";
import { ApprovalQueue, ApprovalQueues } from "../ApprovalQueue.sol";
import { Rule } from "./Rule.sol";

/// @notice Lets units move only as approvers agreed: from this wallet to that one, this very amount, once. Parameters:
///         abi.encode(address[] approvers, uint8 threshold, uint32 validSeconds, bool mintGated): at most eight accounts or contracts; how
///         many of them must agree; how long an approval may be used, from its first vote; whether mints need one too.
///
///         An approver votes by a call or by an EIP-712 signature, which anyone may bring; a contract signs by ERC-1271. Votes for the same
///         movement under the same number make one approval, so that there may be several of it. The first that is complete is used up by
///         the movement. The vote of whoever is no longer an approver does not count. Any approver may revoke an approval, votes that are
///         still under way included. The issuer, who names the approvers, approves alone through `callModuleFunction`.
contract TransferApproval is Rule, EIP712 {
    using ApprovalQueues for uint256;

    /// @notice What an approver agrees to.
    /// @param token the token
    /// @param from wallet that gives, zero for a mint
    /// @param to wallet that receives
    /// @param amount token units
    /// @param number which approval of this movement, see `openNumber`
    /// @param validUntil unix seconds, last at which the vote may be used; type(uint40).max leaves a vote by call to the rule's validity
    struct Approval {
        address token;
        address from;
        address to;
        uint256 amount;
        uint64 number;
        uint40 validUntil;
    }

    struct SignedVote {
        address approver;
        bytes signature;
    }

    /// @dev `compliance` saves a call to the token on every movement.
    struct Settings {
        address compliance;
        uint8 threshold;
        uint32 validSeconds;
        bool mintGated;
    }

    struct Terms {
        Settings settings;
        ApprovalPanel seats;
    }

    /// @custom:storage-location erc7201:muniment.storage.TransferApproval
    struct TransferApprovalStorage {
        mapping(address token => Terms) terms;
        mapping(bytes32 movement => ApprovalQueue) queues;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.TransferApproval")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant TRANSFER_APPROVAL_STORAGE = 0xa95ad42a58a3f0aed50c314132e9e65f326f701da4dde5215c8fb5bce9a4d200;

    bytes32 private constant APPROVAL_TYPEHASH =
        keccak256("Approval(address token,address from,address to,uint256 amount,uint64 number,uint40 validUntil,uint16 seat)");

    event TransferApprovalSet(address indexed token, address[] approvers, uint8 threshold, uint32 validSeconds, bool mintGated);
    /// @param approver who voted; the compliance when it is the issuer's approval
    /// @param until unix seconds from which the approval is over
    event ApprovalGiven(
        address indexed token, address indexed from, address indexed to, uint256 amount, uint64 number, address approver, uint40 until
    );
    /// @param by an approver, or the compliance
    event ApprovalRevoked(address indexed token, address indexed from, address indexed to, uint256 amount, uint64 number, address by);
    event ApprovalUsed(address indexed token, address indexed from, address indexed to, uint256 amount, uint64 number);

    error ApprovalSignatureInvalid(address approver, bytes32 digest);
    error ApprovalExpired(uint40 validUntil);
    /// @notice A signed vote ends within the rule's validity, so that none lies about for years.
    error ApprovalTooLong(uint40 validUntil, uint256 longest);
    /// @notice There is no approval of this movement to revoke.
    error ApprovalMissing(address token, address from, address to, uint256 amount);
    error LengthMismatch(uint256 a, uint256 b);

    constructor() EIP712("Muniment Transfer Approval", "1") { }

    /* APPROVERS' FUNCTIONS */

    /// @notice Votes for a movement, as an approver. A second vote under the same number changes nothing.
    function approve(Approval calldata approval) external {
        _vote(approval, msg.sender);
    }

    /// @notice Brings signed votes, each of the voter's `digestOf`. Anyone; all or none, and those known already change nothing.
    /// @param approval its `validUntil` is at most the rule's validity away
    function approveSigned(Approval calldata approval, SignedVote[] calldata votes) external {
        uint256 longest = block.timestamp + _termsOf(approval.token).settings.validSeconds;
        if (approval.validUntil > longest) revert ApprovalTooLong(approval.validUntil, longest);
        for (uint256 i = 0; i < votes.length; i++) {
            (address approver, bytes calldata signature) = (votes[i].approver, votes[i].signature);
            bytes32 digest = digestOf(approval, approver);
            if (!SignatureChecker.isValidSignatureNowCalldata(approver, digest, signature)) {
                revert ApprovalSignatureInvalid(approver, digest);
            }
            _vote(approval, approver);
        }
    }

    /// @notice Revokes an approval that was not used yet, complete or not, as an approver; its number is not open to votes any more.
    ///         `validUntil` does not matter.
    function revoke(Approval calldata approval) external {
        _termsOf(approval.token).seats.placeOf(msg.sender);
        ApprovalQueue storage queue = _queueOf(approval.token, approval.from, approval.to, approval.amount);
        queue.put(queue.open(approval.number).closed());

        emit ApprovalRevoked(approval.token, approval.from, approval.to, approval.amount, approval.number, msg.sender);
    }

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (address[] memory approvers, uint8 threshold, uint32 validSeconds, bool mintGated) =
            abi.decode(parameters, (address[], uint8, uint32, bool));
        // Without approvers the issuer alone can approve.
        if (threshold == 0 || (threshold > approvers.length && threshold > 1)) revert RuleParametersInvalid("threshold");
        if (validSeconds == 0) revert RuleParametersInvalid("validSeconds");
        Terms storage terms = _termsOf(token);
        terms.seats.replace(approvers);
        terms.settings = Settings(msg.sender, threshold, validSeconds, mintGated);

        emit TransferApprovalSet(token, approvers, threshold, validSeconds, mintGated);
    }

    /// @inheritdoc IRule
    function enforce(Transfer calldata t) external override {
        Terms storage terms = _termsOf(t.token);
        if (msg.sender != terms.settings.compliance) revert RuleCallerNotCompliance(msg.sender, t.token);
        if (!_isJudged(t) || _isFree(t)) return;

        ApprovalQueue storage queue = _queueOf(t.token, t.from, t.to, t.amount);
        uint256 threshold = terms.settings.threshold;
        (uint256 entry, bool found, uint256 most) = queue.usable(terms.seats.serials, threshold);
        if (!found) revert RuleRefused(ReasonCode.APPROVAL_REQUIRED, most, threshold);
        queue.put(entry.closed());

        emit ApprovalUsed(t.token, t.from, t.to, t.amount, entry.numberOf());
    }

    /// @notice Approves one more such transfer of the calling compliance's token, without any approver, as ERC-3643 clients do.
    /// @param from wallet, zero for a mint
    /// @param to wallet
    /// @param amount token units
    function approveTransfer(address from, address to, uint256 amount) external {
        _approveAsIssuer(_callersToken(), from, to, amount);
    }

    /// @notice `approveTransfer` for several transfers; all or none.
    function batchApproveTransfers(address[] calldata from, address[] calldata to, uint256[] calldata amounts) external {
        address token = _callersToken();
        _requireSameLength(from, to, amounts);
        for (uint256 i = 0; i < from.length; i++) {
            _approveAsIssuer(token, from[i], to[i], amounts[i]);
        }
    }

    /// @notice Revokes the youngest approval of such a transfer that could be used, whoever gave it.
    /// @param from wallet, zero for a mint
    /// @param to wallet
    /// @param amount token units
    function unApproveTransfer(address from, address to, uint256 amount) external {
        _revokeAsIssuer(_callersToken(), from, to, amount);
    }

    /// @notice `unApproveTransfer` for several transfers; all or none.
    function batchUnApproveTransfers(address[] calldata from, address[] calldata to, uint256[] calldata amounts) external {
        address token = _callersToken();
        _requireSameLength(from, to, amounts);
        for (uint256 i = 0; i < from.length; i++) {
            _revokeAsIssuer(token, from[i], to[i], amounts[i]);
        }
    }

    /* VIEWS */

    /// @notice What an approver signs: EIP-712, under the chain and this rule. Its `seat` is the approver's serial, which he loses with his
    ///         removal: who is named again later has not signed what he signed before.
    function digestOf(Approval calldata approval, address approver) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(APPROVAL_TYPEHASH, approval, seatOf(approval.token, approver))));
    }

    /// @notice The serial of an approver; reverts for anybody else.
    function seatOf(address token, address approver) public view returns (uint16) {
        ApprovalPanel storage seats = _termsOf(token).seats;
        // A lane of 16 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint16(Serials.at(seats.serials, seats.placeOf(approver)));
    }

    /// @notice The number under which to vote for a movement: the first that is neither over nor complete.
    function openNumber(address token, address from, address to, uint256 amount) external view returns (uint64 number) {
        Terms storage terms = _termsOf(token);
        ApprovalQueue storage queue = _queueOf(token, from, to, amount);
        number = queue.firstOpen();
        while (queue.at(number).isDead() || queue.at(number).isComplete(terms.seats.serials, terms.settings.threshold)) number++;
    }

    /// @notice An approval of a movement, by number.
    /// @return votes of those who are approvers now
    /// @return until unix seconds from which it is over; 0 when nobody has voted
    /// @return usable whether the movement may use it
    function approvalOf(Approval calldata approval) external view returns (uint256 votes, uint40 until, bool usable) {
        Terms storage terms = _termsOf(approval.token);
        ApprovalQueue storage queue = _queueOf(approval.token, approval.from, approval.to, approval.amount);
        if (approval.number < queue.firstOpen()) return (0, 0, false);
        uint256 entry = queue.at(approval.number);
        return (entry.votesOf(terms.seats.serials), entry.endOf(), entry.isComplete(terms.seats.serials, terms.settings.threshold));
    }

    /// @notice The approvers of a token.
    function approversOf(address token) public view returns (address[] memory) {
        return _termsOf(token).seats.values();
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        Settings memory settings = _termsOf(token).settings;
        return abi.encode(approversOf(token), settings.threshold, settings.validSeconds, settings.mintGated);
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT | Capability.LEDGER_TRANSFER | Capability.LEDGER_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "TransferApproval";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        if (_isFree(t)) return (ReasonCode.OK, 0, 0, type(uint256).max);
        Terms storage terms = _termsOf(t.token);
        limit = terms.settings.threshold;
        bool found;
        (, found, actual) = _queueOf(t.token, t.from, t.to, t.amount).usable(terms.seats.serials, limit);
        // Another amount would need another approval.
        return found ? (ReasonCode.OK, limit, limit, t.amount) : (ReasonCode.APPROVAL_REQUIRED, actual, limit, 0);
    }

    /// @dev Whether no approval is needed: nothing moves, or it is a mint and those are not gated.
    function _isFree(Transfer calldata t) internal view returns (bool) {
        return t.amount == 0 || (t.kind == Kind.MINT && !_termsOf(t.token).settings.mintGated);
    }

    function _vote(Approval calldata approval, address approver) internal {
        uint256 place = _termsOf(approval.token).seats.placeOf(approver);
        uint256 serial = seatOf(approval.token, approver);
        ApprovalQueue storage queue = _queueOf(approval.token, approval.from, approval.to, approval.amount);
        uint256 entry = queue.open(approval.number);
        if (Serials.at(entry, place) == serial) return;
        entry = Serials.with(entry, place, serial).withEnd(_validUntil(approval.token, approval.validUntil));
        queue.put(entry);

        emit ApprovalGiven(approval.token, approval.from, approval.to, approval.amount, approval.number, approver, entry.endOf());
    }

    function _approveAsIssuer(address token, address from, address to, uint256 amount) internal {
        ApprovalQueue storage queue = _queueOf(token, from, to, amount);
        uint64 number = queue.vacant();
        uint40 until = _validUntil(token, type(uint40).max);
        queue.put(queue.open(number).withEnd(until).byIssuer());

        emit ApprovalGiven(token, from, to, amount, number, msg.sender, until);
    }

    function _revokeAsIssuer(address token, address from, address to, uint256 amount) internal {
        Terms storage terms = _termsOf(token);
        ApprovalQueue storage queue = _queueOf(token, from, to, amount);
        uint64 number = queue.next;
        while (number > queue.first && !queue.at(number - 1).isComplete(terms.seats.serials, terms.settings.threshold)) number--;
        if (number == queue.first) revert ApprovalMissing(token, from, to, amount);
        queue.put(queue.at(--number).closed());

        emit ApprovalRevoked(token, from, to, amount, number, msg.sender);
    }

    function _requireSameLength(address[] calldata from, address[] calldata to, uint256[] calldata amounts) internal pure {
        if (from.length != to.length) revert LengthMismatch(from.length, to.length);
        if (from.length != amounts.length) revert LengthMismatch(from.length, amounts.length);
    }

    /// @param last last second that a voter agrees to
    function _validUntil(address token, uint40 last) internal view returns (uint40 until) {
        // Seconds since 1970 and a validity of 32 bits fit 40.
        // forge-lint: disable-next-line(unsafe-typecast)
        until = uint40(block.timestamp + _termsOf(token).settings.validSeconds);
        if (last < block.timestamp) revert ApprovalExpired(last);
        if (last < until) until = last + 1;
    }

    function _termsOf(address token) internal view returns (Terms storage) {
        return _getTransferApprovalStorage().terms[token];
    }

    /// @dev On another chain the same movement is another one, also where a fork took the approvals along.
    function _queueOf(address token, address from, address to, uint256 amount) internal view returns (ApprovalQueue storage) {
        bytes32 movement = keccak256(abi.encode(block.chainid, address(this), token, from, to, amount));
        return _getTransferApprovalStorage().queues[movement];
    }

    /* STORAGE */

    function _getTransferApprovalStorage() private pure returns (TransferApprovalStorage storage $) {
        assembly {
            $.slot := TRANSFER_APPROVAL_STORAGE
        }
    }
}
