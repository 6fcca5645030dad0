// Review and quality of templates, and the webhooks that tell of them (Cloud API, template webhooks, 2026-11-20).
import { makeDigits } from './ids.ts';
import type { Waba } from './state.ts';
import type { Template } from './template.ts';
import type { CheckedTemplate } from './template-check.ts';
import type { WaWorld } from './world.ts';

export function newTemplate(
  world: WaWorld,
  waba: Waba,
  checked: CheckedTemplate,
  status = 'PENDING',
): Template {
  const nowMs = world.state.now();
  const template: Template = {
    id: makeDigits(15),
    wabaId: waba.id,
    name: checked.name,
    language: checked.language,
    category: checked.category,
    parameterFormat: checked.parameterFormat,
    status,
    components: checked.components,
    quality: 'UNKNOWN',
    qualityAt: nowMs,
    rejectedReason: 'NONE',
    pauses: 0,
    createdAt: nowMs,
    editedAt: [],
    ...(checked.ttlSeconds === undefined ? {} : { ttlSeconds: checked.ttlSeconds }),
  };
  waba.templates.set(template.id, template);
  waba.templateKeys.set(`${template.name}\u0000${template.language}`, template.id);
  world.state.onChange('', '');
  return template;
}

export function removeTemplate(waba: Waba, template: Template): void {
  waba.templates.delete(template.id);
  waba.templateKeys.delete(`${template.name}\u0000${template.language}`);
}

/** `message_template_status_update`. */
export function announce(
  world: WaWorld,
  waba: Waba,
  template: Template,
  event: string,
  extra: Record<string, unknown> = {},
): void {
  world.state.onChange('', '');
  world.outbox.post(waba.id, 'message_template_status_update', {
    event,
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language,
    reason: event === 'REJECTED' ? template.rejectedReason : 'NONE',
    message_template_category: template.category,
    ...extra,
  });
}

/** The review: approved after a while, unless it holds one of the words. */
export function moderate(world: WaWorld, waba: Waba, template: Template): void {
  const { delayMs, rejectWords, reason } = waba.moderation;
  if (delayMs === null) return;
  const version = template.components;
  world.clockwork.later(delayMs, () => {
    // judged by hand, edited again or deleted meanwhile
    if (template.status !== 'PENDING' || template.components !== version) return;
    const text = JSON.stringify(version).toLowerCase();
    const isBad = rejectWords.some((word) => text.includes(word.toLowerCase()));
    judge(world, waba, template, isBad ? 'REJECTED' : 'APPROVED', isBad ? reason : undefined);
  });
}

const PAUSE_TITLES = ['FIRST_PAUSE', 'SECOND_PAUSE'];

export const VERDICTS = [
  'APPROVED',
  'REJECTED',
  'PAUSED',
  'DISABLED',
  'FLAGGED',
  'PENDING',
  'REINSTATED',
  'ARCHIVED',
];

export function judge(world: WaWorld, waba: Waba, template: Template, event: string, reason?: string): void {
  if (event === 'PAUSED' && template.pauses >= PAUSE_TITLES.length) {
    // the third pause is the end (recalled, page not read again) [U]
    judge(world, waba, template, 'DISABLED', reason);
    return;
  }
  template.rejectedReason = event === 'REJECTED' ? (reason ?? 'INVALID_FORMAT') : 'NONE';
  template.status = event === 'REINSTATED' ? 'APPROVED' : event === 'FLAGGED' ? template.status : event;
  announce(world, waba, template, event, extraOf(world, template, event, reason));
  if (event === 'PAUSED') template.pauses += 1;
}

function extraOf(world: WaWorld, template: Template, event: string, reason: string | undefined) {
  const date = Math.floor(world.state.now() / 1000);
  if (event === 'REJECTED')
    return {
      rejection_info: {
        reason: `The template was rejected: ${template.rejectedReason}.`,
        recommendation: 'Change the content of the template and submit it again.',
      },
    };
  if (event === 'PAUSED')
    return {
      other_info: {
        title: PAUSE_TITLES[template.pauses],
        description:
          reason ??
          `Your WhatsApp message template has been paused for ${template.pauses === 0 ? 3 : 6} hours because it continued to have issues.`,
      },
    };
  if (event === 'DISABLED')
    return {
      disable_info: { disable_date: date },
      other_info: { title: 'DISABLED', description: reason ?? 'The template was disabled for low quality.' },
    };
  return {};
}

/** `message_template_quality_update`. */
export function setQuality(world: WaWorld, waba: Waba, template: Template, score: string): void {
  const previous = template.quality;
  template.quality = score;
  template.qualityAt = world.state.now();
  world.state.onChange('', '');
  if (previous === score) return;
  world.outbox.post(waba.id, 'message_template_quality_update', {
    previous_quality_score: previous,
    new_quality_score: score,
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language,
  });
}

/** Meta puts a template into another category by itself: `template_category_update`. */
export function setCategory(world: WaWorld, waba: Waba, template: Template, category: string): void {
  const previous = template.category;
  template.category = category;
  world.state.onChange('', '');
  world.outbox.post(waba.id, 'template_category_update', {
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language,
    previous_category: previous,
    new_category: category,
  });
}
