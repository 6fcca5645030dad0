// HTTP of the library and of own templates.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { pageOf, pageQuery } from '../../../contract/lists.ts';
import { templateUse } from '../../../contract/template-use.ts';
import {
  filledTemplate,
  libraryTemplate,
  template,
  templateCreate,
  templatePatch,
  templatesQuery,
  templateVersion,
} from '../../../contract/templates.ts';
import { notFound } from '../../platform/errors.ts';
import { route } from '../../platform/http/route.ts';
import { library } from '../library.ts';
import { changeTemplate, createTemplate, deleteTemplate, restoreVersion } from './save.ts';
import { listTemplates, listVersions, readTemplate } from './store.ts';
import { fillForALook } from './use.ts';

const tag = 'Templates';

export function savedTemplateRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/templates/library',
    access: 'templates:read',
    tag,
    summary: 'The templates that come with Carillon',
    response: z.object({ data: z.array(libraryTemplate), next_cursor: z.null() }),
    handler: async () => ({ data: [...library], next_cursor: null }),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/templates/fill',
    access: 'templates:read',
    tag,
    summary: 'A template with values in its places; what is missing shows its label. Nothing is stored',
    body: templateUse,
    response: filledTemplate,
    handler: ({ ctx, body }) => fillForALook(ctx, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/templates',
    access: 'templates:read',
    tag,
    summary: 'Your own templates, newest first; archived ones only when asked for',
    query: templatesQuery,
    response: pageOf(template),
    handler: ({ ctx, query }) => listTemplates(ctx, { ...query, search: query.search || undefined }),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/templates',
    access: 'templates:write',
    tag,
    summary: 'Make a template',
    body: templateCreate,
    response: template,
    status: 201,
    handler: ({ ctx, body }) => createTemplate(ctx, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/templates/:id',
    access: 'templates:read',
    tag,
    summary: 'One template, as its latest version',
    ids: { id: 'tpl' },
    response: template,
    handler: ({ ctx, ids }) => readTemplate(ctx, ids.id!),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/templates/:id',
    access: 'templates:write',
    tag,
    summary: 'Change or archive a template; what it says becomes a new version',
    ids: { id: 'tpl' },
    body: templatePatch,
    response: template,
    handler: ({ ctx, ids, body }) => changeTemplate(ctx, ids.id!, body),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/templates/:id',
    access: 'templates:write',
    tag,
    summary: 'Delete a template with its versions; campaigns made from it keep their message',
    ids: { id: 'tpl' },
    handler: async ({ ctx, ids }) => {
      await deleteTemplate(ctx, ids.id!);
      return undefined;
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/templates/:id/versions',
    access: 'templates:read',
    tag,
    summary: 'What it said before, from the latest version back',
    ids: { id: 'tpl' },
    query: pageQuery,
    response: pageOf(templateVersion),
    handler: ({ ctx, ids, query }) => listVersions(ctx, ids.id!, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/templates/:id/versions/:number/restore',
    access: 'templates:write',
    tag,
    summary: 'An earlier version becomes the latest, as a new one',
    ids: { id: 'tpl' },
    names: { number: z.string() },
    response: template,
    status: 202,
    handler: ({ ctx, ids, names }) => {
      if (!/^[1-9]\d{0,8}$/.test(names.number!)) throw notFound('version of this template');
      return restoreVersion(ctx, ids.id!, Number(names.number));
    },
  });
}
