import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{backend,contracts,oracle-adapters,torture}/**/*.test.ts'],
    globalSetup: ['test/backend/support/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
});
