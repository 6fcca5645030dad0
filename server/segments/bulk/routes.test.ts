// Bulk actions, exports and merges over HTTP: what a program sends, what it gets, and what it is told.
import { expect, test } from 'vitest';
import { fromWireId } from '../../../contract/ids.ts';
import { mergeRoutes } from '../../contacts/merge/routes.ts';
import { contactRoutes } from '../../contacts/routes.ts';
import { createServer } from '../../platform/http/server.ts';
import { testCtx } from '../../testing/context.ts';
import { exportRoutes } from '../exports/routes.ts';
import { runExport } from '../exports/run-export.ts';
import { filteredContacts } from '../filtered-contacts.ts';
import { bulkRoutes } from './routes.ts';
import { runBulkAction } from './run-bulk.ts';

const ctx = await testCtx();
const app = await createServer(ctx, 'test', async () => ctx.actor, {
  cnt: { table: 'contacts' },
  blk: { table: 'bulk_actions' },
  exp: { table: 'exports' },
  mrg: { table: 'contact_merges' },
});
contactRoutes(app, filteredContacts);
bulkRoutes(app);
exportRoutes(app);
mergeRoutes(app);

const call = async (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) => {
  const answer = await app.inject({ method, url: `/api/v1${path}`, payload });
  const isJson = String(answer.headers['content-type']).includes('json');
  return { status: answer.statusCode, headers: answer.headers, body: isJson ? answer.json() : answer.body };
};
const add = async (payload: object) => (await call('POST', '/contacts', payload)).body;
const jobOf = (prefix: 'blk' | 'exp', id: string) => ({
  workspaceId: ctx.actor.workspaceId,
  id: fromWireId(prefix, id) as string,
});

test('many people are tagged by a filter, the work is looked at and listed, and a file of them is fetched', async () => {
  for (const first_name of ['Ann', 'Bo', '=Cy']) await add({ first_name, tags: ['web'] });
  const started = await call('POST', '/contacts/bulk', {
    select: { filter: { tags: ['web'] } },
    action: { do: 'add_tags', tags: ['vip'] },
    expected_count: 3,
  });
  expect(started).toMatchObject({ status: 202, body: { status: 'queued', total: 3, processed: 0 } });
  await runBulkAction(ctx, jobOf('blk', started.body.id));
  expect((await call('GET', `/bulk_actions/${started.body.id}`)).body).toMatchObject({
    status: 'finished',
    changed: 3,
  });
  expect((await call('GET', '/bulk_actions')).body.data).toHaveLength(1);
  expect((await call('POST', `/bulk_actions/${started.body.id}/cancel`)).body.code).toBe('ILLEGAL_MOVE');

  const file = await call('POST', '/exports', { filter: { tags: ['vip'] }, columns: ['first_name', 'tags'] });
  expect(file).toMatchObject({ status: 202, body: { download_url: null } });
  expect((await call('GET', `/exports/${file.body.id}/file`)).body.code).toBe('ILLEGAL_MOVE');
  await runExport(ctx, jobOf('exp', file.body.id));
  const { download_url } = (await call('GET', `/exports/${file.body.id}`)).body;
  const fetched = await call('GET', download_url.replace('/api/v1', ''));
  expect(fetched.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(fetched.headers['content-disposition']).toMatch(
    /^attachment; filename="contacts-\d{4}-\d\d-\d\d\.csv"$/,
  );
  expect(fetched.body).toBe(
    `\uFEFFfirst_name,tags\r\nAnn,"web, vip"\r\nBo,"web, vip"\r\n'=Cy,"web, vip"\r\n`,
  );
  expect((await call('DELETE', `/exports/${file.body.id}`)).status).toBe(204);
  expect((await call('GET', `/exports/${file.body.id}`)).status).toBe(404);
});

test.each([
  [{ select: {}, action: { do: 'erase' }, expected_count: 1 }, '/select', 'contact_ids'],
  [{ select: { contact_ids: [] }, action: { do: 'erase' }, expected_count: 1 }, '/select/contact_ids', ''],
  [{ select: { filter: { tag: 'x' } }, action: { do: 'erase' }, expected_count: 1 }, '/select', ''],
  [
    { select: { filter: {} }, action: { do: 'add_tags', tags: [] }, expected_count: 1 },
    '/action/tags',
    'at least one tag',
  ],
  [{ select: { filter: {} }, action: { do: 'delete' }, expected_count: 1 }, '/action', ''],
  [{ select: { filter: {} }, action: { do: 'erase' } }, '/expected_count', ''],
])('a body that cannot be meant is refused at its place: %j', async (body, pointer, words) => {
  const { status, body: problem } = await call('POST', '/contacts/bulk', body);
  expect(status).toBe(422);
  const places = problem.errors.map((one: { pointer: string }) => one.pointer);
  expect(places.some((place: string) => place.startsWith(pointer))).toBe(true);
  expect(JSON.stringify(problem.errors)).toContain(words);
});

test('a column that is none, and one that stands twice, are named', async () => {
  for (const columns of [
    ['first_name', 'shoe'],
    ['tags', 'tags'],
  ]) {
    const { status, body } = await call('POST', '/exports', { columns });
    expect([status, body.errors[0].pointer.startsWith('/columns')]).toEqual([422, true]);
  }
});

test('two are merged and undone, their data given, and they are erased', async () => {
  const ann = await add({ first_name: 'Ann', email: 'a@x.example' });
  const annie = await add({ first_name: 'Annie', phone: '+447700900123' });
  const preview = await call('GET', `/contacts/${ann.id}/merge_preview?other_id=${annie.id}`);
  expect(preview.body).toMatchObject({ undoable_days: 30, comes_over: { messages: 0 }, two_addresses: [] });
  const wrong = await call('POST', `/contacts/${ann.id}/merge`, {
    other_id: annie.id,
    keep: { shoe: 'this' },
  });
  expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/keep/shoe']);
  const merged = await call('POST', `/contacts/${ann.id}/merge`, {
    other_id: annie.id,
    keep: { first_name: 'other' },
  });
  expect(merged).toMatchObject({
    status: 200,
    body: { id: ann.id, first_name: 'Annie', phone: '+447700900123' },
  });
  expect((await call('GET', `/contacts/${annie.id}`)).status).toBe(404);
  const [merge] = (await call('GET', `/contacts/${ann.id}/merges`)).body.data;
  expect(merge).toMatchObject({ other_id: annie.id, undoable: true, set_aside: { first_name: 'Ann' } });
  const undone = await call('POST', `/contacts/${ann.id}/merges/${merge.id}/undo`);
  expect(undone.body).toMatchObject({
    contact: { first_name: 'Ann', phone: null },
    other: { id: annie.id, first_name: 'Annie' },
  });
  expect((await call('POST', `/contacts/${ann.id}/merges/${merge.id}/undo`)).body.code).toBe('ILLEGAL_MOVE');
  const file = await call('GET', `/contacts/${ann.id}/export`);
  expect(file.headers['content-disposition']).toBe(`attachment; filename="${ann.id}.json"`);
  expect(file.body.contact.email).toBe('a@x.example');
  expect((await call('POST', `/contacts/${ann.id}/erase`)).status).toBe(204);
  expect((await call('DELETE', `/contacts/${annie.id}`)).status).toBe(204);
});
