// Who told the platform, not us, that they want no more marketing: told with the failure of a message.
import type { Channel } from '../../../contract/connections.ts';
import { noteMarketingStopped } from '../../contacts/platform-consent.ts';
import { asSystem, type BaseCtx } from '../../platform/context.ts';

export interface StoppedMarketingJob {
  workspaceId: string;
  channel: Channel;
  people: { contactId: string; connectionId: string; address: string; words: string }[];
}

/** Job `deliveries.stopped_marketing`. Safe to repeat. */
export async function noteStoppedMarketing(base: BaseCtx, job: StoppedMarketingJob): Promise<void> {
  const ctx = asSystem(base, job.workspaceId);
  const there = await ctx.db
    .selectFrom('contacts')
    .select('id')
    .where('workspace_id', '=', job.workspaceId)
    .where(
      'id',
      'in',
      job.people.map(({ contactId }) => contactId),
    )
    .execute();
  // who was erased meanwhile has nothing to say any more
  const known = new Set(there.map(({ id }) => id));
  await noteMarketingStopped(
    ctx,
    job.channel,
    job.people.filter(({ contactId }) => known.has(contactId)),
  );
}
