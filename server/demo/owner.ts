// Whose shop the demo runs in: the workspace of the environment's owner, or one of its own with a password that nobody
// has typed. What the demo has begun and finished is written in the audit log, so a second start knows where it stands.
import { roleScopes } from '../../contract/roles.ts';
import { createDefaultCampaigns } from '../campaigns/create.ts';
import { asSystem, type BaseCtx, type Ctx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { audit } from '../workspaces/audit.ts';
import { hashPassword, readablePassword } from '../workspaces/password.ts';
import { setUp } from '../workspaces/set-up.ts';

export interface DemoShop {
  /** Acts as the owner. */
  ctx: Ctx;
  email: string;
  /** To be shown once; null: the person knows it already. */
  password: string | null;
}

const demoOwner = { name: 'Nora Marlow', email: 'nora@marlow.example' };
const begun = 'demo.begun';
const finished = 'demo.finished';

/** Whether the demo's shop is here, finished or not. */
export async function isDemoBegun(base: BaseCtx): Promise<boolean> {
  return (await demoWorkspace(base)) !== null;
}

/** Whether an earlier start began the demo and did not come to its end. */
export async function isDemoUnfinished(base: BaseCtx): Promise<boolean> {
  const workspaceId = await demoWorkspace(base);
  return workspaceId !== null && !(await hasEvent(base, workspaceId, finished));
}

/** The shop to work in, made where there is none. */
export async function openShop(base: BaseCtx): Promise<DemoShop> {
  let workspaceId = (await demoWorkspace(base)) ?? (await firstWorkspace(base));
  let password: string | null = null;
  if (!workspaceId) {
    password = readablePassword();
    const owner = { ...demoOwner, password };
    ({ workspaceId } = await setUp(
      base,
      { name: 'Marlow Ceramics', timeZone: 'Europe/London', owner },
      async (ctx) => {
        await createDefaultCampaigns(ctx);
        await audit(ctx, begun, null);
      },
    ));
  } else if (!(await hasEvent(base, workspaceId, begun)))
    await audit(asSystem(base, workspaceId), begun, null);
  const owner = await base.db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.id', 'u.name', 'u.email'])
    .where('m.workspace_id', '=', workspaceId)
    .where('m.role', '=', 'owner')
    .orderBy('m.created_at')
    .executeTakeFirstOrThrow();
  const ctx: Ctx = {
    ...base,
    actor: {
      kind: 'user',
      workspaceId,
      userId: owner.id,
      sessionId: newId(),
      name: owner.name,
      role: 'owner',
      scopes: roleScopes.owner,
    },
  };
  return { ctx, email: owner.email, password: password ?? (await passwordAnew(ctx, owner)) };
}

/** Returns whether it was not finished before. */
export async function finishDemo(ctx: Ctx): Promise<boolean> {
  if (await hasEvent(ctx, ctx.actor.workspaceId, finished)) return false;
  await audit(asSystem(ctx, ctx.actor.workspaceId), finished, null);
  return true;
}

/** The first start died before it could show the password. Nobody has ever signed in, so a new one locks nobody out. */
async function passwordAnew(ctx: Ctx, owner: { id: string; email: string }): Promise<string | null> {
  if (owner.email !== demoOwner.email || ctx.config.owner) return null;
  const session = await ctx.db
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', owner.id)
    .executeTakeFirst();
  if (session || (await hasEvent(ctx, ctx.actor.workspaceId, 'session.started'))) return null;
  const password = readablePassword();
  await ctx.db
    .updateTable('users')
    .set({ password_hash: await hashPassword(password) })
    .where('id', '=', owner.id)
    .execute();
  return password;
}

export async function demoWorkspace(base: BaseCtx): Promise<string | null> {
  const row = await base.db
    .selectFrom('audit_events')
    .select('workspace_id')
    .where('action', '=', begun)
    .executeTakeFirst();
  return row?.workspace_id ?? null;
}

async function firstWorkspace(base: BaseCtx): Promise<string | null> {
  const row = await base.db.selectFrom('workspaces').select('id').orderBy('created_at').executeTakeFirst();
  return row?.id ?? null;
}

async function hasEvent(base: BaseCtx, workspaceId: string, action: string): Promise<boolean> {
  const row = await base.db
    .selectFrom('audit_events')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('action', '=', action)
    .executeTakeFirst();
  return row !== undefined;
}
