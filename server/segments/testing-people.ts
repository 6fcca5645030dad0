// People for the tests of rules: a few hundred, with everything that a rule may ask, much of it missing, and times on both
// sides of every border that a rule can draw.
import { sql } from 'kysely';
import { newId } from '../platform/db/ids.ts';
import type { TestCtx } from '../testing/context.ts';
import { vocabulary } from './testing-rules.ts';

/** A small seeded generator (mulberry32): the same people in every run. */
export function seeded(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const some = <T>(from: readonly T[], most = 3): T[] =>
    Array.from({ length: Math.floor(next() * (most + 1)) }, () => pick(from));
  return { next, pick, some, chance: (p: number) => next() < p };
}

const hourMs = 3_600_000;
const zones = [
  null,
  'Europe/London',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Asia/Kolkata',
  'America/New_York',
  'No/Where',
];

export interface World {
  connections: string[];
  campaigns: string[];
  lists: string[];
  groups: { id: string; connection_id: string }[];
  /** Times are drawn around these. */
  moments: Date[];
}

export async function somePeople(ctx: TestCtx, count: number, world: World, seed: number): Promise<string[]> {
  const { next, pick, some, chance } = seeded(seed);
  const v = vocabulary;
  const time = () => {
    const around = pick(world.moments).getTime() - pick([0, 1, 2, 7, 30, 210, 365]) * 24 * hourMs;
    return new Date(
      around + pick([0, 0, 1, -1, 1000, -1000, hourMs, -hourMs, hourMs - 1, -hourMs + 1, 24 * hourMs]),
    );
  };
  const value = () =>
    pick<() => unknown>([
      () => pick(v.texts),
      () => pick(v.numbers),
      () => chance(0.5),
      () => pick(v.dates) + pick(['', '', 'T23:30:00Z', ' ', '\n']),
      () => some(v.texts),
      () => null,
      () => [],
      () => ({ a: 1 }),
    ])();
  const record = (keys: readonly string[]) =>
    Object.fromEntries(keys.filter(() => chance(0.6)).map((key) => [key, value()] as const));
  const maybe = <T>(make: () => T, p = 0.6): T | null => (chance(p) ? make() : null);
  const workspace_id = ctx.actor.workspaceId;
  const ids = Array.from({ length: count }, newId);
  const rows: Record<string, Record<string, unknown>[]> = {
    contacts: [], identities: [], consents: [], orders: [], order_items: [], carts: [], events: [], deliveries: [], segment_members: [], group_members: [],
  }; // biome-ignore format: one table each
  for (const id of ids) {
    const contact_id = id;
    rows.contacts!.push({
      id,
      external_id: maybe(() => `${pick(v.texts)}${newId()}`),
      first_name: maybe(() => pick(v.texts)),
      last_name: maybe(() => pick(v.texts)),
      email: maybe(() => pick(v.texts)),
      phone: maybe(() => pick(v.texts)),
      language: maybe(() => pick(v.texts)),
      time_zone: pick(zones),
      attributes: record(v.attributes),
      tags: some(v.tags),
      created_at: time(),
      updated_at: time(),
      last_seen_at: maybe(time),
      version: 1,
    });
    for (const connection_id of world.connections.filter(() => chance(0.5))) {
      const address = newId();
      rows.identities!.push({
        id: newId(), contact_id, connection_id, channel: pick(['telegram', 'whatsapp', 'website']), address, reachable: chance(0.7), created_at: time(),
      }); // biome-ignore format: one row
      for (const group of world.groups.filter((one) => one.connection_id === connection_id && chance(0.6)))
        rows.group_members!.push({
          id: newId(), group_id: group.id, connection_id, address, standing: pick(['member', 'administrator', 'seen', 'left', 'banned']), standing_at: time(), created_at: time(),
        }); // biome-ignore format: one row
    }
    for (const channel of ['telegram', 'whatsapp'].filter(() => chance(0.5)))
      rows.consents!.push({
        contact_id, channel, purpose: 'marketing', state: pick(['opted_in', 'opted_out']), source: 'test', at: time(),
      }); // biome-ignore format: one row
    for (let n = Math.floor(next() * 4); n > 0; n--) {
      const order_id = newId();
      const status = pick(['placed', 'paid', 'delivered', 'cancelled', 'returned']);
      rows.orders!.push({
        id: order_id,
        contact_id,
        status,
        total: pick([0, 1, 0.1, 5, 12.3]),
        placed_at: time(),
      });
      for (const [position, product_id] of some(v.products, 2).entries())
        rows.order_items!.push({ order_id, position, product_id, quantity: 1, price: 1 });
    }
    for (let n = Math.floor(next() * 3); n > 0; n--)
      rows.carts!.push({
        id: newId(),
        contact_id,
        status: pick(['open', 'open', 'ordered']),
        items: [],
        updated_at: time(),
      });
    for (let n = Math.floor(next() * 8); n > 0; n--)
      rows.events!.push({
        id: newId(),
        contact_id,
        name: pick(v.events),
        at: time(),
        properties: record(v.properties),
      });
    for (let n = Math.floor(next() * 3); n > 0; n--)
      rows.deliveries!.push({
        id: newId(), source: pick(['campaign', 'campaign', 'reply']), priority: 4, campaign_id: pick(world.campaigns), event_key: newId(), contact_id,
        connection_id: pick(world.connections), channel: 'telegram', state: pick(['sent', 'read', 'failed', 'unknown']), attempts: 1, due_at: time(),
        created_at: time(), sent_at: maybe(time), replied_at: maybe(time, 0.3), clicked_at: maybe(time, 0.3), purpose: 'marketing',
      }); // biome-ignore format: one row
    for (const segment_id of world.lists.filter(() => chance(0.4)))
      rows.segment_members!.push({ segment_id, contact_id, added_at: time() });
  }
  for (const [table, entries] of Object.entries(rows))
    await insertRows(
      ctx,
      table,
      entries.map((row) => ({ workspace_id, ...row })),
    );
  return ids;
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
