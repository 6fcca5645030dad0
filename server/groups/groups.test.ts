// Groups as the emulated Telegram shows them to a real node's inbound work: the bot is added, people join, write and leave,
// a group becomes a supergroup. Nobody becomes a contact, opts out or replies by what is said there.
import type { FastifyInstance } from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import type { Group, GroupMember } from '../../contract/groups.ts';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { createApp } from '../app.ts';
import { startInbound } from '../channels/inbound.ts';
import { eraseContact } from '../contacts/erase.ts';
import { receive } from '../conversations/receive.ts';
import { newId } from '../platform/db/ids.ts';
import { createLeases } from '../platform/db/leases.ts';
import { inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { type TestSandbox, testSandbox } from '../testing/sandbox.ts';
import { anOwner, type Visitor } from '../workspaces/testing-visitor.ts';
import { lookAtGroup } from './look.ts';

let ctx: TestCtx;
let app: FastifyInstance;
let owner: Visitor;
let here: TestCtx;
let sandbox: TestSandbox;
let nextUser = 70_000;

beforeAll(async () => {
  ctx = await testCtx();
  app = await createApp(ctx, { version: 'test', ready: () => true });
  await app.ready();
  const signedIn = await anOwner(app);
  owner = signedIn;
  here = inWorkspace(ctx, signedIn.workspaceId);
  sandbox = await testSandbox(here);
  const leases = createLeases(ctx.databaseUrl, ctx.log);
  const inbound = startInbound(ctx, leases, receive);
  return async () => {
    await inbound.stop();
    await leases.stop();
    await app.close();
  };
});

async function people(...names: string[]): Promise<number[]> {
  const ids = names.map(() => nextUser++);
  await sandbox.control('users', {
    users: ids.map((id, n) => ({ id, first_name: names[n], username: `${names[n]}_${id}`.toLowerCase() })),
  });
  return ids;
}
/** A group of the emulator with the bot in it. */
async function aGroup(given: object): Promise<number> {
  const { id } = await sandbox.control<{ id: number }>('groups', {
    type: 'supergroup',
    bot: sandbox.botId,
    ...given,
  });
  return id;
}
const says = (user: number, chat: number | undefined, text: string) =>
  sandbox.control('message', { bot: sandbox.botId, user, chat, text });
const groups = async (): Promise<Group[]> => (await owner.call('GET', '/groups')).json().data;
const groupOf = async (chat: number) => (await groups()).find((one) => one.address === String(chat));
const comes = (chat: number, what: object) =>
  expect.poll(() => groupOf(chat), { timeout: 10_000 }).toMatchObject(what);
const members = async (group: Group, query = ''): Promise<GroupMember[]> =>
  (await owner.call('GET', `/groups/${group.id}/members${query}`)).json().data;
const standings = async (group: Group) =>
  Object.fromEntries((await members(group)).map((one) => [one.first_name, one.standing]));
const counted = async (group: Group) =>
  (await owner.call('POST', '/segments/preview', { rule: { field: 'group', group_id: group.id } })).json()
    .count;
const contactAt = async (user: number) =>
  ctx.db.selectFrom('identities').select('contact_id').where('address', '=', String(user)).executeTakeFirst();

test('who joins, writes and leaves is known; what they say there is no word to us', async () => {
  const [ann, bob, cleo] = (await people('Ann', 'Bob', 'Cleo')) as [number, number, number];
  await sandbox.control('start', { bot: sandbox.botId, user: ann });
  await expect.poll(() => contactAt(ann), { timeout: 10_000 }).toBeDefined();
  const chat = await aGroup({ title: 'Collectors', members: [ann, cleo], admin: true });
  await comes(chat, { title: 'Collectors', kind: 'supergroup', standing: 'administrator', known_members: 0 });
  await sandbox.control('join', { chat, user: bob });
  // words that would opt out, reply or ask in a private chat
  await says(ann, chat, '/stop');
  await says(cleo, chat, 'Please do not write to me any more. Is this still on?');
  await comes(chat, { known_members: 3, contacts: 1, reachable: 1 });
  const group = (await groupOf(chat))!;
  expect(await standings(group)).toEqual({ Ann: 'seen', Bob: 'member', Cleo: 'seen' });
  expect(await members(group, '?reachable=true')).toMatchObject([
    { first_name: 'Ann', reachable: true, unreachable_reason: null },
  ]);
  expect(await members(group, '?search=@cleo')).toMatchObject([
    { first_name: 'Cleo', contact_id: null, reachable: false, unreachable_reason: 'never_started' },
  ]);
  const annId = (await contactAt(ann))!.contact_id;
  expect([await contactAt(bob), await contactAt(cleo)]).toEqual([undefined, undefined]);
  const of = (table: 'messages' | 'consents' | 'conversations') =>
    ctx.db
      .selectFrom(table)
      .select('contact_id')
      .where('workspace_id', '=', here.actor.workspaceId)
      .execute();
  // the one /start of Ann's private chat, and nothing of the group
  expect([await of('messages'), await of('consents')]).toMatchObject([[{ contact_id: annId }], []]);
  expect((await of('conversations')).length).toBeLessThanOrEqual(1);

  expect(await counted(group)).toBe(1);
  const gone = { field: 'group', group_id: toWireId('grp', newId()) };
  const refused = await owner.call('POST', '/segments', { name: 'Gone', rule: { all: [gone] } });
  expect(refused.json().errors).toMatchObject([{ pointer: '/rule/all/0/group_id' }]);
  // whoever writes to the bot at last is a contact, and was in the group all the time
  await sandbox.control('start', { bot: sandbox.botId, user: bob });
  await comes(chat, { contacts: 2, reachable: 2 });
  expect(await counted(group)).toBe(2);
  await sandbox.control('block', { bot: sandbox.botId, user: bob });
  await comes(chat, { contacts: 2, reachable: 1 });
  expect(await members(group, '?search=bob')).toMatchObject([
    { reachable: false, unreachable_reason: 'blocked' },
  ]);
  await sandbox.control('leave', { chat, user: bob });
  await comes(chat, { known_members: 2, contacts: 1 });
  expect(await members(group, '?there=false')).toMatchObject([{ first_name: 'Bob', standing: 'left' }]);
  expect(await counted(group)).toBe(1);

  const hers = (await owner.call('GET', `/contacts/${toWireId('cnt', annId)}/groups`)).json().data;
  expect(hers).toMatchObject([{ id: group.id, title: 'Collectors', member: { standing: 'seen' } }]);

  await eraseContact(here, annId);
  expect(await standings(group)).toEqual({ Bob: 'left', Cleo: 'seen' });
});

test('the platform is asked how many there are, and what the bot may do', async () => {
  const ids = await people('Dan', 'Eve', 'Fay');
  const chat = await aGroup({ title: 'Silent', members: ids, admin: true });
  await comes(chat, { standing: 'administrator', member_count: null });
  const { id } = (await groupOf(chat))!;
  const look = { workspaceId: here.actor.workspaceId, groupId: fromWireId('grp', id)! };
  const jobs = await ctx.db
    .selectFrom('pgboss.job' as never)
    .selectAll()
    .execute();
  expect(jobs).toContainEqual(expect.objectContaining({ name: 'groups.look', data: look }));
  await lookAtGroup(here, look);
  expect(await groupOf(chat)).toMatchObject({ member_count: 4, known_members: 0, count_problem: null });
  await sandbox.control('kick-bot', { chat, bot: sandbox.botId });
  await comes(chat, { standing: 'banned' });
  await lookAtGroup(here, look);
  // the last count stays, and it is said that it can no longer be taken
  expect(await groupOf(chat)).toMatchObject({
    member_count: 4,
    count_problem: expect.stringContaining('not in it'),
  });
});

test('a group that becomes a supergroup stays the group that rules name', async () => {
  const [gus, ida] = (await people('Gus', 'Ida')) as [number, number];
  const chat = await aGroup({ type: 'group', title: 'Team', members: [gus, ida] });
  await says(gus, chat, '/hello');
  await comes(chat, { kind: 'group', known_members: 1 });
  const before = (await groupOf(chat))!;
  const { id: moved } = await sandbox.control<{ id: number }>('upgrade', { chat });
  await says(ida, moved, '/hello');
  await comes(moved, { id: before.id, kind: 'supergroup', known_members: 2 });
  expect(await groupOf(chat)).toBeUndefined();
  expect(await standings(before)).toEqual({ Gus: 'member', Ida: 'seen' });
});

test('a channel is known by its posts, and its title follows', async () => {
  const [kim] = (await people('Kim')) as [number];
  const chat = await aGroup({ type: 'channel', title: 'News', owner: kim, admin: true });
  await comes(chat, { kind: 'channel', standing: 'administrator', title: 'News' });
  expect((await owner.call('GET', '/groups?kind=channel')).json().data).toHaveLength(1);
  expect((await owner.call('GET', `/groups/${(await groupOf(chat))!.id}`)).json()).toEqual(
    await groupOf(chat),
  );
});
