import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import type { Scope } from '../../contract/roles.ts';
import { type TimelineEntry, timelineKinds } from '../../contract/timeline.ts';
import { newId } from '../platform/db/ids.ts';
import { createServer } from '../platform/http/server.ts';
import { aConnection, aContact, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { stateConsent } from './consent.ts';
import { eraseContact } from './erase.ts';
import { profileRoutes } from './profile-routes.ts';
import { timelineSql } from './timeline.ts';

const base = await testCtx();
let actor = base.actor;
const app = await createServer(base, 'test', async () => actor, {
  cnt: { table: 'contacts' },
  nte: { table: 'contact_notes' },
});
profileRoutes(app);

async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => {
    actor = ctx.actor;
    const answer = await app.inject({ method, url: `/api/v1/contacts/${path}`, payload });
    return { status: answer.statusCode, body: answer.body ? answer.json() : null };
  };
  /** All pages of so many, one after the other. */
  const timeline = async (contactId: string, query = 'limit=50'): Promise<TimelineEntry[]> => {
    const all: TimelineEntry[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const next = cursor === '' ? '' : `&cursor=${cursor}`;
      const { status, body } = await call('GET', `${toWireId('cnt', contactId)}/timeline?${query}${next}`);
      expect(status).toBe(200);
      all.push(...body.data);
      cursor = body.next_cursor;
    }
    return all;
  };
  return { ctx, connectionId, call, timeline };
}
type Shop = Awaited<ReturnType<typeof aShop>>;

const minute = (n: number) => new Date(Date.UTC(2020, 10, 1, 12, n));

/** A person with one of everything, a minute apart; two things at the same instant. */
async function aRichPerson({ ctx, connectionId }: Shop, external_id = '#1') {
  const workspace_id = ctx.actor.workspaceId;
  const contact_id = await aContact(ctx, { firstName: 'Ann', connectionId });
  const common = { workspace_id, contact_id };
  const delivery = (state: string, reason: string | null, at: Date) => ({
    ...common,
    id: newId(),
    source: 'reply',
    priority: 0,
    event_key: newId(),
    connection_id: connectionId,
    channel: 'telegram',
    state,
    reason,
    due_at: at,
    created_at: at,
  });
  await ctx.db
    .updateTable('contacts')
    .set({ created_at: minute(0) })
    .where('id', '=', contact_id)
    .execute();
  const sent = delivery('sent', null, minute(1));
  await ctx.db
    .insertInto('deliveries')
    .values([
      sent,
      delivery('skipped', 'opted_out', minute(3)),
      delivery('sent', 'counted_as_sent', minute(4)),
      delivery('unknown', 'connection_lost', minute(5)),
    ])
    .execute();
  const message = (direction: string, text: string, at: Date) => ({
    ...common,
    connection_id: connectionId,
    direction,
    body: JSON.stringify({ text }),
    at,
  });
  await ctx.db
    .insertInto('messages')
    .values([
      { id: sent.id, delivery_id: sent.id, ...message('out', 'Hello Ann', minute(2)) },
      { id: newId(), delivery_id: null, ...message('in', 'Hello shop', minute(6)) },
    ])
    .execute();
  await ctx.db
    .insertInto('events')
    .values({
      ...common,
      id: newId(),
      name: 'webinar_joined',
      at: minute(7),
      properties: '{"topic":"glaze"}',
    })
    .execute();
  const order = newId();
  await ctx.db
    .insertInto('orders')
    .values({ ...common, id: order, external_id, status: 'paid', total: 64.5, placed_at: minute(8) })
    .execute();
  await ctx.db
    .insertInto('order_items')
    .values({
      workspace_id,
      order_id: order,
      position: 1,
      product_id: 'mug',
      name: 'Mug',
      quantity: 2,
      price: 32.25,
    })
    .execute();
  const items = JSON.stringify([{ product_id: 'bowl', quantity: 1, price: 20 }]);
  await ctx.db
    .insertInto('carts')
    .values({ ...common, id: newId(), status: 'open', items, updated_at: minute(8) })
    .execute();
  await ctx.db
    .insertInto('contact_merges')
    .values({
      ...common,
      id: newId(),
      survivor_id: contact_id,
      absorbed_id: newId(),
      absorbed_name: 'Anne',
      set_aside: '{}',
      actor_kind: 'user',
      actor_name: 'Nora',
      at: minute(9),
      undoable_until: minute(10),
    })
    .execute();
  return contact_id;
}

