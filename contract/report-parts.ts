// What a report says beside its figures: causes of failure in the words of the field, and what to do about what went wrong.
import { z } from 'zod';
import type { FailureReason } from './deliveries.ts';

/** Every cause of failure belongs to one of these. `reason=<group>` in the send log shows the people of all its causes. */
export const failureGroups = {
  invalid_number: 'Invalid number',
  blocked_contact: 'Blocked contact',
  network_error: 'Network error',
  platform_restriction: 'Platform restriction',
  other: 'Other',
} as const;
export type FailureGroup = keyof typeof failureGroups;

/** Which causes a group has; the words of a cause are in `failureReasons`. */
export const groupOfFailure = {
  invalid_address: 'invalid_number',
  deactivated: 'invalid_number',
  blocked: 'blocked_contact',
  platform_unavailable: 'network_error',
  did_not_leave: 'network_error',
  never_started: 'platform_restriction',
  no_rights: 'platform_restriction',
  content_refused: 'platform_restriction',
  media_refused: 'platform_restriction',
  credentials: 'platform_restriction',
  template_error: 'other',
  not_on_platform: 'invalid_number',
  marketing_capped: 'platform_restriction',
  marketing_stopped: 'platform_restriction',
  window_closed: 'platform_restriction',
  template_refused: 'platform_restriction',
  country_restricted: 'platform_restriction',
  platform_experiment: 'platform_restriction',
} as const satisfies Record<FailureReason, FailureGroup>;

/** A group's name or a cause → the causes it means. */
export function causesOf(reason: string): string[] {
  const causes = Object.entries(groupOfFailure).flatMap(([cause, group]) =>
    group === reason ? [cause] : [],
  );
  return causes.length > 0 ? causes : [reason];
}

export const failure = z.object({
  reason: z.string(),
  code: z.string(),
  count: z.number().int(),
  group: z.enum(Object.keys(failureGroups) as [FailureGroup, ...FailureGroup[]]),
  group_words: z.string(),
});

/** Something that went less well than it could, named after the send. */
export const finding = z.object({
  key: z.string(),
  words: z.string(),
  remedy: z.object({ words: z.string(), href: z.string().nullable() }),
});
export type Finding = z.infer<typeof finding>;
