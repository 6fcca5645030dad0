// HTTP of exports of contacts.
import type { FastifyInstance } from 'fastify';
import { contactExport, exportCreate } from '../../../contract/exports.ts';
import { pageOf, pageQuery } from '../../../contract/lists.ts';
import { route } from '../../platform/http/route.ts';
import { cancelExport, deleteExport, exportFile, getExport, listExports, startExport } from './export.ts';

const tag = 'Exports';

export function exportRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'POST',
    url: '/api/v1/exports',
    access: 'exports:write',
    tag,
    summary: 'Begin a CSV file of contacts: everybody, or whom the filter means',
    body: exportCreate,
    response: contactExport,
    status: 202,
    handler: ({ ctx, body }) => startExport(ctx, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/exports',
    access: 'exports:read',
    tag,
    summary: 'List exports, newest first',
    query: pageQuery,
    response: pageOf(contactExport),
    handler: ({ ctx, query }) => listExports(ctx, query),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/exports/:id',
    access: 'exports:read',
    tag,
    summary: 'Read an export and how far it is',
    ids: { id: 'exp' },
    response: contactExport,
    handler: ({ ctx, ids }) => getExport(ctx, ids.id!),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/exports/:id/file',
    access: 'exports:read',
    tag,
    summary: 'Fetch the file: CSV in UTF-8, formulas made harmless; there for 7 days',
    ids: { id: 'exp' },
    produces: 'text/csv',
    handler: async ({ ctx, ids, reply }) => {
      const { bytes, fileName, sizeBytes } = await exportFile(ctx, ids.id!);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-length', sizeBytes)
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .send(bytes);
    },
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/exports/:id/cancel',
    access: 'exports:write',
    tag,
    summary: "Stop an export, one's own or with `workspace:write`; what was written is removed",
    ids: { id: 'exp' },
    response: contactExport,
    handler: ({ ctx, ids }) => cancelExport(ctx, ids.id!),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/exports/:id',
    access: 'exports:write',
    tag,
    summary: "Remove an export with its file, one's own or with `workspace:write`",
    ids: { id: 'exp' },
    handler: async ({ ctx, ids }) => {
      await deleteExport(ctx, ids.id!);
      return undefined;
    },
  });
}
