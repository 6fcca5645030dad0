// "Send a test first": the launch sends the message to the named people, and everybody else waits until somebody has looked at it and
// says go, which is `resume`.
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { contactName } from '../../contacts/contact.ts';
import { askForGo } from '../../deliveries/runs/go.ts';
import type { Ctx } from '../../platform/context.ts';
import { enqueueTests, testersOf } from './enqueue-tests.ts';

const at = '/settings/test_first/contact_ids';

/** In the launch's transaction: the tests are queued and the run waits. Returns why it waits, in words; null: no test was asked for. */
export async function sendTestFirst(
  ctx: Ctx,
  campaign: Campaign,
  connection: { id: string; channel: Channel },
  runId: string,
): Promise<string | null> {
  const test = campaign.settings.test_first;
  if (!test) return null;
  const deliveries = await enqueueTests(ctx, campaign, connection, test.contact_ids, at);
  await askForGo(ctx, runId, deliveries);
  const testers = await testersOf(ctx, connection.channel, test.contact_ids, at);
  return `Waits for your go: the test went to ${inWords(testers.map(({ contact }) => contactName(contact)))}. Nobody else gets it before.`;
}

function inWords(names: string[]): string {
  const [last, ...others] = names.toReversed();
  return others.length > 0 ? `${others.toReversed().join(', ')} and ${last}` : (last ?? '');
}
