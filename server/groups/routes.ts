// HTTP of groups.
import type { FastifyInstance } from 'fastify';
import { group, groupMember, groupMemberQuery, groupQuery, groupsOfContact } from '../../contract/groups.ts';
import { pageOf } from '../../contract/lists.ts';
import { route } from '../platform/http/route.ts';
import { groupsOf, listGroups, listMembers, loadGroup } from './store.ts';

const tag = 'Groups';

export function groupRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/groups',
    access: 'groups:read',
    tag,
    summary: 'List the groups and channels that a bot is in, or was',
    query: groupQuery,
    response: pageOf(group),
    handler: ({ ctx, query }) => listGroups(ctx, query),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/groups/:id',
    access: 'groups:read',
    tag,
    summary: 'Read a group',
    ids: { id: 'grp' },
    response: group,
    handler: ({ ctx, ids }) => loadGroup(ctx, ids.id!),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/groups/:id/members',
    access: 'groups:read',
    tag,
    summary:
      'Who is in a group, as far as the platform told: who joined, left or wrote; nobody who is silent',
    ids: { id: 'grp' },
    query: groupMemberQuery,
    response: pageOf(groupMember),
    handler: ({ ctx, ids, query }) => listMembers(ctx, ids.id!, query),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts/:id/groups',
    access: 'groups:read',
    tag,
    summary: 'The groups a contact is in, or was, as far as the platform told',
    ids: { id: 'cnt' },
    response: groupsOfContact,
    handler: async ({ ctx, ids }) => ({ data: await groupsOf(ctx, ids.id!) }),
  });
}
