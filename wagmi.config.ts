import { readFileSync } from 'node:fs';
import { defineConfig } from '@wagmi/cli';
import { foundry } from '@wagmi/cli/plugins';
import type { Abi, AbiParameter } from 'viem';

/** The token answers with the code of two contracts at one address: its own and its extension's. */
const TOKEN = ['SecurityToken', 'SecurityTokenExtension', 'ISecurityToken'];

export default defineConfig({
  out: 'contracts/generated/abi.ts',
  contracts: [{ name: 'SecurityToken', abi: unionOf(TOKEN) }],
  plugins: [
    foundry({
      artifacts: 'out',
      forge: { build: false },
      include: [
        'IdentityStorage.sol/**',
        'IdentityRegistry.sol/**',
        'IdentityFactory.sol/**',
        'Compliance.sol/**',
        'CountryAllow.sol/**',
        'MaximumBalance.sol/**',
        'Lockup.sol/**',
        'SupplyLimit.sol/**',
        'Offering.sol/**',
        'Distributor.sol/**',
        'QuorumFeed.sol/**',
        'FeedProxy.sol/**',
        'TokenFactory.sol/**',
        'IssuerManager.sol/**',
        'LocalStablecoin.sol/**',
        'AccessManagerUpgradeable.sol/**',
      ],
    }),
  ],
});

function unionOf(contracts: string[]): Abi {
  const items = contracts.flatMap((name) => {
    const artifact = JSON.parse(readFileSync(`out/${name}.sol/${name}.json`, 'utf8')) as { abi: Abi };
    return artifact.abi;
  });
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

function keyOf(item: Abi[number]): string {
  return 'name' in item && 'inputs' in item ? `${item.type} ${item.name}(${typesOf(item.inputs)})` : item.type;
}

function typesOf(parameters: readonly AbiParameter[]): string {
  return parameters.map((each) => ('components' in each ? `(${typesOf(each.components)})${each.type}` : each.type)).join();
}
