// Why, of a campaign that is still to come: every question is asked as if it were sent at its hour.
import { sql } from 'kysely';
import type { Campaign } from '../../../contract/campaigns.ts';
import { type SkipReason, skipReasons, skipWords } from '../../../contract/deliveries.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Why, WhyKey } from '../../../contract/why.ts';
import { limitsOn, readPressure } from '../../deliveries/pressure/eligibility.ts';
import { askedBy, type RowVerdict } from '../../deliveries/reports/why-row.ts';
import { decisionOn } from '../../deliveries/runs/reach.ts';
import type { Ctx } from '../../platform/context.ts';
import { audiencePlan } from '../audience/audience-plan.ts';
import { campaignConnection } from '../launch.ts';
import { audienceOf, capsOf, exclusionsOf, nothing, reachOf } from './evidence.ts';
import { askedOf, checksOf, type Person, remediesOf } from './questions.ts';

export async function whyNow(ctx: Ctx, campaign: Campaign, person: Person): Promise<Why> {
  const connection = await campaignConnection(ctx, campaign);
  const { channel } = connection;
  const now = ctx.clock.now();
  const { plan, at } = audiencePlan(campaign, connection, now);
  const limits = limitsOn(await readPressure(ctx, ctx.actor.workspaceId), campaign.settings);
  const them = sql<boolean>`c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ${person.id}`;
  const { joins, skip, until, due } = await decisionOn(ctx, plan, them, at, null);
  const judged = await sql<Judged>`
    SELECT ${skip} AS skip, ${until} AS until, ${due} AS due FROM contacts c ${joins} WHERE ${them}`.execute(
    ctx.db,
  );
  const state = judged.rows[0] ?? { skip: null, until: null, due: null };
  const audience = await audienceOf(ctx, campaign.audience, person.id);
  const exclusion = await exclusionsOf(ctx, campaign.audience.exclude, at, person.id);
  const reach = await reachOf(ctx, { connectionId: connection.id, channel, contactId: person.id }, now);
  const verdict = verdictNow(audience.holds, exclusion.cause, state, channel);
  const asked = askedOf({
    channel,
    settings: campaign.settings,
    event: null,
    audience,
    exclusion,
    ...reach,
    cap: await capsOf(ctx, limits, person.id, at, null),
    quiet: state.due
      ? { ...nothing, detail: 'At that hour by their own clock', at: state.due.toISOString() }
      : limits?.quiet
        ? { ...nothing, at: state.until?.toISOString() ?? null }
        : null,
    canary: campaign.settings.canary ? { ...nothing, detail: 'Decided while it is sent' } : null,
    variant: campaign.settings.ab ? { ...nothing, detail: 'Decided while it is sent' } : null,
    send: { ...nothing, detail: 'Not sent yet' },
  });
  const { decided, ...told } = verdict;
  return {
    contact: { id: toWireId('cnt', person.id), name: person.name },
    ...told,
    run_id: null,
    as_of: now.toISOString(),
    delivery: null,
    checks: checksOf(asked, decided?.outcome === 'no' ? decided : null, ['canary', 'variant', 'send']).map(
      (check) => (check.key === decided?.key ? { ...check, outcome: decided.outcome } : check),
    ),
    remedies: remediesOf(person, decided?.key ?? null, campaign),
  };
}

interface Judged {
  skip: SkipReason | null;
  /** The end of their quiet hours. */
  until: Date | null;
  /** The hour of their own zone. */
  due: Date | null;
}

/** Cancelled before anybody was messaged, and perhaps archived since. */
export function whyNever(ctx: Ctx, person: Person): Why {
  const key = 'send';
  return {
    contact: { id: toWireId('cnt', person.id), name: person.name },
    verdict: 'not_meant',
    headline: 'The campaign was never sent',
    explanation:
      'It was cancelled before its hour, and nobody was messaged. Duplicate it to send it after all.',
    run_id: null,
    as_of: ctx.clock.now().toISOString(),
    delivery: null,
    checks: checksOf([{ key, words: 'The campaign was sent', evidence: nothing }], { key, outcome: 'no' }),
    remedies: remediesOf(person, null, null),
  };
}

function verdictNow(
  isMeant: boolean,
  cause: string | null,
  { skip, until, due }: Judged,
  channel: string,
): RowVerdict {
  const no = (key: WhyKey) => ({ key, outcome: 'no' as const });
  if (!isMeant)
    return {
      verdict: 'not_meant',
      headline: 'Not in the audience',
      explanation: null,
      decided: no('audience'),
    };
  if (cause)
    return {
      verdict: 'skipped',
      headline: skipReasons.excluded,
      explanation: cause,
      decided: no('exclusion'),
    };
  if (skip)
    return {
      verdict: 'skipped',
      headline: skipWords(skip, channel),
      explanation: null,
      decided: no(askedBy[skip]),
    };
  return {
    verdict: 'will_get',
    headline: until
      ? 'Will get it after their quiet hours'
      : due
        ? 'Will get it at that hour of their own'
        : 'Will get it',
    explanation: 'As things stand now; it is asked again when the campaign is sent.',
    decided: until ? { key: 'quiet', outcome: 'waits' } : null,
  };
}
