import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{backend,contracts,oracle-adapters}/**/*.test.ts', 'test/torture/plan.test.ts'],
    // Neither has run to its end on a quiet machine yet: by hand, `npm run torture` and `npm run bench:engine -- --quick`.
    exclude: ['test/backend/bench/engine.test.ts'],
    globalSetup: ['test/backend/support/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
});
