// HTTP of the demo shop's life.
import type { FastifyInstance } from 'fastify';
import { life, lifePatch } from '../../contract/demo.ts';
import { route } from '../platform/http/route.ts';
import { changeLife, loadLife } from './life/control.ts';
import { productPictures } from './product-picture.ts';

export function demoRoutes(app: FastifyInstance): void {
  productPictures(app);
  route(app, {
    method: 'GET',
    url: '/api/v1/demo/life',
    access: 'workspace:read',
    tag: 'Demo',
    summary: 'What happens in the demo shop, how fast, and how its automations are set',
    response: life,
    handler: ({ ctx }) => loadLife(ctx),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/demo/life',
    access: 'workspace:write',
    tag: 'Demo',
    summary:
      'Let the demo shop live, slower or faster, or stand still; shorten the delays of its automations',
    body: lifePatch,
    response: life,
    handler: ({ ctx, body }) => changeLife(ctx, body),
  });
}
