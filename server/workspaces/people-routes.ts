// HTTP of the workspace and its people: users, invitations.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { pageOf, pageQuery } from '../../contract/lists.ts';
import * as contract from '../../contract/workspaces.ts';
import { route } from '../platform/http/route.ts';
import { acceptInvitation, previewInvitation } from './accept-invitation.ts';
import { invite, listInvitations, revokeInvitation } from './invitation.ts';
import { originOf } from './session.ts';
import { welcome } from './sign-in-routes.ts';
import { changeRole, listUsers, removeUser } from './users.ts';

const users = 'People';
const invitations = 'Invitations';

export function peopleRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/users',
    access: 'users:read',
    tag: users,
    summary: 'Who works in this workspace, by name',
    query: pageQuery,
    response: pageOf(contract.user),
    handler: ({ ctx, query }) => listUsers(ctx, query),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/users/:id',
    access: 'users:write',
    tag: users,
    summary: "Change somebody's role; only an owner deals with owners",
    ids: { id: 'usr' },
    body: contract.userPatch,
    response: contract.user,
    handler: ({ ctx, ids, body }) => changeRole(ctx, ids.id!, body.role),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/users/:id',
    access: 'users:write',
    tag: users,
    summary: 'Remove somebody from the workspace, with their sessions and API tokens',
    ids: { id: 'usr' },
    async handler({ ctx, ids }) {
      await removeUser(ctx, ids.id!);
      return undefined;
    },
  });
  invitationRoutes(app);
}

function invitationRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/invitations',
    access: 'users:read',
    tag: invitations,
    summary: 'Invitations, newest first',
    query: pageQuery,
    response: pageOf(contract.invitation),
    handler: ({ ctx, query }) => listInvitations(ctx, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/invitations',
    access: 'users:write',
    tag: invitations,
    summary: 'Make a link with which one person can join within seven days; it is shown once',
    body: contract.invitationCreate,
    response: contract.invitationCreated,
    status: 201,
    handler: ({ ctx, body, request }) => invite(ctx, body, panelUrl(request)),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/invitations/:id',
    access: 'users:write',
    tag: invitations,
    summary: 'Make the link useless',
    ids: { id: 'inv' },
    async handler({ ctx, ids }) {
      await revokeInvitation(ctx, ids.id!);
      return undefined;
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/invitations/preview',
    access: 'public',
    tag: invitations,
    summary: 'What a link invites to',
    query: z.object({ token: z.string().max(200) }),
    response: contract.invitationPreview,
    handler: ({ ctx, query }) => previewInvitation(ctx, query.token),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/invitations/accept',
    access: 'public',
    tag: invitations,
    summary: 'Join and start a session; an email that has an account here proves its password',
    body: contract.invitationAccept,
    response: contract.me,
    async handler({ ctx, body, request, reply }) {
      return welcome(request, reply, await acceptInvitation(ctx, body, originOf(request)));
    },
  });
}

/** Where the person who asks sees the panel; the link must open there. */
function panelUrl(request: FastifyRequest): string {
  return request.server.base.config.publicUrl ?? `${request.protocol}://${request.host}`;
}
