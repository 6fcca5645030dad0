// Reads templates from WhatsApp: all of a connection when it is connected, hourly and on demand; a single one when a webhook
// spoke of it.
import { channelsWhere } from '../../contract/channel-facts.ts';
import { openAccount } from '../channels/accounts.ts';
import type { Account, TemplateDesk } from '../channels/channel.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { announceTemplates, applyFacts, platformName, recordListed, recordMissing } from './record.ts';
import { lockByExternalIds, noteChanges, writeSync } from './store.ts';

/** Meta allows 200 questions an hour for an account without a registered number (whatsapp.md section 7, 2026-11-20). */
const staleMs = 3_600_000;
const againMs = 10 * 60_000;
/** 6,000 templates are the most an account has; the desk gives them in pages of 100 or more. */
const mostPages = 100;

/** The account of a connection and its desk. Throws NOT_FOUND, CONNECTION_NOT_READY, ILLEGAL_MOVE for another channel's. */
export async function openDesk(
  ctx: Ctx,
  connectionId: string,
): Promise<{ account: Account; desk: TemplateDesk; name: string }> {
  const open = await openAccount(ctx, connectionId);
  if (!open || open.account.workspaceId !== ctx.actor.workspaceId) throw notFound('connection');
  const { account, adapter, name } = open;
  if (!adapter.templates)
    throw new AppError(
      'ILLEGAL_MOVE',
      `“${name}” has no templates that a platform approves: only WhatsApp numbers have. Choose one of those.`,
    );
  return { account, desk: adapter.templates, name };
}

/** Throws what the desk throws; the problem is kept with the connection as well. */
export async function syncTemplates(ctx: Ctx, connectionId: string): Promise<void> {
  try {
    const { account, desk } = await openDesk(ctx, connectionId);
    const askedAt = ctx.clock.now();
    const seen = new Set<string>();
    let isNews = false;
    let after: string | null = null;
    for (let page = 0; page < mostPages; page++) {
      const answer = await desk.list(account, after);
      for (const { externalId } of answer.templates) seen.add(externalId);
      isNews =
        (await inTransaction(ctx, (trx) => recordListed(trx, connectionId, answer.templates, askedAt))) ||
        isNews;
      after = answer.after;
      if (after === null) break;
    }
    await inTransaction(ctx, async (trx) => {
      if (after === null) isNews = (await recordMissing(trx, connectionId, seen, askedAt)) || isNews;
      await writeSync(trx, connectionId, { syncedAt: askedAt });
      if (isNews) await announceTemplates(trx, connectionId);
    });
  } catch (error) {
    if (error instanceof AppError && error.code !== 'NOT_FOUND' && error.code !== 'ILLEGAL_MOVE')
      await writeSync(ctx, connectionId, { problem: error.message });
    throw error;
  }
}

/** Job: a problem of the platform is kept with the connection and asked again by `syncDue`, not by the queue. */
export async function syncConnection(
  base: BaseCtx,
  job: { workspaceId: string; connectionId: string },
): Promise<void> {
  await syncTemplates(asSystem(base, job.workspaceId), job.connectionId).catch(ignoreRefusals);
}

/** Job, every minute: numbers that were never read, or not for an hour. */
export async function syncDue(base: BaseCtx): Promise<void> {
  const now = base.clock.now().getTime();
  const rows = await base.db
    .selectFrom('connections as n')
    .leftJoin('whatsapp_template_syncs as s', (join) =>
      join.onRef('s.workspace_id', '=', 'n.workspace_id').onRef('s.connection_id', '=', 'n.id'),
    )
    .select(['n.workspace_id', 'n.id'])
    .where('n.channel', 'in', channelsWhere('takesTemplates'))
    .where('n.status', '=', 'connected')
    .where('n.deleted_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('s.tried_at', 'is', null),
        eb('s.tried_at', '<', new Date(now - staleMs)),
        eb.and([eb('s.problem', 'is not', null), eb('s.tried_at', '<', new Date(now - againMs))]),
      ]),
    )
    .execute();
  for (const { workspace_id, id } of rows)
    await base.jobs.enqueue(
      base,
      'whatsapp_templates.sync',
      { workspaceId: workspace_id, connectionId: id },
      { key: id },
    );
}

/** Job: the truth about one template of which a webhook spoke. */
export async function readAgain(
  base: BaseCtx,
  job: { workspaceId: string; connectionId: string; externalId: string },
): Promise<void> {
  const ctx = asSystem(base, job.workspaceId);
  try {
    const { account, desk } = await openDesk(ctx, job.connectionId);
    const askedAt = ctx.clock.now();
    const template = await desk.read(account, job.externalId).catch((error) => {
      // it was deleted: the list, which is read to its end, is the proof
      if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
      throw error;
    });
    if (!template) return await syncTemplates(ctx, job.connectionId);
    await inTransaction(ctx, async (trx) => {
      if (await recordListed(trx, job.connectionId, [template], askedAt))
        await announceTemplates(trx, job.connectionId);
      // other numbers of the same account
      for (const row of await lockByExternalIds(trx, [job.externalId])) {
        if (row.connection_id === job.connectionId) continue;
        const changes = await applyFacts(trx, row, template, { toldAt: null });
        await noteChanges(trx, changes, platformName);
        if (changes.length > 0) await announceTemplates(trx, row.connection_id);
      }
    });
  } catch (error) {
    ignoreRefusals(error);
  }
}

function ignoreRefusals(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}
