// HTTP of what stands around a contact: notes and the timeline.
import type { FastifyInstance } from 'fastify';
import { pageOf, pageQuery } from '../../contract/lists.ts';
import { note, noteText } from '../../contract/notes.ts';
import { timelineEntry, timelineQuery } from '../../contract/timeline.ts';
import { route } from '../platform/http/route.ts';
import { addNote, changeNote, deleteNote, listNotes } from './notes.ts';
import { contactTimeline } from './timeline.ts';

const tag = 'Contacts';
const contact = { id: 'cnt' } as const;
const noteOfContact = { id: 'cnt', note_id: 'nte' } as const;
const notes = '/api/v1/contacts/:id/notes';

export function profileRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts/:id/timeline',
    access: 'contacts:read',
    tag,
    summary:
      'List what happened with a contact, newest first; kinds that the token may not read elsewhere are left out',
    ids: contact,
    query: timelineQuery,
    response: pageOf(timelineEntry),
    handler: ({ ctx, ids, query }) => contactTimeline(ctx, ids.id!, query),
  });
  route(app, {
    method: 'GET',
    url: notes,
    access: 'contacts:read',
    tag,
    summary: 'List the notes about a contact, newest first',
    ids: contact,
    query: pageQuery,
    response: pageOf(note),
    handler: ({ ctx, ids, query }) => listNotes(ctx, ids.id!, query),
  });
  route(app, {
    method: 'POST',
    url: notes,
    access: 'contacts:write',
    tag,
    summary: 'Write a note about a contact; they never see it',
    ids: contact,
    body: noteText,
    response: note,
    status: 201,
    handler: ({ ctx, ids, body }) => addNote(ctx, ids.id!, body.text),
  });
  route(app, {
    method: 'PATCH',
    url: `${notes}/:note_id`,
    access: 'contacts:write',
    tag,
    summary: 'Change a note; who changed it, and when, is shown',
    ids: noteOfContact,
    body: noteText,
    response: note,
    handler: ({ ctx, ids, body }) => changeNote(ctx, ids.id!, ids.note_id!, body.text),
  });
  route(app, {
    method: 'DELETE',
    url: `${notes}/:note_id`,
    access: 'contacts:write',
    tag,
    summary: 'Delete a note',
    ids: noteOfContact,
    handler: async ({ ctx, ids }) => {
      await deleteNote(ctx, ids.id!, ids.note_id!);
      return undefined;
    },
  });
}
