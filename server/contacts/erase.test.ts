import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { newId } from '../platform/db/ids.ts';
import { aConnection, aContact, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { eraseContact } from './erase.ts';

const base = await testCtx();

it('erasing leaves nothing of the person but nameless rows of the ledger, and cancels what waits', async () => {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const workspace_id = ctx.actor.workspaceId;
  const connection_id = await aConnection(ctx);
  const ann = await aContact(ctx, {
    firstName: 'Canary',
    connectionId: connection_id,
    address: '4242',
    optedOut: true,
  });
  const bea = await aContact(ctx, { firstName: 'Bea', connectionId: connection_id, address: '5' });
  const at = new Date();
  for (const contact_id of [ann, bea]) {
    for (const state of ['sent', 'queued', 'failed'])
      await ctx.db
        .insertInto('deliveries')
        .values({
          workspace_id,
          id: newId(),
          source: 'reply',
          priority: 0,
          event_key: newId(),
          contact_id,
          connection_id,
          channel: 'telegram',
          address: '4242',
          state,
          detail: 'Canary',
          due_at: at,
          content: JSON.stringify({ text: 'Canary' }),
          created_at: at,
        })
        .execute();
    await ctx.db
      .insertInto('messages')
      .values({
        workspace_id,
        id: newId(),
        contact_id,
        connection_id,
        direction: 'in',
        body: JSON.stringify({ text: 'Canary' }),
        at,
      })
      .execute();
    await ctx.db
      .insertInto('conversations')
      .values({
        workspace_id,
        id: newId(),
        contact_id,
        connection_id,
        channel: 'telegram',
        status: 'open',
        created_at: at,
        updated_at: at,
      })
      .execute();
  }
  await eraseContact(ctx, ann);

  const left = async (table: string) =>
    (
      await sql<{
        row: object;
      }>`SELECT to_jsonb(t) AS row FROM ${sql.table(table)} t WHERE contact_id = ${ann}`.execute(ctx.db)
    ).rows.map(({ row }) => row);
  for (const table of ['identities', 'consents', 'conversations', 'messages'])
    expect(await left(table), table).toEqual([]);
  const rows = await left('deliveries');
  expect(rows.map((row) => (row as { state: string }).state).sort()).toEqual(['cancelled', 'failed', 'sent']);
  expect(JSON.stringify(rows)).not.toMatch(/Canary|4242/);
  const kept = await ctx.db
    .selectFrom('deliveries')
    .select('state')
    .where('contact_id', '=', bea)
    .where('detail', '=', 'Canary')
    .execute();
  expect(kept).toHaveLength(3);
  const audit = await ctx.db
    .selectFrom('audit_events')
    .selectAll()
    .where('workspace_id', '=', workspace_id)
    .execute();
  expect(audit).toMatchObject([{ action: 'contact.erased', subject_id: toWireId('cnt', ann), detail: {} }]);
  await expect(eraseContact(ctx, ann)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
