// The people behind one figure of the count of an audience, a page at a time.
import { type RawBuilder, sql } from 'kysely';
import type { AudiencePart, AudiencePerson } from '../../../contract/audience.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import { type SkipReason, skipWords } from '../../../contract/deliveries.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import { isTimeZone } from '../../../contract/lists.ts';
import { contactName } from '../../contacts/contact.ts';
import type { Ctx } from '../../platform/context.ts';
import { inTime } from '../../platform/db/in-time.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../../platform/db/pages.ts';
import { readPressure } from '../pressure/eligibility.ts';
import { audienceWhere } from './audience.ts';
import { causesOf } from './exclusions.ts';
import { type AudiencePlan, decisionOn } from './reach.ts';

/** The reasons that a figure sums up; null: whoever gets it. */
const reasonsOf: Record<AudiencePart, readonly SkipReason[] | null> = {
  reachable: null,
  quiet: null,
  opted_out: ['opted_out'],
  no_identity: ['no_identity'],
  unreachable: ['blocked', 'deactivated', 'not_on_platform'],
  over_cap: ['frequency_cap'],
  quiet_too_long: ['quiet_hours_expired'],
  local_time_passed: ['local_time_passed'],
  holdout: ['holdout'],
  window_closed: ['window_closed'],
  invalid_number: ['invalid_number'],
  no_marketing_in_country: ['no_marketing_in_country'],
  excluded: ['excluded'],
};

interface Row {
  /** Somebody else with their phone number, who has the address of it. */
  holder: Parameters<typeof contactName>[0] | null;
  id: string;
  first_name: string | null;
  last_name: string | null;
  email: string | null;
  phone: string | null;
  external_id: string | null;
  username: string | null;
  address: string | null;
  zone: string | null;
  skip: string | null;
  cause: string | null;
  until: Date | null;
}

/** `at`: when it would go out. In the order of their ids. Throws INVALID_CURSOR, and UNAVAILABLE where it takes too long. */
export async function peopleOfPart(
  ctx: Ctx,
  plan: AudiencePlan,
  at: Date,
  { part, ...page }: PageQuery & { part: AudiencePart },
): Promise<Page<AudiencePerson>> {
  const rows = await inTime(ctx, { gathered: 2, workers: 1 }, (ctx) => rowsOf(ctx, plan, at, part, page));
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const { timeZone } = await readPressure(ctx, ctx.actor.workspaceId);
  return {
    data: shown.map((row) => ({
      contact_id: toWireId('cnt', row.id),
      name: contactName(row),
      address: row.address,
      why: wordsOf(row, timeZone, plan.connection.channel),
    })),
    next_cursor: rows.length > page.limit && last ? encodeCursor(['audience', part, last.id]) : null,
  };
}

async function rowsOf(
  ctx: Ctx,
  plan: AudiencePlan,
  at: Date,
  part: AudiencePart,
  page: PageQuery,
): Promise<Row[]> {
  const everybody = await audienceWhere(ctx, plan.audience, ctx.clock.now());
  const causes = await causesOf(ctx, plan.audience.exclude, at);
  const { joins, skip, detail, until } = await decisionOn(ctx, plan, everybody, at, causes);
  const reasons = reasonsOf[part];
  const those = reasons ? sql`${skip} = ANY(${reasons}::text[])` : sql`${skip} IS NULL`;
  const waiting = part === 'quiet' ? sql`AND ${until} IS NOT NULL` : sql``;
  const holder = part === 'no_identity' ? holderJoin(plan) : null;
  const found = await sql<Row>`
    SELECT ${holder ? sql`to_jsonb(h)` : sql`NULL::jsonb`} AS holder, c.id, c.first_name, c.last_name, c.email, c.phone, c.external_id, i.username, i.address, c.time_zone AS zone,
      ${skip} AS skip, ${until} AS until, ${detail} AS cause
    FROM contacts c ${joins} ${holder ?? sql``}
    WHERE ${everybody} ${after(part, page.cursor)} AND ${those} ${waiting}
    ORDER BY c.id LIMIT ${page.limit + 1}`.execute(ctx.db);
  return found.rows;
}

/** Who has the address that the phone number of `c` would be, as `h`; null: addresses are no phone numbers there. */
function holderJoin({ connection: { id, channel } }: AudiencePlan): RawBuilder<unknown> | null {
  if (!factsOf(channel).addressesArePhones) return null;
  return sql`
    LEFT JOIN LATERAL (
      SELECT o.first_name, o.last_name, o.email, o.phone FROM identities x
      JOIN contacts o ON o.workspace_id = x.workspace_id AND o.id = x.contact_id
      WHERE x.workspace_id = c.workspace_id AND x.connection_id = ${id} AND c.phone LIKE '+%'
        AND x.address IN (substr(c.phone, 2), whatsapp_alias(substr(c.phone, 2))) LIMIT 1
    ) h ON true`;
}

function after(part: AudiencePart, cursor: string | undefined): RawBuilder<unknown> {
  if (!cursor) return sql``;
  const [list, of, id] = decodeCursor(cursor);
  if (list !== 'audience' || of !== part || !/^[0-9a-f-]{36}$/.test(id)) throw invalidCursor();
  return sql`AND c.id > ${id}::uuid`;
}

function wordsOf(row: Row, workspaceZone: string, channel: string): string | null {
  const { skip, cause, until, zone } = row;
  if (row.holder) return `${contactName(row.holder)} has the same phone number: ${row.phone}`;
  if (skip === 'invalid_number') return `${skipWords(skip, channel)}: ${row.phone}`;
  if (skip !== null) return cause ?? skipWords(skip, channel);
  if (until === null) return null;
  const timeZone = zone && isTimeZone(zone) ? zone : workspaceZone;
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
    until,
  );
  return `In quiet hours: gets it at ${time} in ${timeZone}`;
}
