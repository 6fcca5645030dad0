// Renames a connection, gives it a new token of the same account, or sets how it is warmed up.
import { sql } from 'kysely';
import type { Connection } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { announce } from './accounts.ts';
import { apiRootOf, credentialsPlace, toConnection } from './connection.ts';
import { settleReceiving } from './receiving.ts';
import { adapterOf } from './registry.ts';
import { type ConnectionChange, changeRow, readConnection } from './store.ts';

export interface ConnectionPatch {
  name?: string;
  credentials?: Record<string, string>;
  warm_up?: { day_limits: number[] | null; started_on?: string | null } | null;
  version?: number;
}

/** Throws VERSION_CONFLICT, CREDENTIALS_REJECTED, VALIDATION_FAILED (a token of another bot, a plan that begins tomorrow). */
export async function changeConnection(ctx: Ctx, id: string, patch: ConnectionPatch): Promise<Connection> {
  const row = await readConnection(ctx, id);
  if (patch.version !== undefined && patch.version !== row.version) throw conflict();
  const adapter = adapterOf(row.channel as Connection['channel']);
  const change: ConnectionChange = patch.name === undefined ? {} : { name: patch.name };
  if (patch.credentials) Object.assign(change, await newCredentials(ctx, row, patch.credentials));
  if (patch.warm_up !== undefined) Object.assign(change, await newWarmUp(ctx, patch.warm_up, row));
  await inTransaction(ctx, async (trx) => {
    // the version read above: what changed while the platform was asked is not overwritten unseen
    if (!(await changeRow(trx, id, change, patch.version === undefined ? undefined : row.version)))
      throw conflict();
    const fields = Object.keys(patch).filter((field) => field !== 'version');
    await audit(trx, 'connection.changed', { type: 'connection', id: toWireId('con', id) }, { fields });
    await announce(trx, id);
  });
  if (patch.credentials)
    await settleReceiving(ctx, id).catch((error) =>
      ctx.log.warn({ err: error }, 'how messages come in could not be settled yet'),
    );
  return toConnection(await readConnection(ctx, id), adapter);
}

async function newCredentials(
  ctx: Ctx,
  row: Awaited<ReturnType<typeof readConnection>>,
  credentials: Record<string, string>,
): Promise<ConnectionChange> {
  const apiRoot = apiRootOf(ctx.config, row.sandbox);
  if (!apiRoot) throw new AppError('CONNECTION_NOT_READY', 'The sandbox is off. Start with SANDBOX=on.');
  const { workspaceId } = ctx.actor;
  const who = await adapterOf(row.channel as Connection['channel']).identify({
    workspaceId,
    connectionId: row.id,
    apiRoot,
    credentials,
  });
  if (who.accountId !== row.account_id)
    throw invalidField(
      '/credentials/token',
      `This token belongs to another bot (@${who.username ?? who.name}). Use a token of @${row.username ?? row.name}, or connect the other bot as a connection of its own.`,
    );
  return {
    credentials: ctx.secrets.seal(JSON.stringify(credentials), credentialsPlace(row.id)),
    username: who.username,
    status: 'connected',
    problem: null,
  };
}

/** Without a day: the plan goes on from the day it began, a new one begins today. Days are the workspace's. */
async function newWarmUp(
  ctx: Ctx,
  plan: NonNullable<ConnectionPatch['warm_up']> | null,
  row: { warm_up_started_on: string | null },
): Promise<ConnectionChange> {
  if (!plan?.day_limits) return { warm_up_day_limits: null, warm_up_started_on: null };
  const workspace = await ctx.db
    .selectFrom('workspaces')
    .select(sql<string>`(${ctx.clock.now()}::timestamptz AT TIME ZONE time_zone)::date::text`.as('today'))
    .where('id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  const startedOn = plan.started_on ?? row.warm_up_started_on ?? workspace.today;
  if (startedOn > workspace.today)
    throw invalidField('/warm_up/started_on', `Choose today (${workspace.today}) or an earlier day.`);
  return { warm_up_day_limits: plan.day_limits, warm_up_started_on: sql<Date>`${startedOn}::date` };
}

function conflict(): AppError {
  return new AppError('VERSION_CONFLICT', 'Load the connection again and repeat your change.');
}
