// Whom a piece of text means. One expression per table, word for word that of its trigram index (contacts_by_text,
// identities_by_text), so that a part of a name is found among a million people at once.
import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../platform/context.ts';
import { containing } from '../platform/db/pages.ts';

/** Of the table or alias `of`: names, e-mail, phone number and the shop's own id. */
export const contactText = (of: string): RawBuilder<string> =>
  sql`(coalesce(${sql.ref(`${of}.first_name`)}, '') || ' ' || coalesce(${sql.ref(`${of}.last_name`)}, '') || ' ' || coalesce(${sql.ref(`${of}.email`)}, '') || ' ' || coalesce(${sql.ref(`${of}.phone`)}, '') || ' ' || coalesce(${sql.ref(`${of}.external_id`)}, ''))`;
/** Of the table or alias `of`: address and user name. */
export const identityText = (of: string): RawBuilder<string> =>
  sql`(${sql.ref(`${of}.address`)} || ' ' || coalesce(${sql.ref(`${of}.username`)}, ''))`;

/**
 * Each word must occur somewhere; "@ann" is a username as people write it, "+44 20 7946 0018" one number as they dictate it. At
 * most five, so that a query stays small.
 */
export function termsOf(search: string | undefined): string[] {
  const joined = search?.replace(writtenNumber, (number) => number.replaceAll(/[\s()-]/g, '')) ?? '';
  const words = joined.split(/\s+/).filter(Boolean).slice(0, 5);
  return words.map((word) => word.replace(/^@(?=\w)/, ''));
}
/** Six digits or more, with blanks, hyphens and brackets among them. */
const writtenNumber = /(?<!\S)\+?\(?(?:\d[\s()-]{0,2}){5,}\d(?!\S)/g;

/**
 * Whether `text` holds the term. One or two letters make no trigram: those stand at the beginning of a word, which does, so
 * that the index serves them too.
 */
function holds(text: RawBuilder<string>, term: string): RawBuilder<boolean> {
  const pattern = containing(term);
  if (!/^[\p{L}\p{N}]{1,2}$/u.test(term)) return sql<boolean>`${text} ILIKE ${pattern}`;
  return sql<boolean>`(${text} ILIKE ${pattern.slice(1)} OR ${text} ILIKE ${`% ${pattern.slice(1)}`})`;
}

/** Of the contact `c`, looked up for each: the term occurs in its own row or in one of its identities. */
function someTextHolds(workspaceId: string, term: string): RawBuilder<boolean> {
  // OFFSET 0: looked up for each indeed. A planner that expects few would gather all identities with the term first
  return sql<boolean>`(${holds(contactText('c'), term)} OR EXISTS (
    SELECT 1 FROM identities i WHERE i.workspace_id = ${workspaceId} AND i.contact_id = c.id AND ${holds(identityText('i'), term)} OFFSET 0))`;
}

/** The condition on the contact `c` that all terms occur, looked up for each. */
export const textHolds = (ctx: Ctx, terms: readonly string[]): RawBuilder<boolean> =>
  and(terms.map((term) => someTextHolds(ctx.actor.workspaceId, term)));

const ownTextHolds = (terms: readonly string[]): RawBuilder<boolean> =>
  and(terms.map((term) => holds(contactText('c'), term)));

/**
 * Conditions on the contact `c`, each served by a trigram index; who meets one of them is meant, all terms occur, and nobody meets two. Up
 * to three words are multiplied out, (a or A) and (b or B) = ab or aB or Ab or AB, where the small letters are the contact's own text
 * and the capitals that of its identities alone: so each condition is an intersection of what indexes find.
 */
export function textBranches(ctx: Ctx, terms: readonly string[]): RawBuilder<boolean>[] {
  const { workspaceId } = ctx.actor;
  const byIdentity = (term: string) => sql<boolean>`c.id IN (
    SELECT x.contact_id FROM identities x WHERE x.workspace_id = ${workspaceId} AND ${holds(identityText('x'), term)})`;
  if (terms.length > 3) {
    const ways = [
      ownTextHolds(terms),
      ...terms.map((term, at) => and([byIdentity(term), textHolds(ctx, terms.toSpliced(at, 1))])),
    ].map((way) => sql`SELECT c.id FROM contacts c WHERE c.workspace_id = ${workspaceId} AND ${way}`);
    return [sql<boolean>`c.id IN (${sql.join(ways, sql` UNION ALL `)})`];
  }
  const either = (term: string) => {
    const own = holds(contactText('c'), term);
    return [own, sql<boolean>`(${byIdentity(term)} AND NOT ${own})`];
  };
  return terms
    .reduce<RawBuilder<boolean>[][]>(
      (all, term) => all.flatMap((one) => either(term).map((way) => [...one, way])),
      [[]],
    )
    .map(and);
}

/** How many people the planner expects the indexes to find: half a millisecond, of statistics that it keeps of these texts as well. */
export async function expectedByText(ctx: Ctx, terms: readonly string[]): Promise<number> {
  const { workspaceId } = ctx.actor;
  const guesses = [sql`FROM contacts c WHERE c.workspace_id = ${workspaceId} AND ${ownTextHolds(terms)}`];
  for (const term of terms)
    guesses.push(
      sql`FROM identities i WHERE i.workspace_id = ${workspaceId} AND ${holds(identityText('i'), term)}`,
    );
  return expectedRows(
    ctx,
    sql`${sql.join(
      guesses.map((guess) => sql`SELECT 1 ${guess}`),
      sql` UNION ALL `,
    )}`,
  );
}

/** The planner's own guess; nobody is read. */
export async function expectedRows(ctx: Ctx, query: RawBuilder<unknown>): Promise<number> {
  const plan = await sql<{
    'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }];
  }>`EXPLAIN (FORMAT JSON) ${query}`.execute(ctx.db);
  return plan.rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
}

const and = (conditions: RawBuilder<boolean>[]): RawBuilder<boolean> =>
  sql<boolean>`(${sql.join(conditions, sql` AND `)})`;

/** Ids of the contacts in whose names, numbers or addresses `text` occurs; null where they are more than `atMost`. */
export async function contactsMatching(ctx: Ctx, text: string, atMost: number): Promise<string[] | null> {
  const pattern = containing(text);
  const { workspaceId } = ctx.actor;
  const found = await sql<{ id: string }>`
    (SELECT c.id FROM contacts c WHERE c.workspace_id = ${workspaceId} AND ${contactText('c')} ILIKE ${pattern} LIMIT ${atMost + 1})
    UNION
    (SELECT i.contact_id FROM identities i WHERE i.workspace_id = ${workspaceId} AND ${identityText('i')} ILIKE ${pattern} LIMIT ${atMost + 1})`.execute(
    ctx.db,
  );
  return found.rows.length > atMost ? null : found.rows.map((row) => row.id);
}
