// What each question of a Why page is answered from, for one person: their segments, exclusions, address, consent and messages.
import { sql } from 'kysely';
import type { Audience, Exclusion } from '../../../contract/audience.ts';
import type { Channel } from '../../../contract/connections.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Rule } from '../../../contract/rules.ts';
import type { WhyCheck } from '../../../contract/why.ts';
import { followedIds } from '../../contacts/merge/follow.ts';
import type { Limits } from '../../deliveries/pressure/eligibility.ts';
import { causesOf } from '../../deliveries/runs/exclusions.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { evaluator } from '../../segments/evaluate.ts';
import { loadFacts } from '../../segments/facts.ts';
import { askedOf } from '../../segments/resolve.ts';

type Lines = NonNullable<WhyCheck['rule']>;
/** What a check says besides its outcome. */
export type Evidence = Pick<WhyCheck, 'detail' | 'at' | 'rule' | 'used'>;
export const nothing: Evidence = { detail: null, at: null, rule: null, used: null };

/** Whether the audience means this person now, segment by segment and condition by condition. */
export async function audienceOf(
  ctx: Ctx,
  audience: Audience,
  contactId: string,
): Promise<Evidence & { holds: boolean }> {
  if ('contact_ids' in audience) {
    const ids = audience.contact_ids.map((id) => uuidOf('cnt', id));
    const { rows } = await sql<{ chosen: boolean }>`
      SELECT ${contactId}::uuid = ANY(${followedIds(ctx, sql`${ids}`)}) AS chosen`.execute(ctx.db);
    const holds = rows[0]?.chosen ?? false;
    return { ...nothing, holds, detail: holds ? 'Chosen one by one' : 'Not among the chosen people' };
  }
  if (!('segment_ids' in audience)) return { ...nothing, holds: true, detail: 'It is for all contacts' };
  const rule = await segmentsWith(ctx, audience.segment_ids, contactId);
  const holds = rule.some((line) => line.holds);
  return { ...nothing, holds, rule, detail: holds ? null : 'In none of its segments' };
}

