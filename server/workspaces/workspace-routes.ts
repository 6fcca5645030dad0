// HTTP of the workspace itself, its API tokens and its audit log.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { pageOf, pageQuery } from '../../contract/lists.ts';
import { messagePrices, messagePricesInput } from '../../contract/message-prices.ts';
import * as contract from '../../contract/workspaces.ts';
import { route } from '../platform/http/route.ts';
import { listAuditEvents } from './audit.ts';
import { dropPrices, readPrices, writePrices } from './message-prices.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';
import { editWorkspace, showWorkspace } from './workspace.ts';

export function ownWorkspaceRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/workspace',
    access: 'workspace:read',
    tag: 'Workspace',
    summary: 'The workspace of this session or token',
    response: contract.workspace,
    handler: ({ ctx }) => showWorkspace(ctx),
  });
  route(app, {
    method: 'PATCH',
    url: '/api/v1/workspace',
    access: 'workspace:write',
    tag: 'Workspace',
    summary: 'Rename the workspace, or change its time zone, currency, frequency caps or quiet hours',
    body: contract.workspacePatch,
    response: contract.workspace,
    handler: ({ ctx, body }) => editWorkspace(ctx, body),
  });
  const prices = { tag: 'Workspace', url: '/api/v1/message_prices', response: messagePrices } as const;
  route(app, {
    ...prices,
    method: 'GET',
    access: 'workspace:read',
    summary: 'What a WhatsApp message costs, by market and category: the workspace’s own figures or defaults',
    handler: ({ ctx }) => readPrices(ctx),
  });
  route(app, {
    ...prices,
    method: 'PUT',
    access: 'workspace:write',
    summary: 'Write the whole table of message prices; a market that is left out is not known',
    body: messagePricesInput,
    handler: ({ ctx, body }) => writePrices(ctx, body),
  });
  route(app, {
    ...prices,
    method: 'DELETE',
    access: 'workspace:write',
    summary: 'Forget the own message prices: the defaults hold again',
    handler: ({ ctx }) => dropPrices(ctx),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/tokens',
    access: 'tokens:read',
    tag: 'API tokens',
    summary: 'API tokens, newest first',
    query: pageQuery,
    response: pageOf(contract.apiToken),
    handler: ({ ctx, query }) => listTokens(ctx, query),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/tokens',
    access: 'tokens:write',
    tag: 'API tokens',
    summary: 'Make an API token; it is shown once',
    body: contract.apiTokenCreate,
    response: contract.apiTokenCreated,
    status: 201,
    handler: ({ ctx, body }) => createToken(ctx, body),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/tokens/:id',
    access: 'tokens:write',
    tag: 'API tokens',
    summary: 'Revoke an API token; it stops at once',
    ids: { id: 'tok' },
    async handler({ ctx, ids }) {
      await revokeToken(ctx, ids.id!);
      return undefined;
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/audit_events',
    access: 'audit_events:read',
    tag: 'Audit log',
    summary: 'Who did what, newest first',
    query: pageQuery.extend({
      action: z
        .string()
        .max(100)
        .optional()
        .meta({ description: '"campaign.launched", or all of "campaign"' }),
      actor: z
        .string()
        .max(100)
        .optional()
        .meta({ description: 'A `usr_…` or `tok_…` id, or `user`, `token`, `system`' }),
    }),
    response: pageOf(contract.auditEvent),
    handler: ({ ctx, query }) => listAuditEvents(ctx, query, query),
  });
}
