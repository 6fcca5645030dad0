// HTTP of segments.
import type { FastifyInstance } from 'fastify';
import { pageOf, pageQuery } from '../../contract/lists.ts';
import {
  segment,
  segmentCreate,
  segmentMembers,
  segmentMembersResult,
  segmentPatch,
  segmentPreview,
  segmentPreviewResult,
} from '../../contract/segments.ts';
import { route } from '../platform/http/route.ts';
import { previewSegment } from './preview.ts';
import { changeMembers, changeSegment, createSegment, deleteSegment } from './save.ts';
import { listSegments, segmentRow, toWire } from './store.ts';

const tag = 'Segments';

export function segmentRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/segments',
    access: 'segments:read',
    tag,
    summary: 'List segments, newest first',
    query: pageQuery,
    response: pageOf(segment),
    handler: ({ ctx, query }) => listSegments(ctx, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/segments',
    access: 'segments:write',
    tag,
    summary: 'Make a segment: with a rule, or without one a list that is kept by hand',
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
    summary: 'Count the people of whom a rule holds at this moment, and show ten of them; nothing is saved',
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
    handler: async ({ ctx, ids }) => toWire(await segmentRow(ctx, ids.id!)),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/segments/:id',
    access: 'segments:write',
    tag,
    summary: 'Rename a segment or give it another rule',
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
    summary: 'Delete a segment; its people stay. Refused while another segment asks for it',
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
}
