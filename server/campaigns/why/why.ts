// Why a person gets a campaign's message, or does not: before it is sent off judged as of now, afterwards from their row.
import { sql } from 'kysely';
import type { Audience } from '../../../contract/audience.ts';
import type { Campaign, Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { type SkipReason, skipReasons } from '../../../contract/deliveries.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Why, WhyCheck, WhyKey } from '../../../contract/why.ts';
import { contactName } from '../../contacts/contact.ts';
import {
  judge,
  type Limits,
  limitsOn,
  reachJoins,
  readPressure,
} from '../../deliveries/pressure/eligibility.ts';
import { deliveryWithHistory } from '../../deliveries/reports/history.ts';
import { askedBy, type RowVerdict, verdictOfRow } from '../../deliveries/reports/why-row.ts';
import { audienceWhere, isFrozen } from '../../deliveries/runs/audience.ts';
import { isHeldOut } from '../../deliveries/runs/variants.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { notFound } from '../../platform/errors.ts';
import { placeOf } from '../campaign.ts';
import { campaignConnection } from '../launch.ts';
import { sendsAt } from '../schedule.ts';
import { getCampaign } from '../store.ts';
import { audienceOf, capsOf, type Evidence, exclusionsOf, nothing, reachOf } from './evidence.ts';

interface Person {
  id: string;
  name: string;
  zone: string | null;
  createdAt: Date;
}

/** `runId`: of which run; else the latest with a row of theirs. Throws NOT_FOUND, and VALIDATION_FAILED without a connection. */
export async function whyOf(ctx: Ctx, campaignId: string, contactId: string, runId?: string): Promise<Why> {
  const campaign = await getCampaign(ctx, campaignId);
  const person = await readPerson(ctx, contactId);
  const isToCome = campaign.launched_at === null || ['scheduled', 'held'].includes(placeOf(campaign));
  if (isToCome && !runId) return whyNow(ctx, campaign, person);
  const run = await readRun(ctx, campaignId, contactId, runId);
  return run.delivery_id ? whyOfRow(ctx, run, person, run.delivery_id) : whyWithoutRow(ctx, run, person);
}

async function readPerson(ctx: Ctx, id: string): Promise<Person> {
  const row = await ctx.db
    .selectFrom('contacts as c')
    .select(['first_name', 'last_name', 'email', 'phone', 'external_id', 'time_zone', 'created_at'])
    .select(
      sql<
        string | null
      >`(SELECT i.username FROM identities i WHERE i.workspace_id = c.workspace_id AND i.contact_id = c.id
        AND i.username IS NOT NULL LIMIT 1)`.as('username'),
    )
    .where('c.workspace_id', '=', ctx.actor.workspaceId)
    .where('c.id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('contact');
  return { id, name: contactName(row), zone: row.time_zone, createdAt: row.created_at };
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
  delivery_id: string | null;
}

/** Of rows that were merged into one person's, the one that counts. */
async function readRun(ctx: Ctx, campaignId: string, contactId: string, runId?: string): Promise<Run> {
  const { rows } = await sql<Run>`
    SELECT r.id, r.campaign_id, r.connection_id, n.channel, r.status, r.audience, r.settings, r.created_at, r.expanded_at,
      r.canary_step, d.id AS delivery_id
    FROM runs r JOIN connections n ON n.workspace_id = r.workspace_id AND n.id = r.connection_id
    LEFT JOIN deliveries d ON d.workspace_id = r.workspace_id AND d.contact_id = ${contactId} AND d.campaign_id = r.campaign_id
      AND d.run_id = r.id AND d.source = 'campaign'
    WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.campaign_id = ${campaignId} AND (${runId ?? null}::uuid IS NULL OR r.id = ${runId ?? null}::uuid)
    ORDER BY d.id IS NULL, r.created_at DESC, d.twin_of IS NOT NULL LIMIT 1`.execute(ctx.db);
  const [run] = rows;
  if (!run) throw notFound('run');
  return run;
}

interface Asked {
  key: WhyKey;
  words: string;
  evidence: Evidence;
}

/** In their order: those before the deciding one were answered yes, those after it were not asked any more. */
function checksOf(asked: Asked[], decided: RowVerdict['decided'], open: WhyKey[] = []): WhyCheck[] {
  const at = decided ? asked.findIndex((one) => one.key === decided.key) : -1;
  return asked.map(({ key, words, evidence }, index) => {
    const isAfter = at >= 0 && index > at;
    const outcome =
      isAfter || open.includes(key) ? 'not_checked' : index === at && decided ? decided.outcome : 'yes';
    const told = isAfter
      ? { ...nothing, detail: key === 'send' ? 'Not attempted' : 'Not checked' }
      : evidence;
    return { key, outcome, words, history: null, ...told };
  });
}

const platforms: Record<Channel, string> = { telegram: 'Telegram', whatsapp: 'WhatsApp', website: 'website' };

interface Evidences {
  channel: Channel;
  settings: Partial<Settings>;
  audience: Evidence;
  exclusion: Evidence;
  address: Evidence;
  consent: Evidence;
  cap: Evidence | null;
  limits: Limits | null;
  quiet: Evidence;
  canary: Evidence | null;
  send: Evidence;
}

function askedOf(of: Evidences): Asked[] {
  const platform = platforms[of.channel];
  const { settings } = of;
  const hasHoldout = 'holdout_percent' in settings && settings.holdout_percent != null;
  return [
    { key: 'audience', words: 'In the audience', evidence: of.audience },
    { key: 'exclusion', words: 'Not left out', evidence: of.exclusion },
    { key: 'address', words: `Can be reached on ${platform}`, evidence: of.address },
    { key: 'consent', words: 'Has not opted out', evidence: of.consent },
    {
      key: 'cap',
      words: 'Within the frequency cap',
      evidence: of.cap ?? { ...nothing, detail: 'No cap counts this campaign' },
    },
    {
      key: 'quiet',
      words: 'Outside quiet hours',
      evidence: of.limits?.quiet ? of.quiet : { ...nothing, detail: 'No quiet hours hold this campaign' },
    },
    ...(hasHoldout
      ? [{ key: 'holdout' as const, words: 'Not in the holdout group', evidence: nothing }]
      : []),
    ...(of.canary
      ? [{ key: 'canary' as const, words: 'The first messages went well', evidence: of.canary }]
      : []),
    { key: 'send', words: `Sent by ${platform}`, evidence: of.send },
  ];
}

/** Nothing is sent off yet: every question is asked as if it were sent at its hour. */
async function whyNow(ctx: Ctx, campaign: Campaign, person: Person): Promise<Why> {
  const connection = await campaignConnection(ctx, campaign);
  const { channel } = connection;
  const now = ctx.clock.now();
  const at = hourToCome(campaign, now);
  const limits = limitsOn(await readPressure(ctx, ctx.actor.workspaceId), campaign.settings);
  const { joins, skip, until } = judge(limits, {
    at,
    zones: [person.zone],
    people: sql`h.contact_id = ${person.id}`,
  });
  const heldOut = isHeldOut(campaign.settings, campaignUuid(campaign)) ?? sql<boolean>`false`;
  const judged = await sql<{ skip: SkipReason | null; until: Date | null }>`
    SELECT coalesce(${skip}, CASE WHEN ${heldOut} THEN 'holdout' END) AS skip, ${until} AS until FROM contacts c ${reachJoins(connection.id, channel)} ${joins}
    WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ${person.id}`.execute(ctx.db);
  const state = judged.rows[0] ?? { skip: null, until: null };
  const audience = await audienceOf(ctx, campaign.audience, person.id);
  const exclusion = await exclusionsOf(ctx, campaign.audience.exclude, at, person.id);
  const reach = await reachOf(ctx, { connectionId: connection.id, channel, contactId: person.id }, now);
  const verdict = verdictNow(audience.holds, exclusion.cause, state);
  const asked = askedOf({
    channel,
    settings: campaign.settings,
    audience,
    exclusion,
    ...reach,
    cap: await capsOf(ctx, limits, person.id, at, null),
    limits,
    quiet: { ...nothing, at: state.until?.toISOString() ?? null },
    canary: campaign.settings.canary ? { ...nothing, detail: 'Decided while it is sent' } : null,
    send: { ...nothing, detail: 'Not sent yet' },
  });
  const { decided, ...told } = verdict;
  return {
    contact: { id: toWireId('cnt', person.id), name: person.name },
    ...told,
    run_id: null,
    as_of: now.toISOString(),
    delivery: null,
    checks: checksOf(asked, decided?.outcome === 'no' ? decided : null, ['canary', 'send']).map((check) =>
      check.key === decided?.key ? { ...check, outcome: decided.outcome } : check,
    ),
    remedies: remediesOf(person, decided?.key ?? null, campaign),
  };
}

/** Of a series that goes on: its next date. */
function hourToCome({ schedule, scheduled_at, status }: Campaign, now: Date): Date {
  if (status !== 'scheduled' || !scheduled_at) return sendsAt(schedule, now);
  const at = new Date(scheduled_at);
  return at > now ? at : now;
}

const campaignUuid = ({ id }: Campaign) => uuidOf('cmp', id);

function verdictNow(
  isMeant: boolean,
  cause: string | null,
  { skip, until }: { skip: SkipReason | null; until: Date | null },
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
    return { verdict: 'skipped', headline: skipReasons[skip], explanation: null, decided: no(askedBy[skip]) };
  return {
    verdict: 'will_get',
    headline: until ? 'Will get it after their quiet hours' : 'Will get it',
    explanation: 'As things stand now; it is asked again when the campaign is sent.',
    decided: until ? { key: 'quiet', outcome: 'waits' } : null,
  };
}

async function whyOfRow(ctx: Ctx, run: Run, person: Person, deliveryId: string): Promise<Why> {
  const { history, ...delivery } = await deliveryWithHistory(ctx, deliveryId);
  const row = await ctx.db
    .selectFrom('deliveries')
    .select(['detail', 'quiet_since', 'due_at', 'claimed_at', 'created_at'])
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
    limits,
    quiet: { ...nothing, at: waitsForQuiet ? row.due_at.toISOString() : null },
    canary: run.canary_step ? nothing : null,
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

function audienceThen(audience: Audience): string {
  if ('contact_ids' in audience) return 'Chosen one by one';
  return 'segment_ids' in audience ? 'In a segment of it when it was sent off' : 'It was for all contacts';
}

/** The run has no row of theirs: it is still being written, or it was not meant for them. */
async function whyWithoutRow(ctx: Ctx, run: Run, person: Person): Promise<Why> {
  const isMeant = run.expanded_at === null && (await meantByRun(ctx, run, person.id));
  const audience: Evidence = {
    ...nothing,
    detail: isMeant
      ? 'The rows of this campaign are still being written'
      : person.createdAt > run.created_at
        ? 'Became a contact after it was sent off'
        : 'Was not in the audience when it was sent off',
    at: run.created_at.toISOString(),
  };
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

/** `campaign`: one that can still be changed. */
function remediesOf(person: Person, key: WhyKey | null, campaign: Campaign | null): Why['remedies'] {
  const contact = { words: 'Open contact', href: `/contacts/${toWireId('cnt', person.id)}` };
  if ((key === 'audience' || key === 'exclusion') && campaign)
    return [contact, { words: 'Change the audience', href: `/campaigns/${campaign.id}/edit?step=audience` }];
  if (key === 'cap') return [contact, { words: 'Change the cap', href: '/settings#contact-pressure' }];
  if (key === 'quiet') return [contact, { words: 'Change quiet hours', href: '/settings#contact-pressure' }];
  return [contact];
}
