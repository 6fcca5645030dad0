// Kill -9 in a run on WhatsApp, in short; the long form is `npm run bench -- whatsapp-kills`. The quarter of an hour that the
// silence of the platform has to last goes by in a moment: all that happened is made older by it.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { killOnWhatsApp } from '../bench/whatsapp-kill.ts';
import { resendUnknownByPolicy } from '../server/deliveries/settling/reconcile.ts';
import { systemClock } from '../server/platform/clock.ts';
import { readConfig } from '../server/platform/config.ts';
import type { BaseCtx } from '../server/platform/context.ts';
import { secretBox } from '../server/platform/crypto.ts';
import { openDb } from '../server/platform/db/db.ts';
import { createJobs } from '../server/platform/jobs/jobs.ts';
import { createLog } from '../server/platform/log.ts';
import { createHub } from '../server/platform/realtime/hub.ts';
import { diskStorage } from '../server/platform/storage/storage.ts';
import { tasks } from '../server/tasks.ts';

/** Everything that happened is a quarter of an hour older; then the minute's job looks. */
async function quarterOfAnHour(databaseUrl: string): Promise<void> {
  const log = createLog('silent');
  const { db } = openDb(databaseUrl, log, 4);
  const jobs = createJobs(databaseUrl, log);
  await jobs.start(tasks, async () => {}, false);
  const base: BaseCtx = {
    db,
    jobs,
    log,
    clock: systemClock,
    hub: createHub(databaseUrl, log),
    config: readConfig({}),
    secrets: secretBox('0'.repeat(64)),
    storage: diskStorage('/nowhere'),
  };
  const ago = sql`interval '16 minutes'`;
  await sql`UPDATE deliveries SET claimed_at = claimed_at - ${ago}, unknown_at = unknown_at - ${ago}`.execute(
    db,
  );
  await sql`UPDATE webhook_door SET open_since = open_since - ${ago}`.execute(db);
  await sql`UPDATE receipt_flow SET slot = slot - ${ago}, first_at = first_at - ${ago}, received_at = received_at - ${ago}`.execute(db); // biome-ignore format: one thought
  await resendUnknownByPolicy(base);
  await jobs.stop();
  await db.destroy();
}

test('every unknown settles by itself, from the statuses or by their silence, and nobody gets it twice', async () => {
  const people = 300;
  const story = await killOnWhatsApp({
    people,
    kills: 2,
    perSecond: 100,
    lostEvery: 10,
    windowSeconds: 900,
    letWindowPass: quarterOfAnHour,
  });
  expect(story).toMatchObject({ accepted: people, reached: people, twice: 0, sent: people, unknown: 0 });
  expect(story.settledByStatus).toBeGreaterThan(0);
  expect(story.neverLeft).toBeGreaterThan(0);
});
