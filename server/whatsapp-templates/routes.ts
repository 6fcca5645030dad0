// HTTP of the templates that WhatsApp approves.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { pageOf, pageQuery } from '../../contract/lists.ts';
import { whatsappTemplateCreate, whatsappTemplatePatch } from '../../contract/whatsapp-template-draft.ts';
import {
  whatsappTemplate,
  whatsappTemplateChange,
  whatsappTemplateSync,
  whatsappTemplateSyncInput,
  whatsappTemplatesQuery,
} from '../../contract/whatsapp-templates.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { notFound } from '../platform/errors.ts';
import { route } from '../platform/http/route.ts';
import { removeTemplate } from './remove.ts';
import { listChanges, listSyncs, listTemplates, loadTemplate } from './store.ts';
import { changeTemplate, createTemplate } from './submit.ts';
import { syncTemplates } from './sync.ts';

const tag = 'WhatsApp templates';
const ids = { id: 'wat' } as const;

export function whatsappTemplateRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/whatsapp_templates',
    access: 'templates:read',
    tag,
    summary: 'Templates of all WhatsApp numbers, by name; deleted ones only with status=DELETED',
    query: whatsappTemplatesQuery,
    response: pageOf(whatsappTemplate),
    handler: ({ ctx, query }) => listTemplates(ctx, { ...query, search: query.search || undefined }),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/whatsapp_templates',
    access: 'templates:write',
    tag,
    summary: 'Write a template and hand it in to WhatsApp, which judges it within minutes, at most a day',
    body: whatsappTemplateCreate,
    response: whatsappTemplate,
    status: 201,
    handler: ({ ctx, body }) => createTemplate(ctx, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/whatsapp_templates/syncs',
    access: 'templates:read',
    tag,
    summary: 'When the templates of each WhatsApp number were last read from WhatsApp',
    response: z.object({ data: z.array(whatsappTemplateSync), next_cursor: z.null() }),
    handler: async ({ ctx }) => ({ data: await listSyncs(ctx), next_cursor: null }),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/whatsapp_templates/sync',
    access: 'templates:write',
    tag,
    summary: 'Read the templates of a number from WhatsApp now; by itself that happens every hour',
    body: whatsappTemplateSyncInput,
    response: whatsappTemplateSync,
    handler: async ({ ctx, body }) => {
      await syncTemplates(ctx, uuidOf('con', body.connection_id));
      const sync = (await listSyncs(ctx)).find((one) => one.connection_id === body.connection_id);
      if (!sync) throw notFound('connection');
      return sync;
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/whatsapp_templates/:id',
    access: 'templates:read',
    tag,
    summary: 'Read a template',
    ids,
    response: whatsappTemplate,
    handler: ({ ctx, ids }) => loadTemplate(ctx, ids.id!),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/whatsapp_templates/:id',
    access: 'templates:write',
    tag,
    summary: 'Change what a template says and hand it in again; name and language stay',
    ids,
    body: whatsappTemplatePatch,
    response: whatsappTemplate,
    handler: ({ ctx, ids, body }) => changeTemplate(ctx, ids.id!, body),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/whatsapp_templates/:id',
    access: 'templates:write',
    tag,
    summary: 'Delete a template in its language; WhatsApp blocks the name of an approved one for 30 days',
    ids,
    handler: async ({ ctx, ids }) => {
      await removeTemplate(ctx, ids.id!);
      return undefined;
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/whatsapp_templates/:id/history',
    access: 'templates:read',
    tag,
    summary: 'What became of a template, newest first',
    ids,
    query: pageQuery,
    response: pageOf(whatsappTemplateChange),
    handler: ({ ctx, ids, query }) => listChanges(ctx, ids.id!, query),
  });
}
