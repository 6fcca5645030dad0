// Consent of a person on a channel: the present state, with where it came from. Opting out is honoured by every send.
import type { Channel } from '../../contract/connections.ts';
import type { Ctx } from '../platform/context.ts';

export interface ConsentChange {
  channel: Channel;
  purpose: 'marketing';
  state: 'opted_in' | 'opted_out';
  /** Where it came from: "message", "operator", "import", "api". */
  source: string;
  /** The person's own words or the form's text, as proof. */
  wording: string | null;
}

/** Repeating the present state keeps its first time and wording. `changed` says whether anything is different now. */
export async function recordConsent(
  ctx: Ctx,
  contactId: string,
  change: ConsentChange,
): Promise<{ changed: boolean }> {
  const { channel, purpose, state, source, wording } = change;
  const at = ctx.clock.now();
  const row = await ctx.db
    .insertInto('consents')
    .values({
      workspace_id: ctx.actor.workspaceId,
      contact_id: contactId,
      channel,
      purpose,
      state,
      source,
      wording,
      at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['workspace_id', 'contact_id', 'channel', 'purpose'])
        .doUpdateSet({ state, source, wording, at })
        .where('consents.state', '!=', state),
    )
    .returning('contact_id')
    .executeTakeFirst();
  return { changed: row !== undefined };
}
