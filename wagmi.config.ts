import { defineConfig } from '@wagmi/cli';
import { foundry } from '@wagmi/cli/plugins';

export default defineConfig({
  out: 'contracts/generated/abi.ts',
  plugins: [
    foundry({
      artifacts: 'out',
      forge: { build: false },
      include: [
        'SecurityToken.sol/**', 'IdentityStorage.sol/**', 'IdentityRegistry.sol/**', 'IdentityFactory.sol/**', 'Compliance.sol/**',
        'CountryAllow.sol/**', 'MaximumBalance.sol/**', 'Lockup.sol/**', 'SupplyLimit.sol/**', 'Offering.sol/**', 'Distributor.sol/**',
        'QuorumFeed.sol/**', 'FeedProxy.sol/**', 'TokenFactory.sol/**', 'LocalStablecoin.sol/**', 'AccessManagerUpgradeable.sol/**',
      ],
    }),
  ],
});
