// The send log over enough people that a search is answered in both of its ways.
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PageQuery } from '../../../contract/lists.ts';
import { aConnection, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { aRun, runRow, until } from '../../testing/engine.ts';
import { type DeliveryFilter, listDeliveries } from './log.ts';

const people = 1300;
let ctx: TestCtx;
let campaignId: string;
let runId: string;
beforeAll(async () => {
  const base = await testCtx({ work: true });
  ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  const workspaceId = ctx.actor.workspaceId;
  await sql`INSERT INTO contacts (workspace_id, id, first_name, last_name, created_at, updated_at)
    SELECT ${workspaceId}::uuid, new_id(), 'Ann', 'No' || n, now(), now() FROM generate_series(1, ${people}::int) n`.execute(
    ctx.db,
  );
  await sql`INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, username, created_at)
    SELECT workspace_id, new_id(), id, ${connectionId}, 'telegram', '77' || substr(last_name, 3), 'user' || last_name, now()
    FROM contacts WHERE workspace_id = ${workspaceId}`.execute(ctx.db);
  ({ campaignId, runId } = await aRun(ctx, connectionId));
  await until('it is expanded', async () => (await runRow(ctx, runId)).expanded_at !== null);
  await sql`UPDATE deliveries SET state = 'failed', reason = 'blocked' WHERE run_id = ${runId} AND address LIKE '77%00'`.execute(
    ctx.db,
  );
});

const list = (filter: Partial<DeliveryFilter>, page: Partial<PageQuery> = {}) =>
  listDeliveries(ctx, { campaignId, source: 'campaign', ...filter }, {
    limit: 20,
    include: 'total',
    ...page,
  } as PageQuery);

describe('the send log', () => {
  it('counts a campaign and its states from the counters', async () => {
    expect((await list({})).total).toBe(people);
    expect((await list({ states: ['failed'] })).total).toBe(13);
    expect((await list({ states: ['failed', 'queued'] })).total).toBe(people);
    expect((await list({ runId, states: ['queued'] })).total).toBe(people - 13);
    expect((await list({ reason: 'blocked' })).total).toBe(13);
  });

  it('finds a person by any part of name, address or user name', async () => {
    for (const search of ['no1234', '771234', 'userNo1234', 'Ann No1234']) {
      const page = await list({ search });
      expect({ search, names: page.data.map((row) => row.contact_name), total: page.total }).toEqual({
        search,
        names: ['Ann No1234'],
        total: 1,
      });
    }
    expect(await list({ search: 'Zachary' })).toEqual({ data: [], next_cursor: null, total: 0 });
    expect(await list({ search: '100%' })).toMatchObject({ total: 0 });
  });

  it('finds what fits more than a thousand people too, page by page, nobody twice', async () => {
    for (const search of ['ann', 'serno']) {
      const seen = new Set<string>();
      let cursor: string | undefined;
      do {
        const page = await list({ search }, { limit: 200, ...(cursor ? { cursor } : {}) });
        expect(page.total).toBe(people);
        for (const row of page.data) seen.add(row.id);
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
      expect({ search, seen: seen.size }).toEqual({ search, seen: people });
    }
  });

  it('combines search and state', async () => {
    const page = await list({ search: 'No12', states: ['failed'] });
    expect(page.data.map((row) => row.contact_name)).toEqual(['Ann No1200']);
  });

  it('shows nobody of another workspace', async () => {
    const stranger = inWorkspace(ctx, await aWorkspace(ctx));
    const page = await listDeliveries(stranger, { campaignId, source: 'campaign', search: 'No1234' }, {
      limit: 20,
      include: 'total',
    } as PageQuery);
    expect(page).toMatchObject({ data: [], total: 0 });
  });
});
