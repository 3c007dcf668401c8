// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Answers each function with whatever bytes the test says, burns all its gas, or reverts.
contract HostileFeed {
    enum Manner {
        REVERTS,
        ANSWERS,
        BURNS
    }

    mapping(bytes4 selector => bytes) private answers;
    mapping(bytes4 selector => Manner) private manners;

    function answer(bytes4 selector, bytes calldata data) external {
        (answers[selector], manners[selector]) = (data, Manner.ANSWERS);
    }

    function burn(bytes4 selector) external {
        manners[selector] = Manner.BURNS;
    }

    function fail(bytes4 selector) external {
        manners[selector] = Manner.REVERTS;
    }

    fallback() external {
        Manner manner = manners[msg.sig];
        if (manner == Manner.BURNS) {
            assembly {
                invalid()
            }
        }
        require(manner == Manner.ANSWERS, "hostile");
        bytes memory data = answers[msg.sig];
        assembly {
            return(add(data, 32), mload(data))
        }
    }
}
