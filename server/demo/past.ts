// Gives the demo's people the time before today: the emulator has no past, so what pressing Start left behind is dated back,
// and what the shop's system would have told is told through the product's own doors. Each part is written once.
import { sql } from 'kysely';
import { recordConsent } from '../contacts/consent.ts';
import { declareAttributes } from '../contacts/declare-attributes.ts';
import { addNote } from '../contacts/notes.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { putCarts } from '../shop/put-carts.ts';
import { putOrders } from '../shop/put-orders.ts';
import { recordEvents } from '../shop/record-events.ts';
import { editWorkspace } from '../workspaces/workspace.ts';
import { agreed, agreedWords, cartsOf, daysOf, declared, eventsOf, ordersOf } from './history.ts';
import { opening } from './life/shop.ts';
import { putStock } from './life/tell.ts';
import { type DemoPerson, optedOutBefore, people } from './people.ts';
import { pictureOf } from './product-picture.ts';

const dayMs = 86_400_000;

/** Before any contact is written: a value is checked against what its name holds. */
export async function declareShopAttributes(ctx: Ctx): Promise<void> {
  await declareAttributes(
    ctx,
    declared.map((one) => ({ ...one })),
  );
}

/** When somebody joined and pressed Start; what they have written today stays today. */
export async function dateBack(ctx: Ctx): Promise<void> {
  const { workspaceId } = ctx.actor;
  const now = ctx.clock.now().getTime();
  const joined = people.map((person) => ({
    external_id: person.externalId,
    at: new Date(now - daysOf(person).joined * dayMs),
  }));
  await inTransaction(ctx, async ({ db }) => {
    await sql`
      UPDATE contacts c SET created_at = j.at FROM jsonb_to_recordset(${JSON.stringify(joined)}::jsonb) AS j(external_id text, at timestamptz)
      WHERE c.workspace_id = ${workspaceId} AND c.external_id = j.external_id AND c.created_at > j.at`.execute(
      db,
    );
    await sql`
      UPDATE messages m SET at = c.created_at FROM contacts c
      WHERE m.workspace_id = ${workspaceId} AND c.workspace_id = m.workspace_id AND c.id = m.contact_id
        AND m.direction = 'in' AND m.body ->> 'text' = '/start' AND m.at > c.created_at`.execute(db);
    const last = sql`(
      SELECT max(m.at) FROM messages m
      WHERE m.workspace_id = c.workspace_id AND m.contact_id = c.id AND m.direction = 'in')`;
    await sql`UPDATE contacts c SET last_seen_at = ${last} WHERE c.workspace_id = ${workspaceId}`.execute(db);
    await sql`
      UPDATE conversations v SET updated_at = c.created_at, created_at = c.created_at FROM contacts c
      WHERE v.workspace_id = ${workspaceId} AND c.workspace_id = v.workspace_id AND c.id = v.contact_id AND NOT EXISTS (
        SELECT 1 FROM messages m WHERE m.workspace_id = v.workspace_id AND m.contact_id = v.contact_id AND m.at > c.created_at)`.execute(
      db,
    );
  });
}

/** Orders, carts and events, consent with its wording, a few notes. */
export async function tellThePast(ctx: Ctx): Promise<void> {
  const now = ctx.clock.now();
  if (!(await hasAny(ctx, 'orders'))) {
    await editWorkspace(ctx, { currency: 'GBP' });
    await putOrders(
      ctx,
      people.flatMap((person) => ordersOf(person, now)),
      '/orders',
    );
  }
  if (!(await hasAny(ctx, 'events')))
    await recordEvents(
      ctx,
      people.flatMap((person) => eventsOf(person, now)),
      (index) => `/${index}`,
    );
  if (!(await hasAny(ctx, 'carts')))
    await putCarts(
      ctx,
      people.flatMap((person) => cartsOf(person, now, (id) => pictureOf(ctx, id))),
      '/carts',
    );
  if (!(await hasAny(ctx, 'products'))) await putStock(ctx, opening(0, 0).stock);
  const ids = await contactIds(ctx);
  await agree(ctx, ids);
  if (!(await hasAny(ctx, 'contact_notes')))
    for (const [externalId, text] of notes) {
      const id = ids.get(externalId);
      if (id) await addNote(ctx, id, text);
    }
}

/** Dated back as well: a consent says when it was given. */
async function agree(ctx: Ctx, ids: Map<string, string>): Promise<void> {
  for (const person of people.filter((one) => agreed(one) && !optedOutBefore.includes(one))) {
    const id = ids.get(person.externalId);
    if (!id) continue;
    const at = new Date(ctx.clock.now().getTime() - daysOf(person).joined * dayMs);
    const then: Ctx = { ...ctx, clock: { ...ctx.clock, now: () => at } };
    const box = { source: 'import', wording: agreedWords } as const;
    await recordConsent(then, id, { channel: 'telegram', purpose: 'marketing', state: 'opted_in', ...box });
  }
}

const noteOn = (person: DemoPerson | undefined, text: string): [string, string] => [
  person?.externalId ?? '',
  text,
];
const notes = [
  noteOn(people[1], 'Collects tall vases. Call before the next kiln opening.'),
  noteOn(people[4], 'Buys for a café in Cardiff: invoice, delivery on Tuesdays.'),
  noteOn(people[52], 'Prefers German. Parcel went missing in spring, we sent a second one.'),
];

async function contactIds(ctx: Ctx): Promise<Map<string, string>> {
  const rows = await ctx.db
    .selectFrom('contacts')
    .select(['id', 'external_id'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .execute();
  return new Map(rows.map((row) => [row.external_id ?? '', row.id]));
}

export async function hasAny(
  ctx: Ctx,
  table: 'orders' | 'events' | 'carts' | 'products' | 'contact_notes' | 'segments',
): Promise<boolean> {
  const row = await ctx.db
    .selectFrom(table)
    .select('workspace_id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
