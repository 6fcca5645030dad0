// The message step: what would be sent can be rendered, and everything it shows is there.
import type { Schedule } from '../../../contract/schedules.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { sendableMessage } from '../../templates/compile.ts';
import { messagePlace } from '../../templates/place.ts';
import { previewMessage } from '../../templates/preview.ts';
import { eachContent } from '../message/contents.ts';
import { messageGaps } from '../message/message-gaps.ts';
import { checkReferences } from '../references.ts';
import { type Advice, type Finding, finding, type Must } from './finding.ts';

export const picturesThere: Must = {
  key: 'media',
  step: 'message',
  holds: (ctx, { campaign }) => eachContent(campaign, (content) => checkReferences(ctx, { content })),
};

export const messageRenders: Must = {
  key: 'message',
  step: 'message',
  holds: (ctx, { campaign, connection }) =>
    eachContent(campaign, async (content) =>
      sendableMessage(content, connection.channel, await messagePlace(ctx, content, connection.id)),
    ),
};

/** Hints as the message step shows them; a gap without a default is a warning, for it is read as a mistake. */
export const adviceOnMessage: Advice = async (ctx, { campaign }) => {
  const { content, id } = campaign;
  const { hints } = await previewMessage(ctx, { content });
  const gaps = await messageGaps(ctx, content, uuidOf('cmp', id));
  return [
    ...gaps
      .filter(({ fallback }) => fallback === null)
      .map(({ words }): Finding => finding('variable_gap', 'warning', '/content/text', words)),
    ...hints.map(({ key, pointer, words }): Finding => finding(key, 'hint', pointer, words)),
    ...businessHours(campaign.schedule),
  ];
};

/** The product document's words: business hours 9 AM to 7 PM, never before 8 AM or after 9 PM. */
function businessHours(schedule: Schedule): Finding[] {
  if (schedule.mode === 'now') return [];
  const clock = schedule.local.slice(11, 16);
  const goes = `Goes out at ${clock}`;
  if (clock < '08:00')
    return [
      finding(
        'outside_business_hours',
        'warning',
        '/schedule/local',
        `${goes}, before 8 AM: early for a message.`,
      ),
    ];
  if (clock > '21:00')
    return [
      finding(
        'outside_business_hours',
        'warning',
        '/schedule/local',
        `${goes}, after 9 PM: late for a message.`,
      ),
    ];
  if (clock < '09:00' || clock > '19:00')
    return [
      finding(
        'outside_business_hours',
        'hint',
        '/schedule/local',
        `${goes}, outside business hours (9 AM to 7 PM). More people read and answer within them.`,
      ),
    ];
  return [];
}