describe('the timeline', () => {
  it('tells everything of one person, newest first, each thing once', async () => {
    const shop = await aShop();
    const ann = await aRichPerson(shop);
    await aRichPerson(shop, '#2');
    await stateConsent(shop.ctx, ann, {
      channel: 'telegram',
      purpose: 'marketing',
      state: 'opted_in',
      wording: 'Yes please',
    });
    await shop.call('POST', `${toWireId('cnt', ann)}/notes`, { text: 'Likes blue' });
    const all = await shop.timeline(ann);
    expect(all.slice(0, 2).map(({ kind }) => kind)).toEqual(['note', 'consent']);
    expect(all.splice(2, 1)).toMatchObject([
      { kind: 'merge', other_name: 'Anne', by: 'Nora', undone_at: null },
    ]);
    expect(
      all
        .slice(2, 4)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['cart', 'order']);
    expect(all.slice(4).map(({ kind }) => kind)).toEqual([
      'event',
      'message',
      'delivery',
      'delivery',
      'delivery',
      'message',
      'created',
    ]);
    const [note, consent] = all;
    expect(note).toMatchObject({ text: 'Likes blue', author: 'Test', edited_by: null });
    expect(consent).toMatchObject({
      channel: 'telegram',
      state: 'opted_in',
      wording: 'Yes please',
      by: 'Test',
    });
    expect(all.find(({ kind }) => kind === 'order')).toMatchObject({
      external_id: '#1',
      status: 'paid',
      total: { amount: '64.50', currency: 'EUR' },
      items: [{ product_id: 'mug', name: 'Mug', quantity: 2, price: { amount: '32.25', currency: 'EUR' } }],
    });
    expect(all.find(({ kind }) => kind === 'cart')).toMatchObject({
      total: null,
      items: [{ product_id: 'bowl', name: null, price: null }],
    });
    expect(all.slice(4)).toMatchObject([
      { name: 'webinar_joined', properties: { topic: 'glaze' } },
      { direction: 'in', source: 'contact', text: 'Hello shop', state: null },
      { state: 'unknown', reason: 'Connection lost after sending; the answer never came' },
      { state: 'sent', reason: 'counted_as_sent' },
      { state: 'skipped', reason: 'Opted out' },
      { direction: 'out', source: 'reply', text: 'Hello Ann', state: 'sent' },
      { at: minute(0).toISOString() },
    ]);
  });

  it('comes in pages of any size, the same in all, also where things happened at one instant', async () => {
    const shop = await aShop();
    const ann = await aRichPerson(shop);
    const whole = await shop.timeline(ann);
    expect(whole).toHaveLength(10);
    for (const limit of [1, 2, 4, 9, 10]) expect(await shop.timeline(ann, `limit=${limit}`)).toEqual(whole);
    const some = await shop.timeline(ann, 'limit=1&kinds=order,cart,message');
    expect(some).toEqual(whole.filter(({ kind }) => ['order', 'cart', 'message'].includes(kind)));
  });

  it('shows to a token what it may read elsewhere, and nothing more', async () => {
    const shop = await aShop();
    const path = `${toWireId('cnt', await aRichPerson(shop))}/timeline`;
    const { actor: whole } = shop.ctx;
    const kindsOf = async (...scopes: Scope[]) => {
      shop.ctx.actor = { ...whole, scopes: new Set(scopes) } as typeof whole;
      const { body } = await shop.call('GET', path);
      return [...new Set(body.data.map((entry: TimelineEntry) => entry.kind))].sort();
    };
    expect(await kindsOf('contacts:read')).toEqual(['created', 'merge']);
    expect(await kindsOf('contacts:read', 'orders:read', 'deliveries:read')).toEqual([
      'created',
      'delivery',
      'merge',
      'order',
    ]);
    expect(await shop.call('GET', `${path}?kinds=order,message`)).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', detail: expect.stringContaining('conversations:read') },
    });
  });

  it('refuses kinds that are none and cursors of other lists, in words', async () => {
    const shop = await aShop();
    const path = `${toWireId('cnt', await aRichPerson(shop))}/timeline`;
    expect(await shop.call('GET', `${path}?kinds=order,party`)).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ pointer: '/kinds/1' }] },
    });
    const forged = [
      ['timeline', 'no time', newId()],
      ['timeline', '2026-11-01', 'x'],
      ['notes', '2026-11-01', newId()],
    ];
    for (const parts of [...forged.map((one) => Buffer.from(JSON.stringify(one)).toString('base64url')), 'x'])
      expect(await shop.call('GET', `${path}?cursor=${parts}`)).toMatchObject({
        status: 422,
        body: { code: 'INVALID_CURSOR' },
      });
  });

  it('of somebody who did a hundred thousand things reads a page of them and no more', async () => {
    const { ctx, timeline } = await aShop();
    const ann = await aContact(ctx);
    await sql`
      INSERT INTO events (workspace_id, id, contact_id, name, at)
      SELECT ${ctx.actor.workspaceId}::uuid, gen_random_uuid(), ${ann}::uuid, 'page_viewed', ${minute(0)}::timestamptz - n * interval '1 second'
      FROM generate_series(1, 100000) n`.execute(ctx.db);
    await sql`ANALYZE events`.execute(ctx.db);
    const asked = { workspaceId: ctx.actor.workspaceId, contactId: ann, limit: 51 };
    const deep = { at: minute(-1000).toISOString(), id: newId() };
    for (const below of [null, deep]) {
      const plan = await sql<{ 'QUERY PLAN': unknown }>`
        EXPLAIN (ANALYZE, FORMAT JSON) ${timelineSql({ ...asked, below }, timelineKinds)}`.execute(ctx.db);
      const scans = scansOf(plan.rows[0]!['QUERY PLAN'], 'events');
      expect(scans).toMatchObject([{ 'Node Type': 'Index Scan', 'Index Name': 'events_timeline' }]);
      expect(scans[0]!['Actual Rows']).toBeLessThanOrEqual(51);
    }
    expect(await timeline(ann, 'limit=200&kinds=created')).toHaveLength(1);
  });
});

