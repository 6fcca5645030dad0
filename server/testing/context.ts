// A ctx on a real database for tests, and builders of the rows a story needs. Nothing here replaces a real part.
import { afterAll } from 'vitest';
import { scopes } from '../../contract/roles.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import type { Ctx } from '../platform/context.ts';
import { secretBox } from '../platform/crypto.ts';
import { openDb } from '../platform/db/db.ts';
import { newId } from '../platform/db/ids.ts';
import { createJobs } from '../platform/jobs/jobs.ts';
import { createLog } from '../platform/log.ts';
import { createHub } from '../platform/realtime/hub.ts';
import { diskStorage } from '../platform/storage/storage.ts';
import { runTask, tasks } from '../tasks.ts';
import { testDatabase } from './database.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

export interface TestCtx extends Ctx {
  databaseUrl: string;
}

/** A workspace of its own on this file's database; everything is closed after the file. */
export async function testCtx(options: { work?: boolean; clock?: Ctx['clock'] } = {}): Promise<TestCtx> {
  const databaseUrl = await testDatabase();
  const dataDir = temporaryFolder();
  const log = createLog(process.env.TEST_LOG_LEVEL ?? 'silent');
  const { db } = openDb(databaseUrl, log, 10);
  const hub = createHub(databaseUrl, log);
  await hub.start();
  const jobs = createJobs(databaseUrl, log);
  // enqueues like the real one; a test that wants jobs done asks for it (`work`)
  await jobs.start(tasks, (name, data) => runTask(base, name, data), options.work ?? false);
  afterAll(async () => {
    await jobs.stop().catch(() => {});
    await hub.stop();
    await db.destroy();
    removeFolder(dataDir);
  });
  const base: TestCtx = {
    db,
    jobs,
    hub,
    log,
    clock: options.clock ?? systemClock,
    config: { ...readConfig({ DATA_DIR: dataDir }), databaseUrl },
    secrets: secretBox('0'.repeat(64)),
    storage: diskStorage(dataDir),
    databaseUrl,
    actor: { kind: 'system', workspaceId: '', name: 'Test' },
  };
  return inWorkspace(base, await aWorkspace(base));
}

/** The same ctx as somebody with every scope in that workspace. */
export function inWorkspace<C extends Ctx>(ctx: C, workspaceId: string): C {
  return {
    ...ctx,
    actor: { kind: 'token', workspaceId, tokenId: newId(), name: 'Test', scopes: new Set(scopes) },
  };
}

export async function aWorkspace(ctx: Pick<Ctx, 'db' | 'clock'>, name = 'Marlow Ceramics'): Promise<string> {
  const id = newId();
  await ctx.db
    .insertInto('workspaces')
    .values({ id, name, time_zone: 'Europe/London', created_at: ctx.clock.now() })
    .execute();
  return id;
}

/** A Telegram connection whose platform is whatever answers at `config.telegramApiRoot`. Returns its uuid. */
export async function aConnection(
  ctx: Ctx,
  token = `${Math.floor(1e8 + Math.random() * 9e8)}:AAtesttokentesttokentesttoken00000`,
): Promise<string> {
  const id = newId();
  const now = ctx.clock.now();
  await ctx.db
    .insertInto('connections')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id,
      channel: 'telegram',
      name: 'Shop bot',
      status: 'connected',
      credentials: ctx.secrets.seal(JSON.stringify({ token }), `connections/${id}/credentials`),
      account_id: token.split(':')[0] ?? '',
      username: 'shop_bot',
      webhook_secret: 'test-secret',
      receives_by: 'polling',
      created_at: now,
      updated_at: now,
    })
    .execute();
  return id;
}

/** A WhatsApp number of the workspace, which nobody answers for. Returns its uuid. */
export async function aWhatsAppNumber(ctx: Ctx): Promise<string> {
  const id = newId();
  const now = ctx.clock.now();
  const phone_number_id = String(Math.floor(1e14 + Math.random() * 9e14));
  await ctx.db
    .insertInto('connections')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id,
      channel: 'whatsapp',
      name: 'Shop number',
      status: 'connected',
      credentials: ctx.secrets.seal(
        JSON.stringify({
          phone_number_id,
          waba_id: '102290129340398',
          access_token: 'test-access-token',
          app_secret: 'test-app-secret',
          verify_token: 'test-verify-token',
        }),
        `connections/${id}/credentials`,
      ),
      account_id: phone_number_id,
      username: '15550783881',
      webhook_secret: 'test-secret',
      receives_by: 'webhook',
      created_at: now,
      updated_at: now,
    })
    .execute();
  return id;
}

/** A contact, with an identity when a connection is named. Returns its uuid. */
export async function aContact(
  ctx: Ctx,
  given: {
    firstName?: string;
    connectionId?: string;
    address?: string;
    reachable?: boolean;
    optedOut?: boolean;
  } = {},
): Promise<string> {
  const id = newId();
  const now = ctx.clock.now();
  const workspace_id = ctx.actor.workspaceId;
  await ctx.db
    .insertInto('contacts')
    .values({ workspace_id, id, first_name: given.firstName ?? 'Ann', created_at: now, updated_at: now })
    .execute();
  if (given.connectionId)
    await ctx.db
      .insertInto('identities')
      .values({
        workspace_id,
        id: newId(),
        contact_id: id,
        connection_id: given.connectionId,
        channel: 'telegram',
        address: given.address ?? String(Math.floor(Math.random() * 1e12)),
        reachable: given.reachable ?? true,
        unreachable_reason: given.reachable === false ? 'blocked' : null,
        created_at: now,
      })
      .execute();
  if (given.optedOut)
    await ctx.db
      .insertInto('consents')
      .values({
        workspace_id,
        contact_id: id,
        channel: 'telegram',
        purpose: 'marketing',
        state: 'opted_out',
        source: 'test',
        at: now,
      })
      .execute();
  return id;
}
