// Erasing a person: everything about them goes, and the rows of the ledger stay without a name, so that the reports of
// campaigns they received still add up.
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';

/** Throws NOT_FOUND. Messages still waiting for this person are cancelled. */
export async function eraseContact(ctx: Ctx, contactId: string): Promise<void> {
  const workspaceId = ctx.actor.workspaceId;
  await inTransaction(ctx, async (ctx) => {
    // first, so that nothing new can hang itself on the contact: identities, consents and conversations go by cascade
    const erased = await ctx.db
      .deleteFrom('contacts')
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', contactId)
      .returning('id')
      .executeTakeFirst();
    if (!erased) throw notFound('contact');
    await ctx.db
      .updateTable('deliveries')
      .set({ state: 'cancelled', reason: null })
      .where('workspace_id', '=', workspaceId)
      .where('contact_id', '=', contactId)
      .where('state', 'in', ['planned', 'queued'])
      .execute();
    await ctx.db
      .updateTable('deliveries')
      .set({ address: null, detail: null, content: null })
      .where('workspace_id', '=', workspaceId)
      .where('contact_id', '=', contactId)
      .execute();
    await ctx.db
      .updateTable('delivery_attempts')
      .set({ detail: null })
      .where('workspace_id', '=', workspaceId)
      .where('delivery_id', 'in', (eb) =>
        eb
          .selectFrom('deliveries')
          .select('id')
          .where('workspace_id', '=', workspaceId)
          .where('contact_id', '=', contactId),
      )
      .execute();
    await ctx.db
      .deleteFrom('messages')
      .where('workspace_id', '=', workspaceId)
      .where('contact_id', '=', contactId)
      .execute();
    await audit(ctx, 'contact.erased', { type: 'contact', id: toWireId('cnt', contactId) });
  });
}
