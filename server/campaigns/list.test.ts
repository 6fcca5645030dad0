// The list of campaigns: filters, search, sorts and pages.

import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import {
  type CampaignPage,
  campaignCounts,
  campaignPage,
  campaignSorts,
} from '../../contract/campaign-list.ts';
import type { Campaign } from '../../contract/campaigns.ts';
import { fromWireId } from '../../contract/ids.ts';
import { encodeCursor } from '../platform/db/pages.ts';
import { aRun } from '../testing/engine.ts';
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
  // midnight in London is the border between two days
  for (const [n, at] of [
    [3, '2030-03-02T00:00:00Z'],
    [4, '2030-03-01T23:59:59Z'],
  ] as const)
    await shop.ctx.db
      .updateTable('campaigns')
      .set({ scheduled_at: new Date(at) })
      .where('id', '=', fromWireId('cmp', made[n]!.id) as string)
      .execute();
  expect((await shop.call('PATCH', `/campaigns/${made[2]!.id}`, { featured: true })).statusCode).toBe(200);
});

const names = async (query: string) =>
  (await shop.call('GET', `/campaigns?${query}`)).json<{ data: Campaign[] }>().data.map(({ name }) => name);

test.each<[string, string[]]>([
  ['', ['Gamma_x', 'beta 100%', 'Äpfel', 'beta 100%', 'Alpha']],
  ['sort=created_at&limit=2', ['Gamma_x', 'Alpha']],
  ['sort=name', ['Gamma_x', 'Alpha', 'Äpfel', 'beta 100%', 'beta 100%']],
  ['sort=scheduled_at', ['Gamma_x', 'beta 100%', 'Äpfel', 'beta 100%', 'Alpha']],
  ['sort=-scheduled_at', ['Gamma_x', 'Äpfel', 'beta 100%', 'beta 100%', 'Alpha']],
  ['sort=status', ['Gamma_x', 'beta 100%', 'Äpfel', 'beta 100%', 'Alpha']],
  ['sort=-status', ['Gamma_x', 'Alpha', 'beta 100%', 'Äpfel', 'beta 100%']],
  ['status=paused,archived&sort=-status', ['Zulu', 'Alpha']],
  ['featured=false&limit=1', ['beta 100%']],
  ['training=trained', []],
  ['from=2030-03-01', ['beta 100%', 'Äpfel']],
  ['from=2030-03-02&until=2030-03-02', ['Äpfel']],
  ['from=2030-03-03', []],
  ['status=archived', ['Zulu']],
  ['status=paused,archived', ['Zulu', 'Alpha']],
  ['kind=bulk_message', ['Äpfel', 'beta 100%']],
  ['featured=true', ['Gamma_x']],
  ['search=ALPHA', ['Alpha']],
  ['search=100%25', ['beta 100%', 'beta 100%']],
  ['search=a_x', ['Gamma_x']],
  ['search=%C3%A4PFEL', ['Äpfel']],
  ['search=apf', ['Äpfel']],
  ['search=%23003', ['Gamma_x']],
  ['search=3', ['Gamma_x']],
  ['search=nothing', []],
  ['search=%5C', []],
  ['channel=telegram', ['Gamma_x', 'beta 100%', 'Äpfel', 'beta 100%', 'Alpha']],
  ['channel=telegram&status=archived', []],
  ['channel=whatsapp', []],
])('?%s', async (query, expected) => {
  expect(await names(query)).toEqual(expected);
});

