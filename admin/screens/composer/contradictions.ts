// What is stored as it stands and still keeps a campaign from being sent: named at its field before the server is asked.
import type { Channel } from '../../../contract/connections.ts';
import type { FieldProblem } from '../../../contract/errors.ts';
import { isBlank } from '../../../contract/message.ts';
import { togetherProblems } from '../../../contract/together.ts';
import type { Draft } from './draft.ts';

/** What contradicts itself, and wordings of a test that were left empty. */
export function contradictions(
  { schedule, settings, content }: Draft,
  channel: Channel | null = null,
): FieldProblem[] {
  return [
    // a copy that an older panel has kept knows no test
    ...togetherProblems({ schedule, settings: { ab: settings.ab ?? null, canary: settings.canary ?? null } }),
    // a message that was not begun has no wordings to compare yet
    ...(isBlank(content, channel) ? [] : emptyVariants(settings.ab ?? null, channel)),
  ];
}

export function emptyVariants(ab: Draft['settings']['ab'], channel: Channel | null): FieldProblem[] {
  return (ab?.variants ?? []).flatMap(({ key, content }, index) =>
    isBlank(content, channel)
      ? [
          {
            pointer: `/settings/ab/variants/${index}/content/text`,
            detail: `Variant ${key.toUpperCase()} is empty. Write a text, or remove it.`,
          },
        ]
      : [],
  );
}
