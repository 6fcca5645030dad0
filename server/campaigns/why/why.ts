// Why a person gets a campaign's message, or does not: before it is sent off judged as of now (before.ts), afterwards from their row.

import { sql } from 'kysely';
import type { Audience } from '../../../contract/audience.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Why } from '../../../contract/why.ts';
import { limitsOn, readPressure } from '../../deliveries/pressure/eligibility.ts';
import { deliveryWithHistory } from '../../deliveries/reports/history.ts';
import { verdictOfRow } from '../../deliveries/reports/why-row.ts';
import { audienceWhere, isFrozen } from '../../deliveries/runs/audience.ts';
import type { Ctx } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';
import { placeOf } from '../campaign.ts';
import { getCampaign } from '../store.ts';
import { whyNever, whyNow } from './before.ts';
import { whyNoEvent } from './event.ts';
import { eventOf } from './event-then.ts';
import { audienceOf, capsOf, type Evidence, nothing, reachOf } from './evidence.ts';
import { askedOf, checksOf, type Person, readPerson, remediesOf } from './questions.ts';

/**
 * `deliveryId`: of which of their messages, as an automation sends one for each event; `runId`: of which run; else the latest with a
 * row of theirs. Throws NOT_FOUND, and VALIDATION_FAILED without a connection.
 */
export async function whyOf(
  ctx: Ctx,
  campaignId: string,
  contactId: string,
  { runId, deliveryId }: Asked = {},
): Promise<Why> {
  const campaign = await getCampaign(ctx, campaignId);
  const person = await readPerson(ctx, contactId);
  const place = placeOf(campaign);
  if (deliveryId) {
    const run = await findRun(ctx, campaignId, contactId, { runId, deliveryId });
    if (!run?.delivery_id) throw notFound('delivery of this person in this campaign');
    return whyOfRow(ctx, run, person, run.delivery_id);
  }
  if (campaign.trigger) {
    const run = await findRun(ctx, campaignId, contactId, { runId });
    return run?.delivery_id ? whyOfRow(ctx, run, person, run.delivery_id) : whyNoEvent(ctx, campaign, person);
  }
  if (['draft', 'scheduled', 'held'].includes(place) && !runId) return whyNow(ctx, campaign, person);
  if (campaign.launched_at === null) return whyNever(ctx, person);
  const run = await readRun(ctx, campaignId, contactId, runId);
  return run.delivery_id ? whyOfRow(ctx, run, person, run.delivery_id) : whyWithoutRow(ctx, run, person);
}

/** uuids */
interface Asked {
  runId?: string | undefined;
  deliveryId?: string | undefined;
}

interface Run {
  id: string;
  campaign_id: string;
  connection_id: string;
  channel: Channel;
  status: string;
  audience: Audience;
  settings: Partial<Settings>;
  created_at: Date;
  expanded_at: Date | null;
  canary_step: string | null;
  winner: number | null;
  delivery_id: string | null;
}

async function readRun(ctx: Ctx, campaignId: string, contactId: string, runId?: string): Promise<Run> {
  const run = await findRun(ctx, campaignId, contactId, { runId });
  if (!run) throw notFound('run');
  return run;
}

/** Of rows that were merged into one person's, the one that counts; of an automation their latest. */
async function findRun(
  ctx: Ctx,
  campaignId: string,
  contactId: string,
  { runId = null, deliveryId = null }: { [K in keyof Asked]: Asked[K] | null },
): Promise<Run | undefined> {
  const { rows } = await sql<Run>`
    SELECT r.id, r.campaign_id, r.connection_id, n.channel, r.status, r.audience, r.settings, r.created_at, r.expanded_at,
      r.canary_step, r.winner, d.id AS delivery_id
    FROM runs r JOIN connections n ON n.workspace_id = r.workspace_id AND n.id = r.connection_id
    LEFT JOIN deliveries d ON d.workspace_id = r.workspace_id AND d.contact_id = ${contactId} AND d.campaign_id = r.campaign_id
      AND d.run_id = r.id AND d.source = 'campaign'
    WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.campaign_id = ${campaignId} AND (${runId}::uuid IS NULL OR r.id = ${runId}::uuid)
      AND (${deliveryId}::uuid IS NULL OR d.id = ${deliveryId}::uuid)
    ORDER BY d.id IS NULL, r.created_at DESC, d.twin_of IS NOT NULL, d.id DESC LIMIT 1`.execute(ctx.db);
  return rows[0];
}

