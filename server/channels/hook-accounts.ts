// Whose a webhook is. At 2,000 webhooks a second a look into the database for each would be most of the work, so accounts
// are kept in memory with their secrets open: until news of the connection, and never longer than a few seconds.
import type { Channel } from '../../contract/connections.ts';
import type { BaseCtx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { openCredentials } from './accounts.ts';
import type { Webhook, WebhookSecrets } from './channel.ts';
import { type CacheLimits, createHookCache } from './hook-cache.ts';
import { paceOf } from './registry.ts';
import { findAnywhere } from './store.ts';

export interface HookAccount {
  connectionId: string;
  workspaceId: string;
  channel: Channel;
  sandbox: boolean;
  /** The platform's own id of it, and of the business that it belongs to. */
  accountId: string;
  parentId: string | null;
  secrets: WebhookSecrets;
}

/** Where something came for: whose secrets do not open at present is known by its ids alone. */
type Named = Pick<HookAccount, 'connectionId' | 'workspaceId'> & { account: HookAccount | null };

export interface Routed {
  parts: Map<HookAccount, Webhook>;
  /** Connections that something was for and that got nothing of it: the signature does not fit their own secret. */
  refused: Pick<HookAccount, 'connectionId' | 'workspaceId'>[];
}

export interface HookAccounts {
  /** Null: there is no such connection. Throws CONNECTION_NOT_READY where its secrets do not open. */
  find(connectionId: string): Promise<HookAccount | null>;
  /**
   * The webhook in parts, one for each account it is for. An app of the platform has one address for all its numbers, so what
   * comes to one connection may be another's; `isSigned` says whether it is signed with that one's secrets too, else anybody
   * with an app of their own could deliver to other people's numbers.
   *
   * What is for a connection of ours that the signature does not fit is not dropped: after an app's secret was renewed on one
   * of its numbers only, it is the platform's own, and lost if it were answered with 200. It is told in `refused`; whoever
   * answers stores the parts, refuses the webhook and says so on those connections. The platform then repeats the whole of it
   * for up to seven days (Cloud API, webhooks, 2026-11-20), until the secret is mended; what was stored finds its row taken.
   * What is nobody's is dropped: nobody will ever take it.
   */
  route(at: HookAccount, webhook: Webhook, isSigned: (account: HookAccount) => boolean): Promise<Routed>;
}

/** More than an app has numbers that have something to tell at the same moment. */
const mostAccounts = 500;
/** News may be lost, so a removed connection or a new secret is noticed by then at the latest. */
const limits: CacheLimits = { keepMs: 5000, found: 10_000, missing: 1000 };

export function hookAccounts(base: BaseCtx): HookAccounts {
  const accounts = createHookCache<HookAccount | null>(
    base.clock,
    limits,
    (id) => readAccount(base, id),
    (account) => account === null,
  );
  // by channel, world and id of an account or business
  const others = createHookCache<Named[]>(
    base.clock,
    limits,
    (key) => readOthers(base, key, (id) => accounts.get(id)),
    (found) => found.length === 0,
  );
  base.hub.subscribe((news) => {
    if (news.topic !== 'connection') return;
    accounts.forget(news.connectionId);
    others.forgetAll();
  });

  /** Callers name whom they like, and each name is looked for. */
  function refuseTooMany(webhook: Webhook): void {
    const named = new Set([...webhook.updates, ...webhook.receipts].map(({ account }) => account));
    if (named.size > mostAccounts)
      throw new AppError('BAD_REQUEST', `One webhook is for ${mostAccounts} accounts at most.`);
  }

  async function accountsFor(at: HookAccount, given: string | undefined): Promise<Named[]> {
    if (given === undefined || given === at.accountId)
      return [{ connectionId: at.connectionId, workspaceId: at.workspaceId, account: at }];
    return others.get(JSON.stringify([at.channel, at.sandbox, given]));
  }

  return {
    find: (id) => accounts.get(id),
    async route(at, webhook, isSigned) {
      refuseTooMany(webhook);
      // null: the signature does not fit it
      const partOf = new Map<string, Webhook | null>([[at.connectionId, { updates: [], receipts: [] }]]);
      const accountOf = new Map([[at.connectionId, at]]);
      const refused: Routed['refused'] = [];
      const partFor = ({ account, ...named }: Named): Webhook | null => {
        const known = partOf.get(named.connectionId);
        if (known !== undefined) return known;
        const part = account && isSigned(account) ? { updates: [], receipts: [] } : null;
        partOf.set(named.connectionId, part);
        if (part) accountOf.set(named.connectionId, account!);
        else refused.push(named);
        return part;
      };
      for (const update of webhook.updates)
        for (const named of await accountsFor(at, update.account)) partFor(named)?.updates.push(update);
      for (const receipt of webhook.receipts)
        for (const named of await accountsFor(at, receipt.account)) partFor(named)?.receipts.push(receipt);
      const parts = new Map([...accountOf].map(([id, account]) => [account, partOf.get(id)!]));
      return { parts, refused };
    },
  };
}

async function readAccount(base: BaseCtx, id: string): Promise<HookAccount | null> {
  const row = await findAnywhere(base, id);
  if (!row || paceOf(row.channel as Channel) === null) return null;
  return {
    connectionId: row.id,
    workspaceId: row.workspace_id,
    channel: row.channel as Channel,
    sandbox: row.sandbox,
    accountId: row.account_id,
    parentId: row.parent_account_id,
    secrets: {
      secret: row.webhook_secret,
      credentials: openCredentials(base, row.id, row.credentials),
    },
  };
}

async function readOthers(
  base: BaseCtx,
  key: string,
  read: (id: string) => Promise<HookAccount | null>,
): Promise<Named[]> {
  const [channel, sandbox, given] = JSON.parse(key) as [Channel, boolean, string];
  const rows = await base.db
    .selectFrom('connections')
    .select(['id', 'workspace_id'])
    .where('channel', '=', channel)
    .where('sandbox', '=', sandbox)
    .where((eb) => eb.or([eb('account_id', '=', given), eb('parent_account_id', '=', given)]))
    .where('deleted_at', 'is', null)
    .execute();
  const found: Named[] = [];
  for (const { id, workspace_id } of rows) {
    const named = { connectionId: id, workspaceId: workspace_id };
    try {
      const account = await read(id);
      if (account) found.push({ ...named, account });
    } catch (error) {
      // one whose secrets do not open must not cost the others their news; a database that fails is no answer at all
      if (!(error instanceof AppError)) throw error;
      found.push({ ...named, account: null });
    }
  }
  return found;
}
