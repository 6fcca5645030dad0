// The hours in which a person can be answered freely, asked before anything goes out (contract/window.ts has the rule).
import type { Channel } from '../../contract/connections.ts';
import { answerWindow } from '../../contract/window.ts';
import type { Ctx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import type { Thread } from './store.ts';

/**
 * The person's address on the connection. Throws WINDOW_CLOSED where only a template may go out, CONTACT_UNREACHABLE where
 * there is no chat.
 */
export async function requireOpenWindow(ctx: Ctx, thread: Thread, verb: 'react' | 'answer'): Promise<string> {
  const row = await ctx.db
    .selectFrom('identities as i')
    .leftJoin('conversations as v', (join) =>
      join
        .onRef('v.workspace_id', '=', 'i.workspace_id')
        .onRef('v.contact_id', '=', 'i.contact_id')
        .onRef('v.connection_id', '=', 'i.connection_id'),
    )
    .select(['i.address', 'i.channel', 'v.last_inbound_at'])
    .where('i.workspace_id', '=', ctx.actor.workspaceId)
    .where('i.contact_id', '=', thread.contactId)
    .where('i.connection_id', '=', thread.connectionId)
    .executeTakeFirst();
  if (!row) throw new AppError('CONTACT_UNREACHABLE', 'This contact has no chat on this connection.');
  const window = answerWindow(row.channel as Channel, row.last_inbound_at, ctx.clock.now());
  if (window && !window.open)
    throw new AppError(
      'WINDOW_CLOSED',
      `${window.until ? 'The person wrote more than 24 hours ago' : 'The person has not written yet'}, so WhatsApp takes approved templates only. ${verb === 'react' ? 'React once they write again.' : 'Choose a template.'}`,
    );
  return row.address;
}
