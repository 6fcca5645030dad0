// A Carillon in the story's own process, whose wall clock the story moves: days pass in a moment, waits of seconds stay real.
import { createDefaultCampaigns } from '../server/campaigns/create.ts';
import { startNode } from '../server/node.ts';
import { settableClock } from '../server/platform/clock.ts';
import { readConfig } from '../server/platform/config.ts';
import { createLog } from '../server/platform/log.ts';
import { testDatabase } from '../server/testing/database.ts';
import { setUpFromEnvironment } from '../server/workspaces/set-up-from-environment.ts';
import { owner } from './api.ts';
import { freshFolder, plainEnvironment } from './carillon.ts';

export interface Clocked {
  url: string;
  /** The wall clock jumps; then the scheduler looks, as it would within a minute. */
  goTo(now: Date): Promise<void>;
  stop(): Promise<void>;
}

/** `platform`: where Telegram answers. */
export async function startClocked(platform: string, start = new Date()): Promise<Clocked> {
  const clock = settableClock(start);
  const config = readConfig({
    ...plainEnvironment(),
    ...owner,
    DATABASE_URL: await testDatabase(),
    ENCRYPTION_KEY: '1f'.repeat(32),
    SANDBOX: 'off',
    TELEGRAM_API_ROOT: platform,
    DATA_DIR: freshFolder(),
    PORT: '0',
  });
  const node = await startNode(config, createLog('silent'), 'test', clock);
  await setUpFromEnvironment(node.base, createDefaultCampaigns);
  return {
    url: node.url ?? '',
    async goTo(now) {
      clock.set(now);
      // the minute's tick is PostgreSQL's, which does not know of our clock; the job is run by the real worker
      await node.base.jobs.enqueue(node.base, 'campaigns.launch_due', {}, { key: now.toISOString() });
    },
    stop: () => node.stop(),
  };
}
