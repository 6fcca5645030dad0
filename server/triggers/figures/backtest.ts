// "With these settings the last 30 days would have sent N, to these people": the events of the past by the rules of today.
import { type RawBuilder, sql } from 'kysely';
import type { Backtest, BacktestInput } from '../../../contract/automations.ts';
import { settings as settingsSchema } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import { type Channel, channel } from '../../../contract/connections.ts';
import { toWireId } from '../../../contract/ids.ts';
import { needsWindow } from '../../../contract/window.ts';
import { offsetMs } from '../../../contract/zones.ts';
import { type AutomationState, automationOf } from '../../campaigns/automation.ts';
import { withConnections } from '../../contacts/best-connection.ts';
import {
  type Limits,
  limitsOn,
  reachJoins,
  readPressure,
  skipReason,
} from '../../deliveries/pressure/eligibility.ts';
import { isHeldOut } from '../../deliveries/runs/variants.ts';
import type { Ctx } from '../../platform/context.ts';
import { inTime } from '../../platform/db/in-time.ts';
import { AppError } from '../../platform/errors.ts';
import { inTurn } from '../../segments/in-turn.ts';
import { countReasons, leftOutOf } from './next-check.ts';
import { keptSince, type Past, pastEvents } from './past-events.ts';
import { eachOf, replayOf, type Sent } from './replay.ts';
import { namesOf, subjectsOf } from './subjects.ts';

/** One person's answer holds so much of the memory of everybody at most. */
const peopleAtMost = 300_000;
const sampleSize = 50;

/**
 * Reads the history once, judges people in SQL and replays caps and quiet hours in memory. 200,000 carts with 2 million touches:
 * see docs/performance.md. Throws NOT_FOUND, UNAVAILABLE where it takes too long, RATE_LIMITED where many ask already.
 */
export async function backtestOf(ctx: Ctx, campaignId: string, input: BacktestInput): Promise<Backtest> {
  const automation = planned(await automationOf(ctx, campaignId, input.trigger), input);
  const until = ctx.clock.now();
  const past = {
    from: new Date(until.getTime() - input.days * 86_400_000),
    until,
    delayMinutes: automation.delayMinutes,
  };
  const pressure = await readPressure(ctx, ctx.actor.workspaceId);
  const limits = limitsOn(pressure, automation.settings);
  const connections = await connectionsOf(ctx, automation);
  const kept = await keptSince(ctx, automation.kind);
  const found = await inTurn(ctx, () =>
    inTime(ctx, { gathered: 1, workers: 1 }, (ctx) =>
      peopleOf(ctx, { campaignId, automation, past, limits, marketing: connections.filter(({ sells }) => sells).map(({ id }) => id) }),
    ),
  ); // biome-ignore format: what is asked in one line
  const replay = replayOf({
    caps: limits?.caps ?? [],
    quiet: limits?.quiet ?? null,
    timeZone: pressure.timeZone,
    carts:
      automation.kind === 'abandoned_cart' && automation.coolDownHours > 0
        ? { delayMs: automation.delayMinutes * 60_000, coolMs: automation.coolDownHours * 3_600_000 }
        : null,
  });
  const sent: (Sent & { contactId: string })[] = [];
  const left: string[] = [];
  await eachOf(found.people, ({ contact_id, zone, events, had }) => {
    const outcome = replay.person(eventsIn(events), timesIn(had), zone);
    for (const one of outcome.sent) sent.push({ ...one, contactId: contact_id });
    for (const reason of outcome.left) left.push(reason);
  });
  sent.sort((a, b) => b.goesAt - a.goesAt || (a.subjectId < b.subjectId ? 1 : -1));
  const left_out = leftOutOf([...countReasons(left), ...found.reasons]);
  return {
    from: past.from.toISOString(),
    until: until.toISOString(),
    kept_since: kept?.toISOString() ?? null,
    delay_minutes: automation.delayMinutes,
    time_zone: pressure.timeZone,
    events: sent.length + left_out.reduce((sum, { count }) => sum + count, 0),
    would_send: sent.length,
    people: new Set(sent.map(({ contactId }) => contactId)).size,
    left_out,
    days: daysOf(sent, past, pressure.timeZone),
    sample: await sampleOf(ctx, automation, sent.slice(0, sampleSize)),
    assumes: assumptions({ automation, limits, past, kept, connections }),
  };
}

