// Renames a connection, gives it a new token of the same account, or sets how it is warmed up.
import { sql } from 'kysely';
import { factsOf } from '../../contract/channel-facts.ts';
import { type Channel, type Connection, credentialsOf } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { announce, openCredentials } from './accounts.ts';
import { apiRootOf, credentialsPlace, handleOf, toConnection } from './connection.ts';
import { settleReceiving } from './receiving.ts';
import { adapterOf } from './registry.ts';
import { type ConnectionChange, changeRow, findAnywhere, readConnection } from './store.ts';

type Row = Awaited<ReturnType<typeof readConnection>>;

export interface ConnectionPatch {
  name?: string;
  credentials?: Record<string, string | undefined>;
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
    if (patch.credentials) {
      const waiting = { workspaceId: trx.actor.workspaceId, connectionId: id };
      await trx.jobs.enqueue(trx, 'conversations.fetch_waiting', waiting, { key: id });
    }
  });
  if (patch.credentials)
    await settleReceiving(ctx, id, 'by_a_person').catch((error) =>
      ctx.log.warn({ err: error }, 'how messages come in could not be settled yet'),
    );
  return toConnection(await readConnection(ctx, id), adapter);
}

async function newCredentials(
  ctx: Ctx,
  row: Row,
  given: Record<string, string | undefined>,
): Promise<ConnectionChange> {
  const credentials = await wholeCredentials(ctx, row, given);
  const apiRoot = apiRootOf(ctx.config, row.channel, row.sandbox);
  if (!apiRoot) throw new AppError('CONNECTION_NOT_READY', 'The sandbox is off. Start with SANDBOX=on.');
  const { workspaceId } = ctx.actor;
  const who = await adapterOf(row.channel as Connection['channel']).identify({
    workspaceId,
    connectionId: row.id,
    apiRoot,
    credentials,
  });
  if (who.accountId !== row.account_id) {
    const [other, own] = [handleOf(row.channel, who), handleOf(row.channel, row)];
    throw wrongAccount[row.channel as Channel](other, own);
  }
  return {
    parent_account_id: credentials.waba_id ?? null,
    credentials: ctx.secrets.seal(JSON.stringify(credentials), credentialsPlace(row.id)),
    username: who.username,
    status: 'connected',
    problem: null,
  };
}

/** The account is the connection: another one would get what was meant for this one's people. */
const wrongAccount: Record<Channel, (other: string, own: string) => AppError> = {
  telegram: (other, own) =>
    invalidField(
      '/credentials/token',
      `This token belongs to another bot (${other}). Use a token of ${own}, or connect the other bot as a connection of its own.`,
    ),
  whatsapp: (other, own) =>
    invalidField(
      '/credentials/phone_number_id',
      `This is the ID of another number (${other}). Leave it as it was for ${own}, or connect the other number as a connection of its own.`,
    ),
  website: (other) => invalidField('/credentials', `This is another website (${other}).`),
};

/** The new credentials whole: what is not given anew stays. Another channel's are refused beside their field. */
async function wholeCredentials(
  ctx: Ctx,
  row: Row,
  given: Record<string, string | undefined>,
): Promise<Record<string, string>> {
  const fields = Object.keys(credentialsOf[row.channel as Channel].shape);
  const [foreign] = Object.keys(given).filter((field) => !fields.includes(field));
  const known = fields.map((field) => `"${field}"`).join(', ');
  const { name, account } = factsOf(row.channel as Channel);
  if (foreign)
    throw invalidField(
      `/credentials/${foreign}`,
      `This connection is a ${name} ${account}: it takes ${known}.`,
    );
  const fresh = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (fresh.length === 0) throw invalidField('/credentials', `Name at least one of them: ${known}.`);
  // what is given anew whole needs nothing of before, which may not be readable any more
  const kept = fresh.length < fields.length ? await findAnywhere(ctx, row.id) : undefined;
  return { ...(kept && openCredentials(ctx, row.id, kept.credentials)), ...Object.fromEntries(fresh) };
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
