// What is held about a person, given to them; and nothing of it left once they are erased.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { forgetPerson } from '../channels/forget-person.ts';
import { newId } from '../platform/db/ids.ts';
import { aConnection, aContact, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { eraseContact } from './erase.ts';
import { mergeContacts } from './merge/merge.ts';
import { aPairWorld, aPerson } from './merge/testing-pairs.ts';
import { exportPerson } from './person-export.ts';

const base = await testCtx();
const fresh = async () => inWorkspace(base, await aWorkspace(base));

test('the file has the contact and every row about them, in ids of the API, and nothing of anybody else', async () => {
  const ctx = await fresh();
  const world = await aPairWorld(ctx);
  const a = await aPerson(ctx, world, 11);
  const b = await aPerson(ctx, world, 12);
  await aPerson(ctx, world, 13);
  await mergeContacts(ctx, a, { other_id: toWireId('cnt', b) });
  const file = (await exportPerson(ctx, a)) as Record<string, Record<string, unknown>[]>;
  for (const table of [
    'messages',
    'events',
    'orders',
    'deliveries',
    'contact_notes',
    'consents',
    'consent_changes',
    'identities',
  ]) {
    const { rows } = await sql<{
      n: number;
    }>`SELECT count(*) AS n FROM ${sql.table(table)} WHERE contact_id = ${a}`.execute(ctx.db);
    expect([table, file[table]?.length]).toEqual([table, rows[0]?.n]);
  }
  expect(file.contact_merges?.[0]).toMatchObject({
    id: expect.stringMatching(/^mrg_/),
    absorbed_id: toWireId('cnt', b),
  });
  expect(file.deliveries?.[0]?.id).toMatch(/^dlv_/);
  expect(JSON.stringify(file)).not.toContain('workspace_id":"');
  await expect(exportPerson(await fresh(), a)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const log = await ctx.db
    .selectFrom('audit_events')
    .select('action')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .execute();
  expect(log.map((row) => row.action)).toContain('contact.exported');
});

test('erasing takes what stands under their address as well: groups, and what the platform sent raw', async () => {
  const ctx = await fresh();
  const workspace_id = ctx.actor.workspaceId;
  const connection_id = await aConnection(ctx);
  const a = await aContact(ctx, { connectionId: connection_id, address: '4242' });
  const at = new Date();
  const group_id = newId();
  await ctx.db
    .insertInto('groups')
    .values({
      workspace_id,
      id: group_id,
      connection_id,
      channel: 'telegram',
      address: '-1',
      kind: 'group',
      title: 'G',
      standing: 'member',
      standing_at: at,
      created_at: at,
    })
    .execute();
  for (const address of ['4242', '5'])
    await ctx.db
      .insertInto('group_members')
      .values({
        workspace_id,
        id: newId(),
        group_id,
        connection_id,
        address,
        first_name: 'Canary',
        standing: 'member',
        standing_at: at,
        created_at: at,
      })
      .execute();
  for (const [key, id, processed_at] of [
    ['1', 4242, at],
    ['2', 5, at],
    ['3', 4242, null],
  ] as const)
    await ctx.db
      .insertInto('inbound_updates')
      .values({
        workspace_id,
        connection_id,
        update_key: key,
        raw: JSON.stringify({ message: { from: { id, first_name: 'Canary' } } }),
        received_at: at,
        processed_at,
      })
      .execute();
  const jobs: unknown[] = [];
  await eraseContact(
    {
      ...ctx,
      jobs: {
        ...ctx.jobs,
        enqueue: async (_: unknown, name: string, data: object) => void jobs.push([name, data]),
      },
    },
    a,
  );
  const job = { workspaceId: workspace_id, addresses: [{ connection_id, address: '4242' }] };
  expect(jobs).toEqual([['channels.forget_person', job]]);
  await forgetPerson(ctx, job);
  const members = await ctx.db
    .selectFrom('group_members')
    .select('address')
    .where('group_id', '=', group_id)
    .execute();
  expect(members).toEqual([{ address: '5' }]);
  const updates = await ctx.db
    .selectFrom('inbound_updates')
    .select(['update_key', 'raw'])
    .where('connection_id', '=', connection_id)
    .orderBy('update_key')
    .execute();
  expect(updates.map((row) => [row.update_key, JSON.stringify(row.raw).includes('Canary')])).toEqual([
    ['1', false],
    ['2', true],
    ['3', true],
  ]);
});
