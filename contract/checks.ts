// What stands between a campaign and its sending: one list, shown by the review step and obeyed by launch.
import { z } from 'zod';

/** The steps of the editor that can be wrong; the sixth, review, shows what the others found. */
export const checkedStep = z.enum(['details', 'audience', 'message', 'schedule', 'settings']);
export type CheckedStep = z.infer<typeof checkedStep>;

/** The longest beginning stands first: what happens to a missed hour is chosen beside the hour. */
const places: readonly (readonly [string, CheckedStep])[] = [
  ['/settings/missed', 'schedule'],
  ['/name', 'details'],
  ['/type', 'details'],
  ['/kind', 'details'],
  ['/connection_id', 'details'],
  ['/audience', 'audience'],
  ['/content', 'message'],
  ['/schedule', 'schedule'],
  ['/settings', 'settings'],
];

/** The step that holds the field of a JSON pointer; the server's list of problems and the panel's marks both go by it. */
export function stepOfPointer(pointer: string, otherwise: CheckedStep = 'details'): CheckedStep {
  return places.find(([begin]) => pointer === begin || pointer.startsWith(`${begin}/`))?.[1] ?? otherwise;
}

export const campaignProblem = z
  .object({
    key: z.string().meta({ description: 'What was looked at; stable', example: 'audience_empty' }),
    step: checkedStep,
    severity: z
      .enum(['error', 'warning', 'hint'])
      .meta({ description: 'error: launch refuses it with these words · warning: goes out all the same' }),
    pointer: z
      .string()
      .meta({ description: 'The field, as in a validation error', example: '/content/text' }),
    words: z.string(),
    remedy: z.object({
      words: z.string().meta({ description: 'Where it is mended, for a link' }),
      href: z.string().nullable().meta({ description: 'A page of the panel; null: a step of this campaign' }),
      pointer: z.string().nullable(),
    }),
  })
  .meta({ id: 'CampaignProblem' });
export type CampaignProblem = z.infer<typeof campaignProblem>;

export const stepState = z.object({
  state: z
    .enum(['done', 'todo', 'error', 'warning'])
    .meta({ description: 'todo: something is not filled in yet' }),
  count: z.int().meta({ description: 'Errors of the step, or, where there are none, its warnings' }),
});
export type StepState = z.infer<typeof stepState>;

export const campaignCheck = z
  .object({
    ready: z.boolean().meta({ description: 'launch would take it now' }),
    version: z.int().meta({ description: 'The version of the campaign that was looked at' }),
    steps: z.object({
      details: stepState,
      audience: stepState,
      message: stepState,
      schedule: stepState,
      settings: stepState,
    }),
    problems: z.array(campaignProblem),
  })
  .meta({ id: 'CampaignCheck' });
export type CampaignCheck = z.infer<typeof campaignCheck>;
