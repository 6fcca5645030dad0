// Which tags are suggested: what somebody has, of this workspace, and not what nobody has any more.
import type { FastifyInstance } from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import { fromWireId } from '../../contract/ids.ts';
import { createApp } from '../app.ts';
import { inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { anOwner, type Visitor } from '../workspaces/testing-visitor.ts';
import { eraseContact } from './erase.ts';
import { forgetUnusedTags } from './known-tags.ts';

let ctx: TestCtx;
let app: FastifyInstance;
let owner: Visitor & { workspaceId: string };
let neighbour: Visitor;
beforeAll(async () => {
  ctx = await testCtx();
  app = await createApp(ctx, { version: 'test', ready: () => true });
  await app.ready();
  owner = await anOwner(app);
  neighbour = await anOwner(app);
  return () => app.close();
});

const known = async (query = '', who: Visitor = owner) =>
  (await who.call('GET', `/contacts/tags${query}`)).json().data.map((one: { name: string }) => one.name);
async function added(...tags: string[]): Promise<string> {
  const answer = await owner.call('POST', '/contacts', { first_name: 'Ann', tags });
  expect(answer.statusCode).toBe(201);
  return answer.json().id;
}

test('tags of new and of changed people, each once; what begins with the search comes first', async () => {
  const ann = await added('vip', 'new');
  await owner.call('POST', '/contacts/batch', {
    contacts: [
      { external_id: 'a', tags: ['vip', 'only here'] },
      { external_id: 'b', tags: ['paid 50%', 'vip'] },
    ],
  });
  await owner.call('PATCH', `/contacts/${ann}`, { tags: ['vip', 'renewed'] });
  expect(await known()).toEqual(['new', 'only here', 'paid 50%', 'renewed', 'vip']);
  expect(await known('?search=NEW')).toEqual(['new', 'renewed']);
  expect(await known('?search=w')).toEqual(['new', 'renewed']);
  expect(await known('?search=%25')).toEqual(['paid 50%']);
  expect(await known('?limit=1')).toEqual(['new']);
  expect(await known('', neighbour)).toEqual([]);
  expect((await owner.call('GET', '/contacts/tags?limit=201')).statusCode).toBe(422);
});

test('a tag that nobody has any more is forgotten, also where a neighbour has it', async () => {
  const here = inWorkspace(ctx, owner.workspaceId);
  const bea = await added('once', 'shared');
  await neighbour.call('POST', '/contacts', { first_name: 'Bo', tags: ['shared'] });
  await forgetUnusedTags(ctx);
  expect(await known('?search=once')).toEqual(['once']);
  await eraseContact(here, fromWireId('cnt', bea) as string);
  expect(await known('?search=once')).toEqual(['once']);
  await forgetUnusedTags(ctx);
  expect(await known('?search=once')).toEqual([]);
  expect(await known('?search=shared')).toEqual([]);
  expect(await known('', neighbour)).toEqual(['shared']);
  await added('once');
  expect(await known('?search=once')).toEqual(['once']);
});
