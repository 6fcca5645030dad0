// HTTP of imports.
import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  contactImport,
  importPatch,
  importPreview,
  importQuery,
  importReason,
  importReportQuery,
  importStart,
  importUpload,
  importWithPreview,
} from '../../contract/imports.ts';
import { pageOf } from '../../contract/lists.ts';
import { tableLimits } from '../contacts/import/limits.ts';
import { route } from '../platform/http/route.ts';
import { changeImport } from './change.ts';
import { previewImport } from './preview.ts';
import { importReasons } from './reasons.ts';
import { importReport } from './report.ts';
import { cancelImport, deleteImport, startImport } from './start.ts';
import { importRow, importToWire, listImports } from './store.ts';
import { uploadTable } from './upload.ts';

const tag = 'Imports';
const ids = { id: 'imp' } as const;
const one = '/api/v1/imports/:id';

export function importRoutes(app: FastifyInstance): void {
  // only this route reads multipart bodies
  void app.register(async (scope) => {
    await scope.register(multipart, {
      limits: { fileSize: tableLimits.fileBytes, files: 1, fields: 10, fieldSize: 10_000 },
    });
    route(scope, {
      method: 'POST',
      url: '/api/v1/imports',
      access: 'imports:write',
      tag,
      summary:
        'Upload a table of people (CSV, TSV, XLSX; up to 512 MB) as the multipart part "file"; nothing is written yet',
      consumes: 'multipart/form-data',
      bodyLimit: tableLimits.fileBytes + 64 * 1024,
      query: importUpload,
      response: contactImport,
      status: 201,
      handler: ({ ctx, request, query }) => uploadTable(ctx, request, query),
    });
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/imports',
    access: 'imports:read',
    tag,
    summary: 'List imports, newest first',
    query: importQuery,
    response: pageOf(contactImport),
    handler: ({ ctx, query: { status, ...page } }) => listImports(ctx, status, page),
  });
  route(app, {
    method: 'GET',
    url: one,
    access: 'imports:read',
    tag,
    summary: 'Read an import: its columns and settings, and how far it is',
    ids,
    response: contactImport,
    handler: async ({ ctx, ids }) => importToWire(ctx, await importRow(ctx, ids.id!)),
  });
  route(app, {
    method: 'PATCH',
    url: one,
    access: 'imports:write',
    tag,
    summary:
      'Say how the file is read, what its columns become and what happens to people; answers with a preview',
    ids,
    body: importPatch,
    response: importWithPreview,
    handler: ({ ctx, ids, body }) => changeImport(ctx, ids.id!, body),
  });
  route(app, {
    method: 'GET',
    url: `${one}/preview`,
    access: 'imports:read',
    tag,
    summary: 'The first 20 rows as they would be written',
    ids,
    response: importPreview,
    handler: async ({ ctx, ids }) => ({ data: await previewImport(ctx, ids.id!) }),
  });
  route(app, {
    method: 'POST',
    url: `${one}/start`,
    access: 'imports:write',
    tag,
    summary:
      'Start writing the people; it goes on by itself, also after a crash. Needs `contacts:write` too, a list `segments:write`, attributes `attributes:write`',
    ids,
    body: importStart,
    response: contactImport,
    status: 202,
    handler: ({ ctx, ids, body }) => startImport(ctx, ids.id!, body?.version),
  });
  route(app, {
    method: 'POST',
    url: `${one}/cancel`,
    access: 'imports:write',
    tag,
    summary: 'Stop an import; what was written stays',
    ids,
    response: contactImport,
    handler: ({ ctx, ids }) => cancelImport(ctx, ids.id!),
  });
  route(app, {
    method: 'GET',
    url: `${one}/reasons`,
    access: 'imports:read',
    tag,
    summary:
      'Why rows were rejected, or taken with a remark: the 50 most frequent reasons, with how many rows',
    ids,
    response: z.object({ data: z.array(importReason) }),
    handler: async ({ ctx, ids }) => ({ data: await importReasons(ctx, ids.id!) }),
  });
  route(app, {
    method: 'GET',
    url: `${one}/report`,
    access: 'imports:read',
    tag,
    summary: 'CSV of the rows that were rejected, or taken with a remark, each with its line and the reason',
    ids,
    query: importReportQuery,
    produces: 'text/csv',
    handler: async ({ ctx, ids, query, reply }) => {
      const report = await importReport(ctx, ids.id!, query.outcome);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="import-report.csv"')
        .send(report);
    },
  });
  route(app, {
    method: 'DELETE',
    url: one,
    access: 'imports:write',
    tag,
    summary: 'Delete an import with its file and report; the people stay',
    ids,
    handler: async ({ ctx, ids }) => {
      await deleteImport(ctx, ids.id!);
      return undefined;
    },
  });
}
