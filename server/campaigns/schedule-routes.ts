// What a schedule means before it is saved, and what a campaign's schedule means for the people it reaches.
import type { FastifyInstance } from 'fastify';
import { schedulePreview, schedulePreviewInput } from '../../contract/schedules.ts';
import { route } from '../platform/http/route.ts';
import { previewSchedule } from './preview-schedule.ts';

export function scheduleRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'POST',
    url: '/api/v1/schedules/preview',
    access: 'campaigns:read',
    tag: 'campaigns',
    summary: 'The next dates of a schedule, and how it reads in words',
    body: schedulePreviewInput,
    response: schedulePreview,
    handler: async ({ ctx, body }) => previewSchedule(body.schedule, body.limit, ctx.clock.now()),
  });
}
