// Connects an account: asks the platform who the token is, keeps it sealed, and settles how messages come in.
import { factsOf } from '../../contract/channel-facts.ts';
import type { Channel, Connection } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import { beginReachByPhone } from '../contacts/reach-by-phone.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { randomToken } from '../platform/crypto.ts';
import { isUniqueViolation } from '../platform/db/db.ts';
import { newId } from '../platform/db/ids.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { announce } from './accounts.ts';
import { apiRootOf, credentialsPlace, handleOf, toConnection } from './connection.ts';
import { lookAtHealth } from './health.ts';
import { settleReceiving } from './receiving.ts';
import { adapterOf } from './registry.ts';
import { readConnection } from './store.ts';

export interface NewConnection {
  channel: Channel;
  name?: string;
  credentials: Record<string, string>;
  sandbox: boolean;
}

/** Throws CREDENTIALS_REJECTED, PLATFORM_UNREACHABLE, CONNECTION_TAKEN. Of two at once with one token, one wins. */
export async function connect(ctx: Ctx, given: NewConnection): Promise<Connection> {
  const apiRoot = apiRootOf(ctx.config, given.channel, given.sandbox);
  if (!apiRoot)
    throw invalidField('/sandbox', 'The sandbox does not run. Start with SANDBOX=on, or leave this out.');
  const id = newId();
  const adapter = adapterOf(given.channel);
  const { workspaceId } = ctx.actor;
  const account = { workspaceId, connectionId: id, apiRoot, credentials: given.credentials };
  const who = await adapter.identify(account);
  const now = ctx.clock.now();
  try {
    await inTransaction(ctx, async (trx) => {
      await trx.db
        .insertInto('connections')
        .values({
          workspace_id: workspaceId,
          id,
          channel: given.channel,
          name: given.name || who.name,
          status: 'connected',
          credentials: ctx.secrets.seal(JSON.stringify(given.credentials), credentialsPlace(id)),
          account_id: who.accountId,
          username: who.username,
          webhook_secret: randomToken(),
          parent_account_id: given.credentials.waba_id ?? null,
          receives_by: adapter.poll ? 'polling' : 'webhook',
          sandbox: given.sandbox,
          created_at: now,
          updated_at: now,
        })
        .execute();
      const subject = { type: 'connection', id: toWireId('con', id) };
      await audit(trx, 'connection.created', subject, { channel: given.channel, username: who.username });
      if (factsOf(given.channel).addressesArePhones) await beginReachByPhone(trx, id);
      await announce(trx, id);
      if (adapter.templates)
        await trx.jobs.enqueue(
          trx,
          'whatsapp_templates.sync',
          { workspaceId, connectionId: id },
          { key: id },
        );
    });
  } catch (error) {
    if (isUniqueViolation(error, 'connections_one_per_account')) throw await taken(ctx, given, who);
    throw error;
  }
  // the account is ours now; a hiccup here is mended by the inbound worker, which settles again, and by the hourly look
  await settleReceiving(ctx, id, 'by_a_person').catch((error) =>
    ctx.log.warn({ err: error }, 'how messages come in could not be settled yet'),
  );
  await lookAtHealth(ctx, id).catch((error) =>
    ctx.log.warn({ err: error }, 'the health of an account could not be asked yet'),
  );
  return toConnection(await readConnection(ctx, id), adapter);
}

/** Names the connection when it is the asker's own; another workspace's is none of their business. */
async function taken(
  ctx: Ctx,
  given: NewConnection,
  who: { accountId: string; username: string | null; name: string },
): Promise<AppError> {
  const own = await ctx.db
    .selectFrom('connections')
    .select('name')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('channel', '=', given.channel)
    .where('sandbox', '=', given.sandbox)
    .where('account_id', '=', who.accountId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  const account = handleOf(given.channel, who);
  return new AppError(
    'CONNECTION_TAKEN',
    own
      ? `${account} is already connected here as "${own.name}". To change its token, edit that connection.`
      : `${account} is already connected in another workspace of this installation. Remove it there first, or use another ${factsOf(given.channel).account}.`,
  );
}
