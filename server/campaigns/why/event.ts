// Why somebody has no message of an automation: nothing has happened that it answers, or the delay runs.
import { sql } from 'kysely';
import type { Campaign } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Why } from '../../../contract/why.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
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
  const { rows } = await sql<{ since: Date; time_zone: string }>`
    SELECT w.since, s.time_zone FROM trigger_waits w JOIN workspaces s ON s.id = w.workspace_id
    LEFT JOIN carts k ON k.workspace_id = w.workspace_id AND k.id = w.subject_id
    LEFT JOIN orders o ON o.workspace_id = w.workspace_id AND o.id = w.subject_id
    WHERE w.workspace_id = ${ctx.actor.workspaceId} AND w.campaign_id = ${uuidOf('cmp', campaign.id)}
      AND (coalesce(k.contact_id, o.contact_id) = ${person.id} OR EXISTS (SELECT FROM product_interest i
        WHERE i.workspace_id = w.workspace_id AND i.product_id = w.subject_id AND i.contact_id = ${person.id}))
    ORDER BY w.since LIMIT 1`.execute(ctx.db);
  const [wait] = rows;
  const delay = campaign.trigger?.delay_minutes ?? 0;
  const due = wait && new Date(wait.since.getTime() + delay * 60_000);
  const outcome = due ? 'waits' : 'no';
  const evidence: Evidence = {
    ...nothing,
    detail: due
      ? `Since it happened ${momentWords(wait.since, due, wait.time_zone)} the delay of ${delayInWords(delay)} runs, until this time`
      : campaign.trigger?.enabled
        ? 'Nothing since it was switched on'
        : 'It is switched off',
    at: due?.toISOString() ?? null,
  };
  return {
    contact: { id: toWireId('cnt', person.id), name: person.name },
    verdict: due ? 'waiting' : 'not_meant',
    headline: due ? 'It is on its way: the delay runs' : 'Nothing has happened that it answers',
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
