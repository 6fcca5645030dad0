// Looking at the life of the demo shop, and setting its speed.
import { sql } from 'kysely';
import type { Life, LifeNews, LifePatch, LifeSpeed } from '../../../contract/demo.ts';
import { toWireId } from '../../../contract/ids.ts';
import { contactName } from '../../contacts/contact.ts';
import { type Ctx, inTransaction } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError } from '../../platform/errors.ts';
import { audit } from '../../workspaces/audit.ts';
import {
  automationsOf,
  type Delays,
  type DemoAutomation,
  restoreDelays,
  shortenDelays,
  switchOn,
} from './delays.ts';
import type { KeptNews } from './news.ts';
import { whyNotAlive } from './possible.ts';
import { wakeLife } from './run.ts';
import { type LifeShop, opening } from './shop.ts';
import { putStock } from './tell.ts';

const newsShown = 40;
const anySeed = 20_261_122;

export async function loadLife(ctx: Ctx): Promise<Life> {
  const whyNot = await whyNotAlive(ctx);
  const row = await rowOf(ctx);
  const automations = row || !whyNot ? await automationsOf(ctx) : [];
  const usual = (row?.usual_delays ?? {}) as Delays;
  const { totals } = row ? (row.shop as unknown as LifeShop) : opening(anySeed, 0);
  return {
    possible: whyNot === null,
    why_not: whyNot,
    speed: whyNot || !row ? 'off' : (row.speed as LifeSpeed),
    rests: row?.rests ?? false,
    short_delays: Boolean(row?.usual_delays),
    automations: automations.map(({ id, kind, name, trigger }) => ({
      campaign_id: id,
      kind,
      name,
      enabled: trigger.enabled,
      delay_minutes: trigger.delay_minutes,
      usual_delay_minutes: usual[id] ?? trigger.delay_minutes,
    })),
    totals,
    news: row ? await allNews(ctx, row.news as unknown as KeptNews[], automations) : [],
  };
}

/** Throws ILLEGAL_MOVE where the shop may not live, FORBIDDEN for who may not switch automations. */
export async function changeLife(ctx: Ctx, { speed, short_delays }: LifePatch): Promise<Life> {
  await inTransaction(ctx, async (ctx) => {
    const whyNot = await whyNotAlive(ctx);
    if (whyNot && (short_delays || (speed && speed !== 'off'))) throw new AppError('ILLEGAL_MOVE', whyNot);
    const before = await begun(ctx);
    const isFirst = before.speed === null;
    const shortens = short_delays ?? (isFirst || before.delays !== null);
    let delays = before.delays;
    if (isFirst) {
      await putStock(ctx, before.stock);
      await switchOn(ctx);
    }
    if (shortens && !delays) delays = await shortenDelays(ctx);
    if (!shortens && delays) {
      await restoreDelays(ctx, delays);
      delays = null;
    }
    const now = ctx.clock.now();
    const next = speed ?? before.speed ?? 'off';
    await ctx.db
      .updateTable('demo_life')
      .set({
        speed: next,
        usual_delays: delays && JSON.stringify(delays),
        rests: false,
        lived_at: now,
        updated_at: now,
      })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .execute();
    await audit(ctx, 'demo.life_changed', null, { speed: next, short_delays: shortens });
    if (next !== 'off') await wakeLife(ctx);
    await ctx.hub.publish(ctx, {
      topic: 'live',
      workspaceId: ctx.actor.workspaceId,
      frame: { type: 'demo.lived' },
    });
  });
  return loadLife(ctx);
}

/** The row, locked, made where there is none: then it has never lived. */
async function begun(
  ctx: Ctx,
): Promise<{ speed: LifeSpeed | null; delays: Delays | null; stock: LifeShop['stock'] }> {
  const now = ctx.clock.now();
  const shop = opening(anySeed, now.getTime());
  const made = await ctx.db
    .insertInto('demo_life')
    .values({
      workspace_id: ctx.actor.workspaceId,
      speed: 'off',
      shop: JSON.stringify(shop),
      lived_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column('workspace_id').doNothing())
    .returning('workspace_id')
    .executeTakeFirst();
  const { stock } = shop;
  if (made) return { speed: null, delays: null, stock };
  const row = await ctx.db
    .selectFrom('demo_life')
    .select(['speed', 'usual_delays'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return { speed: row.speed as LifeSpeed, delays: row.usual_delays as Delays | null, stock };
}

function rowOf(ctx: Ctx) {
  return ctx.db
    .selectFrom('demo_life')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .executeTakeFirst();
}

/** What the shop told, and what Carillon made of it. */
async function allNews(ctx: Ctx, kept: KeptNews[], automations: DemoAutomation[]): Promise<LifeNews[]> {
  const { workspaceId } = ctx.actor;
  const people = await ctx.db
    .selectFrom('contacts')
    .select(['id', 'external_id', 'first_name', 'last_name', 'email', 'phone'])
    .where('workspace_id', '=', workspaceId)
    .where('external_id', 'in', [...new Set(kept.flatMap(({ who }) => who ?? [])), ''])
    .execute();
  const known = new Map(people.map((person) => [person.external_id, person]));
  const told = kept.map(({ at, kind, who, words }): LifeNews => {
    const person = who ? known.get(who) : undefined;
    return {
      at,
      kind,
      contact_id: person ? toWireId('cnt', person.id) : null,
      words: who ? `${person ? contactName(person) : 'Somebody'} ${words}` : words,
      campaign_id: null,
      delivery_id: null,
    };
  });
  const sent = (await messages(ctx, automations)).sort(newestFirst).slice(0, newsShown);
  return [...told.reverse(), ...sent].sort(newestFirst);
}

const newestFirst = (a: LifeNews, b: LifeNews) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0);

async function messages(ctx: Ctx, automations: DemoAutomation[]): Promise<LifeNews[]> {
  const { workspaceId } = ctx.actor;
  const ids = automations.map(({ id }) => uuidOf('cmp', id));
  const { rows } = await sql<{
    delivery_id: string;
    campaign_id: string;
    contact_id: string;
    first_name: string | null;
    last_name: string | null;
    email: string | null;
    phone: string | null;
    sent_at: Date | null;
    at: Date;
    state: string;
  }>`
    SELECT d.*, c.first_name, c.last_name, c.email, c.phone FROM unnest(${ids}::uuid[]) AS k(id) CROSS JOIN LATERAL (
      SELECT d.id AS delivery_id, d.campaign_id, d.contact_id, d.sent_at, d.state, coalesce(d.sent_at, d.created_at) AS at FROM deliveries d
      WHERE d.workspace_id = ${workspaceId} AND d.campaign_id = k.id ORDER BY d.id DESC LIMIT ${newsShown}) d
    JOIN contacts c ON c.workspace_id = ${workspaceId} AND c.id = d.contact_id
    WHERE d.sent_at IS NOT NULL OR d.state = 'skipped'`.execute(ctx.db);
  const nameOf = new Map(automations.map(({ id, name }) => [id, name]));
  return rows.map((row) => {
    const campaign_id = toWireId('cmp', row.campaign_id);
    const who = contactName(row);
    const what = nameOf.get(campaign_id) ?? 'A message';
    return {
      at: row.at.toISOString(),
      kind: row.sent_at ? 'message' : 'left_out',
      contact_id: toWireId('cnt', row.contact_id),
      words: row.sent_at ? `“${what}” goes to ${who}` : `“${what}” leaves ${who} out`,
      campaign_id,
      delivery_id: toWireId('dlv', row.delivery_id),
    };
  });
}
