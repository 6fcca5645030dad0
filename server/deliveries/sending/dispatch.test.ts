// What a run says is put together once and kept; what WhatsApp or a person changes of its template meanwhile is noticed.
import { expect, test } from 'vitest';
import { settings } from '../../../contract/campaigns.ts';
import { content } from '../../../contract/message.ts';
import { openAccount } from '../../channels/accounts.ts';
import type { Adapter, Outcome } from '../../channels/channel.ts';
import { newId } from '../../platform/db/ids.ts';
import { sampleOrder } from '../../templates/shop-scope.ts';
import { aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../../testing/context.ts';
import { insertTemplate } from '../../whatsapp-templates/record.ts';
import type { Claimed } from './claim.ts';
import { createDispatcher } from './dispatch.ts';

const base = await testCtx();
const sampleThanks = { kind: 'post_purchase', order: sampleOrder };

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
  /** Instead of an accepted message, in their turn. */
  const answers: Outcome[] = [];
  const adapter: Adapter = {
    ...open.adapter,
    send: async (_, message) => {
      calls.push(message);
      return answers.shift() ?? { kind: 'accepted', externalId: `wamid.${calls.length}` };
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
    lastInboundAt: null,
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
    answers,
    /** A row of an automation that has a text as well; `minutes` ago its person wrote. What was tried, in its turn. */
    event: async (minutes: number | null, text = 'Thank you') => {
      const both = { ...plan, id: newId(), content: { ...plan.content, text } };
      const now = ctx.clock.now().getTime();
      const lastInboundAt = minutes === null ? null : new Date(now - minutes * 60_000);
      const tried = calls.length;
      const { outcome } = await dispatcher.send({ ...row(), event: sampleThanks, lastInboundAt }, both);
      return [...calls.slice(tried).map(({ message }) => message.plain), outcome.kind];
    },
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

test('an automation’s text goes to whoever wrote within 24 hours, its template to everybody else', async () => {
  const { event, answers } = await aRunWithTemplate();
  expect(await event(10)).toEqual(['Thank you', 'accepted']);
  for (const minutes of [null, 24 * 60, 24 * 60 - 0.5])
    expect(await event(minutes)).toEqual(['Spring is here.', 'accepted']);
  // longer than the platform takes: nobody is left out for it
  expect(await event(10, 'x'.repeat(4097))).toEqual(['Spring is here.', 'accepted']);
  // no text: only the template
  expect(await event(10, ' ')).toEqual(['Spring is here.', 'accepted']);
  // by the platform's clock the window had closed
  const closed = { kind: 'rejected', reason: 'window_closed', detail: '131047' } as const;
  answers.push(closed);
  expect(await event(10)).toEqual(['Thank you', 'Spring is here.', 'accepted']);
  answers.push(closed, closed);
  expect(await event(10)).toEqual(['Thank you', 'Spring is here.', 'rejected']);
  // not known whether it left: never a second one
  answers.push({ kind: 'unknown', cause: 'timeout', detail: 'none' });
  expect(await event(10)).toEqual(['Thank you', 'unknown']);
});
