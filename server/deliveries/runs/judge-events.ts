// What becomes of events of people, as SQL: asked when their rows are written (ongoing.ts), and by whoever shows beforehand what
// the next check would do (triggers/figures).
import { type RawBuilder, sql } from 'kysely';
import type { Settings, ShopAutomation } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { Content } from '../../../contract/message.ts';
import { needsWindow } from '../../../contract/window.ts';
import type { Ctx } from '../../platform/context.ts';
import { storableJson } from '../../platform/db/storable.ts';
import { judge, limitsOn, reachJoins, readPressure } from '../pressure/eligibility.ts';
import { zonesOf } from './audience.ts';
import { decide, nobodyLeftOut } from './decide.ts';
import { formerRows } from './former-rows.ts';

/** What makes one of its runs: its words and settings, and through what they go. */
export interface AutomationOnConnection {
  campaignId: string;
  /** Of the campaign: other words, another run. */
  version: number;
  connection: { id: string; channel: Channel };
  content: Content;
  settings: Settings;
}

/** Of one person. `key`: the same event never twice (deliveries_once); behind a row that never left, the id of that one is added. */
export interface PersonEvent {
  contactId: string;
  key: string;
  kind: ShopAutomation;
  /** uuid of the cart, the order, or the telling of what is back in stock. */
  subjectId: string;
  /** Of a cart. */
  cartVersion: number | null;
  /** When it happened by the shop's clock: the cart was touched, the order delivered. Null: of what is back in stock. */
  since: Date | null;
  /** Of what is back in stock: each with the variant that they wait for ('': any); of a cart: what it holds. The shop's own ids. */
  products: { id: string; variantId: string }[] | null;
  /** Why they were left out of the same of late: for that reason once more there is no second row. */
  leftOutFor?: string[];
}

/** A run as far as people are judged by it, also one that is not made yet. */
export interface EventRun {
  campaignId: string;
  connection: { id: string; channel: Channel };
  settings: Settings;
  needsWindow: boolean;
  marketingTemplate: boolean;
}

/** The run that an automation would make. */
export async function eventRunOf(
  ctx: Ctx,
  { campaignId, connection, content, settings }: AutomationOnConnection,
): Promise<EventRun> {
  const sells = sellsByTemplate(ctx.actor.workspaceId, connection, content, settings);
  const { rows } = await sql<{ sells: boolean }>`SELECT ${sells} AS sells`.execute(ctx.db);
  return {
    campaignId,
    connection,
    settings,
    needsWindow: needsWindow(connection.channel, content),
    marketingTemplate: rows[0]?.sells ?? false,
  };
}

export const sellsByTemplate = (
  workspaceId: string,
  connection: { id: string },
  content: Content,
  settings: Settings,
): RawBuilder<boolean> =>
  sql<boolean>`sells_by_template(${workspaceId}, ${connection.id}, ${JSON.stringify(content)}::jsonb, ${JSON.stringify(settings)}::jsonb)`;

/** Of `judged`: why what it is about is no reason to write any more (event_over, schema.sql), as things stand now; null: it is one. */
export const overOf = (ctx: Ctx, campaignId: string, at: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql<
    string | null
  >`event_over(${ctx.actor.workspaceId}, (${ctx.actor.workspaceId}, NULL, ${campaignId}, judged.kind, judged.subject_id, judged.version,
    judged.products, judged.variants, judged.since)::delivery_events, judged.contact_id, ${ctx.clock.now()}, ${at})`;

/**
 * The parts `event` and `judged` of a statement: each event with why its person is left out (`skip`), or until when quiet hours
 * hold it (`until`), and which wording it would try (`variant`); `held`: why there is no further row of it, `before`: why the last
 * one was left out (former-rows.ts).
 */
export async function judgedEvents(
  ctx: Ctx,
  { campaignId, connection, settings, ...run }: EventRun,
  events: PersonEvent[],
  at: Date,
): Promise<RawBuilder<unknown>> {
  const { workspaceId } = ctx.actor;
  const ids = [...new Set(events.map(({ contactId }) => contactId))];
  const people = sql<boolean>`c.workspace_id = ${workspaceId} AND c.id = ANY(${ids}::uuid[])`;
  const limits = limitsOn(await readPressure(ctx, workspaceId), settings);
  const judgement = judge(limits, {
    at,
    zones: limits?.quiet ? await zonesOf(ctx, people) : [],
    people: sql`h.contact_id = ANY(${ids}::uuid[])`,
    needsWindow: run.needsWindow,
    marketingTemplate: run.marketingTemplate,
    byPhone: factsOf(connection.channel).addressesArePhones,
  });
  const { skip, detail, until, variant } = decide(judgement, {
    campaignId,
    settings,
    leftOut: nobodyLeftOut,
    own: null,
  });
  const given = events.map(
    ({ contactId, key, kind, subjectId, cartVersion, since, products, leftOutFor = [] }) => ({
      contact_id: contactId,
      key,
      kind,
      subject_id: subjectId,
      version: cartVersion,
      since,
      products: products?.map(({ id }) => id) ?? null,
      variants: products?.map(({ variantId }) => variantId) ?? null,
      left_out_for: leftOutFor,
    }),
  );
  // what is told of a return has a subject of its own, which all who are told share
  const former = events.some(({ kind }) => kind !== 'back_in_stock')
    ? formerRows(ctx, campaignId)
    : sql`CROSS JOIN (SELECT NULL::uuid AS follows, NULL::text AS reason, NULL::text AS held) former`;
  return sql`
    event AS (
      SELECT * FROM jsonb_to_recordset(${storableJson(given)}::jsonb)
        AS e (contact_id uuid, key text, kind text, subject_id uuid, version int, since timestamptz, products text[], variants text[], left_out_for text[])
    ), judged AS (
      SELECT c.workspace_id, c.id, event.contact_id, event.kind, event.subject_id, event.version, event.since, event.products, event.variants, event.left_out_for,
        concat_ws(':', event.key, former.follows) AS key, former.held, former.reason AS before,
        i.address, ${skip} AS skip, ${detail} AS detail, ${until} AS until, ${variant} AS variant
      FROM event JOIN contacts c ON c.id = event.contact_id ${former}
      ${reachJoins(connection.id, connection.channel)} ${judgement.joins}
      -- not the list of people: beside the join it is searched anew for each of them
      WHERE c.workspace_id = ${workspaceId}
    )`;
}
