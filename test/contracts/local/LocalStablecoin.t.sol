// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { Test } from "forge-std/Test.sol";
import { LocalStablecoin } from "../../../contracts/local/LocalStablecoin.sol";

contract LocalStablecoinTest is Test {
    address private owner = makeAddr("owner");
    LocalStablecoin private coin = new LocalStablecoin(owner);

    function test_When_deployed_itsNameSaysThatItIsForLocalUse() public view {
        assertEq(coin.name(), "Local Test Dollar");
        assertEq(coin.symbol(), "LUSD");
        assertEq(coin.decimals(), 6);
    }

    function testFuzz_RevertWhen_deployedElsewhere(uint64 chainId) public {
        vm.assume(chainId != 31337);
        vm.chainId(chainId);
        vm.expectRevert(abi.encodeWithSelector(LocalStablecoin.LocalStablecoinForeignChain.selector, chainId));
        new LocalStablecoin(owner);
    }

    function test_When_ownerMints_theBalanceGrows() public {
        vm.prank(owner);
        coin.mint(address(this), 5_000000);
        assertEq(coin.balanceOf(address(this)), 5_000000);
    }

    function test_RevertWhen_anotherMints() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        coin.mint(address(this), 1);
    }

    function test_When_permitted_theAllowanceIsSet() public {
        (address holder, uint256 key) = makeAddrAndKey("holder");
        bytes32 hash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                holder,
                address(this),
                7,
                0,
                block.timestamp
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", coin.DOMAIN_SEPARATOR(), hash)));
        coin.permit(holder, address(this), 7, block.timestamp, v, r, s);
        assertEq(coin.allowance(holder, address(this)), 7);

        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, block.timestamp - 1));
        coin.permit(holder, address(this), 7, block.timestamp - 1, v, r, s);
    }
}
