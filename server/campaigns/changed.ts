// What comes of a change to settings and trigger: what it leaves out stays as it is saved, null is the default (RFC 7396).
import type { z } from 'zod';
import {
  type Campaign,
  type CampaignKind,
  type Settings,
  type SettingsPatch,
  settingsFields,
} from '../../contract/campaigns.ts';
import { type Trigger, type TriggerPatch, trigger as triggerSchema } from '../../contract/trigger.ts';
import { invalidField } from '../platform/errors.ts';
import { usualOf } from './campaign.ts';

/** One of several forms: a part of the new one means nothing beside the former. */
const oneValue = new Set(['missed', 'unknown', 'test_first', 'size', 'winner']);

/** Throws VALIDATION_FAILED where what comes of it cannot be: a test without wordings. */
export function changedSettings(saved: Settings, change: SettingsPatch): Settings {
  const fields: Record<string, z.ZodType> = settingsFields;
  const next: Record<string, unknown> = { ...saved };
  for (const [name, given] of Object.entries(change)) {
    if (given === undefined) continue;
    const read = fields[name]!.safeParse(merged(next[name], given, name));
    const issue = read.error?.issues[0];
    if (issue) throw invalidField(['/settings', name, ...issue.path].join('/'), issue.message);
    next[name] = read.data;
  }
  return next as Settings;
}

export function changedTrigger(
  kind: CampaignKind,
  saved: Campaign['trigger'],
  change: TriggerPatch,
): Trigger {
  const next = merged(saved, change, 'trigger') as Partial<Trigger>;
  const delay_minutes = next.delay_minutes ?? usualOf(kind)?.delayMinutes ?? undefined;
  return triggerSchema.parse({ ...next, delay_minutes });
}

/** Undefined: the default, which the schema puts there. */
function merged(saved: unknown, change: unknown, name: string): unknown {
  if (change === null) return undefined;
  if (!isObject(change) || oneValue.has(name)) return change;
  const before = isObject(saved) ? saved : {};
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return {
    ...before,
    ...Object.fromEntries(given.map(([part, value]) => [part, merged(before[part], value, part)])),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
