// The message step: what would be sent can be rendered, and everything it shows is there.

import type { Channel } from '../../../contract/connections.ts';
import { type Content, templateOn } from '../../../contract/message.ts';
import type { Schedule } from '../../../contract/schedules.ts';
import { needsWindow } from '../../../contract/window.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { invalidField } from '../../platform/errors.ts';
import { sendableMessage } from '../../templates/compile.ts';
import { previewMessage } from '../../templates/preview.ts';
import { placeOfMessage, templateOf } from '../../whatsapp-templates/message-place.ts';
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
    eachContent(campaign, async (content) => {
      const place = await placeOfMessage(ctx, content, connection.id);
      sendableMessage(content, connection.channel, place, campaign.kind);
      if (templateOn(connection.channel, content) && place.template?.cannotSend)
        throw invalidField('/content/whatsapp/template', place.template.cannotSend);
    }),
};

/** Whom a wording can reach depends on it: of two that reach different people none could win. */
export const wordingsAlike: Must = {
  key: 'wordings_alike',
  step: 'settings',
  holds: (_ctx, { campaign: { content, settings }, connection: { channel } }) => {
    const other = (settings.ab?.variants ?? []).findIndex(
      (variant) => needsWindow(channel, variant.content) !== needsWindow(channel, content),
    );
    if (other >= 0)
      throw invalidField(
        `/settings/ab/variants/${other}/content`,
        'One wording is an approved template and another is free text, which reach different people. Make all of them the same.',
      );
  },
};

/** Hints as the message step shows them; a gap without a default is a warning, for it is read as a mistake. */
export const adviceOnMessage: Advice = async (ctx, { campaign, connection }) => {
  const { content, id, kind } = campaign;
  const template = await templateOf(ctx, content, connection.id);
  const { hints } = await previewMessage(ctx, {
    content,
    connectionId: connection.id,
    template: template ?? null,
    kind,
  });
  const gaps = await messageGaps(ctx, content, uuidOf('cmp', id));
  return [
    ...gaps
      .filter(({ fallback }) => fallback === null)
      .map(
        ({ words }): Finding =>
          finding('variable_gap', 'warning', textOf(content, connection.channel), words),
      ),
    ...hints.map(({ key, pointer, words }): Finding => finding(key, 'hint', pointer, words)),
    ...businessHours(campaign.schedule),
  ];
};

const textOf = (content: Content, channel: Channel) =>
  templateOn(channel, content) ? '/content/whatsapp/template' : '/content/text';

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
