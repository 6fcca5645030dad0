import { expect, it } from 'vitest';
import type { Campaign } from '../../../contract/campaigns.ts';
import { content } from '../../../contract/message.ts';
import { upsertContacts } from '../../contacts/upsert.ts';
import { countReach } from '../../deliveries/runs/reach.ts';
import { aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../../testing/context.ts';
import { audiencePlan } from './audience-plan.ts';

it('a fresh draft on WhatsApp is counted as for a template, one with a text as free text', async () => {
  const base = await testCtx();
  const ctx = inWorkspace(base, await aWorkspace(base));
  const id = await aWhatsAppNumber(ctx);
  await upsertContacts(ctx, [{ phone: '+442079460018' }, { phone: '+442079460019' }] as never);
  const count = async (message: object) => {
    const campaign = { status: 'draft', scheduled_at: null, schedule: { mode: 'now' }, settings: {}, audience: { all: true }, content: content.parse(message) } as unknown as Campaign; // biome-ignore format: one line
    const { plan, at } = audiencePlan(campaign, { id, channel: 'whatsapp' }, new Date());
    return (await countReach(ctx, plan, at)).count;
  };
  expect(await count({})).toMatchObject({ total: 2, reachable: 2, window_closed: 0 });
  expect(await count({ text: ' ', whatsapp: {} })).toMatchObject({ reachable: 2, window_closed: 0 });
  expect(await count({ text: 'Hello' })).toMatchObject({ reachable: 0, window_closed: 2 });
  expect(await count({ whatsapp: { template: { name: 'sale', language: 'en' } } })).toMatchObject({ reachable: 2 }); // biome-ignore format: one line
});
