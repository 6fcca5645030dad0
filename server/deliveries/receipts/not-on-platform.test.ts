import { expect, it } from 'vitest';
import type { ContactCreate } from '../../../contract/contacts.ts';
import { setReachability } from '../../contacts/identity.ts';
import { upsertContacts } from '../../contacts/upsert.ts';
import { newId } from '../../platform/db/ids.ts';
import { aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../../testing/context.ts';
import { aRun } from '../../testing/engine.ts';
import { giveUpNotOnPlatform } from './not-on-platform.ts';

const base = await testCtx();

it('whom three campaigns in a row could not reach on WhatsApp is left out until they write', async () => {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aWhatsAppNumber(ctx);
  const given = ['+442079460018', '+442079460019', '+442079460020'].map((phone) => ({
    external_id: phone,
    phone,
  }));
  const people = (await upsertContacts(ctx, given as ContactCreate[])).map(({ id }) => id);
  const [ann, bea] = people as [string, string, string];
  const at = new Date();
  /** One campaign: who is named got it or not. */
  const campaign = async (states: Record<string, 'sent' | 'failed'>) => {
    const { runId, campaignId } = await aRun(ctx, connectionId);
    for (const [contact_id, state] of Object.entries(states))
      await ctx.db
        .insertInto('deliveries')
        .values({ workspace_id: ctx.actor.workspaceId, id: newId(), run_id: runId, campaign_id: campaignId, contact_id, connection_id: connectionId, channel: 'whatsapp', source: 'campaign', event_key: runId, state, reason: state === 'failed' ? 'not_on_platform' : null, priority: 5, due_at: at, claimed_at: new Date(), created_at: at }) // biome-ignore format: one row
        .execute();
  };
  const unreachable = async () =>
    (await ctx.db.selectFrom('identities').select(['contact_id', 'unreachable_reason']).where('connection_id', '=', connectionId).where('reachable', '=', false).execute()).map((row) => [row.contact_id, row.unreachable_reason]); // biome-ignore format: one question
  await campaign({ [ann]: 'failed', [bea]: 'failed' });
  await campaign({ [ann]: 'failed', [bea]: 'sent' });
  await giveUpNotOnPlatform(ctx);
  expect(await unreachable()).toEqual([]);
  await campaign({ [ann]: 'failed', [bea]: 'failed' });
  await giveUpNotOnPlatform(ctx);
  await giveUpNotOnPlatform(ctx);
  expect(await unreachable()).toEqual([[ann, 'not_on_platform']]);
  // they write: the three of before say nothing any more
  await setReachability(ctx, connectionId, ['442079460018'], { reachable: true, reason: null });
  await ctx.db
    .insertInto('conversations')
    .values({ workspace_id: ctx.actor.workspaceId, id: newId(), contact_id: ann, connection_id: connectionId, channel: 'whatsapp', status: 'open', created_at: at, updated_at: at, last_inbound_at: new Date() }) // biome-ignore format: one row
    .execute();
  await giveUpNotOnPlatform(ctx);
  expect(await unreachable()).toEqual([]);
});
