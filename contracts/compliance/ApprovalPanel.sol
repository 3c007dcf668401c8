// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice More than eight approvers, zero, or the same twice.
error ApproversInvalid(address[] approvers);
error ApproverUnknown(address approver);

/// @notice Up to eight approvers. The one at place i has the serial in lane i of `serials`; serials count up and are never given twice, so
///         that whoever is removed and added again is another approver.
struct ApprovalPanel {
    uint256 serials;
    uint256 lastSerial;
    address[8] approvers;
}

using ApprovalPanels for ApprovalPanel global;

/// @notice Eight lanes of 16 bits, lane i at bit 16·i, in bits 0–127 of a word; 0 = nobody.
library Serials {
    uint256 internal constant PLACES = 8;
    uint256 internal constant MAX_SERIAL = type(uint16).max;
    uint256 private constant LANE_BITS = 16;

    function at(uint256 lanes, uint256 place) internal pure returns (uint256) {
        return (lanes >> (LANE_BITS * place)) & MAX_SERIAL;
    }

    /// @param serial at most MAX_SERIAL
    function with(uint256 lanes, uint256 place, uint256 serial) internal pure returns (uint256) {
        uint256 offset = LANE_BITS * place;
        return (lanes & ~(MAX_SERIAL << offset)) | (serial << offset);
    }
}

library ApprovalPanels {
    /// @return place of an approver; reverts for anybody else
    function placeOf(ApprovalPanel storage panel, address approver) internal view returns (uint256 place) {
        place = approver == address(0) ? Serials.PLACES : _find(panel, approver);
        if (place == Serials.PLACES) revert ApproverUnknown(approver);
    }

    /// @return approvers by place
    function values(ApprovalPanel storage panel) internal view returns (address[] memory approvers) {
        approvers = new address[](Serials.PLACES);
        uint256 count;
        for (uint256 place = 0; place < Serials.PLACES; place++) {
            if (panel.approvers[place] != address(0)) approvers[count++] = panel.approvers[place];
        }
        assembly ("memory-safe") {
            mstore(approvers, count)
        }
    }

    /// @notice Makes exactly `approvers` the panel. Whoever stays keeps place and serial; the others leave before newcomers take a free
    ///         place.
    function replace(ApprovalPanel storage panel, address[] memory approvers) internal {
        if (approvers.length > Serials.PLACES) revert ApproversInvalid(approvers);
        for (uint256 i = 0; i < approvers.length; i++) {
            if (approvers[i] == address(0) || _isAmong(approvers, i, approvers[i])) revert ApproversInvalid(approvers);
        }

        uint256 serials = panel.serials;
        for (uint256 place = 0; place < Serials.PLACES; place++) {
            address seated = panel.approvers[place];
            if (seated == address(0) || _isAmong(approvers, approvers.length, seated)) continue;
            panel.approvers[place] = address(0);
            serials = Serials.with(serials, place, 0);
        }
        for (uint256 i = 0; i < approvers.length; i++) {
            if (_find(panel, approvers[i]) < Serials.PLACES) continue;
            uint256 place = _find(panel, address(0));
            uint256 serial = ++panel.lastSerial;
            if (serial > Serials.MAX_SERIAL) revert ApproversInvalid(approvers);
            panel.approvers[place] = approvers[i];
            serials = Serials.with(serials, place, serial);
        }
        panel.serials = serials;
    }

    function _find(ApprovalPanel storage panel, address approver) private view returns (uint256 place) {
        while (place < Serials.PLACES && panel.approvers[place] != approver) place++;
    }

    function _isAmong(address[] memory approvers, uint256 count, address approver) private pure returns (bool) {
        for (uint256 i = 0; i < count; i++) {
            if (approvers[i] == approver) return true;
        }
        return false;
    }
}
