// A hold that comes while a due campaign is being launched: one of the two waits for the other.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { fromWireId } from '../../contract/ids.ts';
import { settableClock } from '../platform/clock.ts';
import { inTransaction } from '../platform/context.ts';
import { until } from '../testing/engine.ts';
import { launchDue } from './schedules/launch-due.ts';
import { aHouse } from './testing-shop.ts';

test('a hold that is not committed yet is waited for, and nothing is launched into it', async () => {
  const clock = settableClock(new Date('2026-11-30T21:00:00Z'));
  const { base, shop } = await aHouse({ clock, work: false });
  const { ctx, draft, call, read } = await shop(2);
  const schedule = { mode: 'at', local: '2026-12-01T09:00', time_zone: 'Asia/Tokyo' };
  const { id } = await draft({ schedule });
  expect((await call('POST', `/campaigns/${id}/launch`)).statusCode).toBe(202);
  clock.set(new Date('2026-12-01T00:00:00Z'));
  let launching: Promise<number> | undefined;
  await inTransaction(ctx, async (trx) => {
    await trx.db
      .updateTable('workspaces')
      .set({ held_at: clock.now() })
      .where('id', '=', ctx.actor.workspaceId)
      .execute();
    launching = launchDue(base);
    let launched = false;
    void launching.then(() => {
      launched = true;
    });
    await until('the launch waits for the hold, or goes by it', async () => {
      const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(base.db);
      return launched || rows[0]?.n === 1;
    });
  });
  expect(await launching).toBe(0);
  expect(await read(id)).toMatchObject({ status: 'scheduled' });
  const runs = base.db.selectFrom('runs').select('id');
  expect(await runs.where('campaign_id', '=', fromWireId('cmp', id) as string).execute()).toEqual([]);
});
