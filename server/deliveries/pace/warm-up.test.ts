// The day's budget when PostgreSQL refuses it, or leaves it without an answer: campaign messages wait, replies go on.
import { PassThrough } from 'node:stream';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { changeConnection } from '../../channels/change-connection.ts';
import { inTransaction } from '../../platform/context.ts';
import { createLog } from '../../platform/log.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { anExpandedRun, aShopOn, testLanes, until } from '../../testing/engine.ts';
import { countStates } from '../runs/run.ts';
import { enqueueDelivery } from '../sending/enqueue.ts';
import { readWarmUp } from './warm-up.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
});

/** A new number with a plan of six messages today, a campaign to four people, and what its lane logs. */
async function aNewNumber() {
  const output = new PassThrough();
  const lines: string[] = [];
  output.on('data', (line) => lines.push(String(line)));
  const { ctx, sandbox, contacts } = await aShopOn({ ...base, log: createLog('warn', output) }, 4);
  const { connectionId } = sandbox;
  await changeConnection(ctx, connectionId, { warm_up: { day_limits: [6] } });
  const { runId } = await anExpandedRun(ctx, sandbox);
  return {
    ctx,
    sandbox,
    runId,
    complaints: () => lines.filter((line) => line.includes('warm-up plan')).length,
    lines,
    async reply() {
      const { id } = await enqueueDelivery(ctx, {
        contactId: contacts[0] as string,
        connectionId,
        source: 'reply',
        content: { text: `Answer ${crypto.randomUUID()}` },
        authorId: null,
      });
      const row = ctx.db.selectFrom('deliveries').select('state').where('id', '=', id);
      await until('the reply is sent', async () => (await row.executeTakeFirstOrThrow()).state === 'sent');
    },
    async goesOn() {
      await until('the campaign goes on', async () => (await countStates(ctx, runId)).sent === 4);
      expect((await readWarmUp(ctx, ctx.actor.workspaceId, connectionId)).usedToday).toBeGreaterThanOrEqual(
        4,
      );
      expect((await sandbox.stats()).duplicates_total).toBe(0);
    },
  };
}

describe('a day’s budget that fails', () => {
  it('holds back campaign messages alone; it is said once, and asked again until it answers', async () => {
    const { ctx, runId, complaints, lines, reply, goesOn, sandbox } = await aNewNumber();
    const name = sql.id(`broken_${ctx.actor.workspaceId.replaceAll('-', '')}`);
    await sql`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no budget''; END'`.execute(
      ctx.db,
    );
    await sql`CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE ON connection_days FOR EACH ROW
      WHEN (NEW.workspace_id = ${sql.lit(ctx.actor.workspaceId)}::uuid) EXECUTE FUNCTION ${name}()`.execute(
      ctx.db,
    );
    const lanes = testLanes(ctx, 500);
    await until('it is said', async () => complaints() === 1);
    // each reply wakes the lane, which looks at its budget again
    for (let i = 0; i < 3; i++) await reply();
    expect(lanes.owned()).toEqual([sandbox.connectionId]);
    expect(await countStates(ctx, runId)).toEqual({ queued: 4 });
    expect(complaints()).toBe(1);
    expect(lines).toHaveLength(1);
    await sql`DROP TRIGGER ${name} ON connection_days`.execute(ctx.db);
    await goesOn();
    await lanes.stop();
  });

  it('that gives no answer at all holds up no reply either', async () => {
    const { ctx, runId, reply, goesOn, sandbox } = await aNewNumber();
    let lanes: ReturnType<typeof testLanes> | undefined;
    await inTransaction(ctx, async (holder) => {
      await sql`INSERT INTO connection_days (workspace_id, connection_id, day, used)
        SELECT workspace_id, id, (${ctx.clock.now()}::timestamptz AT TIME ZONE 'Europe/London')::date, 0
        FROM connections WHERE id = ${sandbox.connectionId}`.execute(holder.db);
      lanes = testLanes(ctx, 500);
      for (let i = 0; i < 2; i++) await reply();
      expect(await countStates(ctx, runId)).toEqual({ queued: 4 });
    });
    await goesOn();
    await lanes?.stop();
  });
});