type Plan = { 'Node Type'?: string; 'Relation Name'?: string; 'Actual Rows'?: number; 'Index Name'?: string };
function scansOf(node: unknown, table: string): Plan[] {
  if (Array.isArray(node)) return node.flatMap((one) => scansOf(one, table));
  if (typeof node !== 'object' || node === null) return [];
  const own = (node as Plan)['Relation Name'] === table ? [node as Plan] : [];
  return [...own, ...Object.values(node).flatMap((one) => scansOf(one, table))];
}

describe('a note', () => {
  it('is written, listed, changed with who and when, and deleted', async () => {
    const { ctx, call, timeline } = await aShop();
    const ann = await aContact(ctx);
    const path = `${toWireId('cnt', ann)}/notes`;
    const { status, body: first } = await call('POST', path, { text: ' Likes blue\n\nand mugs ' });
    expect(status).toBe(201);
    expect(first).toMatchObject({
      text: 'Likes blue\n\nand mugs',
      author: 'Test',
      edited_by: null,
      edited_at: null,
    });
    await call('POST', path, { text: 'Second' });
    expect((await call('GET', path)).body.data.map((note: { text: string }) => note.text)).toEqual([
      'Second',
      'Likes blue\n\nand mugs',
    ]);
    const changed = await call('PATCH', `${path}/${first.id}`, { text: 'Likes red' });
    expect(changed).toMatchObject({
      status: 200,
      body: { text: 'Likes red', author: 'Test', edited_by: 'Test' },
    });
    expect(changed.body.created_at).toBe(first.created_at);
    expect(await timeline(ann, 'kinds=note')).toMatchObject([
      { text: 'Second' },
      { text: 'Likes red', edited_by: 'Test' },
    ]);
    expect((await call('DELETE', `${path}/${first.id}`)).status).toBe(204);
    expect((await call('DELETE', `${path}/${first.id}`)).status).toBe(404);
    expect((await call('GET', path)).body.data).toHaveLength(1);
    for (const text of ['', '  ', 'x'.repeat(5001), 'a\u0000b'])
      expect(await call('POST', path, { text })).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/text' }] },
      });
    const audit = await ctx.db
      .selectFrom('audit_events')
      .selectAll()
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .execute();
    expect(audit.map(({ action }) => action)).toEqual([
      'contact.note_added',
      'contact.note_added',
      'contact.note_changed',
      'contact.note_deleted',
    ]);
    expect(JSON.stringify(audit)).not.toContain('Likes');
  });

  it('belongs to one person of one workspace', async () => {
    const [shop, other] = [await aShop(), await aShop()];
    const [ann, bea] = [await aContact(shop.ctx), await aContact(shop.ctx)];
    const { body: note } = await shop.call('POST', `${toWireId('cnt', ann)}/notes`, { text: 'Hers' });
    const throughBea = `${toWireId('cnt', bea)}/notes/${note.id}`;
    expect((await shop.call('PATCH', throughBea, { text: 'x' })).status).toBe(404);
    expect((await shop.call('DELETE', throughBea)).status).toBe(404);
    const through = `${toWireId('cnt', ann)}/notes`;
    expect((await other.call('GET', through)).status).toBe(404);
    expect((await other.call('POST', through, { text: 'x' })).status).toBe(404);
    expect((await other.call('DELETE', `${through}/${note.id}`)).status).toBe(404);
    expect((await shop.call('GET', through)).body.data).toMatchObject([{ text: 'Hers' }]);
  });

  it('goes with the person who is erased, and nobody else’s', async () => {
    const { ctx, call } = await aShop();
    const [ann, bea] = [await aContact(ctx), await aContact(ctx)];
    for (const one of [ann, bea]) await call('POST', `${toWireId('cnt', one)}/notes`, { text: 'Canary' });
    await eraseContact(ctx, ann);
    const left = await ctx.db
      .selectFrom('contact_notes')
      .select('contact_id')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .execute();
    expect(left).toEqual([{ contact_id: bea }]);
  });
});
