// The canary of a campaign: a few people first, a wait, a look at what happened to them, and only then everybody else.
import { z } from 'zod';
import { timestamp } from './lists.ts';
import { patchOf } from './patch.ts';

const sizeWords = 'Send either { "people": 100 } or { "percent": 5 }.';
const people = z
  .int('Write a whole number of people.')
  .min(1, 'A canary needs at least 1 person.')
  .max(100_000, 'A canary has at most 100,000 people. Larger ones are the campaign itself.');
const percent = z
  .number('Write a number, like 5 or 0.5.')
  .min(0.01, 'At least 0.01 percent.')
  .max(50, 'A canary is at most 50 percent of the people. More is the campaign itself.');
export const canarySize = z.union([z.object({ people }), z.object({ percent })]);
const limit = z
  .number('Write a percentage between 0 and 100.')
  .min(0, 'A limit is at least 0 percent.')
  .max(100, 'A limit is at most 100 percent.');

const limits = z.object({
  /** Failed or without an answer, but not blocked. */
  failed_percent: limit.default(5),
  blocked_percent: limit.default(2),
  opted_out_percent: limit.default(2),
});
const waitMinutes = z
  .int('Write whole minutes.')
  .min(1, 'Wait at least 1 minute: people need time to answer.')
  .max(2880, 'Wait at most 2,880 minutes (2 days).');
const next = z.enum(['continue', 'ask'], 'Write "continue" (go on by itself) or "ask" (wait for a person).');

/** As it is kept: `limits` are percentages of the canary's people, and one more than the limit stops the campaign. */
export const canary = z.object({
  size: canarySize,
  wait_minutes: waitMinutes,
  limits,
  when_passed: next,
});
export type Canary = z.infer<typeof canary>;
export type CanaryLimits = Canary['limits'];

/** As a request may hold it. */
export const canaryInput = z
  .strictObject({
    size: z
      .strictObject({ people: people.optional(), percent: percent.optional() }, sizeWords)
      .transform((size, ctx): Canary['size'] => {
        if (size.people !== undefined && size.percent === undefined) return { people: size.people };
        if (size.percent !== undefined && size.people === undefined) return { percent: size.percent };
        ctx.addIssue({ code: 'custom', message: sizeWords });
        return z.NEVER;
      })
      .prefault({ people: 100 }),
    wait_minutes: waitMinutes.default(30),
    limits: z.strictObject(limits.shape).prefault({}),
    when_passed: next.default('continue'),
  })
  .meta({ description: 'A few people first; null: everybody at once' });

/** As a change may hold it. `size` is one value: percent takes the place of people. */
export const canaryPatch = patchOf({ ...canaryInput.shape, limits: patchOf(limits.shape) });

/** What the composer suggests when it is switched on. */
export const suggestedCanary: Canary = canaryInput.parse({});

export const canaryStep = z.enum(['sampling', 'waiting', 'passed', 'stopped', 'overridden', 'not_needed']);
export type CanaryStep = z.infer<typeof canaryStep>;

export const canaryFigure = z.object({
  what: z.enum(['failed', 'blocked', 'opted_out']),
  count: z.int(),
  percent: z.number().meta({ description: 'Share of the people of the canary' }),
  limit_percent: z.number(),
  within: z.boolean(),
});
export type CanaryFigure = z.infer<typeof canaryFigure>;

/** The canary of the latest run, in its report. */
export const canaryReport = z
  .object({
    step: canaryStep.meta({
      description:
        'sampling: its people are being messaged · waiting: for what they do · passed · stopped: a limit was exceeded · overridden: a person went on all the same · not_needed: the audience is no larger',
    }),
    people: z.int().nullable().meta({ description: 'null until the audience is written' }),
    answered: z.int().meta({ description: 'People of the canary whose message has an outcome' }),
    unknown: z.int().meta({ description: 'Of those counted as failed: the answer never came' }),
    figures: z.array(canaryFigure),
    when_passed: next,
    wait_minutes: z.int(),
    judge_at: timestamp.nullable().meta({ description: 'When the figures are compared with the limits' }),
    judged_at: timestamp.nullable(),
    settled_at: timestamp.nullable().meta({ description: 'Since when everybody else is messaged' }),
    settled_by: z.string().nullable().meta({ description: 'Who went on; null: the campaign by itself' }),
    finding: z.string().nullable().meta({ description: 'What was judged, in words' }),
  })
  .meta({ id: 'CanaryReport' });
export type CanaryReport = z.infer<typeof canaryReport>;
