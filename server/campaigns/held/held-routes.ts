// HTTP of what is held: everybody who sees campaigns may look, owners and admins decide.
import type { FastifyInstance } from 'fastify';
import { held, heldDiscard, heldRelease } from '../../../contract/held.ts';
import { route } from '../../platform/http/route.ts';
import { listHeld } from './held.ts';
import { discardHeld, releaseHeld } from './release-held.ts';

export function heldRoutes(app: FastifyInstance): void {
  const tag = 'held';
  route(app, {
    method: 'GET',
    url: '/api/v1/held',
    access: 'campaigns:read',
    tag,
    summary: 'What would go out once released, and campaigns that missed their hour',
    response: held,
    handler: ({ ctx }) => listHeld(ctx),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/held/release',
    access: 'workspace:write',
    tag,
    summary: 'Let chosen campaigns, or replies and tests, go; or all of it, and the hold is over',
    body: heldRelease,
    response: held,
    handler: ({ ctx, body }) => releaseHeld(ctx, body),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/held/discard',
    access: 'workspace:write',
    tag,
    summary: 'Give up what was waiting: campaigns are cancelled, replies and tests not sent',
    body: heldDiscard,
    response: held,
    handler: ({ ctx, body }) => discardHeld(ctx, body),
  });
}