async function whyOfRow(ctx: Ctx, run: Run, person: Person, deliveryId: string): Promise<Why> {
  const { history, ...delivery } = await deliveryWithHistory(ctx, deliveryId);
  const row = await ctx.db
    .selectFrom('deliveries')
    .select(['detail', 'quiet_since', 'due_at', 'claimed_at', 'created_at', 'variant'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', deliveryId)
    .executeTakeFirstOrThrow();
  const now = ctx.clock.now();
  const waitsForQuiet = row.quiet_since !== null && row.due_at > now;
  const asOf = row.claimed_at ?? row.created_at;
  const { decided, ...told } = verdictOfRow(delivery, {
    waitsForQuiet,
    isPaused: run.status === 'paused',
    hasCanary: run.canary_step !== null,
  });
  const limits = limitsOn(await readPressure(ctx, ctx.actor.workspaceId), run.settings);
  const reach = await reachOf(
    ctx,
    { connectionId: run.connection_id, channel: run.channel, contactId: person.id },
    asOf,
  );
  const exclude = run.audience.exclude;
  const asked = askedOf({
    channel: run.channel,
    settings: run.settings,
    event: await eventOf(ctx, deliveryId),
    audience: { ...nothing, detail: audienceThen(run.audience), at: run.created_at.toISOString() },
    exclusion: {
      ...nothing,
      detail:
        delivery.reason === 'excluded'
          ? row.detail
          : exclude
            ? 'Asked when it was sent off'
            : 'The campaign leaves nobody out',
    },
    ...reach,
    cap: await capsOf(ctx, limits, person.id, asOf, deliveryId),
    quiet:
      limits?.quiet || waitsForQuiet
        ? { ...nothing, at: waitsForQuiet ? row.due_at.toISOString() : null }
        : null,
    canary: run.canary_step ? nothing : null,
    variant: run.settings.ab ? { ...nothing, detail: wordingOf(row.variant, run.winner) } : null,
    send: { ...nothing, detail: delivery.detail, at: delivery.sent_at },
  });
  return {
    contact: { id: toWireId('cnt', person.id), name: person.name },
    ...told,
    run_id: toWireId('run', run.id),
    as_of: asOf.toISOString(),
    delivery,
    checks: checksOf(asked, decided).map((check) => (check.key === 'send' ? { ...check, history } : check)),
    remedies: remediesOf(person, decided?.key ?? null, null),
  };
}

function wordingOf(own: number | null, winner: number | null): string {
  const letter = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index);
  if (own !== null) return `Wording ${letter(own)}, drawn by chance for the test`;
  return winner === null
    ? 'They get the wording that wins the test'
    : `Wording ${letter(winner)}, which won the test`;
}

function audienceThen(audience: Audience): string {
  if ('contact_ids' in audience) return 'Chosen one by one';
  return 'segment_ids' in audience ? 'In a segment of it when it was sent off' : 'It was for all contacts';
}

/** The run has no row of theirs: it is still being written, or it was not meant for them. */
async function whyWithoutRow(ctx: Ctx, run: Run, person: Person): Promise<Why> {
  const isMeant = run.expanded_at === null && (await meantByRun(ctx, run, person.id));
  const audience: Evidence = isMeant
    ? { ...nothing, detail: 'The rows of this campaign are still being written' }
    : await missedBy(ctx, run, person);
  audience.at = run.created_at.toISOString();
  const key = 'audience';
  return {
    contact: { id: toWireId('cnt', person.id), name: person.name },
    verdict: isMeant ? 'waiting' : 'not_meant',
    headline: isMeant ? 'They wait for their turn' : 'Not in the audience',
    explanation: audience.detail,
    run_id: toWireId('run', run.id),
    as_of: run.created_at.toISOString(),
    delivery: null,
    checks: checksOf([{ key, words: 'In the audience', evidence: audience }], {
      key,
      outcome: isMeant ? 'waits' : 'no',
    }),
    remedies: remediesOf(person, isMeant ? null : key, null),
  };
}

/** What kept them out: segments and facts of then are not kept, so each is answered as things stand now, and the words say so. */
async function missedBy(ctx: Ctx, run: Run, person: Person): Promise<Evidence> {
  const then =
    person.createdAt > run.created_at
      ? 'Became a contact after it was sent off'
      : 'Was not in the audience when it was sent off';
  if (!('segment_ids' in run.audience)) return { ...nothing, detail: then };
  const { holds, rule } = await audienceOf(ctx, run.audience, person.id);
  if (!rule?.length) return { ...nothing, detail: `${then}. The segments it was for are gone` };
  const now = holds
    ? 'they would be in it'
    : rule.length === 1
      ? 'not in its segment'
      : 'in none of its segments';
  return { ...nothing, rule, detail: `${then}. As things stand now: ${now}` };
}

async function meantByRun(ctx: Ctx, run: Run, contactId: string): Promise<boolean> {
  const { workspaceId } = ctx.actor;
  const meant = isFrozen(run.audience)
    ? sql<boolean>`EXISTS (SELECT 1 FROM run_people p WHERE p.workspace_id = ${workspaceId} AND p.run_id = ${run.id} AND ${contactId}::uuid = ANY(p.contact_ids))`
    : await audienceWhere(ctx, run.audience, run.created_at);
  const { rows } = await sql<{ meant: boolean }>`
    SELECT ${meant} AS meant FROM contacts c WHERE c.workspace_id = ${workspaceId} AND c.id = ${contactId}`.execute(
    ctx.db,
  );
  return rows[0]?.meant ?? false;
}
