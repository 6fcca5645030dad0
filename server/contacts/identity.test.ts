import { expect, it } from 'vitest';
import { inTransaction } from '../platform/context.ts';
import { aConnection, aContact, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { recordConsent } from './consent.ts';
import { contactName } from './contact.ts';
import { contactOfIdentity, setReachability } from './identity.ts';
import { loadContact } from './store.ts';

const base = await testCtx();
const person = { firstName: 'Ann', lastName: null, username: 'ann', language: 'en' };
async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  const find = (address: string, who = person) =>
    contactOfIdentity(ctx, { connectionId, channel: 'telegram', address, person: who });
  return { ctx, connectionId, find };
}

it('a new person becomes a contact, and is found again with their new username and the name the shop gave them', async () => {
  const { ctx, find } = await aShop();
  const first = await find('1');
  expect(first.created).toBe(true);
  await ctx.db
    .updateTable('contacts')
    .set({ first_name: 'Annabel' })
    .where('id', '=', first.contactId)
    .execute();
  expect(await find('1', { ...person, username: 'annie' })).toEqual({
    contactId: first.contactId,
    created: false,
  });
  expect(await loadContact(ctx, first.contactId)).toMatchObject({
    first_name: 'Annabel',
    language: 'en',
    identities: [{ address: '1', username: 'annie', reachable: true }],
  });
});

it('twenty updates of a new person at once make one contact', async () => {
  const { ctx, find } = await aShop();
  const found = await Promise.all(Array.from({ length: 20 }, () => find('1')));
  expect(new Set(found.map(({ contactId }) => contactId)).size).toBe(1);
  expect(found.filter(({ created }) => created)).toHaveLength(1);
  const contacts = await ctx.db
    .selectFrom('contacts')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .execute();
  expect(contacts).toHaveLength(1);
});

it('a person met inside a transaction that is undone is not there afterwards', async () => {
  const { ctx, connectionId, find } = await aShop();
  const undone = inTransaction(ctx, async (ctx) => {
    await contactOfIdentity(ctx, { connectionId, channel: 'telegram', address: '1', person });
    throw new Error('undo');
  });
  const other = find('1');
  await expect(undone).rejects.toThrow('undo');
  await other;
  expect((await find('1')).created).toBe(false);
});

it('reachability changes for the addresses named, and tells whose', async () => {
  const { ctx, connectionId } = await aShop();
  const [ann, bea] = [
    await aContact(ctx, { connectionId, address: '1' }),
    await aContact(ctx, { connectionId, address: '2' }),
  ];
  await aContact(ctx, { connectionId: await aConnection(ctx), address: '1' });
  const blocked = { reachable: false, reason: 'blocked' };
  expect((await setReachability(ctx, connectionId, ['1', '2', '404'], blocked)).contactIds.sort()).toEqual(
    [ann, bea].sort(),
  );
  expect(await setReachability(ctx, connectionId, ['1', '2'], blocked)).toEqual({ contactIds: [] });
  expect((await loadContact(ctx, ann)).identities).toMatchObject([
    { reachable: false, unreachable_reason: 'blocked' },
  ]);
  await setReachability(ctx, connectionId, ['1'], { reachable: true, reason: 'ignored' });
  expect((await loadContact(ctx, ann)).identities).toMatchObject([
    { reachable: true, unreachable_reason: null },
  ]);
});

it('consent keeps the words that changed it', async () => {
  const { ctx } = await aShop();
  const ann = await aContact(ctx);
  const out = {
    channel: 'telegram',
    purpose: 'marketing',
    state: 'opted_out',
    source: 'message',
    wording: '/stop',
  } as const;
  expect(await recordConsent(ctx, ann, out)).toEqual({ changed: true });
  expect(await recordConsent(ctx, ann, { ...out, wording: 'stop again' })).toEqual({ changed: false });
  expect((await loadContact(ctx, ann)).consent).toMatchObject([
    { state: 'opted_out', wording: '/stop', source: 'message' },
  ]);
  expect(await recordConsent(ctx, ann, { ...out, state: 'opted_in', wording: '/start' })).toEqual({
    changed: true,
  });
});

it('everybody has a name to be listed under', () => {
  expect(contactName({ first_name: 'Ann', last_name: 'Lee' })).toBe('Ann Lee');
  expect(contactName({ last_name: 'Lee' })).toBe('Lee');
  expect(contactName({ first_name: '', username: 'ann', email: 'a@b.c' })).toBe('@ann');
  expect(contactName({ phone: '+44', external_id: '7' })).toBe('+44');
  expect(contactName({})).toBe('Unnamed contact');
});
