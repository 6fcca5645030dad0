// What a report says of messages that WhatsApp took and did not deliver, or held back.
import { beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/db/ids.ts';
import {
  aContact,
  aWhatsAppNumber,
  aWorkspace,
  inWorkspace,
  type TestCtx,
  testCtx,
} from '../../testing/context.ts';
import { aRun, claimedOfRun } from '../../testing/engine.ts';
import { expandRun } from '../runs/expand.ts';
import { findingsOf } from './findings.ts';
import { deliveryWithHistory } from './history.ts';
import { runReport } from './report.ts';
import { verdictOfRow } from './why-row.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx();
});

async function underWay(people: number) {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aWhatsAppNumber(ctx);
  for (let i = 0; i < people; i++)
    await aContact(ctx, { connectionId, address: `491511234567${i}`, firstName: `P${i}` });
  const run = await aRun(ctx, connectionId);
  await expandRun(ctx, { workspaceId: ctx.actor.workspaceId, runId: run.runId });
  const rows = await claimedOfRun(ctx, run.runId, newId(), people);
  const put = (index: number, to: object) =>
    ctx.db
      .updateTable('deliveries')
      .set(to)
      .where('id', '=', rows[index]?.id as string)
      .execute();
  return { ctx, ...run, rows, put };
}
const plain = { waitsForQuiet: false, isPaused: false, hasCanary: false };

test('a message that WhatsApp accepted and did not deliver is not said to have been got', async () => {
  const { ctx, rows, put } = await underWay(2);
  await put(0, { state: 'sent', sent_at: new Date() });
  await put(1, { state: 'delivered', sent_at: new Date(), delivered_at: new Date() });
  const verdict = async (index: number) =>
    verdictOfRow(await deliveryWithHistory(ctx, rows[index]?.id as string), plain);
  expect(await verdict(0)).toMatchObject({
    verdict: 'sent',
    headline: 'WhatsApp accepted it; not delivered yet',
  });
  expect(await verdict(1)).toMatchObject({ verdict: 'got' });
});

test('whom marketing was held back from is counted apart, with the hour from which all of them can be tried again', async () => {
  const { ctx, campaignId, put } = await underWay(4);
  const now = ctx.clock.now().getTime();
  const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000);
  const failed = (reason: string, hours: number) => ({
    state: 'failed',
    reason,
    claimed_at: hoursAgo(hours),
  });
  await put(0, failed('marketing_capped', 5));
  await put(1, failed('marketing_capped', 2));
  await put(2, failed('marketing_capped', 30));
  await put(3, failed('not_on_platform', 5));
  const report = await runReport(ctx, campaignId, null);
  expect(report).toMatchObject({
    failed: 4,
    retryable: 1,
    retry_later: { count: 2, from: hoursAgo(-22).toISOString() },
  });
  // no link of it is counted
  expect(report.clicked).toBeNull();
});

test('what WhatsApp does not allow its number is told without a bot', () => {
  const failures = [{ code: 'no_rights', count: 2, reason: '', group: 'other' as const, group_words: '' }];
  const given = { campaignId: newId(), sent: 9, unknown: 0, settles: true, failures };
  const [found] = findingsOf({ ...given, channel: 'whatsapp' });
  expect(found?.words).toBe('WhatsApp does not let the number write to 2 people.');
  expect(`${found?.words} ${found?.remedy?.words}`).not.toMatch(/bot/i);
  expect(findingsOf({ ...given, channel: 'telegram' })[0]?.words).toBe('The bot may not write to 2 people.');
});