async function segmentsWith(ctx: Ctx, wireIds: string[], contactId: string): Promise<Lines> {
  const rows = await ctx.db
    .selectFrom('segments')
    .select(['id', 'name', 'rule'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where(
      'id',
      'in',
      wireIds.map((id) => uuidOf('seg', id)),
    )
    .orderBy('name')
    .execute();
  const rules = rows.flatMap(({ rule }) => (rule ? [rule as Rule] : []));
  const asked = await askedOf(ctx, rules, ctx.clock.now());
  const facts = (await loadFacts(ctx, [contactId], rules, asked)).get(contactId);
  const holdsFor = (rule: Rule) =>
    facts !== undefined && evaluator(rule, asked.moment, asked.segments)(facts);
  return rows.map(({ id, name, rule }) => ({
    words: `In the segment “${name}”`,
    holds: rule ? holdsFor(rule as Rule) : (facts?.lists.has(id) ?? false),
    parts: rule ? partsOf(rule as Rule).map((part) => ({ rule: part, holds: holdsFor(part) })) : [],
  }));
}

/** The conditions of the rule's first level. */
function partsOf(rule: Rule): Rule[] {
  if ('all' in rule) return rule.all;
  return 'any' in rule ? rule.any : [rule];
}

/** Each exclusion with whether it leaves this person out; `launch`: when the campaign goes out. */
export async function exclusionsOf(
  ctx: Ctx,
  exclude: Exclusion | undefined,
  launch: Date,
  contactId: string,
): Promise<Evidence & { cause: string | null }> {
  const rule: Lines = [];
  for (const { words, people } of await causesOf(ctx, exclude, launch)) {
    const { rows } = await sql<{ out: boolean }>`
      SELECT EXISTS (SELECT 1 FROM (${people}) named WHERE named.id = ${contactId}) AS out`.execute(ctx.db);
    rule.push({ words, holds: rows[0]?.out ?? false, parts: [] });
  }
  const cause = rule.find((line) => line.holds)?.words ?? null;
  if (rule.length === 0) return { ...nothing, cause, detail: 'The campaign leaves nobody out' };
  const asked = rule.length === 1 ? 'One exclusion asked' : `${rule.length} exclusions asked`;
  return { ...nothing, cause, rule, detail: cause ?? asked };
}

export interface Reach {
  address: Evidence;
  consent: Evidence;
}

/** The address and the consent as they are; `before`: the last change of consent until then is told. */
export async function reachOf(
  ctx: Ctx,
  { connectionId, channel, contactId }: { connectionId: string; channel: Channel; contactId: string },
  before: Date,
): Promise<Reach> {
  const identity = await ctx.db
    .selectFrom('identities')
    .select(['address', 'username', 'reachable', 'unreachable_reason', 'created_at'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', contactId)
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  const change = await ctx.db
    .selectFrom('consent_changes')
    .select(['state', 'source', 'wording', 'at', 'actor_name'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', contactId)
    .where('channel', '=', channel)
    .where('at', '<=', before)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  const address = identity?.username ? `@${identity.username}` : identity?.address;
  return {
    address: {
      ...nothing,
      detail: address ?? 'No address on this connection',
      at: iso(identity?.created_at),
    },
    consent: {
      ...nothing,
      detail: change ? consentWords(change) : 'No opt-out, and nobody asked',
      at: iso(change?.at),
    },
  };
}

function consentWords({
  state,
  source,
  wording,
  actor_name,
}: {
  state: string;
  source: string;
  wording: string | null;
  actor_name: string;
}): string {
  const what =
    { opted_out: 'Opted out', opted_in: 'Opted in', not_asked: 'An opt-out was taken back' }[state] ?? state;
  const how = source === 'message' ? 'by a message' : `by ${actor_name}`;
  return wording ? `${what} ${how}: “${wording}”` : `${what} ${how}`;
}

const iso = (at: Date | null | undefined) => at?.toISOString() ?? null;
const mostNamed = 10;

/** What this person had before `at` against the caps; null where none binds the campaign. `except`: the row itself. */
export async function capsOf(
  ctx: Ctx,
  limits: Limits | null,
  contactId: string,
  at: Date,
  except: string | null,
): Promise<Evidence | null> {
  if (!limits || limits.caps.length === 0) return null;
  const longest = Math.max(...limits.caps.map((cap) => cap.period_hours));
  const { rows } = await sql<{ campaign_id: string; name: string; channel: Channel; at: Date }>`
    SELECT h.campaign_id, m.name, h.channel, coalesce(h.sent_at, h.claimed_at) AS at
    FROM deliveries h JOIN campaigns m ON m.workspace_id = h.workspace_id AND m.id = h.campaign_id
    WHERE h.workspace_id = ${ctx.actor.workspaceId} AND h.contact_id = ${contactId} AND h.source = 'campaign'
      AND h.purpose = ${limits.purpose} AND h.state IN ('sending', 'sent', 'delivered', 'read', 'unknown')
      AND h.id IS DISTINCT FROM ${except}::uuid AND coalesce(h.sent_at, h.claimed_at) <= ${at}
      AND coalesce(h.sent_at, h.claimed_at) > ${new Date(at.getTime() - longest * 3_600_000)}
    ORDER BY 4 DESC LIMIT 1000`.execute(ctx.db);
  const judged = limits.caps.map((cap) => {
    const within = rows.filter((row) => row.at.getTime() > at.getTime() - cap.period_hours * 3_600_000);
    // the one that has to fall out of the period before another may go
    const oldest = within[cap.max - 1];
    const free = oldest ? new Date(oldest.at.getTime() + cap.period_hours * 3_600_000) : null;
    return { cap, n: within.length, free };
  });
  const over = judged.filter((one) => one.free).sort((a, b) => Number(b.free) - Number(a.free))[0];
  const told = over ?? judged[0];
  return {
    ...nothing,
    detail: told
      ? `${told.n} of ${told.cap.max} ${limits.purpose} messages in ${hoursInWords(told.cap.period_hours)}`
      : null,
    at: iso(over?.free),
    used: rows.slice(0, mostNamed).map((row) => ({
      campaign_id: toWireId('cmp', row.campaign_id),
      name: row.name,
      channel: row.channel,
      at: row.at.toISOString(),
    })),
  };
}

/** "36 hours", "3 days". */
export function hoursInWords(hours: number): string {
  if (hours % 24 !== 0) return hours === 1 ? '1 hour' : `${hours} hours`;
  return hours === 24 ? '1 day' : `${hours / 24} days`;
}
