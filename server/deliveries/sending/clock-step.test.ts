// A clock that is set back: noticed by its lag behind the one that never steps, and mended in the ledger.
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../platform/db/ids.ts';
import { aConnection, aContact, type TestCtx, testCtx } from '../../testing/context.ts';
import { createStepWatch, waitAnew } from './clock-step.ts';
import { enqueueDelivery } from './enqueue.ts';

const noon = Date.parse('2026-11-21T12:00:00Z');
const hourMs = 3_600_000;

describe('the watch', () => {
  it('tells a step back once, and neither drift, nor a step ahead, nor a long sleep', () => {
    let wallMs = noon;
    let elapsedMs = 0;
    const pass = (wall: number, elapsed: number) => {
      wallMs += wall;
      elapsedMs += elapsed;
    };
    const sleep = () => Promise.resolve();
    const clock = { now: () => new Date(wallMs), elapsedMs: () => elapsedMs, sleep };
    const watch = createStepWatch({ clock });
    pass(1000, 1001);
    expect(watch.setBackMs()).toBe(0);
    pass(600_000, 600_000);
    expect(watch.setBackMs()).toBe(0);
    pass(1000 - hourMs, 1000);
    expect(watch.setBackMs()).toBe(hourMs);
    pass(1000, 1000);
    expect(watch.setBackMs()).toBe(0);
    pass(1000 + hourMs, 1000);
    expect(watch.setBackMs()).toBe(0);
    pass(-500, 1000);
    expect(watch.setBackMs()).toBe(0);
  });
});

describe('rows put off before the step', () => {
  let ctx: TestCtx;
  let connectionId: string;
  beforeAll(async () => {
    const sleep = () => Promise.resolve();
    ctx = await testCtx({ clock: { now: () => new Date(noon), elapsedMs: () => 0, sleep } });
    connectionId = await aConnection(ctx);
  });

  async function aRow(given: { claimedInMs: number; dueInMs: number; quiet?: boolean }): Promise<string> {
    const contactId = await aContact(ctx, { connectionId, address: newId() });
    const { id } = await enqueueDelivery(ctx, {
      source: 'reply',
      contactId,
      connectionId,
      content: { text: 'Hi' },
      authorId: null,
    });
    await ctx.db
      .updateTable('deliveries')
      .set({
        attempts: 1,
        claimed_at: new Date(noon + given.claimedInMs),
        due_at: new Date(noon + given.dueInMs),
        ...(given.quiet ? { quiet_since: new Date(noon) } : {}),
      })
      .where('id', '=', id)
      .execute();
    return id;
  }
  const dueInMs = async (id: string) => {
    const row = await ctx.db
      .selectFrom('deliveries')
      .select('due_at')
      .where('id', '=', id)
      .executeTakeFirst();
    return row!.due_at.getTime() - noon;
  };

  it('wait for as long as was meant; those that wait for a time of day, or were put off since, stay', async () => {
    const putOff = await aRow({ claimedInMs: hourMs, dueInMs: hourMs + 20_000 });
    const since = await aRow({ claimedInMs: -1000, dueInMs: 30_000 });
    const quiet = await aRow({ claimedInMs: hourMs, dueInMs: 8 * hourMs, quiet: true });
    expect(await waitAnew(ctx)).toBe(1);
    expect(await dueInMs(putOff)).toBe(20_000);
    expect(await dueInMs(since)).toBe(30_000);
    expect(await dueInMs(quiet)).toBe(8 * hourMs);
    expect(await waitAnew(ctx)).toBe(0);
  });
});
