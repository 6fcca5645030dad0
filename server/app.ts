// The HTTP app: every module's routes on one server, and the panel's files. Which nouns have ids, and where their rows are.
import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { createDefaultCampaigns } from './campaigns/create.ts';
import { heldRoutes } from './campaigns/held/held-routes.ts';
import { isMediaInUse } from './campaigns/references.ts';
import { campaignRoutes } from './campaigns/routes.ts';
import { scheduleRoutes } from './campaigns/schedules/schedule-routes.ts';
import { connectionRoutes } from './channels/routes.ts';
import { webhookRoutes } from './channels/webhooks.ts';
import { attributeRoutes } from './contacts/attribute-routes.ts';
import { consentRoutes } from './contacts/consent-routes.ts';
import { mergeRoutes } from './contacts/merge/routes.ts';
import { profileRoutes } from './contacts/profile-routes.ts';
import { contactRoutes } from './contacts/routes.ts';
import { conversationRoutes } from './conversations/routes.ts';
import { limitsRoutes } from './deliveries/limits-routes.ts';
import { linkRoutes } from './deliveries/links-routes.ts';
import { deliveryRoutes } from './deliveries/routes.ts';
import { demoRoutes } from './demo/routes.ts';
import { groupRoutes } from './groups/routes.ts';
import { importRoutes } from './imports/routes.ts';
import { mediaRoutes } from './media/routes.ts';
import { nodeRoutes } from './nodes/routes.ts';
import type { BaseCtx } from './platform/context.ts';
import type { TenantTables } from './platform/http/access.ts';
import { createServer } from './platform/http/server.ts';
import { installLiveSocket } from './platform/realtime/socket.ts';
import { mountSandbox } from './sandbox-door.ts';
import { bulkRoutes } from './segments/bulk/routes.ts';
import { exportRoutes } from './segments/exports/routes.ts';
import { filteredContacts } from './segments/filtered-contacts.ts';
import { segmentRoutes } from './segments/routes.ts';
import { shopHookRoutes } from './shop/connectors/hooks.ts';
import { shopConnectorRoutes } from './shop/connectors/routes.ts';
import { shopRoutes } from './shop/routes.ts';
import { templateRoutes } from './templates/routes.ts';
import { triggerRoutes } from './triggers/routes.ts';
import { whatsappTemplateRoutes } from './whatsapp-templates/routes.ts';
import { authenticate } from './workspaces/authenticate.ts';
import { workspaceRoutes } from './workspaces/routes.ts';

/** Id prefix → table, for the ownership check that stands before every handler. */
const tenantTables: TenantTables = {
  usr: { table: 'memberships', column: 'user_id' },
  ses: { table: 'sessions' },
  inv: { table: 'invitations' },
  tok: { table: 'api_tokens', where: 'revoked_at IS NULL' },
  viw: { table: 'saved_views' },
  med: { table: 'media' },
  con: { table: 'connections', where: 'deleted_at IS NULL' },
  cnt: { table: 'contacts' },
  mrg: { table: 'contact_merges' },
  nte: { table: 'contact_notes' },
  seg: { table: 'segments' },
  blk: { table: 'bulk_actions' },
  exp: { table: 'exports' },
  grp: { table: 'groups' },
  imp: { table: 'imports' },
  shc: { table: 'shop_connectors' },
  tpl: { table: 'message_templates' },
  wat: { table: 'whatsapp_templates' },
  cmp: { table: 'campaigns' },
  cbk: { table: 'campaign_bulks' },
  run: { table: 'runs' },
  dlv: { table: 'deliveries' },
  stl: { table: 'settlements' },
  cnv: { table: 'conversations' },
  msg: { table: 'messages' },
};

const panelFolder = path.resolve(import.meta.dirname, '../dist/admin');

export interface AppOptions {
  version: string;
  /** Whether this node has finished starting and can serve. */
  ready(): boolean;
  /** This node's own entry in the list of nodes. */
  nodeId?: string;
}

export async function createApp(base: BaseCtx, options: AppOptions): Promise<FastifyInstance> {
  const app = await createServer(base, options.version, authenticate, tenantTables);
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    if (!options.ready()) return reply.status(503).send({ status: 'starting' });
    await base.db.selectNoFrom((eb) => eb.lit(1).as('one')).execute();
    return { status: 'ready' };
  });
  installLiveSocket(app, authenticate);
  workspaceRoutes(app, createDefaultCampaigns);
  mediaRoutes(app, isMediaInUse);
  contactRoutes(app, filteredContacts);
  consentRoutes(app);
  mergeRoutes(app);
  attributeRoutes(app);
  profileRoutes(app);
  shopRoutes(app);
  shopConnectorRoutes(app);
  shopHookRoutes(app);
  groupRoutes(app);
  segmentRoutes(app);
  bulkRoutes(app);
  exportRoutes(app);
  importRoutes(app);
  templateRoutes(app);
  connectionRoutes(app);
  whatsappTemplateRoutes(app);
  webhookRoutes(app);
  deliveryRoutes(app);
  limitsRoutes(app);
  linkRoutes(app);
  conversationRoutes(app);
  campaignRoutes(app);
  scheduleRoutes(app);
  heldRoutes(app);
  triggerRoutes(app);
  nodeRoutes(app, options.nodeId ?? null);
  demoRoutes(app);
  if (base.config.sandboxUrl) await mountSandbox(app, base.config.sandboxUrl, authenticate);
  if (existsSync(panelFolder)) await mountPanel(app);
  return app;
}

/** Hashed files are kept for ever, index.html never; unknown paths are the panel's own pages. */
async function mountPanel(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: panelFolder,
    serve: false,
    // the build leaves them beside the files: self-hosted often means that nothing stands before this server
    preCompressed: true,
  });
  // read at every request: a panel that is built anew under a running server shows at the next reload
  app.get('/assets/*', { schema: { hide: true } }, (request, reply) =>
    reply.sendFile(`assets/${(request.params as { '*': string })['*']}`, { maxAge: '365d', immutable: true }),
  );
  app.get('/icon.svg', { schema: { hide: true } }, (_request, reply) =>
    reply.sendFile('icon.svg', { maxAge: '1d' }),
  );
  const page = { cacheControl: false };
  app.get('/', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').sendFile('index.html', page),
  );
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    const isPage =
      request.headers.accept?.includes('text/html') && !/^\/(api|hooks|sandbox)\//.test(request.url);
    if (!isPage) return reply.callNotFound();
    return reply.header('cache-control', 'no-cache').sendFile('index.html', page);
  });
}
