// How an account stands with its platform: asked when it is connected or tested, hourly, and when the platform says that
// something changed. Kept with the connection; what the platform grants it per second becomes the pace of its lane.
import type { AccountHealth, Channel } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { announce, breakConnection, openAccount } from './accounts.ts';
import type { AccountEvent } from './channel.ts';
import type { ConnectionRef } from './connection.ts';
import { adapterOf, paceOf } from './registry.ts';
import { findAnywhere } from './store.ts';

export interface HealthJob {
  connectionId: string;
}

/** Null: there is no such connection, or its platform tells nothing. Throws AppError where the platform cannot be asked. */
export async function lookAtHealth(base: BaseCtx, connectionId: string): Promise<AccountHealth | null> {
  const open = await openAccount(base, connectionId);
  if (!open?.adapter.health) return null;
  const health = await open.adapter.health(open.account);
  const { workspaceId } = open.account;
  await inTransaction(asSystem(base, workspaceId), async (ctx) => {
    const before = await findAnywhere(ctx, connectionId);
    if (!before) return;
    await ctx.db
      .updateTable('connections')
      .set({
        health: JSON.stringify(health),
        health_at: ctx.clock.now(),
        platform_rate: health.per_second,
      })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', connectionId)
      .execute();
    if (before.health_at === null || !isSame(before.health as AccountHealth, health))
      await announce(ctx, connectionId);
  });
  return health;
}

/** The hourly look, one job for each connection, so that one that hangs holds up nobody. */
export async function lookAtAllHealth(base: BaseCtx): Promise<void> {
  const rows = await base.db
    .selectFrom('connections')
    .select(['id', 'channel'])
    .where('deleted_at', 'is', null)
    .execute();
  for (const { id, channel } of rows) {
    if (paceOf(channel as Channel) === null || !adapterOf(channel as Channel).health) continue;
    await base.jobs.enqueue(base, 'channels.health', { connectionId: id } satisfies HealthJob, { key: id });
  }
}

/** A job's look. A platform out of reach is no failure of the job: the next hour asks again. */
export async function runHealthJob(base: BaseCtx, { connectionId }: HealthJob): Promise<void> {
  try {
    await lookAtHealth(base, connectionId);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    base.log.info(
      { err: error, connection: toWireId('con', connectionId) },
      'the health of an account could not be asked',
    );
    if (error.code === 'CREDENTIALS_REJECTED') await breakConnection(base, connectionId, error.message);
  }
}

/**
 * The platform said something of the account: what exactly is asked anew; what stops everything does so at once, unless it is
 * from before a person connected or mended it. News come up to seven days late (Cloud API, webhooks, 2026-11-20).
 */
export async function noteAccountEvent(
  ctx: Ctx,
  connection: ConnectionRef,
  event: AccountEvent,
): Promise<void> {
  if (event.stops && !(await isMendedSince(ctx, connection.id, event.at)))
    await breakConnection(ctx, connection.id, event.words);
  await ctx.jobs.enqueue(ctx, 'channels.health', { connectionId: connection.id } satisfies HealthJob, {
    key: connection.id,
  });
}

/** The platform's times are whole seconds: in the same second it may have been before or after. */
async function isMendedSince(ctx: Ctx, connectionId: string, at: Date): Promise<boolean> {
  const row = await findAnywhere(ctx, connectionId);
  const soundFrom = row?.mended_at ?? row?.created_at;
  return soundFrom !== undefined && at.getTime() + 1000 <= soundFrom.getTime();
}

function isSame(before: AccountHealth, now: AccountHealth): boolean {
  const stable = (health: AccountHealth) => JSON.stringify(Object.entries(health).sort());
  return stable(before) === stable(now);
}
