// Deletes one language of a template, at WhatsApp and here. Its row stays, so that history and campaigns can name it.
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { announceTemplates, applyFacts } from './record.ts';
import { lockTemplate, noteChanges } from './store.ts';
import { openDesk } from './sync.ts';
import { isGone } from './template.ts';
import { campaignsUnderWay } from './used.ts';

/** Throws NOT_FOUND, ILLEGAL_MOVE while a campaign is planned or under way with it, and what the desk throws. */
export async function removeTemplate(ctx: Ctx, id: string): Promise<void> {
  const { connection_id: connectionId, ...row } = await inTransaction(ctx, (trx) => lockTemplate(trx, id));
  if (row.status === 'DELETED') return;
  const names = await campaignsUnderWay(ctx, { connectionId, name: row.name, language: row.language });
  if (names.length > 0)
    throw new AppError(
      'ILLEGAL_MOVE',
      `It is used by ${names.map((name) => `“${name}”`).join(', ')}. Cancel ${names.length === 1 ? 'that campaign' : 'those campaigns'} or give ${names.length === 1 ? 'it' : 'them'} another template first.`,
    );
  const { account, desk } = await openDesk(ctx, connectionId);
  await desk.remove(account, { name: row.name, externalId: row.external_id }).catch((error) => {
    // somebody deleted it in the WhatsApp Manager
    if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
  });
  await inTransaction(ctx, async (trx) => {
    const now = await lockTemplate(trx, id);
    if (!isGone(now.status))
      await noteChanges(trx, await applyFacts(trx, now, { status: 'DELETED' }, { toldAt: null }), null);
    const subject = { type: 'whatsapp_template', id: toWireId('wat', id) };
    await audit(trx, 'whatsapp_template.deleted', subject, { name: row.name, language: row.language });
    await announceTemplates(trx, connectionId);
  });
}
