// A draft, and what of it can be stored: what cannot yet is left out and named at its field.
import { type Campaign, type CampaignPatch, type Settings, settings } from '../../../contract/campaigns.ts';
import type { FieldProblem } from '../../../contract/errors.ts';
import { type Button, type Content, pictureUrl, typedButton } from '../../../contract/message.ts';
import { onTimeMinutes, type Schedule, scheduleInput } from '../../../contract/schedules.ts';
import { instantOf, lengthInWords } from '../../../contract/zones.ts';
import { storableWhatsApp } from './whatsapp/whatsapp-draft.ts';

export interface Draft {
  name: string;
  type: Campaign['type'];
  connection_id: string | null;
  audience: Campaign['audience'];
  content: Content;
  schedule: Schedule;
  settings: Settings;
  /** Without its switch, which is no part of what is written: it is pressed on its card, and counts at once. */
  trigger: Omit<NonNullable<Campaign['trigger']>, 'enabled'> | null;
}
/** What a draft has to store; whoever sends it says whether the automation is on. */
export type DraftPatch = Omit<CampaignPatch, 'trigger'> & { trigger?: NonNullable<Draft['trigger']> };
export function draftOf(campaign: Campaign): Draft {
  const { name, type, connection_id, audience, content, schedule, settings } = campaign;
  const { enabled: _, ...trigger } = campaign.trigger ?? { enabled: false };
  return {
    name,
    type,
    connection_id,
    audience,
    content,
    schedule,
    settings,
    trigger: campaign.trigger && (trigger as Draft['trigger']),
  };
}

const share = 'Choose a limit from 0 to 100 %.';
/** What a number of the sending options may be, by its pointer. */
const limitWords: Record<string, string> = {
  '/settings/missed/minutes': `Choose from ${onTimeMinutes} to 10,080 minutes, a week.`,
  '/settings/messages_per_minute': 'Choose from 1 to 60,000 messages per minute, or leave it empty.',
  '/settings/batch/size': 'Choose from 1 to 256 messages per batch.',
  '/settings/batch/delay_seconds': 'Choose a pause from 0 to 86,400 seconds, a day.',
  '/settings/holdout_percent': 'Choose from 0.1 to 50 % of the people.',
  '/settings/ab/test_percent': 'Choose from 1 to 100 % of the people.',
  '/settings/ab/winner': 'Choose from 5 to 10,080 minutes, a week.',
  '/settings/canary/size': 'Choose from 1 to 100,000 people, or from 0.01 to 50 % of them.',
  '/settings/canary/wait_minutes': 'Choose a wait from 1 to 2,880 minutes, 2 days.',
  '/settings/canary/limits/failed_percent': share,
  '/settings/canary/limits/blocked_percent': share,
  '/settings/canary/limits/opted_out_percent': share,
};

/** Why this schedule cannot be stored, or null. */
function scheduleProblem(schedule: Schedule): FieldProblem | null {
  const [issue] = scheduleInput.safeParse(schedule).error?.issues ?? [];
  if (issue) return { pointer: `/schedule/${issue.path.join('/')}`, detail: issue.message };
  const detail = whyPast(schedule);
  return detail === null ? null : { pointer: '/schedule/local', detail };
}

/** Of a series the server knows the dates, and says which is the next. */
function whyPast(schedule: Schedule): string | null {
  if (schedule.mode === 'now' || schedule.mode === 'recurring') return null;
  const lateMs = Date.now() - instantOf(schedule.local, schedule.time_zone).at.getTime();
  return lateMs < 0 ? null : `That was ${lengthInWords(lateMs)} ago. Choose a later time, or send it now.`;
}

/**
 * What can be stored of a draft, and what cannot yet, each by its pointer. `scheduled`: its hour stands until it is sent, so
 * "now" is only said with Send.
 */
export function storable(draft: Draft, scheduled = false): { patch: DraftPatch; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const buttons: Button[] = [];
  draft.content.buttons.forEach((item, index) => {
    const checked = typedButton.safeParse(item);
    if (checked.success) buttons.push(checked.data);
    else
      for (const issue of checked.error.issues)
        problems.push({
          pointer: `/content/buttons/${index}/${issue.path.join('/')}`,
          detail: issue.message,
        });
  });
  const media = draft.content.media.filter((item, index) => {
    if ('media_id' in item) return true;
    const checked = pictureUrl.safeParse(item.url);
    if (!checked.success)
      problems.push({
        pointer: `/content/media/${index}/url`,
        detail: checked.error.issues[0]?.message ?? 'This address cannot be used.',
      });
    return checked.success;
  });
  const whatsapp = storableWhatsApp(draft.content.whatsapp);
  problems.push(...whatsapp.problems);
  const late = scheduleProblem(draft.schedule);
  if (late) problems.push(late);
  const sending = settings.safeParse(draft.settings);
  for (const issue of sending.error?.issues ?? []) {
    const pointer = `/settings/${issue.path.join('/')}`;
    problems.push({ pointer, detail: limitWords[pointer] ?? issue.message });
  }
  const name = draft.name.trim();
  if (!name) problems.push({ pointer: '/name', detail: 'Give the campaign a name.' });
  const patch: DraftPatch = {
    type: draft.type,
    connection_id: draft.connection_id,
    content: {
      text: draft.content.text,
      media,
      buttons,
      ...(whatsapp.value && { whatsapp: whatsapp.value }),
    },
  };
  if ('segment_ids' in draft.audience && draft.audience.segment_ids.length === 0)
    problems.push({ pointer: '/audience', detail: 'Choose at least one segment.' });
  else patch.audience = draft.audience;
  if (sending.success) patch.settings = draft.settings;
  if (!late && !(scheduled && draft.schedule.mode === 'now')) patch.schedule = draft.schedule;
  if (name) patch.name = name;
  const delay = draft.trigger?.delay_minutes ?? 0;
  if (!Number.isInteger(delay) || delay < 0 || delay > 525_600)
    problems.push({
      pointer: '/trigger/delay_minutes',
      detail: 'Choose a delay from 0 to 525,600 minutes, a year.',
    });
  else if (draft.trigger) patch.trigger = draft.trigger;
  return { patch, problems };
}

/** The same plan, however its fields are ordered: the database gives them back in an order of its own. */
export const sameValue = (a: unknown, b: unknown): boolean => inOrder(a) === inOrder(b);

function inOrder(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [two]) => (one < two ? -1 : 1)))
      : part,
  );
}

/** What a patch changes in what is stored. */
export function changesOnly(patch: DraftPatch, stored: Draft): DraftPatch {
  return Object.fromEntries(
    Object.entries(patch).filter(([field, value]) => !sameValue(value, stored[field as keyof Draft])),
  );
}
