// Tests of everything, run by bin/test.mjs. Apart from admin/vite.config.ts, whose root is the panel's folder.
import { configDefaults, defineConfig } from 'vitest/config';

const shared = {
  environment: 'node' as const,
  globalSetup: ['server/testing/global-setup.ts'],
  setupFiles: ['server/testing/network.ts'],
  // Processes, not threads: tests start servers and send signals.
  pool: 'forks' as const,
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    teardownTimeout: 30_000,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['{contract,server,sandbox,admin,widget,bench}/**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, '**/dist/**'],
          // Real PostgreSQL and processes share the cores with the tests: three at once were no faster.
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          // Each story starts a whole Carillon and mostly waits for it: three at a time on two cores, after the rest; four only keep each other waiting.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          // as patient as the browser's own waits
          expect: { poll: { timeout: 15_000 } },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
