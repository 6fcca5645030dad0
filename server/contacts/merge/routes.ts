// HTTP of merges.
import type { FastifyInstance } from 'fastify';
import { contact } from '../../../contract/contacts.ts';
import {
  contactMerge,
  mergeList,
  mergePreview,
  mergePreviewQuery,
  mergeUndone,
} from '../../../contract/merges.ts';
import { route } from '../../platform/http/route.ts';
import { loadContact } from '../store.ts';
import { mergeContacts } from './merge.ts';
import { listMerges, previewMerge } from './merges.ts';
import { undoMerge } from './undo-merge.ts';

const tag = 'Contacts';

export function mergeRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts/:id/merge_preview',
    access: 'contacts:read',
    tag,
    summary: 'What a merge with another contact would do; writes nothing',
    ids: { id: 'cnt' },
    query: mergePreviewQuery,
    response: mergePreview,
    handler: ({ ctx, ids, query }) => previewMerge(ctx, ids.id!, query.other_id),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/contacts/:id/merge',
    access: 'contacts:write',
    tag,
    summary: 'Make another contact part of this one; nothing is lost, and it can be undone for 30 days',
    ids: { id: 'cnt' },
    body: contactMerge,
    response: contact,
    handler: ({ ctx, ids, body }) => mergeContacts(ctx, ids.id!, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts/:id/merges',
    access: 'contacts:read',
    tag,
    summary: 'List the merges of a contact, newest first',
    ids: { id: 'cnt' },
    response: mergeList,
    handler: async ({ ctx, ids }) => ({ data: await listMerges(ctx, ids.id!) }),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/contacts/:id/merges/:merge_id/undo',
    access: 'contacts:write',
    tag,
    summary: 'Undo a merge: both are there again, with what came since to each address',
    ids: { id: 'cnt', merge_id: 'mrg' },
    response: mergeUndone,
    handler: async ({ ctx, ids }) => {
      const { survivorId, otherId } = await undoMerge(ctx, ids.id!, ids.merge_id!);
      return { contact: await loadContact(ctx, survivorId), other: await loadContact(ctx, otherId) };
    },
  });
}