/** The automation as it is typed, over what is saved. */
function planned(saved: AutomationState, { settings, connection_id }: BacktestInput): AutomationState {
  return {
    ...saved,
    settings: settingsSchema.parse({ ...saved.settings, ...settings }),
    connection_id: connection_id === undefined ? saved.connection_id : connection_id,
  };
}

interface Connection {
  id: string;
  channel: Channel;
  /** The message is a template of the category marketing there. */
  sells: boolean;
}

async function connectionsOf(ctx: Ctx, { content, settings }: AutomationState): Promise<Connection[]> {
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<Connection>`
    SELECT n.id, n.channel, sells_by_template(n.workspace_id, n.id, ${JSON.stringify(content)}::jsonb, ${JSON.stringify(settings)}::jsonb) AS sells
    FROM connections n WHERE n.workspace_id = ${workspaceId} AND n.deleted_at IS NULL`.execute(ctx.db);
  return rows;
}

interface Asked {
  campaignId: string;
  automation: AutomationState;
  past: Past;
  limits: Limits | null;
  /** Connections on which the message is a marketing template. */
  marketing: string[];
}
interface PersonRow {
  contact_id: string;
  zone: string | null;
  /** "ms subject,ms subject": arrays of two types would be read letter by letter. */
  events: string;
  /** ms of other messages that count against the caps; null: none. */
  had: string | null;
}
interface Found {
  reasons: { reason: string; count: number }[];
  people: PersonRow[];
}

const byPhone = channel.options.filter((name) => factsOf(name).addressesArePhones);
const ms = (column: 'at' | 'h.sent_at') => sql`(extract(epoch FROM ${sql.ref(column)}) * 1000)::bigint`;

async function peopleOf(
  ctx: Ctx,
  { campaignId, automation, past, limits, marketing }: Asked,
): Promise<Found> {
  const { workspaceId } = ctx.actor;
  const events = pastEvents(ctx, automation, past);
  const never = skipReason({
    at: past.until,
    needsWindow: false,
    marketingTemplate: marketing.length > 0 && sql<boolean>`best.connection_id = ANY(${marketing}::uuid[])`,
    byPhone: sql<boolean>`best.channel = ANY(${byPhone}::text[])`,
  });
  const heldOut = isHeldOut(automation.settings, campaignId);
  const { rows } = await sql<PersonRow & { reason: string | null; count: number }>`
    WITH past AS MATERIALIZED (${events}),
    judged AS MATERIALIZED (
      SELECT c.id AS contact_id, c.time_zone AS zone, coalesce(${never}, ${heldOut ? sql`CASE WHEN ${heldOut} THEN 'holdout' END` : sql`NULL`}) AS skip
      FROM (${withConnections(ctx, automation, sql`SELECT DISTINCT contact_id FROM past WHERE reason IS NULL`)}) best
      JOIN contacts c ON c.workspace_id = ${workspaceId} AND c.id = best.contact_id
      ${reachJoins(sql`best.connection_id`, sql`best.channel`)}
    ), ended AS (
      SELECT past.contact_id, past.subject_id, past.at, j.zone, CASE WHEN past.reason IS NOT NULL THEN past.reason
        WHEN j.contact_id IS NULL THEN 'event_gone' ELSE j.skip END AS reason
      FROM past LEFT JOIN judged j ON j.contact_id = past.contact_id
    ), had AS (${historyOf(ctx, campaignId, past, limits)})
    SELECT reason, NULL::uuid AS contact_id, NULL AS zone, count(*)::int AS count, NULL AS events, NULL AS had FROM ended
      WHERE reason IS NOT NULL GROUP BY reason
    UNION ALL
    (SELECT NULL, m.contact_id, m.zone, m.n, m.events, had.times FROM (
      SELECT contact_id, zone, count(*)::int AS n, string_agg(${ms('at')} || ' ' || subject_id, ',' ORDER BY at) AS events
      FROM ended WHERE reason IS NULL GROUP BY contact_id, zone LIMIT ${peopleAtMost + 1}) m
      LEFT JOIN had ON had.contact_id = m.contact_id)`.execute(ctx.db);
  const people = rows.filter(({ reason }) => reason === null);
  if (people.length > peopleAtMost)
    throw new AppError(
      'UNAVAILABLE',
      `It would be more than ${peopleAtMost.toLocaleString('en')} people. Ask for fewer days.`,
    );
  return {
    people,
    reasons: rows.flatMap(({ reason, count }) => (reason === null ? [] : [{ reason, count }])),
  };
}

