// Contacts as a file: everybody once, harmless in a spreadsheet, whole after a crash, gone after its time.
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { fromWireId } from '../../../contract/ids.ts';
import type { Scope } from '../../../contract/roles.ts';
import { mergeContacts } from '../../contacts/merge/merge.ts';
import { createContact } from '../../contacts/save.ts';
import { newId } from '../../platform/db/ids.ts';
import { aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import {
  cancelExport,
  deleteExport,
  exportFile,
  fileKeptDays,
  forgetOldExports,
  getExport,
  startExport,
} from './export.ts';
import { runExport } from './run-export.ts';

const base = await testCtx();
const fresh = async () => inWorkspace(base, await aWorkspace(base));
const uuidOf = (id: string) => fromWireId('exp', id) as string;
const jobOf = (ctx: TestCtx, id: string) => ({ workspaceId: ctx.actor.workspaceId, id: uuidOf(id) });
const fileOf = async (ctx: TestCtx, id: string) => {
  const { bytes, sizeBytes } = await exportFile(ctx, uuidOf(id));
  const all = await buffer(bytes);
  expect(all.length).toBe(sizeBytes);
  return all.toString();
};

test('writes everybody once, in parts that are one file, with every attribute', async () => {
  const ctx = await fresh();
  for (let n = 0; n < 5; n++)
    await createContact(ctx, {
      external_id: `s-${n}`,
      first_name: n === 3 ? '=1+1' : `P${n}`,
      tags: ['a', 'b'],
      attributes: n === 4 ? { city: 'Zürich, "HB"' } : { sizes: ['S', 'M'] },
    });
  await aContact(await fresh(), { firstName: 'Foreigner' });
  const { id } = await startExport(ctx, {});
  await expect(exportFile(ctx, uuidOf(id))).rejects.toMatchObject({ code: 'ILLEGAL_MOVE' });
  await runExport(ctx, jobOf(ctx, id), 2);
  expect(await getExport(ctx, uuidOf(id))).toMatchObject({
    status: 'finished',
    processed: 5,
    total: 5,
    download_url: `/api/v1/exports/${id}/file`,
  });
  const [header, ...lines] = (await fileOf(ctx, id)).trimEnd().split('\r\n');
  expect(header).toMatch(
    /^\uFEFFid,external_id,first_name,.*,last_order_at,attributes\.city,attributes\.sizes$/,
  );
  expect(lines).toHaveLength(5);
  expect(lines.map((line) => line.split(',')[1])).toEqual(['s-0', 's-1', 's-2', 's-3', 's-4']);
  expect(lines[3]).toContain(",'=1+1,");
  expect(lines[4]).toContain('"Zürich, ""HB"""');
  expect(lines[0]).toContain('"S, M"');
});

test('chosen columns and a filter; nobody left is still a file with its header', async () => {
  const ctx = await fresh();
  await createContact(ctx, { first_name: 'Ann', tags: ['vip'], attributes: { city: 'Bern' } });
  await createContact(ctx, { first_name: 'Bob' });
  const one = await startExport(ctx, {
    filter: { tags: ['vip'] },
    columns: ['first_name', 'attributes.city'],
  });
  await runExport(ctx, jobOf(ctx, one.id));
  expect(await fileOf(ctx, one.id)).toBe('\uFEFFfirst_name,attributes.city\r\nAnn,Bern\r\n');
  const none = await startExport(ctx, { filter: { tags: ['nobody'] }, columns: ['first_name'] });
  await runExport(ctx, jobOf(ctx, none.id));
  expect(await fileOf(ctx, none.id)).toBe('\uFEFFfirst_name\r\n');
});

test('a guessed zone stands apart from a given one', async () => {
  const ctx = await fresh();
  await createContact(ctx, { first_name: 'Ann', phone: '+442079460018' });
  await createContact(ctx, { first_name: 'Bob', phone: '+442079460018', time_zone: 'Asia/Tokyo' });
  const { id } = await startExport(ctx, { columns: ['first_name', 'time_zone', 'time_zone_guess'] });
  await runExport(ctx, jobOf(ctx, id));
  expect(await fileOf(ctx, id)).toBe(
    '\uFEFFfirst_name,time_zone,time_zone_guess\r\nAnn,,Europe/London\r\nBob,Asia/Tokyo,\r\n',
  );
});

test('a node that dies after storing a part: the part that nothing names is not in the file', async () => {
  const ctx = await fresh();
  for (let n = 0; n < 5; n++) await createContact(ctx, { external_id: `s-${n}` });
  const { id } = await startExport(ctx, { columns: ['external_id'] });
  let puts = 0;
  const dying = {
    ...ctx,
    storage: {
      ...ctx.storage,
      async put(key: string, bytes: Buffer) {
        await ctx.storage.put(key, bytes);
        if (++puts === 2) throw new Error('the node is gone');
      },
    },
  };
  await expect(runExport(dying, jobOf(ctx, id), 2)).rejects.toThrow('the node is gone');
  // whoever came meanwhile was not asked for; who is gone is not in it
  await createContact(ctx, { external_id: 's-late' });
  await runExport(ctx, jobOf(ctx, id), 2);
  expect(await fileOf(ctx, id)).toBe('\uFEFFexternal_id\r\ns-0\r\ns-1\r\ns-2\r\ns-3\r\ns-4\r\n');
  expect(await ctx.storage.namesIn(uuidOf(id))).toHaveLength(3);
});

test('people who are merged meanwhile are in the file once, as whom they became', async () => {
  const ctx = await fresh();
  const people: string[] = [];
  for (let n = 0; n < 5; n++) people.push((await createContact(ctx, { external_id: `s-${n}` })).id);
  const { id } = await startExport(ctx, { columns: ['external_id'] });
  let puts = 0;
  const merging = {
    ...ctx,
    storage: {
      ...ctx.storage,
      async put(key: string, bytes: Buffer) {
        if (++puts === 2) throw new Error('the node is gone');
        await ctx.storage.put(key, bytes);
      },
    },
  };
  await expect(runExport(merging, jobOf(ctx, id), 2)).rejects.toThrow('the node is gone');
  const late = fromWireId('cnt', (await createContact(ctx, { external_id: 'late' })).id)!;
  await mergeContacts(ctx, late, { other_id: people[2]! });
  await mergeContacts(ctx, late, { other_id: people[3]! });
  await mergeContacts(ctx, fromWireId('cnt', people[0]!)!, { other_id: people[4]! });
  await runExport(ctx, jobOf(ctx, id), 2);
  expect(await fileOf(ctx, id)).toBe('\uFEFFexternal_id\r\ns-0\r\ns-1\r\nlate\r\n');
});

test('after its days the file is gone, and says so; a cancelled one leaves none', async () => {
  const ctx = await fresh();
  await createContact(ctx, { external_id: 's-0' });
  const { id } = await startExport(ctx, {});
  await runExport(ctx, jobOf(ctx, id));
  const later = {
    ...ctx.clock,
    now: () => new Date(ctx.clock.now().getTime() + (fileKeptDays * 24 + 1) * 3_600_000),
  };
  await forgetOldExports(ctx);
  await fileOf(ctx, id);
  await forgetOldExports({ ...ctx, clock: later });
  await expect(exportFile(ctx, uuidOf(id))).rejects.toThrow('There is no file of this export any more');
  expect(await ctx.storage.namesIn(uuidOf(id))).toEqual([]);
  expect(await getExport(ctx, uuidOf(id))).toMatchObject({ download_url: null, available_until: null });
  const other = await startExport(ctx, {});
  expect(await cancelExport(ctx, uuidOf(other.id))).toMatchObject({ status: 'cancelled' });
  await runExport(ctx, jobOf(ctx, other.id));
  expect(await getExport(ctx, uuidOf(other.id))).toMatchObject({ status: 'cancelled', download_url: null });
});

test('only so many are under way and kept, and each may be ended by its maker or an admin', async () => {
  const system = await fresh();
  const { workspaceId } = system.actor;
  const someone = (...scopes: Scope[]): TestCtx => ({
    ...system,
    actor: { kind: 'token', workspaceId, tokenId: newId(), name: 'Till', scopes: new Set(scopes) },
  });
  await createContact(system, { external_id: 's-0' });
  const maker = someone('exports:write');
  const made = [];
  for (let n = 0; n < 5; n++) made.push((await startExport(maker, {})).id);
  await expect(startExport(maker, {})).rejects.toMatchObject({ code: 'EXPORT_LIMIT', status: 409 });
  const [first, second, third] = made.map(uuidOf) as [string, string, string];
  await expect(cancelExport(someone('exports:write'), first)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await cancelExport(maker, first);
  await cancelExport(someone('exports:write', 'workspace:write'), second);
  await expect(deleteExport(someone('exports:write'), first)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await deleteExport(maker, first);

  await runExport(system, jobOf(system, made[2] as string));
  await system.db
    .updateTable('exports')
    .set({ size_bytes: 2 * 1024 ** 3 })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', third)
    .execute();
  await expect(startExport(maker, {})).rejects.toMatchObject({ code: 'EXPORT_LIMIT' });
  // one that began before it was full ends with the words
  await runExport(system, jobOf(system, made[3] as string));
  expect(await getExport(system, uuidOf(made[3] as string))).toMatchObject({
    status: 'failed',
    problem: expect.stringContaining('2 GB'),
  });
  await deleteExport(maker, third);
  expect(await startExport(maker, {})).toMatchObject({ status: 'queued' });
});
