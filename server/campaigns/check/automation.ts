// What must be right before an automation is switched on, and stays so while it is: nobody looks again before its messages go out.
import type { Campaign } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import { needsWindow } from '../../../contract/window.ts';
import type { Ctx } from '../../platform/context.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { campaignConnection } from '../launch.ts';
import { connectionThere, refuseBroken } from './details.ts';
import { type Finding, finding, type Must, type Sendable } from './finding.ts';
import { messageRenders, picturesThere, wordingsAlike } from './message.ts';
import { exemptionAllowed, paidPossible } from './settings.ts';

type Sender = Awaited<ReturnType<typeof campaignConnection>>;

/** What is for one moment at which many are written to. */
const noBroadcast: Must = {
  key: 'automation',
  step: 'settings',
  holds(_ctx, { campaign: { settings, schedule, audience } }) {
    const refuse = (pointer: string, words: string) => {
      throw invalidField(pointer, words);
    };
    if (settings.canary)
      refuse(
        '/settings/canary',
        'An automation has no canary: it writes to people one by one, as things happen. Switch the canary off.',
      );
    if (settings.test_first)
      refuse(
        '/settings/test_first',
        'An automation cannot wait for your go after a test. Send yourself a test, and leave test_first out.',
      );
    if (settings.batch)
      refuse(
        '/settings/batch',
        'An automation sends no batches: it writes to people one by one, as things happen. Switch batches off; a speed per minute is possible.',
      );
    if (settings.ab && settings.ab.winner.by !== 'hand')
      refuse(
        '/settings/ab/winner',
        'The figures of an automation never end, so they cannot choose the winner. Choose “by hand”: you pick it in the report, whenever you like.',
      );
    if (schedule.mode !== 'now')
      refuse(
        '/schedule',
        'An automation goes out when something happens, after its delay. Choose “now”, and set the delay.',
      );
    if (!('all' in audience) || audience.exclude)
      refuse(
        '/audience',
        'An automation writes to whoever something happens to: a choice of people is not asked. Choose everybody.',
      );
  },
};

/** Free text that comes only after the window has closed would reach nobody but those who wrote meanwhile. */
const templateAfterWindow: Must = {
  key: 'window_closed',
  step: 'message',
  holds(_ctx, { campaign: { content, connection_id, trigger }, connection: { channel } }) {
    const hours = factsOf(channel).replyWindowHours;
    if (!connection_id || hours === null || !needsWindow(channel, content)) return;
    if ((trigger?.delay_minutes ?? 0) < hours * 60) return;
    throw invalidField(
      '/content/whatsapp/template',
      `${factsOf(channel).name} takes free text only within ${hours} hours of what a person wrote, and the delay is as long as that. Choose an approved template, or a shorter delay.`,
    );
  },
};

export const automationMusts: readonly Must[] = [
  exemptionAllowed,
  noBroadcast,
  connectionThere,
  picturesThere,
  paidPossible,
  messageRenders,
  wordingsAlike,
  templateAfterWindow,
];

/** What would send it: its own connection, else all that work. Throws VALIDATION_FAILED or CONNECTION_NOT_READY where there is none. */
export async function sendersOf(ctx: Ctx, campaign: Campaign): Promise<Sender[]> {
  if (campaign.connection_id) {
    const own = await campaignConnection(ctx, campaign);
    refuseBroken(own);
    return [own];
  }
  const all = await ctx.db
    .selectFrom('connections')
    .select(['id', 'channel', 'status', 'problem', 'name', 'sandbox'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const [first] = all;
  if (!first)
    throw invalidField(
      '/connection_id',
      'Nothing is connected that could send it. Connect a bot or a number under Connections, then switch it on.',
    );
  const working = all.filter(({ status }) => status === 'connected');
  if (working.length === 0) refuseBroken(first);
  return working.map((row) => ({ ...row, channel: row.channel as Channel }));
}

/** Free text on a channel with a window reaches only some, and stops nothing. */
export function adviceOnWindow({ campaign: { content }, connection: { channel } }: Sendable): Finding[] {
  const { replyWindowHours, name } = factsOf(channel);
  if (replyWindowHours === null || !needsWindow(channel, content)) return [];
  const words = `Through ${name} this reaches only people who wrote within ${replyWindowHours} hours: free text is taken for nobody else. An approved template reaches the others.`;
  return [finding('window_closed', 'warning', '/content/whatsapp/template', words)];
}

/**
 * Throws the first thing that keeps it from being sent, with its field, as launch does. One that is on already may be changed while
 * its connection does not work: what happens meanwhile waits for that.
 */
export async function refuseUnsendable(ctx: Ctx, campaign: Campaign, isOnAlready: boolean): Promise<void> {
  if (!campaign.trigger?.enabled) return;
  try {
    for (const connection of await sendersOf(ctx, campaign))
      for (const must of automationMusts) await must.holds(ctx, { campaign, connection });
  } catch (error) {
    if (!isOnAlready || !(error instanceof AppError) || error.code !== 'CONNECTION_NOT_READY') throw error;
  }
}
