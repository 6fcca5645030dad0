// Why somebody has no message of an automation: nothing has happened that it answers, or the delay runs.
import { type RawBuilder, sql } from 'kysely';
import { eventReasonWords } from '../../../contract/automations.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Why } from '../../../contract/why.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { automationOf } from '../automation.ts';
import { backSince, isOpenWish } from '../wishes.ts';
import { delayInWords, momentWords } from './event-then.ts';
import { type Evidence, nothing } from './evidence.ts';
import { checksOf, type Person, remediesOf } from './questions.ts';

const whatFor: Partial<Record<Campaign['kind'], string>> = {
  abandoned_cart: 'A cart of theirs sits idle',
  back_in_stock: 'Something that they wait for is back in stock',
  post_purchase: 'An order of theirs was delivered',
};
/** Nobody has sent them anything: what would have to happen, or what runs already. */
export async function whyNoEvent(ctx: Ctx, campaign: Campaign, person: Person): Promise<Why> {
  const wanted = campaign.kind === 'back_in_stock' && (await wantedWhatIsBack(ctx, campaign, person));
  const { rows } = await sql<{ since: Date; time_zone: string }>`
    SELECT w.since, s.time_zone FROM trigger_waits w JOIN workspaces s ON s.id = w.workspace_id
    LEFT JOIN carts k ON k.workspace_id = w.workspace_id AND k.id = w.subject_id
    LEFT JOIN orders o ON o.workspace_id = w.workspace_id AND o.id = w.subject_id
    WHERE w.workspace_id = ${ctx.actor.workspaceId} AND w.campaign_id = ${uuidOf('cmp', campaign.id)}
      AND (coalesce(k.contact_id, o.contact_id) = ${person.id} OR ${wanted ? await waitsForIt(ctx, campaign, person) : sql`false`})
    ORDER BY w.since LIMIT 1`.execute(ctx.db);
  const [wait] = rows;
  const delay = campaign.trigger?.delay_minutes ?? 0;
  const due = wait && new Date(wait.since.getTime() + delay * 60_000);
  const outcome = due ? 'waits' : 'no';
  const evidence: Evidence = {
    ...nothing,
    detail: due
      ? `Since it happened ${momentWords(wait.since, due, wait.time_zone)} the delay of ${delayInWords(delay)} runs, until this time`
      : wanted
        ? eventReasonWords('no_wish')
        : campaign.trigger?.enabled
          ? 'Nothing since it was switched on'
          : 'It is switched off',
    at: due?.toISOString() ?? null,
  };
  return {
    contact: { id: toWireId('cnt', person.id), name: person.name },
    verdict: due ? 'waiting' : 'not_meant',
    headline: due
      ? 'It is on its way: the delay runs'
      : wanted
        ? 'Something that they wanted is back, and they are not told of it'
        : 'Nothing has happened that it answers',
    explanation: null,
    run_id: null,
    as_of: ctx.clock.now().toISOString(),
    delivery: null,
    checks: checksOf([{ key: 'event', words: whatFor[campaign.kind] ?? '', evidence }], {
      key: 'event',
      outcome,
    }),
    remedies: remediesOf(person, 'event', null),
  };
}

/** Since the automation is on, whether or not that counts for it. */
async function wantedWhatIsBack(ctx: Ctx, { id }: Campaign, person: Person): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM product_interest i
    JOIN trigger_states s ON s.workspace_id = i.workspace_id AND s.campaign_id = ${uuidOf('cmp', id)}
    JOIN restocks back ON back.workspace_id = i.workspace_id AND back.product_id = i.product_id AND back.at >= greatest(i.at, s.enabled_at)
    WHERE i.workspace_id = ${ctx.actor.workspaceId} AND i.contact_id = ${person.id} AND s.enabled_at IS NOT NULL LIMIT 1`.execute(
    ctx.db,
  );
  return rows.length > 0;
}

/** Of a wait `w`: by the rule that makes rows of it. */
async function waitsForIt(ctx: Ctx, { id }: Campaign, person: Person): Promise<RawBuilder<boolean>> {
  const campaignId = uuidOf('cmp', id);
  return sql<boolean>`EXISTS (SELECT FROM product_interest i
    JOIN products p ON p.workspace_id = i.workspace_id AND p.id = i.product_id
    JOIN LATERAL (${backSince(ctx.actor.workspaceId, sql`SELECT w.subject_id AS product_id, w.since`)}) back ON true
    WHERE i.workspace_id = w.workspace_id AND i.product_id = w.subject_id AND i.contact_id = ${person.id}
      AND ${isOpenWish(ctx, campaignId, await automationOf(ctx, campaignId))})`;
}
