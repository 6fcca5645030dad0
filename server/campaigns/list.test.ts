// The list of campaigns: filters, search, sorts and pages.
import { beforeAll, expect, test } from 'vitest';
import type { Campaign } from '../../contract/campaigns.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { aHouse, type Shop } from './testing-shop.ts';

let shop: Shop;
const made: Campaign[] = [];
beforeAll(async () => {
  const house = await aHouse();
  shop = await house.shop();
  for (const [i, name] of ['Alpha', 'beta 100%', 'Gamma_x', 'Äpfel', 'beta 100%', 'Zulu'].entries())
    made.push(
      await shop.draft({
        name,
        kind: i % 2 ? 'bulk_message' : 'broadcast',
        ...(i === 5 ? { connection_id: null } : {}),
      }),
    );
  await (await house.shop()).draft({ name: 'Alpha of another shop' });
  await shop.ctx.db
    .updateTable('campaigns')
    .set({ status: 'archived' })
    .where('workspace_id', '=', shop.ctx.actor.workspaceId)
    .where('name', '=', 'Zulu')
    .execute();
  await shop.ctx.db
    .updateTable('campaigns')
    .set({ status: 'paused' })
    .where('workspace_id', '=', shop.ctx.actor.workspaceId)
    .where('name', '=', 'Alpha')
    .execute();
  expect((await shop.call('PATCH', `/campaigns/${made[2]!.id}`, { featured: true })).statusCode).toBe(200);
});

const names = async (query: string) =>
  (await shop.call('GET', `/campaigns?${query}`)).json<{ data: Campaign[] }>().data.map(({ name }) => name);

test.each<[string, string[]]>([
  ['', ['beta 100%', 'Äpfel', 'Gamma_x', 'beta 100%', 'Alpha']],
  ['sort=created_at&limit=2', ['Alpha', 'beta 100%']],
  ['status=archived', ['Zulu']],
  ['status=paused,archived', ['Zulu', 'Alpha']],
  ['kind=bulk_message', ['Äpfel', 'beta 100%']],
  ['featured=true', ['Gamma_x']],
  ['search=ALPHA', ['Alpha']],
  ['search=100%25', ['beta 100%', 'beta 100%']],
  ['search=a_x', ['Gamma_x']],
  ['search=%C3%A4PFEL', ['Äpfel']],
  ['search=%23003', ['Gamma_x']],
  ['search=3', ['Gamma_x']],
  ['search=nothing', []],
  ['search=%5C', []],
  ['channel=telegram', ['beta 100%', 'Äpfel', 'Gamma_x', 'beta 100%', 'Alpha']],
  ['channel=telegram&status=archived', []],
  ['channel=whatsapp', []],
])('?%s', async (query, expected) => {
  expect(await names(query)).toEqual(expected);
});

test.each(['created_at', '-created_at', 'name', '-name', 'updated_at', '-updated_at'])(
  'sorted by %s the pages show everything once, names that tie included',
  async (sort) => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = (
        await shop.call('GET', `/campaigns?sort=${sort}&limit=1${cursor && `&cursor=${cursor}`}`)
      ).json();
      seen.push(...page.data.map(({ id }: Campaign) => id));
      cursor = page.next_cursor;
    } while (cursor);
    const whole = (await shop.call('GET', `/campaigns?sort=${sort}`))
      .json()
      .data.map(({ id }: Campaign) => id);
    expect(seen).toEqual(whole);
    expect(new Set(seen).size).toBe(5);
  },
);

test('a cursor of another list or sort is refused', async () => {
  const { next_cursor } = (await shop.call('GET', '/campaigns?limit=1')).json();
  for (const url of [
    `/campaigns?sort=name&cursor=${next_cursor}`,
    `/contacts?cursor=${next_cursor}`,
    `/audit_events?cursor=${next_cursor}`,
    '/campaigns?cursor=nonsense',
  ])
    expect(codeOf(await shop.call('GET', url)), url).toBe('422 INVALID_CURSOR');
});

test.each([
  'status=nonsense',
  'kind=x',
  'sort=number',
  'limit=0',
  'limit=201',
  'channel=sms',
  'featured=perhaps',
  'search=%00',
])('?%s is refused', async (query) => {
  const answer = await shop.call('GET', `/campaigns?${query}`);
  expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
});
