// Tests of everything, run by bin/test.mjs. Apart from admin/vite.config.ts, whose root is the panel's folder.
import path from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Three on two cores: a story mostly waits, for a node to start or for a campaign to go out. With four, tests of moments came too late. */
const atOnce = 3;

const shared = {
  environment: 'node' as const,
  globalSetup: ['server/testing/global-setup.ts'],
  setupFiles: ['server/testing/network.ts'],
  // Processes, not threads: tests start servers and send signals.
  pool: 'forks' as const,
  // ends of what hangs, not expectations: on a machine that is three times slower than usual everything still passes
  testTimeout: 120_000,
  hookTimeout: 180_000,
  maxWorkers: atOnce,
};

/**
 * Node's own loader, as the product is started with: modules are kept compiled from one process to the next (bin/test.mjs), which
 * takes half off what each of 380 files pays for its imports. The panel's tests are JSX and go through Vite.
 */
const native = { experimental: { viteModuleRunner: false } };

/** Stories that take longest (CI, 2026-11-21), the longest first: begun last, one of them would keep everybody waiting at the end. */
const longest = [
  'accessibility',
  'crash-nodes',
  'stop-and-crash',
  'brakes',
  'processes',
  'starting',
  'main-story',
  'crash-phases',
  'crash-whatsapp',
  'limits',
  'schedule',
].map((name) => `${name}.test.ts`);

/**
 * Stories mostly wait for a whole Carillon, the rest for the processor: one queue that mixes them evenly keeps two cores busy
 * from the first minute to the last.
 */
class Mixed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.indexOf(path.basename(moduleId));
      return found < 0 ? longest.length : found;
    };
    const sorted = await super.sort(files);
    const isStory = ({ project }: TestSpecification) => project.name === 'e2e';
    const stories = sorted.filter(isStory).sort((a, b) => place(a) - place(b));
    const others = sorted.filter((file) => !isStory(file));
    const between = Math.ceil(others.length / Math.max(1, stories.length - atOnce));
    const mixed = stories.splice(0, atOnce - 1);
    while (stories.length + others.length > 0)
      mixed.push(...others.splice(0, between), ...stories.splice(0, 1));
    return mixed;
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: Mixed },
    teardownTimeout: 30_000,
    projects: [
      {
        test: {
          ...shared,
          ...native,
          name: 'unit',
          include: ['{contract,server,sandbox,bench}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, '**/dist/**'],
        },
      },
      {
        test: {
          ...shared,
          name: 'panel',
          include: ['{admin,widget}/**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, '**/dist/**'],
        },
      },
      {
        test: {
          ...shared,
          ...native,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          // as patient as the browser's own waits
          expect: { poll: { timeout: 60_000 } },
          testTimeout: 600_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
