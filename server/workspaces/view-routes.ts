// HTTP of views. One scope opens the door; which list a view is of, and whether it is shared, may ask for more.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { view, viewCreate, viewList, viewPatch, viewScreen } from '../../contract/views.ts';
import { route } from '../platform/http/route.ts';
import { createView, deleteView, editView, listViews } from './views.ts';

export function viewRoutes(app: FastifyInstance): void {
  const tag = 'views';
  const access = 'campaigns:read';
  route(app, {
    method: 'GET',
    url: '/api/v1/views',
    access,
    tag,
    summary: 'Saved views of a list: shared ones and your own',
    query: z.object({ screen: viewScreen }),
    response: viewList,
    handler: ({ ctx, query }) => listViews(ctx, query.screen),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/views',
    access,
    tag,
    summary: 'Save a view; a shared one needs the scope to write what it lists',
    body: viewCreate,
    response: view,
    status: 201,
    handler: ({ ctx, body }) => createView(ctx, body),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/views/:id',
    access,
    tag,
    summary: 'Rename, change or share a view',
    ids: { id: 'viw' },
    body: viewPatch,
    response: view,
    handler: ({ ctx, ids, body }) => editView(ctx, ids.id!, body),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/views/:id',
    access,
    tag,
    summary: 'Delete a view; the campaigns or contacts in it stay',
    ids: { id: 'viw' },
    handler: async ({ ctx, ids }) => {
      await deleteView(ctx, ids.id!);
      return undefined;
    },
  });
}
