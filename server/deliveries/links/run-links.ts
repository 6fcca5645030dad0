// The links of a run: written once at its launch, read once by whoever sends it.
import type { Channel } from '../../../contract/connections.ts';
import { maxLinks } from '../../../contract/links.ts';
import type { Content } from '../../../contract/message.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { type FixedLink, fixedLinks } from '../../templates/links.ts';

/** Those that are tracked: as many as there are bits for. */
export function linksOf(contents: Content[], channel: Channel): FixedLink[] {
  return fixedLinks(contents, channel).slice(0, maxLinks);
}

/** In the transaction that starts the run. Does nothing where no address of ours could be reached by the recipients. */
export async function keepLinks(
  ctx: Ctx,
  run: { id: string; connection: { id: string; channel: Channel } },
  contents: Content[],
): Promise<void> {
  const links = linksOf(contents, run.connection.channel);
  if (links.length === 0) return;
  const base = await linkBase(ctx, run.connection.id);
  if (!base) return;
  await ctx.db
    .insertInto('links')
    .values(
      links.map((link, position) => ({
        workspace_id: ctx.actor.workspaceId,
        id: newId(),
        run_id: run.id,
        position,
        ...link,
      })),
    )
    .execute();
  await ctx.db
    .updateTable('runs')
    .set({ link_base: base })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', run.id)
    .execute();
}

/** Where the recipients of a connection reach us; null: nowhere. Simulated phones live on this machine. */
export async function linkBase(ctx: Ctx, connectionId: string): Promise<string | null> {
  if (ctx.config.publicUrl) return ctx.config.publicUrl;
  const connection = await ctx.db
    .selectFrom('connections')
    .select('sandbox')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connectionId)
    .executeTakeFirst();
  return connection?.sandbox ? ctx.config.ownUrl : null;
}

/** What sending needs to know: address → number of its link. Null: nothing of this run is tracked. */
export interface RunLinks {
  base: string;
  numbers: Map<string, number>;
}

export async function linksOfRun(
  base: BaseCtx,
  workspaceId: string,
  runId: string,
): Promise<RunLinks | null> {
  const rows = await base.db
    .selectFrom('links as l')
    .innerJoin('runs as r', (join) =>
      join.onRef('r.workspace_id', '=', 'l.workspace_id').onRef('r.id', '=', 'l.run_id'),
    )
    .select(['l.url', 'l.number', 'r.link_base'])
    .where('l.workspace_id', '=', workspaceId)
    .where('l.run_id', '=', runId)
    .execute();
  const [first] = rows;
  if (!first?.link_base) return null;
  return { base: first.link_base, numbers: new Map(rows.map((row) => [row.url, Number(row.number)])) };
}
