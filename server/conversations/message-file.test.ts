// Whose turn it is among files that wait.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { manualClock } from '../platform/clock.ts';
import { newId } from '../platform/db/ids.ts';
import { aConnection, aContact, testCtx } from '../testing/context.ts';
import { fetchDueFiles } from './message-file.ts';

test('two hundred files whose jobs never end well do not keep a younger one waiting', async () => {
  const clock = manualClock(new Date('2026-11-21T10:00:00Z'));
  const ctx = await testCtx({ clock });
  const connectionId = await aConnection(ctx);
  const contactId = await aContact(ctx, { connectionId });
  const waits = async (minute: number) => {
    const id = newId();
    const at = new Date(clock.now().getTime() - (300 - minute) * 60_000);
    const own = { workspace_id: ctx.actor.workspaceId };
    const message = {
      id,
      contact_id: contactId,
      connection_id: connectionId,
      direction: 'in',
      body: '{}',
      at,
    };
    await ctx.db
      .insertInto('messages')
      .values({ ...own, ...message })
      .execute();
    const file = { message_id: id, kind: 'image', handle: '7', voice: false, state: 'waiting', due_at: at, created_at: at }; // biome-ignore format: one thought
    await ctx.db
      .insertInto('message_files')
      .values({ ...own, ...file })
      .execute();
    return id;
  };
  for (let i = 0; i < 200; i++) await waits(i);
  const young = await waits(299);
  const jobs = async () => {
    const { rows } = await sql<{ id: string }>`
      SELECT data->>'messageId' AS id FROM pgboss.job WHERE name = 'conversations.fetch_file'`.execute(
      ctx.db,
    );
    return rows.map(({ id }) => id);
  };
  await fetchDueFiles(ctx);
  expect(await jobs()).toHaveLength(200);
  clock.advance(60_000);
  await fetchDueFiles(ctx);
  expect(await jobs()).toContain(young);
  // and the others have their turn again
  await sql`DELETE FROM pgboss.job WHERE name = 'conversations.fetch_file'`.execute(ctx.db);
  clock.advance(600_000);
  await fetchDueFiles(ctx);
  expect(await jobs()).toHaveLength(200);
});
