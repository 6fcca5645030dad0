// Every door of the API, walked from the app's own route table: no cookie or token, a token without the scope, every role,
// and the ids of another workspace. A new route is tried here the moment it exists.
import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { type IdPrefix, idPrefixes, toWireId } from '../contract/ids.ts';
import { type Role, roleScopes, roles, scopes } from '../contract/roles.ts';
import { createApp } from './app.ts';
import { enqueueDelivery } from './deliveries/sending/enqueue.ts';
import { newId } from './platform/db/ids.ts';
import type { RouteEntry } from './platform/http/route.ts';
import { aConnection, aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from './testing/context.ts';
import { aRun } from './testing/engine.ts';
import { aMember, anOwner, type Visitor, visitor } from './workspaces/testing-visitor.ts';
import { createToken } from './workspaces/tokens.ts';

let ctx: TestCtx;
let app: FastifyInstance;
/** One row of each noun in a workspace that the visitors do not belong to. */
let foreign: Partial<Record<IdPrefix, string>>;
/** Who owns those rows. */
let stranger: Awaited<ReturnType<typeof anOwner>>;
let own: { workspaceId: string };
const visitors = {} as Record<Role, Visitor>;

beforeAll(async () => {
  ctx = await testCtx();
  app = await createApp(ctx, { version: 'test', ready: () => true });
  await app.ready();
  const owner = await anOwner(app);
  own = owner;
  visitors.owner = owner;
  for (const role of ['admin', 'marketer', 'operator'] as const)
    visitors[role] = await aMember(app, owner.workspaceId, role);
  foreign = await aForeignShop();
  return () => app.close();
});

async function aForeignShop(): Promise<Partial<Record<IdPrefix, string>>> {
  stranger = await anOwner(app);
  const there = inWorkspace(ctx, stranger.workspaceId);
  const connectionId = await aConnection(there);
  const contactId = await aContact(there, { connectionId });
  const { runId, campaignId } = await aRun(there, connectionId);
  const { id: deliveryId } = await enqueueDelivery(there, {
    source: 'reply',
    contactId,
    connectionId,
    content: { text: 'Hi' },
    authorId: null,
  });
  const conversationId = newId();
  const at = ctx.clock.now();
  const common = { workspace_id: stranger.workspaceId, created_at: at };
  await ctx.db
    .insertInto('conversations')
    .values({
      ...common,
      id: conversationId,
      contact_id: contactId,
      connection_id: connectionId,
      channel: 'telegram',
      status: 'open',
      updated_at: at,
    })
    .execute();
  const messageId = newId();
  await ctx.db
    .insertInto('messages')
    .values({
      workspace_id: stranger.workspaceId,
      id: messageId,
      contact_id: contactId,
      connection_id: connectionId,
      direction: 'in',
      body: JSON.stringify({ text: 'Theirs' }),
      at,
    })
    .execute();
  const mediaId = newId();
  await ctx.db
    .insertInto('media')
    .values({
      ...common,
      id: mediaId,
      kind: 'image',
      mime: 'image/png',
      file_name: 'x.png',
      size_bytes: 1,
      sha256: Buffer.from(mediaId),
    })
    .execute();
  const token = await createToken(there, { name: 'Theirs', scopes: ['campaigns:read'] });
  const invitation = newId();
  await ctx.db
    .insertInto('invitations')
    .values({
      ...common,
      id: invitation,
      email: 'x@y.example',
      role: 'operator',
      token_hash: Buffer.from(invitation),
      expires_at: new Date(at.getTime() + 1e9),
    })
    .execute();
  const settlementId = newId();
  await ctx.db
    .insertInto('settlements')
    .values({
      ...common,
      id: settlementId,
      run_id: runId,
      verb: 'resend',
      status: 'active',
      expected: 1,
      until: at,
      actor_kind: 'token',
      actor_name: 'Theirs',
    })
    .execute();
  const noteId = newId();
  await ctx.db
    .insertInto('contact_notes')
    .values({ ...common, id: noteId, contact_id: contactId, text: 'Theirs', author: 'Theirs' })
    .execute();
  const segmentId = newId();
  await ctx.db
    .insertInto('segments')
    .values({ ...common, id: segmentId, name: 'Theirs', kind: 'static', updated_at: at })
    .execute();
  const mergeId = newId();
  await ctx.db
    .insertInto('contact_merges')
    .values({
      workspace_id: common.workspace_id,
      id: mergeId,
      contact_id: contactId,
      survivor_id: contactId,
      absorbed_id: newId(),
      absorbed_name: 'Theirs',
      set_aside: '{}',
      actor_kind: 'token',
      actor_name: 'Theirs',
      at,
      undoable_until: at,
    })
    .execute();
  const bulkId = newId();
  await ctx.db
    .insertInto('bulk_actions')
    .values({ ...common, id: bulkId, action: JSON.stringify({ do: 'erase' }), expected: 1 })
    .execute();
  const viewId = newId();
  await ctx.db
    .insertInto('saved_views')
    .values({ ...common, id: viewId, screen: 'campaigns', name: 'Theirs', query: '{}' })
    .execute();
  const campaignBulkId = newId();
  await ctx.db
    .insertInto('campaign_bulks')
    .values({
      ...common,
      id: campaignBulkId,
      action: JSON.stringify({ do: 'delete' }),
      campaign_ids: [campaignId],
      expected: 1,
    })
    .execute();
  const exportId = newId();
  await ctx.db
    .insertInto('exports')
    .values({ ...common, id: exportId })
    .execute();
  const groupId = newId();
  await ctx.db
    .insertInto('groups')
    .values({
      ...common,
      id: groupId,
      connection_id: connectionId,
      channel: 'telegram',
      address: '-5',
      kind: 'group',
      title: 'Theirs',
      standing: 'member',
      standing_at: at,
    })
    .execute();
  const importId = newId();
  await ctx.db
    .insertInto('imports')
    .values({
      ...common,
      id: importId,
      file_name: 'x.csv',
      size_bytes: 1,
      form: '{}',
      settings: '{}',
      created_by: 'Theirs',
    })
    .execute();
  const templateId = newId();
  await ctx.db
    .insertInto('message_templates')
    .values({ ...common, id: templateId, name: 'Theirs', category: 'own', updated_at: at })
    .execute();
  const whatsappTemplateId = newId();
  await ctx.db
    .insertInto('whatsapp_templates')
    .values({
      ...common,
      id: whatsappTemplateId,
      connection_id: connectionId,
      external_id: '1',
      name: 'theirs',
      language: 'en',
      category: 'MARKETING',
      status: 'APPROVED',
      components: '[]',
      buildable: true,
      synced_at: at,
    })
    .execute();
  const connectorId = newId();
  await ctx.db
    .insertInto('shop_connectors')
    .values({ ...common, id: connectorId, kind: 'shopify', name: 'Theirs', updated_at: at })
    .execute();
  const session = await ctx.db
    .selectFrom('sessions')
    .select('id')
    .where('workspace_id', '=', stranger.workspaceId)
    .executeTakeFirstOrThrow();
  return {
    con: toWireId('con', connectionId),
    cnt: toWireId('cnt', contactId),
    nte: toWireId('nte', noteId),
    mrg: toWireId('mrg', mergeId),
    shc: toWireId('shc', connectorId),
    tpl: toWireId('tpl', templateId),
    wat: toWireId('wat', whatsappTemplateId),
    cmp: toWireId('cmp', campaignId),
    run: toWireId('run', runId),
    dlv: toWireId('dlv', deliveryId),
    stl: toWireId('stl', settlementId),
    seg: toWireId('seg', segmentId),
    grp: toWireId('grp', groupId),
    blk: toWireId('blk', bulkId),
    viw: toWireId('viw', viewId),
    cbk: toWireId('cbk', campaignBulkId),
    exp: toWireId('exp', exportId),
    imp: toWireId('imp', importId),
    cnv: toWireId('cnv', conversationId),
    msg: toWireId('msg', messageId),
    med: toWireId('med', mediaId),
    tok: token.id,
    inv: toWireId('inv', invitation),
    usr: stranger.me.user.id,
    ses: toWireId('ses', session.id),
  };
}

const guarded = (): RouteEntry[] =>
  app.routeTable.filter((entry) => entry.access !== 'public' && !entry.url.endsWith('/live'));

function urlOf(entry: RouteEntry, idOf: (prefix: IdPrefix) => string): string {
  return Object.entries(entry.ids)
    .reduce((url, [name, prefix]) => url.replace(`:${name}`, idOf(prefix)), entry.url)
    .replace('/api/v1', '');
}

const absent = (prefix: IdPrefix) => toWireId(prefix, newId());
const bodyFor = (entry: RouteEntry) => (entry.method === 'GET' || entry.method === 'DELETE' ? undefined : {});
const named = (entry: RouteEntry) => `${entry.method} ${entry.url}`;

describe('every route', () => {
  it('is known to this test: the table is not empty and every path id is declared', () => {
    expect(guarded().length).toBeGreaterThan(50);
    for (const entry of app.routeTable)
      expect([...Object.keys(entry.ids), ...entry.names].sort(), named(entry)).toEqual(
        [...entry.url.matchAll(/:(\w+)/g)].map((match) => match[1]).sort(),
      );
  });

  it('refuses a query parameter that it does not know, and does nothing', async () => {
    const before = await photograph();
    for (const entry of guarded()) {
      const url = `${urlOf(entry, (prefix) => foreign[prefix] ?? absent(prefix))}?stat=unknown`;
      const answer = await stranger.call(entry.method, url, bodyFor(entry));
      expect(`${named(entry)} ${answer.statusCode}`).toBe(`${named(entry)} 422`);
      // what a body lacks is told first
      if (entry.method === 'GET')
        expect(answer.json().errors, named(entry)).toContainEqual({
          pointer: '/stat',
          detail: expect.stringMatching(
            /^Unknown query parameter "stat"\. (Did you mean|Known here|This address)/,
          ),
        });
    }
    expect(await photograph()).toEqual(before);
  });

  it('answers 401 to nobody', async () => {
    for (const entry of guarded()) {
      const answer = await visitor(app).call(entry.method, urlOf(entry, absent), bodyFor(entry));
      expect(`${named(entry)} ${answer.statusCode}`).toBe(`${named(entry)} 401`);
    }
  });

  it('answers 404 to the ids of another workspace, before it looks at the body, and changes nothing there', async () => {
    const withIds = guarded().filter((entry) => Object.keys(entry.ids).length > 0);
    expect(withIds.length).toBeGreaterThan(30);
    const before = await photograph();
    for (const entry of withIds) {
      for (const id of [
        (prefix: IdPrefix) => foreign[prefix] ?? `no foreign ${prefix}`,
        absent,
        (prefix: IdPrefix) => `${prefix}_nonsense`,
      ]) {
        const answer = await visitors.owner.call(entry.method, urlOf(entry, id), bodyFor(entry));
        expect(`${named(entry)} ${answer.statusCode} ${answer.json().code}`).toBe(
          `${named(entry)} 404 NOT_FOUND`,
        );
      }
    }
    for (const prefix of new Set(withIds.flatMap((entry) => Object.values(entry.ids))))
      expect(foreign, idPrefixes[prefix]).toHaveProperty(prefix);
    expect(await photograph()).toEqual(before);
  });

  it.each(roles)('answers 403 to the role %s exactly where its scopes end', async (role) => {
    for (const entry of guarded()) {
      const answer = await visitors[role].call(entry.method, urlOf(entry, absent), bodyFor(entry));
      const may = entry.access === 'signed_in' || roleScopes[role].has(entry.access as never);
      const refused = answer.statusCode === 403 && answer.json().code === 'FORBIDDEN';
      // an owner deleting all other sessions and the like really act: they are the visitor's own
      expect(`${named(entry)} ${refused ? 'refused' : 'let in'}`).toBe(
        `${named(entry)} ${may ? 'let in' : 'refused'}`,
      );
    }
  });

  it('answers 403 to a token without the scope, and lets one with only that scope in', async () => {
    const there = inWorkspace(ctx, own.workspaceId);
    for (const scope of scopes) {
      const only = visitor(app, (await createToken(there, { name: scope, scopes: [scope] })).token);
      const others = scopes.filter((other) => other !== scope);
      const without = visitor(app, (await createToken(there, { name: 'rest', scopes: others })).token);
      for (const entry of guarded().filter(
        (entry) => entry.access === scope && Object.keys(entry.ids).length > 0,
      )) {
        const url = urlOf(entry, absent);
        expect(`${named(entry)} ${(await only.call(entry.method, url, bodyFor(entry))).statusCode}`).toBe(
          `${named(entry)} 404`,
        );
        expect(`${named(entry)} ${(await without.call(entry.method, url, bodyFor(entry))).statusCode}`).toBe(
          `${named(entry)} 403`,
        );
      }
    }
  });
});

/** Row versions of the foreign shop: whatever was written there shows. */
async function photograph(): Promise<unknown> {
  const workspaceId = await aWorkspace(ctx, 'bystander');
  const rows: Record<string, unknown> = {};
  for (const table of [
    'connections',
    'contacts',
    'contact_notes',
    'groups',
    'shop_connectors',
    'message_templates',
    'campaigns',
    'runs',
    'settlements',
    'conversations',
    'media',
    'api_tokens',
    'invitations',
    'memberships',
    'sessions',
  ] as const)
    rows[table] = await ctx.db
      .selectFrom(table)
      .selectAll()
      .where('workspace_id', 'not in', [own.workspaceId, workspaceId])
      .orderBy('created_at')
      .execute();
  return rows;
}