const sorts = campaignSorts.flatMap((sort) => [sort, `-${sort}`]);
const read = async (query: string) => {
  const answer = await shop.call('GET', `/campaigns?${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return campaignPage.parse(answer.json());
};
const idsOf = ({ data }: CampaignPage) => data.map(({ id }) => id);

test.each(sorts)(
  'sorted by %s the pages show everything once, there and back, ties included',
  async (sort) => {
    const whole = idsOf(await read(`sort=${sort}&status=draft,paused,archived`));
    expect(new Set(whole).size).toBe(6);
    const pages: CampaignPage[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: CampaignPage = await read(
        `sort=${sort}&status=draft,paused,archived&limit=2&include=total${cursor && `&cursor=${cursor}`}`,
      );
      pages.push(page);
      cursor = page.next_cursor;
    }
    expect(pages.flatMap(idsOf)).toEqual(whole);
    expect(pages.map(({ total }) => total)).toEqual([6, 6, 6]);
    expect(pages[0]!.previous_cursor).toBeNull();
    const back = await read(
      `sort=${sort}&status=draft,paused,archived&limit=2&cursor=${pages[2]!.previous_cursor}`,
    );
    expect(idsOf(back)).toEqual(idsOf(pages[1]!));
    const first = await read(
      `sort=${sort}&status=draft,paused,archived&limit=2&cursor=${back.previous_cursor}`,
    );
    expect(idsOf(first)).toEqual(idsOf(pages[0]!));
    expect(first.previous_cursor).toBeNull();
    expect(
      idsOf(await read(`sort=${sort}&status=draft,paused,archived&limit=2&cursor=${first.next_cursor}`)),
    ).toEqual(idsOf(pages[1]!));
  },
);

test('each facet is counted without its own filter', async () => {
  const counts = async (query: string) =>
    campaignCounts.parse((await shop.call('GET', `/campaigns/counts?${query}`)).json());
  const none = { scheduled: 0, sending: 0, published: 0, failed: 0, cancelled: 0 };
  expect(await counts('')).toEqual({
    total: 5,
    by_channel: { telegram: 5, whatsapp: 0, website: 0, none: 0 },
    by_status: { ...none, draft: 4, paused: 1, archived: 1 },
  });
  expect(await counts('channel=whatsapp&status=archived')).toEqual({
    total: 0,
    by_channel: { telegram: 0, whatsapp: 0, website: 0, none: 1 },
    by_status: { ...none, draft: 0, paused: 0, archived: 0 },
  });
  expect((await counts('search=beta')).by_channel.telegram).toBe(2);
});

test('a row has the figures of its latest run, as its report says; of none, null', async () => {
  const { ctx } = shop;
  const [campaignId, connectionId] = [fromWireId('cmp', made[1]!.id)!, fromWireId('con', shop.connection)!];
  const { runId, campaignId: itsOwn } = await aRun(ctx, connectionId);
  await ctx.db.updateTable('runs').set({ campaign_id: campaignId }).where('id', '=', runId).execute();
  await ctx.db.deleteFrom('campaigns').where('id', '=', itsOwn).execute();
  const now = ctx.clock.now();
  await sql`INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id,
      channel, state, due_at, created_at)
    SELECT ${ctx.actor.workspaceId}, gen_random_uuid(), 'campaign', 1, ${campaignId}, ${runId}, 'x', gen_random_uuid(), ${connectionId},
      'telegram', state, ${now}, ${now}
    FROM unnest('{sent,sent,failed,queued,unknown}'::text[]) WITH ORDINALITY AS rows_of (state, n)`.execute(
    ctx.db,
  );
  await ctx.db
    .updateTable('runs')
    .set({ link_base: 'https://shop.example' })
    .where('id', '=', runId)
    .execute();
  const tally = { workspace_id: ctx.actor.workspaceId, run_id: runId, shard: 1 };
  await ctx.db
    .insertInto('run_tallies')
    .values([
      { ...tally, what: 'replied', n: 1 },
      { ...tally, what: 'clicked', n: 2 },
      { ...tally, what: 'clicked', variant: 1, n: 1 },
    ])
    .execute();
  const rows = (await read('')).data;
  const { figures, unknown } = rows.find(({ id }) => id === made[1]!.id)!;
  const { planned, sent, failed, replied, clicked, queued } = await shop.report(made[1]!.id);
  expect(figures).toMatchObject({
    planned,
    sent,
    failed,
    replied,
    left: queued,
    delivered: null,
    clicked,
  });
  expect(figures).toMatchObject({ sent: 2, failed: 1, replied: 1, clicked: 3, left: 1 });
  expect(unknown).toBe(1);
  expect(rows.filter((row) => row.figures)).toHaveLength(1);
  expect(idsOf(await read('unsettled=true'))).toEqual([made[1]!.id]);
  expect((await read('unsettled=false')).data).toHaveLength(4);
});

test('a cursor of another list or sort is refused', async () => {
  const { next_cursor } = (await shop.call('GET', '/campaigns?limit=1')).json();
  for (const url of [
    `/campaigns?sort=name&cursor=${next_cursor}`,
    `/contacts?cursor=${next_cursor}`,
    `/audit_events?cursor=${next_cursor}`,
    '/campaigns?cursor=nonsense',
    `/campaigns?cursor=${encodeCursor(['campaigns.-created_at.created_at>', 'never', 'x'])}`,
    `/campaigns?status=paused&sort=status&cursor=${encodeCursor(['campaigns.status.draft>', '2026-01-01', made[0]!.id])}`,
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
  'from=2030-02-30',
  'until=tomorrow',
  'training=perhaps',
])('?%s is refused', async (query) => {
  const answer = await shop.call('GET', `/campaigns?${query}`);
  expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
});
