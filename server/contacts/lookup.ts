// Whom the lines of a pasted list mean. Each line is asked for in every way that people are known by; what means two people is
// said, not guessed.
import ct from 'countries-and-timezones';
import { sql } from 'kysely';
import type { ContactLookup, ContactsFound } from '../../contract/contact-lookup.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Ctx } from '../platform/context.ts';
import { inTime } from '../platform/db/in-time.ts';
import { invalidField } from '../platform/errors.ts';
import { contactName } from './contact.ts';
import { readPhone } from './import/values.ts';
import { formerExternalIds } from './merge/follow.ts';

interface Person {
  id: string;
  name: string;
}
const mostNamed = 10;

/** Throws VALIDATION_FAILED, and UNAVAILABLE where it takes too long. */
export async function lookUpContacts(ctx: Ctx, given: ContactLookup): Promise<ContactsFound> {
  const bad = given.lines.findIndex((line) => line.includes('\u0000') || !line.isWellFormed());
  if (bad >= 0)
    throw invalidField(`/lines/${bad}`, 'The line holds characters that cannot be stored. Remove them.');
  const lines = given.lines.map((line) => line.trim().replaceAll(/\s+/g, ' '));
  const country = given.country ?? (await ownCountry(ctx));
  const phones = new Map(lines.flatMap((line) => phoneOf(line, country)));
  const people = await peopleBehind(ctx, lines.filter(Boolean), phones);
  const answer: ContactsFound = { found: [], unknown: [], several: [] };
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const meant = [...(people.get(line)?.values() ?? [])];
    const wire = meant.map(({ id, name }) => ({ contact_id: toWireId('cnt', id), name }));
    const [only, ...others] = wire;
    if (!only) answer.unknown.push(index + 1);
    else if (others.length === 0) answer.found.push({ line: index + 1, ...only });
    else answer.several.push({ line: index + 1, people: wire.slice(0, mostNamed) });
  }
  return answer;
}

/** A line that may be a phone number, with the number as it is stored. */
function phoneOf(line: string, country: string | null): [string, string][] {
  if (!/^[+(\d][\d\s()./-]{4,}$/.test(line)) return [];
  const { phone } = readPhone(line, country ?? undefined);
  return phone ? [[line, phone]] : [];
}

async function ownCountry(ctx: Ctx): Promise<string | null> {
  const { time_zone } = await ctx.db
    .selectFrom('workspaces')
    .select('time_zone')
    .where('id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  return ct.getTimezone(time_zone)?.countries[0] ?? null;
}

interface Row {
  line: string;
  id: string;
  first_name: string | null;
  last_name: string | null;
  email: string | null;
  phone: string | null;
  external_id: string | null;
  username: string | null;
}

/** By line: contacts by id. Each way is one join, however many lines there are. */
async function peopleBehind(
  ctx: Ctx,
  lines: string[],
  phones: Map<string, string>,
): Promise<Map<string, Map<string, Person>>> {
  const { workspaceId } = ctx.actor;
  const former = await formerExternalIds(ctx, lines);
  const fullName = sql`btrim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, ''))`;
  const rows = await inTime(ctx, { gathered: 2 }, (ctx) =>
    sql<Row>`
      WITH asked AS MATERIALIZED (
        SELECT DISTINCT line, lower(line) AS folded, phone, lower(CASE WHEN line LIKE '@%' THEN substr(line, 2) ELSE line END) AS username
        FROM unnest(${lines}::text[], ${lines.map((line) => phones.get(line) ?? null)}::text[]) AS a (line, phone)
      ), meant AS (
        SELECT a.line, c.id FROM asked a JOIN contacts c ON c.external_id = a.line WHERE c.workspace_id = ${workspaceId}
        UNION SELECT a.line, c.id FROM asked a JOIN contacts c ON c.email = a.folded WHERE c.workspace_id = ${workspaceId}
        UNION SELECT a.line, c.id FROM asked a JOIN contacts c ON c.phone = a.phone WHERE c.workspace_id = ${workspaceId}
        UNION SELECT a.line, c.id FROM asked a JOIN contacts c ON lower(${fullName}) = a.folded WHERE c.workspace_id = ${workspaceId}
        UNION SELECT a.line, i.contact_id FROM asked a JOIN identities i ON i.address = a.line WHERE i.workspace_id = ${workspaceId}
        UNION SELECT a.line, i.contact_id FROM asked a JOIN identities i ON i.address = a.phone WHERE i.workspace_id = ${workspaceId}
        UNION SELECT a.line, i.contact_id FROM asked a JOIN identities i ON lower(i.username) = a.username WHERE i.workspace_id = ${workspaceId}
        UNION SELECT f.line, f.id FROM unnest(${[...former.keys()]}::text[], ${[...former.values()]}::uuid[]) AS f (line, id)
      )
      SELECT m.line, c.id, c.first_name, c.last_name, c.email, c.phone, c.external_id,
        (SELECT i.username FROM identities i WHERE i.workspace_id = c.workspace_id AND i.contact_id = c.id AND i.username IS NOT NULL LIMIT 1) AS username
      FROM meant m JOIN contacts c ON c.id = m.id AND c.workspace_id = ${workspaceId}
      ORDER BY c.id LIMIT 100000`.execute(ctx.db),
  );
  const people = new Map<string, Map<string, Person>>();
  for (const row of rows.rows) {
    const those = people.get(row.line) ?? new Map<string, Person>();
    those.set(row.id, { id: row.id, name: contactName(row) });
    people.set(row.line, those);
  }
  return people;
}
