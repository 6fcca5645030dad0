// What every use case gets first: no global app object. `actor` says who asks and in which workspace; a query without
// `ctx.actor.workspaceId` in its WHERE is a bug.
import type { Role, Scope } from '../../contract/roles.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { SecretBox } from './crypto.ts';
import type { Db } from './db/db.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Log } from './log.ts';
import type { Hub } from './realtime/hub.ts';
import type { Storage } from './storage/storage.ts';

export type Actor =
  | {
      kind: 'user';
      workspaceId: string;
      userId: string;
      sessionId: string;
      name: string;
      role: Role;
      scopes: ReadonlySet<Scope>;
    }
  | { kind: 'token'; workspaceId: string; tokenId: string; name: string; scopes: ReadonlySet<Scope> }
  | { kind: 'system'; workspaceId: string; name: string };

/** Without an actor: start-up, sign-in, the lanes before they know a row's workspace. */
export interface BaseCtx {
  db: Db;
  jobs: Jobs;
  hub: Hub;
  log: Log;
  clock: Clock;
  config: Config;
  secrets: SecretBox;
  storage: Storage;
}
export interface Ctx extends BaseCtx {
  actor: Actor;
}

/** The product itself at work in one workspace: lanes, jobs, inbound messages. */
export function asSystem(base: BaseCtx, workspaceId: string): Ctx {
  return { ...base, actor: { kind: 'system', workspaceId, name: 'Carillon' } };
}

/** The person behind the actor, where there is one (author of a reply, inviter). */
export function actingUserId(ctx: Ctx): string | null {
  return ctx.actor.kind === 'user' ? ctx.actor.userId : null;
}

/** Runs `work` in one transaction; jobs and live news of that ctx leave with its commit. Nested calls join the outer one. */
export async function inTransaction<C extends BaseCtx, R>(ctx: C, work: (ctx: C) => Promise<R>): Promise<R> {
  if (ctx.db.isTransaction) return work(ctx);
  return ctx.db.transaction().execute((trx) => work({ ...ctx, db: trx }));
}

/** Runs `work` on one instant of the database: figures read one after the other belong together. Reads only. */
export async function inSnapshot<C extends BaseCtx, R>(ctx: C, work: (ctx: C) => Promise<R>): Promise<R> {
  return ctx.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((trx) => work({ ...ctx, db: trx }));
}
