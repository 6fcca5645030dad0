// A pasted list: each line by whatever people are known by; nobody is guessed.
import { beforeAll, expect, test } from 'vitest';
import type { ContactLookup, ContactsFound } from '../../contract/contact-lookup.ts';
import { fromWireId } from '../../contract/ids.ts';
import { aConnection, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { lookUpContacts } from './lookup.ts';
import { mergeContacts } from './merge/merge.ts';
import { createContact } from './save.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx();
});

async function aShop(): Promise<{
  ctx: TestCtx;
  ask(lines: string[], more?: Partial<ContactLookup>): Promise<ContactsFound>;
}> {
  const ctx = inWorkspace(base, await aWorkspace(base));
  await ctx.db
    .updateTable('workspaces')
    .set({ time_zone: 'Europe/London' })
    .where('id', '=', ctx.actor.workspaceId)
    .execute();
  return { ctx, ask: (lines, more = {}) => lookUpContacts(ctx, { lines, ...more }) };
}

test('external id, email, phone as people write it, username, address and full name find one person each', async () => {
  const { ctx, ask } = await aShop();
  const emily = await createContact(ctx, {
    first_name: 'Emily',
    last_name: 'Davis',
    email: 'emily@shop.example',
    phone: '+442079460018',
    external_id: 'C-17',
  });
  const connectionId = await aConnection(ctx);
  await ctx.db
    .insertInto('identities')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id: crypto.randomUUID(),
      contact_id: fromWireId('cnt', emily.id)!,
      connection_id: connectionId,
      channel: 'telegram',
      address: '778001',
      username: 'EmilyD',
      created_at: ctx.clock.now(),
    })
    .execute();
  const lines = [
    'C-17',
    ' Emily@Shop.example ',
    '+44 20 7946 0018',
    '020 7946 0018',
    '@emilyd',
    '778001',
    'emily  davis',
    '',
    'nobody@shop.example',
    'C-1',
  ];
  expect(await ask(lines)).toEqual({
    found: [1, 2, 3, 4, 5, 6, 7].map((line) => ({ line, contact_id: emily.id, name: 'Emily Davis' })),
    unknown: [9, 10],
    several: [],
  });
  // the same digits are no number of Germany that anybody has
  expect((await ask(['020 7946 0018'], { country: 'DE' })).unknown).toEqual([1]);
});

test('what means two people is said with both, and a number that went in a merge means who has it now', async () => {
  const { ctx, ask } = await aShop();
  const [a, b] = [
    await createContact(ctx, { first_name: 'Sam', last_name: 'Lee', external_id: 'old' }),
    await createContact(ctx, { first_name: 'Sam', last_name: 'Lee', external_id: 'new' }),
  ];
  expect(await ask(['sam lee'])).toMatchObject({
    found: [],
    several: [{ line: 1, people: [{ contact_id: a.id }, { contact_id: b.id }] }],
  });
  await mergeContacts(ctx, fromWireId('cnt', b.id)!, { other_id: a.id });
  expect(await ask(['old', 'sam lee', '%'])).toMatchObject({
    found: [
      { line: 1, contact_id: b.id },
      { line: 2, contact_id: b.id },
    ],
    unknown: [3],
  });
});

test('people of another workspace are not found, and ten thousand lines are one question', async () => {
  const [mine, other] = [await aShop(), await aShop()];
  await createContact(other.ctx, { first_name: 'Ann', external_id: 'n1' });
  const people = Array.from({ length: 10_000 }, (_, n) => `n${n}`);
  const answer = await mine.ask(people);
  expect([answer.found.length, answer.unknown.length]).toEqual([0, 10_000]);
});
