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
export function matches(text: RawBuilder<string>, term: string): RawBuilder<boolean> {
  const pattern = containing(term);
  if (!/^[\p{L}\p{N}]{1,2}$/u.test(term)) return sql<boolean>`${text} ILIKE ${pattern}`;
  return sql<boolean>`(${text} ILIKE ${pattern.slice(1)} OR ${text} ILIKE ${`% ${pattern.slice(1)}`})`;
}

/** The condition on the contact `c` that the term occurs in its own row or in one of its identities. */
export function someTextMatches(ctx: Ctx, term: string, way: 'whole' | 'each'): RawBuilder<boolean> {
  const { workspaceId } = ctx.actor;
  if (way === 'each')
    return sql<boolean>`(${matches(contactText('c'), term)} OR EXISTS (
      SELECT 1 FROM identities i WHERE i.workspace_id = ${workspaceId} AND i.contact_id = c.id AND ${matches(identityText('i'), term)}))`;
  return sql<boolean>`c.id IN (
    SELECT k.id FROM contacts k WHERE k.workspace_id = ${workspaceId} AND ${matches(contactText('k'), term)}
    UNION ALL
    SELECT i.contact_id FROM identities i WHERE i.workspace_id = ${workspaceId} AND ${matches(identityText('i'), term)})`;
}

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
