// Long work: nothing twice, nothing lost, whoever takes over, cancels, stops or fails.
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { testCtx } from '../../testing/context.ts';
import { newId } from '../db/ids.ts';
import { AppError } from '../errors.ts';
import { createJobs } from '../jobs/jobs.ts';
import { reviveWorks, runWork, type Work, type WorkSpec } from './run-work.ts';
import { cancelWork, jobOf, progressOf, startWork } from './work.ts';

const ctx = await testCtx();
const { workspaceId } = ctx.actor;
const total = 5;
/** What the batches wrote, by work: a row stands exactly if its batch does. */
const written = async (id: string) =>
  (await sql<{ n: number }>`SELECT n FROM written WHERE id = ${id} ORDER BY n`.execute(ctx.db)).rows.map(
    (row) => row.n,
  );
const rowOf = (id: string) =>
  ctx.db.selectFrom('works').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const stateOf = async (id: string) => {
  const { status, processed, problem } = progressOf(await rowOf(id), ctx.clock.now());
  return { status, processed, problem };
};

beforeAll(async () => {
  await sql`CREATE TABLE written (id uuid, n int)`.execute(ctx.db);
  const jobs = createJobs(ctx.databaseUrl, ctx.log);
  await jobs.start([{ name: jobOf('export'), retryLimit: 0, expireInSeconds: 60 }], async () => {}, false);
  return () => jobs.stop();
});

async function queued(): Promise<string> {
  const id = newId();
  await startWork(ctx, { kind: 'export', id, total });
  return id;
}

/** Counts to five; `before` happens before each batch is written. */
function counting(before: (n: number, work: Work<number>) => unknown = () => {}): WorkSpec<number> {
  return {
    kind: 'export',
    async run(work) {
      for (let n = (work.mark ?? 0) + 1; n <= total; n++)
        await work.batch(async (ctx) => {
          await sql`INSERT INTO written VALUES (${work.id}, ${n})`.execute(ctx.db);
          await before(n, work);
          return { processed: 1, mark: n };
        });
    },
  };
}
const run = (id: string, spec = counting(), base = ctx) => runWork(base, { workspaceId, id }, spec);
/** As if its node had died some seconds ago. */
const silence = (id: string) =>
  sql`UPDATE works SET beaten_at = beaten_at - interval '9 seconds' WHERE id = ${id}`.execute(ctx.db);

test('is done batch by batch, on behalf of who asked, and finished once', async () => {
  const id = await queued();
  const who: unknown[] = [];
  await run(
    id,
    counting((_, work) => who.push(work.ctx.actor)),
  );
  expect(await stateOf(id)).toEqual({ status: 'finished', processed: 5, problem: null });
  expect(await written(id)).toEqual([1, 2, 3, 4, 5]);
  expect(who[0]).toMatchObject({ kind: 'token', name: 'Test', workspaceId });
  await run(id);
  expect(await written(id)).toEqual([1, 2, 3, 4, 5]);
});

test('a batch tells how many are done of those that stand, and one that was taken back is none of them', async () => {
  const id = await queued();
  const told: number[] = [];
  await run(id, {
    kind: 'export',
    async run(work) {
      for (const mark of [1, 2]) told.push(await work.batch(async () => ({ processed: 3, mark })));
      await work.batch(() => Promise.reject(new Error('taken back'))).catch(() => {});
      told.push(await work.batch(async () => ({ processed: 4, mark: 3 })));
    },
  });
  expect(told).toEqual([3, 6, 10]);
});

test('one at a time: a second node leaves it alone while the first lives, and takes it over behind the mark', async () => {
  const id = await queued();
  let wake = () => {};
  const hanging = new Promise<void>((resolve) => (wake = resolve));
  let stuck = () => {};
  const isStuck = new Promise<void>((resolve) => (stuck = resolve));
  const first = run(
    id,
    counting(async (n) => {
      if (n !== 3) return;
      stuck();
      await hanging;
    }),
  );
  await isStuck;
  await run(id);
  expect(await stateOf(id)).toMatchObject({ status: 'running', processed: 2 });
  await silence(id);
  await run(id);
  expect(await stateOf(id)).toMatchObject({ status: 'finished', processed: 5 });
  // the first one wakes up: its batch is taken back
  wake();
  await first;
  expect(await written(id)).toEqual([1, 2, 3, 4, 5]);
});

function aGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('a node that lost its claim while the next one is still at it', () => {
  test('writes nothing more', async () => {
    const id = await queued();
    const [first, second] = [
      { stuck: aGate(), on: aGate() },
      { stuck: aGate(), on: aGate() },
    ];
    const stopsAt = (at: number, { stuck, on }: typeof first) =>
      counting(async (n) => {
        if (n !== at) return;
        stuck.open();
        await on.opened;
      });
    const loser = run(id, stopsAt(3, first));
    await first.stuck.opened;
    await silence(id);
    const next = run(id, stopsAt(4, second));
    await second.stuck.opened;
    first.on.open();
    await loser;
    second.on.open();
    await next;
    expect(await written(id)).toEqual([1, 2, 3, 4, 5]);
    expect(await stateOf(id)).toMatchObject({ status: 'finished', processed: 5 });
  });

  test('does not end it', async () => {
    const id = await queued();
    const ended: string[] = [];
    const endsLate = (name: string) => {
      const [isDone, on] = [aGate(), aGate()];
      const spec: WorkSpec<number> = {
        ...counting(),
        async run(work) {
          await counting().run(work);
          isDone.open();
          await on.opened;
        },
        ended: async () => void ended.push(name),
      };
      return { spec, isDone, on };
    };
    const [first, second] = [endsLate('first'), endsLate('second')];
    const loser = run(id, first.spec);
    await first.isDone.opened;
    await silence(id);
    const next = run(id, second.spec);
    await second.isDone.opened;
    first.on.open();
    await loser;
    expect(await stateOf(id)).toMatchObject({ status: 'running', processed: 5 });
    second.on.open();
    await next;
    expect(await stateOf(id)).toMatchObject({ status: 'finished', processed: 5 });
    expect(ended).toEqual(['second']);
  });
});

describe('cancelled', () => {
  test('before it began, it is never begun', async () => {
    const id = await queued();
    await cancelWork(ctx, 'export', id);
    await run(id);
    expect(await stateOf(id)).toMatchObject({ status: 'cancelled', processed: 0 });
    await expect(cancelWork(ctx, 'export', id)).rejects.toMatchObject({ code: 'ILLEGAL_MOVE' });
  });

  test('during a batch, that batch is taken back and no other follows', async () => {
    const id = await queued();
    await run(
      id,
      counting((n) => (n === 3 ? cancelWork(ctx, 'export', id) : null)),
    );
    expect(await stateOf(id)).toMatchObject({ status: 'cancelled', processed: 2 });
    expect(await written(id)).toEqual([1, 2]);
  });
});

test('what the asker can mend ends it with those words', async () => {
  const id = await queued();
  await run(
    id,
    counting((n) => {
      if (n === 2) throw new AppError('TABLE_DAMAGED', 'Line 2 is torn.');
    }),
  );
  expect(await stateOf(id)).toEqual({ status: 'failed', processed: 1, problem: 'Line 2 is torn.' });
});

test('any other failure is tried again behind the mark, and given up when it gets nowhere', async () => {
  const id = await queued();
  const failing = counting((n) => {
    if (n === 3) throw new Error('a bug');
  });
  await expect(run(id, failing)).rejects.toThrow('a bug');
  expect(await stateOf(id)).toMatchObject({ status: 'running', processed: 2 });
  for (let n = 0; n < 5; n++) await expect(run(id, failing)).rejects.toThrow('a bug');
  await run(id, failing);
  expect(await stateOf(id)).toMatchObject({ status: 'failed', processed: 2 });
  expect((await stateOf(id)).problem).toContain('same place');
});

test('meeting others who write the same is not its own fault, however often', async () => {
  const id = await queued();
  let met = 0;
  const meeting = counting((n) => {
    if (n === 3 && ++met <= 7) throw Object.assign(new Error('duplicate key'), { code: '23505' });
  });
  for (let n = 0; n < 7; n++) await expect(run(id, meeting)).rejects.toThrow('duplicate key');
  await run(id, meeting);
  expect(await stateOf(id)).toMatchObject({ status: 'finished', processed: total });
});

test('a node that stops leaves the rest to another at once', async () => {
  const id = await queued();
  const stopping = new AbortController();
  const node = { ...ctx, jobs: { ...ctx.jobs, stopping: stopping.signal } };
  await run(
    id,
    counting((n) => n === 2 && stopping.abort()),
    node,
  );
  expect(await stateOf(id)).toMatchObject({ status: 'running', processed: 2 });
  await run(id);
  expect(await stateOf(id)).toMatchObject({ status: 'finished', processed: 5 });
  expect(await written(id)).toEqual([1, 2, 3, 4, 5]);
});

test('work whose job was lost is queued again', async () => {
  const id = await queued();
  const waiting = async () =>
    (
      await sql`SELECT 1 FROM pgboss.job WHERE name = ${jobOf('export')} AND state = 'created' AND data->>'id' = ${id}`.execute(
        ctx.db,
      )
    ).rows.length;
  await sql`DELETE FROM pgboss.job WHERE name = ${jobOf('export')}`.execute(ctx.db);
  expect(await waiting()).toBe(0);
  await reviveWorks(ctx);
  await reviveWorks(ctx);
  expect(await waiting()).toBe(1);
});

test('pace and finish are told from this attempt alone', async () => {
  const id = await queued();
  const now = new Date('2026-11-21T12:00:00Z');
  const row = {
    ...(await rowOf(id)),
    status: 'running',
    processed: 600,
    total: 1000,
    pace_base: 400,
    pace_from: new Date('2026-11-21T11:59:50Z'),
    beaten_at: now,
  };
  expect(progressOf(row, now)).toMatchObject({ per_second: 20, finish_at: '2026-11-21T12:00:20.000Z' });
  expect(progressOf({ ...row, total: null }, now)).toMatchObject({ per_second: 20, finish_at: null });
  expect(progressOf({ ...row, status: 'finished' }, now)).toMatchObject({
    per_second: null,
    finish_at: null,
  });
});