/** What else people really got in this time that counts against the caps; this automation's own is what is replayed. */
function historyOf(ctx: Ctx, campaignId: string, { from }: Past, limits: Limits | null): RawBuilder<unknown> {
  if (!limits || limits.caps.length === 0)
    return sql`SELECT NULL::uuid AS contact_id, NULL AS times WHERE false`;
  const longest = Math.max(...limits.caps.map(({ period_hours }) => period_hours));
  return sql`
    SELECT h.contact_id, string_agg(${ms('h.sent_at')}::text, ',') AS times FROM deliveries h
    WHERE h.workspace_id = ${ctx.actor.workspaceId} AND h.source = 'campaign' AND h.purpose = ${limits.purpose}
      AND h.campaign_id <> ${campaignId} AND h.state IN ('sent', 'delivered', 'read', 'unknown')
      AND h.sent_at > ${new Date(from.getTime() - longest * 3_600_000)} AND h.contact_id IN (SELECT contact_id FROM past WHERE reason IS NULL)
    GROUP BY 1`;
}

const eventsIn = (text: string) =>
  text.split(',').map((one) => {
    const [at, subjectId] = one.split(' ') as [string, string];
    return { at: Number(at), subjectId };
  });
const timesIn = (text: string | null) => (text === null ? [] : text.split(',').map(Number));

/** Every day of the time, also those without any. */
function daysOf(sent: Sent[], { from, until }: Past, zone: string): Backtest['days'] {
  const counts = new Map<string, number>();
  const known = new Map<number, string>();
  const dayOf = (at: number) => {
    const block = Math.floor(at / 900_000);
    let day = known.get(block);
    if (day === undefined) {
      day = new Date(at + offsetMs(at, zone)).toISOString().slice(0, 10);
      known.set(block, day);
    }
    return day;
  };
  for (let at = from.getTime(); at <= until.getTime(); at += 3_600_000) counts.set(dayOf(at), 0);
  for (const { goesAt } of sent) counts.set(dayOf(goesAt), (counts.get(dayOf(goesAt)) ?? 0) + 1);
  return [...counts].map(([date, count]) => ({ date, count })).sort((a, b) => a.date.localeCompare(b.date));
}

async function sampleOf(
  ctx: Ctx,
  { kind }: AutomationState,
  sent: (Sent & { contactId: string })[],
): Promise<Backtest['sample']> {
  const subjects = await subjectsOf(ctx, kind, sent.map(({ subjectId }) => subjectId)); // biome-ignore format: one line
  const names = await namesOf(ctx, sent.map(({ contactId }) => contactId)); // biome-ignore format: one line
  return sent.flatMap(({ contactId, subjectId, goesAt }) => {
    const [name, subject] = [names.get(contactId), subjects.get(subjectId)];
    if (name === undefined || !subject) return [];
    return [{ contact_id: toWireId('cnt', contactId), name, subject, at: new Date(goesAt).toISOString() }];
  });
}

function assumptions({
  automation,
  limits,
  past,
  kept,
  connections,
}: Pick<Asked, 'automation' | 'limits' | 'past'> & {
  kept: Date | null;
  connections: Connection[];
}): string[] {
  const isCart = automation.kind === 'abandoned_cart';
  const own = connections.filter(
    ({ id }) => automation.connection_id === null || toWireId('con', id) === automation.connection_id,
  );
  return [
    'Who can be reached and who has opted out is taken as it is today.',
    ...(isCart
      ? [
          'What carts held at the time is not kept: whether they were bought is told by the orders since, and by what they hold now.',
        ]
      : []),
    ...(automation.kind === 'back_in_stock'
      ? [
          'Only the last time at which somebody wanted a product is kept, and not when it was sold out again.',
          'So each person is told of a product once at most: “Not again for” leaves out nobody here.',
        ]
      : []),
    ...(isCart && automation.unless.sold_out
      ? ['What was sold out at the time is not kept: nobody is left out for that.']
      : []),
    ...(automation.unless.messaged_today ? ['Promotions of the same day are not looked at.'] : []),
    ...(limits && limits.caps.length > 0
      ? ['Frequency caps as they are set today, with what people really got from other campaigns.']
      : []),
    ...(limits?.quiet
      ? ['Quiet hours as they are set today; what was bought while they held a message is not looked at.']
      : []),
    ...(own.some(({ channel }) => needsWindow(channel, automation.content))
      ? ['Who had written within 24 hours at the time is not kept: nobody is left out for that.']
      : []),
    ...(isCart && kept && kept > past.from
      ? ['Carts are known since a later day only: before that there is nothing to say.']
      : []),
  ];
}
