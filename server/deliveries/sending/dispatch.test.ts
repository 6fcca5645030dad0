// What a run says is put together once and kept; what WhatsApp or a person changes of its template meanwhile is noticed.
import { expect, test } from 'vitest';
import { settings } from '../../../contract/campaigns.ts';
import { content } from '../../../contract/message.ts';
import { openAccount } from '../../channels/accounts.ts';
import type { Adapter } from '../../channels/channel.ts';
import { newId } from '../../platform/db/ids.ts';
import { aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../../testing/context.ts';
import { insertTemplate } from '../../whatsapp-templates/record.ts';
import type { Claimed } from './claim.ts';
import { createDispatcher } from './dispatch.ts';

const base = await testCtx();

/** A number with an approved template, and a run that sends it; `pass` moves the clock. */
async function aRunWithTemplate() {
  let elapsed = 1_000_000;
  const clock = { ...base.clock, elapsedMs: () => elapsed };
  const ctx = { ...inWorkspace(base, await aWorkspace(base)), clock };
  const connectionId = await aWhatsAppNumber(ctx);
  const template = await insertTemplate(
    ctx,
    connectionId,
    {
      externalId: '1',
      name: 'spring_sale',
      language: 'en',
      category: 'MARKETING',
      previousCategory: null,
      status: 'APPROVED',
      quality: 'GREEN',
      parameterFormat: 'POSITIONAL',
      components: [{ type: 'BODY', text: 'Spring is here.' }],
      reason: null,
    },
    null,
  );
  const open = (await openAccount(ctx, connectionId))!;
  const calls: Parameters<Adapter['send']>[1][] = [];
  const adapter: Adapter = {
    ...open.adapter,
    send: async (_, message) => {
      calls.push(message);
      return { kind: 'accepted', externalId: `wamid.${calls.length}` };
    },
  };
  const dispatcher = createDispatcher(ctx, open.account, adapter);
  const plan = {
    id: newId(),
    content: content.parse({ whatsapp: { template: { name: 'spring_sale', language: 'en' } } }),
    settings: settings.parse({ track_links: false }),
  };
  const row = (): Claimed => ({
    workspaceId: ctx.actor.workspaceId,
    id: newId(),
    runId: plan.id,
    campaignId: newId(),
    contactId: newId(),
    address: '491713920020',
    attempts: 1,
    uncounted: 0,
    claimedAt: ctx.clock.now(),
    content: null,
    event: null,
    variant: null,
    contact: {
      external_id: null,
      first_name: 'Ann',
      last_name: null,
      email: null,
      phone: null,
      language: null,
      time_zone: null,
      attributes: {},
      tags: [],
    },
  });
  const changed = (to: { status?: string; components?: string }) =>
    ctx.db.updateTable('whatsapp_templates').set(to).where('id', '=', template!).execute();
  return {
    send: async () => (await dispatcher.send(row(), plan)).outcome,
    last: () => JSON.stringify(calls.at(-1)?.message),
    pass: (ms: number) => (elapsed += ms),
    changed,
  };
}

test('a template that is paused while it is sent stops its run within half a minute, and goes on when it is approved again', async () => {
  const { send, pass, changed } = await aRunWithTemplate();
  expect(await send()).toMatchObject({ kind: 'accepted' });
  await changed({ status: 'PAUSED' });
  pass(29_000);
  // kept: a read for each message would be most of the work
  expect(await send()).toMatchObject({ kind: 'accepted' });
  pass(2000);
  expect(await send()).toMatchObject({ kind: 'stopped', detail: expect.stringContaining('spring_sale') });
  await changed({ status: 'APPROVED' });
  expect(await send()).toMatchObject({ kind: 'accepted' });
});

test('new words of a template are sent within half a minute', async () => {
  const { send, last, pass, changed } = await aRunWithTemplate();
  await send();
  expect(last()).toContain('Spring is here.');
  await changed({ components: JSON.stringify([{ type: 'BODY', text: 'Summer is here.' }]) });
  pass(31_000);
  await send();
  expect(last()).toContain('Summer is here.');
});
