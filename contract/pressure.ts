// How often and when a person may be messaged, over all channels and campaigns of a workspace; and what a campaign is for.
import { z } from 'zod';

/** `marketing` wants something from the person; `service` is what the person waits for (an order, a cart, an appointment). */
export const purpose = z.enum(['marketing', 'service']);
export type Purpose = z.infer<typeof purpose>;

export const frequencyCap = z.strictObject({
  purpose: purpose.default('marketing'),
  max: z
    .number('How many messages? Write a whole number.')
    .int('Write a whole number of messages.')
    .min(1, 'At least 1 message. To send nobody anything, pause your campaigns.')
    .max(1000, 'At most 1000 messages.'),
  period_hours: z
    .number('In how many hours? Write a whole number.')
    .int('Write a whole number of hours.')
    .min(1, 'At least 1 hour.')
    .max(8760, 'At most 8760 hours, a year.'),
});
export type FrequencyCap = z.infer<typeof frequencyCap>;

export const frequencyCaps = z
  .array(frequencyCap)
  .max(10, 'At most 10 caps.')
  .superRefine((caps, ctx) => {
    for (const [index, cap] of caps.entries()) {
      const first = caps.findIndex(
        (other) => other.purpose === cap.purpose && other.period_hours === cap.period_hours,
      );
      if (first < index)
        ctx.addIssue({
          code: 'custom',
          path: [index, 'period_hours'],
          message: `There is already a cap for ${cap.purpose} messages in ${cap.period_hours} hours. Change that one.`,
        });
    }
  });

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write the time with two digits each, like "21:00".');

/** Nobody is messaged from `from` until `to` on the clock of where they are; the window may pass midnight. */
export const quietHours = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    expire_after_hours: z
      .number('How many hours? Write a whole number.')
      .int('Write a whole number of hours.')
      .min(1, 'At least 1 hour.')
      .max(168, 'At most 168 hours, a week.')
      .default(24)
      .meta({ description: 'A message that would have to wait longer than this is not sent' }),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    error: 'The quiet hours must end at another time than they begin.',
  });
export type QuietHours = z.infer<typeof quietHours>;

/** What a campaign may be exempt from. */
export const campaignPressure = z.strictObject({
  ignore_caps: z.boolean().default(false),
  ignore_quiet_hours: z.boolean().default(false),
});
export type CampaignPressure = z.infer<typeof campaignPressure>;
