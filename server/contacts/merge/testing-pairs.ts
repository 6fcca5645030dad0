// Two people with everything a person can have, and a picture of all that stands about them, for the tests of merges.
import { sql } from 'kysely';
import { newId } from '../../platform/db/ids.ts';
import { aConnection, type TestCtx } from '../../testing/context.ts';

/** A small seeded generator: the same people in every run. */
function seeded(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  return {
    pick,
    chance: (p: number) => next() < p,
    times: (most: number) => Math.floor(next() * (most + 1)),
  };
}

export interface PairWorld {
  connections: string[];
  lists: string[];
  products: string[];
  runs: { campaign: string; run: string }[];
}

export async function aPairWorld(ctx: TestCtx): Promise<PairWorld> {
  const workspace_id = ctx.actor.workspaceId;
  const at = new Date('2026-05-01T12:00:00Z');
  const connections = [await aConnection(ctx), await aConnection(ctx)];
  const lists = [newId(), newId()];
  for (const id of lists)
    await ctx.db
      .insertInto('segments')
      .values({ workspace_id, id, name: 'List', kind: 'static', created_at: at, updated_at: at })
      .execute();
  const products = [newId(), newId()];
  for (const id of products)
    await ctx.db
      .insertInto('products')
      .values({ workspace_id, id, external_id: id, name: 'Mug', status: 'active', available: false, updated_at: at })
      .execute(); // biome-ignore format: one row
  const runs = [];
  for (let n = 0; n < 2; n++) {
    const [campaign, run] = [newId(), newId()];
    const connection_id = connections[0]!;
    const json = JSON.stringify({});
    await ctx.db
      .insertInto('campaigns')
      .values({ workspace_id, id: campaign, number: n + 1, kind: 'broadcast', name: `C${n}`, type: 'promotional', status: 'sending', connection_id, audience: json, content: json, schedule: json, settings: json, created_at: at, updated_at: at })
      .execute(); // biome-ignore format: one row
    await ctx.db
      .insertInto('runs')
      .values({ workspace_id, id: run, campaign_id: campaign, connection_id, status: 'active', content: json, settings: json, audience: JSON.stringify({ all: true }), planned: 0, created_at: at, expanded_at: at })
      .execute(); // biome-ignore format: one row
    runs.push({ campaign, run });
  }
  return { connections, lists, products, runs };
}

const states = ['planned', 'queued', 'sending', 'sent', 'failed', 'skipped', 'unknown', 'cancelled'];

/** A person of that seed. Returns their uuid. */
export async function aPerson(ctx: TestCtx, world: PairWorld, seed: number): Promise<string> {
  const { pick, chance, times } = seeded(seed);
  const workspace_id = ctx.actor.workspaceId;
  const contact_id = newId();
  const time = () => new Date(Date.UTC(2026, times(3), 1 + times(25), times(23), times(59), 0, times(999)));
  const maybe = <T>(make: () => T, p = 0.6): T | null => (chance(p) ? make() : null);
  const rows: Record<string, Record<string, unknown>[]> = {
    contacts: [], identities: [], consents: [], consent_changes: [], conversations: [], messages: [], deliveries: [], contact_notes: [],
    events: [], orders: [], carts: [], segment_members: [], segment_checks: [], segment_changes: [],
    product_interest: [],
  }; // biome-ignore format: one table each
  const time_zone = maybe(() => pick(['Europe/London', 'Asia/Tokyo']));
  rows.contacts!.push({
    id: contact_id,
    external_id: maybe(() => newId()),
    first_name: maybe(() => pick(['Ann', 'Bo', '='])),
    last_name: maybe(() => pick(['Lee', 'Ng'])),
    email: maybe(() => pick(['a@x.example', 'b@x.example'])),
    phone: maybe(() => '+447700900123'),
    language: maybe(() => pick(['en', 'de'])),
    time_zone,
    time_zone_guessed_from: time_zone && chance(0.5) ? 'phone' : null,
    browser_time_zone: maybe(() => 'Europe/Paris', 0.3),
    attributes: Object.fromEntries(
      ['city', 'size', 'deep']
        .filter(() => chance(0.6))
        .map((name) => [name, pick<unknown>(['x', 1.5, ['a'], null, { a: [1] }])]),
    ),
    tags: ['vip', 'new', 'old'].filter(() => chance(0.5)),
    version: 1,
    created_at: time(),
    updated_at: time(),
    last_seen_at: maybe(time),
    orders_count: 0,
    orders_value: 0,
  });
  for (const connection_id of world.connections) {
    if (chance(0.6))
      rows.identities!.push({ id: newId(), contact_id, connection_id, channel: 'telegram', address: newId(), username: maybe(() => 'ann'), reachable: chance(0.8), created_at: time() }); // biome-ignore format: one row
    if (chance(0.5))
      rows.conversations!.push({ id: newId(), contact_id, connection_id, channel: 'telegram', status: pick(['open', 'resolved']), unread: times(3), created_at: time(), updated_at: time(), opt_out_asked_at: maybe(time, 0.3), opt_out_wording: null }); // biome-ignore format: one row
    for (let n = times(3); n > 0; n--)
      rows.messages!.push({ id: newId(), contact_id, connection_id, direction: pick(['in', 'out']), external_id: newId(), body: { text: 'x' }, at: time() }); // biome-ignore format: one row
  }
  for (const channel of ['telegram', 'website'].filter(() => chance(0.6))) {
    const state = pick(['opted_in', 'opted_out']);
    const at = time();
    rows.consents!.push({
      contact_id,
      channel,
      purpose: 'marketing',
      state,
      source: 'message',
      wording: maybe(() => 'yes'),
      at,
    });
    rows.consent_changes!.push({ id: newId(), contact_id, channel, purpose: 'marketing', state, source: 'message', undoable: chance(0.5), actor_kind: 'system', actor_name: 'C', at }); // biome-ignore format: one row
  }
  for (const { campaign, run } of world.runs.filter(() => chance(0.7)))
    rows.deliveries!.push({ id: newId(), source: 'campaign', priority: 3, campaign_id: campaign, run_id: run, event_key: run, contact_id, connection_id: world.connections[0], channel: 'telegram', address: newId(), state: pick(states), attempts: 1, due_at: time(), created_at: time(), purpose: 'marketing' }); // biome-ignore format: one row
  if (chance(0.5)) {
    const id = newId();
    rows.deliveries!.push({ id, source: 'reply', priority: 0, event_key: id, contact_id, connection_id: world.connections[0], channel: 'telegram', state: 'sent', attempts: 1, due_at: time(), created_at: time(), purpose: 'marketing', sent_at: time() }); // biome-ignore format: one row
  }
  for (let n = times(2); n > 0; n--) {
    rows.contact_notes!.push({ id: newId(), contact_id, text: 'note', author: 'Op', created_at: time() });
    rows.events!.push({ id: newId(), contact_id, name: 'viewed', at: time(), properties: { n } });
    rows.orders!.push({
      id: newId(),
      contact_id,
      status: 'paid',
      total: 12.3,
      currency: 'EUR',
      placed_at: time(),
      updated_at: time(),
    });
    rows.carts!.push({ id: newId(), contact_id, status: 'open', items: [], updated_at: time() });
  }
  for (const segment_id of world.lists.filter(() => chance(0.5))) {
    rows.segment_members!.push({ segment_id, contact_id, added_at: time() });
    const check_id = newId();
    rows.segment_checks!.push({
      segment_id,
      id: check_id,
      at: time(),
      cause: 'hand',
      members: 1,
      entered: 1,
      left: 0,
    });
    rows.segment_changes!.push({ segment_id, check_id, contact_id, entered: true });
  }
  for (const product_id of world.products.filter(() => chance(0.5)))
    rows.product_interest!.push({ product_id, contact_id, kind: pick(['subscribed', 'viewed']), variant_id: pick(['', 'm']), at: time() }); // biome-ignore format: one row
  for (const [table, entries] of Object.entries(rows))
    await insertRows(ctx, table, entries.map((row) => ({ workspace_id, ...row }))); // biome-ignore format: one row
  return contact_id;
}

