// Whether a person may get a campaign's message, and when: one set of SQL fragments that counting, expansion and claim share,
// so that the number in the confirmation and the rows that are written cannot disagree.
import { type RawBuilder, sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import { type Channel, channel } from '../../../contract/connections.ts';
import type { SkipReason } from '../../../contract/deliveries.ts';
import type { FrequencyCap, Purpose, QuietHours } from '../../../contract/pressure.ts';
import type { BaseCtx } from '../../platform/context.ts';
import { quietByZone } from './quiet-hours.ts';

/**
 * Joins of contact `c` to identity `i` and marketing consent `k` on one connection, or on what SQL says of each. `among`: what is known of the contacts'
 * ids; told of the joined tables too, their indexes are read in that range and not the tables as a whole.
 */
export function reachJoins(
  connectionId: string | RawBuilder<unknown>,
  channel: Channel | RawBuilder<unknown>,
  among: (id: RawBuilder<unknown>) => RawBuilder<unknown> = () => sql``,
): RawBuilder<unknown> {
  return sql`
    LEFT JOIN identities i ON i.workspace_id = c.workspace_id AND i.contact_id = c.id AND i.connection_id = ${connectionId}
      ${among(sql`i.contact_id`)}
    LEFT JOIN consents k ON k.workspace_id = c.workspace_id AND k.contact_id = c.id AND k.channel = ${channel} AND k.purpose = 'marketing'
      ${among(sql`k.contact_id`)}`;
}

/** What the platform asks of people before it takes this message. SQL, because one claim judges many runs. */
export interface PlatformRules {
  /** Only who wrote lately can get it: the channel has a reply window, and this is no approved template. */
  needsWindow: boolean | RawBuilder<boolean>;
  /** A template of the category marketing: WhatsApp delivers none to numbers of the United States (2026-11-20). */
  marketingTemplate: boolean | RawBuilder<boolean>;
  /** People are reached by their phone number: one that cannot be one is told apart from none. */
  byPhone: boolean | RawBuilder<boolean>;
  /** The moment at which the message could go. */
  at: Date;
}

/** Why `c` can never get it, or NULL; the codes are contract/deliveries.ts skipReasons. */
export function skipReason(rules: PlatformRules): RawBuilder<string | null> {
  return sql<string | null>`CASE
    ${when(rules.byPhone, sql`i.id IS NULL AND c.phone_check = 'impossible'`, 'invalid_number')}
    WHEN i.id IS NULL THEN 'no_identity'
    WHEN NOT i.reachable THEN coalesce(i.unreachable_reason, 'blocked')
    WHEN k.state = 'opted_out' THEN 'opted_out'
    ${when(rules.marketingTemplate, sql`i.country = 'US'`, 'no_marketing_in_country')}
    ${when(rules.needsWindow, sql`NOT ${windowIsOpen(rules.at)}`, 'window_closed')} END`;
}

/** A branch of that CASE, where the rule may hold at all. */
function when(
  rule: boolean | RawBuilder<boolean>,
  holds: RawBuilder<unknown>,
  reason: SkipReason,
): RawBuilder<unknown> {
  if (rule === false) return sql``;
  const both = rule === true ? holds : sql`${rule} AND ${holds}`;
  return sql`WHEN ${both} THEN ${sql.lit(reason)}`;
}

/** Of the one channel that has such a window: another of another length would have to be told apart here. */
const windowHours = Math.max(...channel.options.map((name) => factsOf(name).replyWindowHours ?? 0));
/** Of the identity `i`. */
const windowIsOpen = (at: Date) => sql<boolean>`EXISTS (
  SELECT 1 FROM conversations w
  WHERE w.workspace_id = i.workspace_id AND w.contact_id = i.contact_id AND w.connection_id = i.connection_id
    AND w.last_inbound_at > ${new Date(at.getTime() - windowHours * 3_600_000)})`;

/** What a workspace asks of everything that it sends. */
export interface Pressure {
  workspaceId: string;
  timeZone: string;
  caps: FrequencyCap[];
  quiet: QuietHours | null;
}

export async function readPressure(base: Pick<BaseCtx, 'db'>, workspaceId: string): Promise<Pressure> {
  const row = await base.db
    .selectFrom('workspaces')
    .select(['time_zone', 'frequency_caps', 'quiet_hours'])
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  return {
    workspaceId,
    timeZone: row.time_zone,
    caps: row.frequency_caps as FrequencyCap[],
    quiet: row.quiet_hours as QuietHours | null,
  };
}

/** What of it binds one campaign's messages. */
export interface Limits extends Pressure {
  purpose: Purpose;
}

/** Null: nothing binds them, and judging them costs nothing. Runs from before there were limits name no purpose. */
export function limitsOn(
  pressure: Pressure | null,
  { purpose = 'marketing', pressure: own }: Partial<Pick<Settings, 'purpose' | 'pressure'>>,
): Limits | null {
  if (!pressure) return null;
  const caps = own?.ignore_caps ? [] : pressure.caps.filter((cap) => cap.purpose === purpose);
  const quiet = own?.ignore_quiet_hours ? null : pressure.quiet;
  return caps.length > 0 || quiet ? { ...pressure, caps, quiet, purpose } : null;
}

export interface Judgement {
  /** To stand after the joins of `c`, `i` and `k`. */
  joins: RawBuilder<unknown>;
  /** Why `c` is left out, or NULL. */
  skip: RawBuilder<string | null>;
  /** When the quiet hours of `c` end, NULL outside them. */
  until: RawBuilder<Date | null>;
}

export interface Asked extends PlatformRules {
  /** The time zones of the people asked about, as their contacts name them. */
  zones: readonly (string | null)[];
  /** Which deliveries `h` belong to these people; it only has to leave out enough. */
  people: RawBuilder<boolean>;
  /** When the message could first have gone, where quiet hours have held it before. */
  since?: RawBuilder<Date | null>;
}

/** The zones of these people in which it is quiet, as a table of (zone, until); null where it is quiet in none. */
export function quietZones(
  limits: Limits,
  at: Date,
  zones: readonly (string | null)[],
): RawBuilder<unknown> | null {
  const quiet = quietByZone(at, zones, limits.timeZone, limits.quiet);
  if (quiet.size === 0) return null;
  const names = [...quiet.keys()].map((zone) => zone ?? '');
  const ends = [...quiet.values()].map((end) => end.toISOString());
  return sql`unnest(${names}::text[], ${ends}::timestamptz[])`;
}

/** The joins and expressions that judge one message to each `c`. Without limits they ask PostgreSQL for nothing more. */
export function judge(limits: Limits | null, asked: Asked): Judgement {
  const never = skipReason(asked);
  const none = { joins: sql``, skip: never, until: sql<Date | null>`NULL::timestamptz` };
  if (!limits) return none;
  const at = sql`${asked.at}::timestamptz`;
  const zones = quietZones(limits, asked.at, asked.zones);
  const until = zones ? sql<Date | null>`quiet.until` : none.until;
  const capped = limits.caps.length > 0;
  const tooMany = capped ? sql`WHEN had.too_many THEN 'frequency_cap'` : sql``;
  const tooLate =
    zones && limits.quiet
      ? sql`WHEN quiet.until > coalesce(${asked.since ?? sql`NULL`}, ${at}) + make_interval(hours => ${limits.quiet.expire_after_hours}) THEN 'quiet_hours_expired'`
      : sql``;
  if (!capped && !zones) return none;
  return {
    joins: sql`
      ${zones ? sql`LEFT JOIN ${zones} AS quiet (zone, until) ON quiet.zone = coalesce(c.time_zone, '')` : sql``}
      ${capped ? historyJoin(limits, asked, zones) : sql``}`,
    skip: sql<string | null>`coalesce(${never}, CASE ${tooMany} ${tooLate} END)`,
    until,
  };
}

/**
 * What people have had, or may have had, of the same purpose on all connections, as it will stand when the message can go:
 * for somebody in quiet hours, at their end. Whatever left or may have left counts.
 */
function historyJoin(
  limits: Limits,
  { at, people }: Asked,
  zones: RawBuilder<unknown> | null,
): RawBuilder<unknown> {
  const went = sql`coalesce(h.sent_at, h.claimed_at)`;
  const goes = zones ? sql`coalesce(hq.until, ${at}::timestamptz)` : sql`${at}::timestamptz`;
  const whose = zones
    ? sql`
      JOIN contacts hc ON hc.workspace_id = h.workspace_id AND hc.id = h.contact_id
      LEFT JOIN ${zones} AS hq (zone, until) ON hq.zone = coalesce(hc.time_zone, '')`
    : sql``;
  const longest = Math.max(...limits.caps.map((cap) => cap.period_hours));
  const over = limits.caps.map(
    (cap) =>
      sql`count(*) FILTER (WHERE ${went} > ${goes} - make_interval(hours => ${cap.period_hours})) >= ${cap.max}`,
  );
  return sql`
    LEFT JOIN (
      SELECT h.contact_id, (${sql.join(over, sql` OR `)}) AS too_many
      FROM deliveries h ${whose}
      WHERE h.workspace_id = ${limits.workspaceId} AND ${people} AND h.source = 'campaign' AND h.purpose = ${limits.purpose}
        AND h.state IN ('sending', 'sent', 'delivered', 'read', 'unknown')
        AND ${went} > ${new Date(at.getTime() - longest * 3_600_000)}
      GROUP BY h.contact_id
    ) had ON had.contact_id = c.id`;
}
