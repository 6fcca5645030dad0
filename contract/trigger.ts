// What an automation answers to, when, and what keeps it from sending after all.
import { z } from 'zod';
import { patchOf } from './patch.ts';
import { interestKind } from './products.ts';

const unlessParts = {
  bought: z.boolean().default(true).meta({ description: 'They have bought it' }),
  sold_out: z.boolean().default(true).meta({
    description: 'Something in the cart is sold out; what is back in stock never goes out sold out',
  }),
  messaged_today: z
    .boolean()
    .default(false)
    .meta({ description: 'They have had a promotion on this day, as it is where they live' }),
};
export const trigger = z.object({
  enabled: z.boolean().default(false),
  delay_minutes: z.number().int().min(0).max(525_600).default(60),
  unless: z.object(unlessParts).prefault({}).meta({
    description:
      'Asked anew at the moment of sending. An emptied cart and a returned order never send, whatever stands here',
  }),
  cool_down_hours: z.int().min(0).max(720).default(24).meta({
    description:
      'Abandoned cart: nobody is reminded again for so long, whatever carts they leave, and of several only the latest counts; 0: of each cart. Back in stock: whoever was told of a product is not told of it again for so long, however often it comes and goes, unless they ask to be told anew',
  }),
  waiting: z
    .array(interestKind)
    .min(1, 'Name at least one kind of people who wait.')
    .default(['subscribed', 'viewed', 'carted'])
    .meta({ description: 'Back in stock: who is told' }),
});
export type Trigger = z.infer<typeof trigger>;

const notYet = {
  rule: z
    .record(z.string(), z.unknown())
    .refine((rule) => Object.keys(rule).length === 0, {
      error: 'Rules of your own are not possible yet: leave rule out.',
    })
    .nullish()
    .meta({ description: 'Not possible yet: only empty' }),
  repeat: z
    .literal('once', 'Only "once" is possible yet: leave repeat out.')
    .nullish()
    .meta({ description: 'Only "once" is possible yet' }),
};
const { enabled, delay_minutes, cool_down_hours, waiting } = trigger.shape;

export const triggerInput = trigger
  .extend({
    delay_minutes: delay_minutes
      .unwrap()
      .optional()
      .meta({ description: 'Left out: the usual one of its kind' }),
    unless: z.strictObject(unlessParts).prefault({}),
    ...notYet,
  })
  .strict()
  .transform(({ rule: _rule, repeat: _repeat, ...rest }) => rest);

const { bought, sold_out, messaged_today } = unlessParts;
/** What is left out stays as it is saved. */
export const typedTrigger = z.strictObject({
  delay_minutes: delay_minutes.unwrap().optional(),
  unless: z
    .strictObject({
      bought: bought.unwrap().optional(),
      sold_out: sold_out.unwrap().optional(),
      messaged_today: messaged_today.unwrap().optional(),
    })
    .optional(),
  cool_down_hours: cool_down_hours.unwrap().optional(),
  waiting: waiting.unwrap().optional(),
});
export type TypedTrigger = z.infer<typeof typedTrigger>;

/** A switch has no default to go back to. */
export const triggerPatch = patchOf({ delay_minutes, cool_down_hours, waiting, unless: patchOf(unlessParts) })
  .extend({ enabled: enabled.unwrap().optional(), ...notYet })
  .transform(({ rule: _rule, repeat: _repeat, ...rest }) => rest);
export type TriggerPatch = z.infer<typeof triggerPatch>;