/** jsonb_populate_recordset leaves out column defaults: every NOT NULL column is named above. */
async function insertRows(ctx: TestCtx, table: string, rows: Record<string, unknown>[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = sql.join(Object.keys(rows[0]!).map((name) => sql.ref(name)));
  await sql`INSERT INTO ${sql.table(table)} (${columns})
    SELECT ${columns} FROM jsonb_populate_recordset(NULL::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(
    ctx.db,
  );
}

/** Tables of the schema that know a contact, `contacts` itself apart. */
export async function tablesWithContacts(ctx: TestCtx): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT c.table_name AS name FROM information_schema.columns c
    JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_schema = 'public' AND t.table_type = 'BASE TABLE'
    WHERE c.table_schema = 'public' AND c.column_name IN ('contact_id', 'contact_ids') ORDER BY 1`.execute(
    ctx.db,
  );
  return rows.map((row) => row.name);
}

/** Everything about these people, in an order of its own; what a merge and its undo write down of themselves apart. */
export async function picture(ctx: TestCtx, ids: string[]): Promise<Record<string, unknown[]>> {
  const tables = await tablesOfRows(ctx);
  const parts = tables.map((table) => {
    const kept = table === 'consent_changes' ? sql`AND t.source NOT IN ('merge', 'merge_undone')` : sql``;
    return sql`SELECT ${table} AS name, to_jsonb(t) - 'due_at' AS row FROM ${sql.table(table)} t
      WHERE t.contact_id = ANY(${ids}::uuid[]) ${kept}`;
  });
  const { rows } = await sql<{ name: string; row: Record<string, unknown> }>`
    SELECT 'contacts' AS name, to_jsonb(c) - 'version' - 'updated_at' AS row FROM contacts c WHERE c.id = ANY(${ids}::uuid[])
    UNION ALL ${sql.join(parts, sql` UNION ALL `)}`.execute(ctx.db);
  const all: Record<string, unknown[]> = Object.fromEntries(
    ['contacts', ...tables].map((table) => [table, []]),
  );
  for (const { name, row } of rows) all[name]!.push(row);
  for (const list of Object.values(all))
    list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return all;
}

/** Those with a row per person of which a merge and its undo leave nothing behind. */
let known: string[] | null = null;
async function tablesOfRows(ctx: TestCtx): Promise<string[]> {
  known ??= (await tablesWithContacts(ctx)).filter(
    (table) => !['contact_merges', 'contact_ranks', 'segment_found', 'run_people'].includes(table),
  );
  return known;
}

/** Tables in which somebody still has a row. */
export async function tablesOf(ctx: TestCtx, contactId: string): Promise<string[]> {
  const rows = Object.entries(await picture(ctx, [contactId]));
  return rows.flatMap(([table, list]) => (list.length > 0 ? [table] : []));
}
