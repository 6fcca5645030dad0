// HTTP of segments.
import type { FastifyInstance } from 'fastify';
import { pageOf, pageQuery } from '../../contract/lists.ts';
import {
  listedSegment,
  segment,
  segmentChange,
  segmentChangesQuery,
  segmentCheck,
  segmentCreate,
  segmentMember,
  segmentMembers,
  segmentMembersResult,
  segmentPatch,
  segmentPresets,
  segmentPreview,
  segmentPreviewResult,
  segmentsOfContact,
  segmentsQuery,
  segmentUsers,
} from '../../contract/segments.ts';
import { route } from '../platform/http/route.ts';
import { changeMembers } from './change-members.ts';
import { listChanges, listChecks } from './changes.ts';
import { checkSegment } from './check.ts';
import { inTurn } from './in-turn.ts';
import { listMembers } from './members.ts';
import { presets } from './presets.ts';
import { previewSegment } from './preview.ts';
import { changeSegment, createSegment, deleteSegment } from './save.ts';
import { segmentsOf } from './segments-of.ts';
import { listSegments, readSegment } from './store.ts';
import { usersOf, withUsers } from './used-by.ts';

const tag = 'Segments';

export function segmentRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/segments',
    access: 'segments:read',
    tag,
    summary: 'List segments, newest first',
    query: segmentsQuery,
    response: pageOf(listedSegment),
    handler: async ({ ctx, query }) => withUsers(ctx, await listSegments(ctx, query)),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/segments',
    access: 'segments:write',
    tag,
    summary:
      'Make a segment: with a rule (needs `contacts:read` too), or without one a list that is kept by hand',
    body: segmentCreate,
    response: segment,
    status: 201,
    handler: ({ ctx, body }) => createSegment(ctx, body),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/segments/preview',
    access: 'segments:read',
    tag,
    summary:
      'Count the people of whom a rule holds at this moment, and show ten of them; nothing is saved. Needs `contacts:read` too',
    body: segmentPreview,
    response: segmentPreviewResult,
    handler: ({ ctx, body }) => previewSegment(ctx, body.rule),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/segments/:id',
    access: 'segments:read',
    tag,
    summary: 'Read a segment',
    ids: { id: 'seg' },
    response: segment,
    handler: ({ ctx, ids }) => readSegment(ctx, ids.id!),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/segments/:id',
    access: 'segments:write',
    tag,
    summary: 'Rename a segment or give it another rule, which needs `contacts:read` too',
    ids: { id: 'seg' },
    body: segmentPatch,
    response: segment,
    handler: ({ ctx, ids, body }) => changeSegment(ctx, ids.id!, body),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/segments/:id',
    access: 'segments:write',
    tag,
    summary:
      'Delete a segment; its people stay. Refused while another segment or a scheduled campaign asks for it',
    ids: { id: 'seg' },
    handler: async ({ ctx, ids }) => {
      await deleteSegment(ctx, ids.id!);
      return undefined;
    },
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/segments/:id/members',
    access: 'segments:write',
    tag,
    summary: 'Put people into a list that is kept by hand, or take them out',
    ids: { id: 'seg' },
    body: segmentMembers,
    response: segmentMembersResult,
    handler: ({ ctx, ids, body }) => changeMembers(ctx, ids.id!, body),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/segments/:id/members',
    access: 'segments:read',
    tag,
    summary: 'List the people of a segment at this moment, newest contacts first. Needs `contacts:read` too',
    ids: { id: 'seg' },
    query: pageQuery,
    response: pageOf(segmentMember),
    handler: ({ ctx, ids, query }) => listMembers(ctx, ids.id!, query),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/segments/:id/used_by',
    access: 'segments:read',
    tag,
    summary: 'Which segments and campaigns ask for this segment',
    ids: { id: 'seg' },
    response: segmentUsers,
    handler: async ({ ctx, ids }) => ({ data: await usersOf(ctx, ids.id!) }),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/segments/:id/changes',
    access: 'segments:read',
    tag,
    summary: 'Who entered and left, newest first; kept for 90 days. Needs `contacts:read` too',
    ids: { id: 'seg' },
    query: segmentChangesQuery,
    response: pageOf(segmentChange),
    handler: ({ ctx, ids, query }) => listChanges(ctx, ids.id!, query),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/segments/:id/checks',
    access: 'segments:read',
    tag,
    summary: 'How many were in it, entered and left, at each time that changed it; kept for 90 days',
    ids: { id: 'seg' },
    query: pageQuery,
    response: pageOf(segmentCheck),
    handler: ({ ctx, ids, query }) => listChecks(ctx, ids.id!, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/segments/:id/check',
    access: 'segments:read',
    tag,
    summary: 'Count a segment now, and note who entered and left since the last time',
    ids: { id: 'seg' },
    response: segment,
    handler: async ({ ctx, ids }) => {
      await inTurn(ctx, () => checkSegment(ctx, { workspaceId: ctx.actor.workspaceId, segmentId: ids.id! }));
      return readSegment(ctx, ids.id!);
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts/:id/segments',
    access: 'contacts:read',
    tag,
    summary: 'In which segments a contact is now, by name',
    ids: { id: 'cnt' },
    response: segmentsOfContact,
    handler: async ({ ctx, ids }) => ({ data: await segmentsOf(ctx, ids.id!) }),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/segment_presets',
    access: 'segments:read',
    tag,
    summary: 'Rules to begin with: five segments that most shops want',
    response: segmentPresets,
    handler: () => Promise.resolve({ data: presets }),
  });
}
