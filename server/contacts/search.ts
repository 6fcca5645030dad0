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
