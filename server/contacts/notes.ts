// Notes about a contact, newest first. They go with the person; what was written is never in the audit log.
import type { Selectable } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Note } from '../../contract/notes.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { fetchPage } from '../platform/db/pages.ts';
import type { DB } from '../platform/db/tables.gen.ts';
import { notFound } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';

function toWire(row: Selectable<DB['contact_notes']>): Note {
  return {
    id: toWireId('nte', row.id),
    text: row.text,
    author: row.author,
    created_at: row.created_at.toISOString(),
    edited_by: row.edited_by,
    edited_at: row.edited_at?.toISOString() ?? null,
  };
}

export function listNotes(ctx: Ctx, contactId: string, page: PageQuery): Promise<Page<Note>> {
  const query = ctx.db
    .selectFrom('contact_notes as n')
    .selectAll()
    .select('n.id as _id')
    .where('n.workspace_id', '=', ctx.actor.workspaceId)
    .where('n.contact_id', '=', contactId);
  const order = { column: 'n.created_at', id: 'n.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(query, page, order, toWire);
}

/** Throws NOT_FOUND for a person erased meanwhile. */
export function addNote(given: Ctx, contactId: string, text: string): Promise<Note> {
  return inTransaction(given, async (ctx) => {
    const workspace_id = ctx.actor.workspaceId;
    const contact = await ctx.db
      .selectFrom('contacts')
      .select('id')
      .where('workspace_id', '=', workspace_id)
      .where('id', '=', contactId)
      .forKeyShare()
      .executeTakeFirst();
    if (!contact) throw notFound('contact');
    const row = await ctx.db
      .insertInto('contact_notes')
      .values({
        workspace_id,
        id: newId(),
        contact_id: contactId,
        text,
        author: ctx.actor.name,
        created_at: ctx.clock.now(),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await tell(ctx, 'contact.note_added', contactId);
    return toWire(row);
  });
}

/** Throws NOT_FOUND, also for a note of somebody else. */
export function changeNote(given: Ctx, contactId: string, noteId: string, text: string): Promise<Note> {
  return inTransaction(given, async (ctx) => {
    const row = await ctx.db
      .updateTable('contact_notes')
      .set({ text, edited_by: ctx.actor.name, edited_at: ctx.clock.now() })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('contact_id', '=', contactId)
      .where('id', '=', noteId)
      .returningAll()
      .executeTakeFirst();
    if (!row) throw notFound('note');
    await tell(ctx, 'contact.note_changed', contactId);
    return toWire(row);
  });
}

/** Throws NOT_FOUND, also for a note of somebody else. */
export function deleteNote(given: Ctx, contactId: string, noteId: string): Promise<void> {
  return inTransaction(given, async (ctx) => {
    const row = await ctx.db
      .deleteFrom('contact_notes')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('contact_id', '=', contactId)
      .where('id', '=', noteId)
      .returning('id')
      .executeTakeFirst();
    if (!row) throw notFound('note');
    await tell(ctx, 'contact.note_deleted', contactId);
  });
}

const tell = (ctx: Ctx, action: string, contactId: string) =>
  audit(ctx, action, { type: 'contact', id: toWireId('cnt', contactId) });
