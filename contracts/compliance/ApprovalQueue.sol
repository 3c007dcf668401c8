// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Serials } from "./ApprovalPanel.sol";

// Packing is what this file is for: every narrowing cast takes a field out of its word on purpose.
// forge-lint: disable-start(unsafe-typecast)

/// @notice Nobody can use, or vote for, that approval any more: it was used, revoked, or is over.
error ApprovalClosed(uint64 number);
/// @notice Too many approvals of the same movement are open.
error ApprovalNumberTooHigh(uint64 number, uint64 highest);

/// @notice Approvals of one and the same movement, numbered from 0 so that there may be several; those from `first` to just before
///         `next` may be open, at most eight. A number that is over never comes back, and neither does a signature for it.
///
///         entry    bits 0–127 votes: eight lanes of 16 bits, lane i the serial of the approver at place i who voted, 0 = none
///                  128–167 end, unix seconds, 0 = no vote yet · 168 closed · 169 given by the issuer · 176–239 number
///
/// @dev Entries are a ring; one that carries another number is empty. A vote counts while its approver's serial is in place (see
///      ApprovalPanel).
struct ApprovalQueue {
    uint64 first;
    uint64 next;
    uint256[8] entries;
}

using ApprovalQueues for ApprovalQueue global;

library ApprovalQueues {
    uint64 internal constant DEPTH = 8;
    uint256 private constant END_OFFSET = 128;
    uint256 private constant END_MASK = uint256(type(uint40).max) << END_OFFSET;
    uint256 private constant CLOSED = 1 << 168;
    uint256 private constant BY_ISSUER = 1 << 169;
    uint256 private constant NUMBER_OFFSET = 176;

    /* ENTRIES */

    /// @return unix seconds from which the approval is over, 0 when there is no vote yet
    function endOf(uint256 entry) internal pure returns (uint40) {
        return uint40(entry >> END_OFFSET);
    }

    function numberOf(uint256 entry) internal pure returns (uint64) {
        return uint64(entry >> NUMBER_OFFSET);
    }

    /// @return whether it was used, revoked or is over
    function isDead(uint256 entry) internal view returns (bool) {
        return entry & CLOSED != 0 || (endOf(entry) != 0 && endOf(entry) <= block.timestamp);
    }

    /// @return whether it may be used
    function isComplete(uint256 entry, uint256 serials, uint256 threshold) internal view returns (bool) {
        return endOf(entry) != 0 && !isDead(entry) && (entry & BY_ISSUER != 0 || votesOf(entry, serials) >= threshold);
    }

    /// @param serials those of the present approvers
    /// @return count votes of theirs
    function votesOf(uint256 entry, uint256 serials) internal pure returns (uint256 count) {
        for (uint256 place = 0; place < Serials.PLACES; place++) {
            uint256 serial = Serials.at(serials, place);
            if (serial != 0 && Serials.at(entry, place) == serial) count++;
        }
    }

    /// @dev An end that is sooner stays: no vote outlasts what any voter agreed to.
    function withEnd(uint256 entry, uint40 end) internal pure returns (uint256) {
        uint40 present = endOf(entry);
        return present != 0 && present <= end ? entry : (entry & ~END_MASK) | (uint256(end) << END_OFFSET);
    }

    function closed(uint256 entry) internal pure returns (uint256) {
        return entry | CLOSED;
    }

    function byIssuer(uint256 entry) internal pure returns (uint256) {
        return entry | BY_ISSUER;
    }

    /* QUEUE */

    /// @return the entry of that number, empty when nobody has voted
    function at(ApprovalQueue storage queue, uint64 number) internal view returns (uint256) {
        uint256 entry = queue.entries[number % DEPTH];
        return numberOf(entry) == number ? entry : uint256(number) << NUMBER_OFFSET;
    }

    /// @return entry the first that may be used
    /// @return found whether there is one
    /// @return most the most votes that one has, when none may be used
    function usable(ApprovalQueue storage queue, uint256 serials, uint256 threshold)
        internal
        view
        returns (uint256 entry, bool found, uint256 most)
    {
        uint64 next = queue.next;
        for (uint64 number = queue.first; number < next; number++) {
            entry = at(queue, number);
            if (isComplete(entry, serials, threshold)) return (entry, true, 0);
            uint256 votes = isDead(entry) ? 0 : votesOf(entry, serials);
            if (votes > most) most = votes;
        }
        return (0, false, most);
    }

    /// @return the first number that is not over; numbers from here to seven above it are open to votes
    function firstOpen(ApprovalQueue storage queue) internal view returns (uint64) {
        (uint64 first, uint64 next) = (queue.first, queue.next);
        while (first < next && isDead(at(queue, first))) first++;
        return first;
    }

    /// @return number the first from there on which nobody has voted; at most eight are looked at
    function vacant(ApprovalQueue storage queue) internal view returns (uint64 number) {
        number = firstOpen(queue);
        while (endOf(at(queue, number)) != 0) number++;
    }

    /// @return the entry of a number that is open to votes; reverts for any other
    function open(ApprovalQueue storage queue, uint64 number) internal view returns (uint256) {
        uint64 first = firstOpen(queue);
        if (number < first || isDead(at(queue, number))) revert ApprovalClosed(number);
        if (number - first >= DEPTH) revert ApprovalNumberTooHigh(number, first + DEPTH - 1);
        return at(queue, number);
    }

    /// @dev For an entry that `open` or `usable` gave, changed.
    function put(ApprovalQueue storage queue, uint256 entry) internal {
        uint64 number = numberOf(entry);
        // Before the entry takes the place in the ring of one that is over.
        queue.first = firstOpen(queue);
        queue.entries[number % DEPTH] = entry;
        if (number >= queue.next) queue.next = number + 1;
        queue.first = firstOpen(queue);
    }
}
