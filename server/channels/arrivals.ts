// When the platform last delivered something to a connection, and when something came that it had not signed: what tells a
// person whether the webhook is set up. Written once a minute by each node, and never while a webhook waits for its answer.
import { sql } from 'kysely';
import { asSystem, type BaseCtx, inTransaction } from '../platform/context.ts';
import { announce } from './accounts.ts';

export interface Arrivals {
  arrived(of: ArrivalOf): void;
  /** Anybody may have sent it. */
  refused(of: ArrivalOf): void;
  /** Signed with the secret of another number of the workspace: the platform's own, and the secret of this one is out of date. */
  missed(of: ArrivalOf): void;
}

interface ArrivalOf {
  connectionId: string;
  workspaceId: string;
}
type Kind = keyof Arrivals;

const writeEveryMs = 60_000;
/** To what something well signed came so lately, another app delivers beside the right one: nothing is missing there. */
const quietMs = 600_000;

const notItsSecret =
  'WhatsApp delivers to this number, signed with another app secret than the one stored here, so nothing of it is let in. Enter the app secret anew; WhatsApp repeats what was refused for up to seven days.';

export function createArrivals(base: BaseCtx): Arrivals {
  const writtenAt = new Map<string, number>();
  const note = (kind: Kind) => (of: ArrivalOf) => {
    const key = `${kind} ${of.connectionId}`;
    const now = base.clock.elapsedMs();
    if (now - (writtenAt.get(key) ?? Number.NEGATIVE_INFINITY) < writeEveryMs) return;
    writtenAt.set(key, now);
    write(base, of, kind).catch((error) => {
      writtenAt.delete(key);
      base.log.info({ err: error }, 'when a webhook arrived could not be written down');
    });
  };
  return { arrived: note('arrived'), refused: note('refused'), missed: note('missed') };
}

/** The first one, and one that states a problem or proves a stated one wrong, are news to the panel. */
async function write(base: BaseCtx, { connectionId, workspaceId }: ArrivalOf, kind: Kind): Promise<void> {
  const column = kind === 'arrived' ? 'webhook_at' : 'webhook_refused_at';
  await inTransaction(asSystem(base, workspaceId), async (ctx) => {
    const now = ctx.clock.now();
    const before = await ctx.db
      .selectFrom('connections')
      .select(['webhook_at', 'webhook_refused_at', 'problem', 'status', 'receives_by'])
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', connectionId)
      .executeTakeFirst();
    if (!before) return;
    // while it is connected, the only problem it can have is how messages come in
    const isOpen = before.status === 'connected' && before.receives_by === 'webhook';
    const isProven = kind === 'arrived' && isOpen && before.problem !== null;
    const isQuiet = before.webhook_at === null || now.getTime() - before.webhook_at.getTime() > quietMs;
    const isMissing = kind === 'missed' && isOpen && before.problem === null && isQuiet;
    const problem = isProven ? sql`, problem = NULL` : isMissing ? sql`, problem = ${notItsSecret}` : sql``;
    await sql`UPDATE connections SET ${sql.ref(column)} = ${now} ${problem}
      WHERE workspace_id = ${workspaceId} AND id = ${connectionId}`.execute(ctx.db);
    if (isProven || isMissing || before[column] === null) await announce(ctx, connectionId);
  });
}
