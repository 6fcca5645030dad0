// HTTP of the signed-in person: who am I, my sessions.
import type { FastifyInstance } from 'fastify';
import { pageOf, pageQuery } from '../../contract/lists.ts';
import * as contract from '../../contract/workspaces.ts';
import { route } from '../platform/http/route.ts';
import { editOwn, showMe } from './me.ts';
import { listSessions, revokeOtherSessions, revokeSession } from './own-sessions.ts';

const tag = 'Me';

export function meRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/me',
    access: 'signed_in',
    tag,
    summary: 'Who is signed in, where, and what they may do',
    response: contract.me,
    handler: ({ ctx }) => showMe(ctx),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/me',
    access: 'signed_in',
    tag,
    summary: 'Change your name or password; a new password ends your other sessions',
    body: contract.ownPatch,
    response: contract.me,
    handler: ({ ctx, body, request }) => editOwn(ctx, body, request.ip),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/sessions',
    access: 'signed_in',
    tag,
    summary: 'Where you are signed in',
    query: pageQuery,
    response: pageOf(contract.session),
    handler: ({ ctx, query }) => listSessions(ctx, query),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/sessions/:id',
    access: 'signed_in',
    tag,
    summary: 'End one of your sessions',
    ids: { id: 'ses' },
    async handler({ ctx, ids }) {
      await revokeSession(ctx, ids.id!);
      return undefined;
    },
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/sessions',
    access: 'signed_in',
    tag,
    summary: 'End all your sessions but this one',
    async handler({ ctx }) {
      await revokeOtherSessions(ctx);
      return undefined;
    },
  });
}
