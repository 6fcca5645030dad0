// HTTP of bulk actions.
import type { FastifyInstance } from 'fastify';
import { bulkAction, bulkCreate } from '../../../contract/bulk.ts';
import { pageOf, pageQuery } from '../../../contract/lists.ts';
import { route } from '../../platform/http/route.ts';
import { cancelBulkAction, getBulkAction, listBulkActions, startBulkAction } from './bulk-action.ts';

const tag = 'Bulk actions';

export function bulkRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'POST',
    url: '/api/v1/contacts/bulk',
    access: 'contacts:write',
    tag,
    summary:
      'Tag many people, put them into a list or take them out, or erase them; a filter needs `contacts:read` too, lists `segments:write`, erasing `contacts:erase`',
    body: bulkCreate,
    // ten thousand ids to choose and as many to leave out
    bodyLimit: 2 * 1024 * 1024,
    response: bulkAction,
    status: 202,
    handler: ({ ctx, body }) => startBulkAction(ctx, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/bulk_actions',
    access: 'contacts:read',
    tag,
    summary: 'List bulk actions, newest first',
    query: pageQuery,
    response: pageOf(bulkAction),
    handler: ({ ctx, query }) => listBulkActions(ctx, query),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/bulk_actions/:id',
    access: 'contacts:read',
    tag,
    summary: 'Read a bulk action and how far it is',
    ids: { id: 'blk' },
    response: bulkAction,
    handler: ({ ctx, ids }) => getBulkAction(ctx, ids.id!),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/bulk_actions/:id/cancel',
    access: 'contacts:write',
    tag,
    summary: 'Stop a bulk action; what is done stays done',
    ids: { id: 'blk' },
    response: bulkAction,
    handler: ({ ctx, ids }) => cancelBulkAction(ctx, ids.id!),
  });
}
