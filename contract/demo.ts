// The demo shop's life: customers of its own who browse, fill carts, buy and wait, so that automations can be seen at work.
import { z } from 'zod';
import { campaignKind } from './campaigns.ts';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';

/** How many times as fast as a shop of its size. */
export const lifeSpeeds = { off: 0, calm: 1, busy: 10, rush: 60 } as const;
export type LifeSpeed = keyof typeof lifeSpeeds;
export const lifeSpeed = z.enum(Object.keys(lifeSpeeds) as [LifeSpeed, ...LifeSpeed[]]);

/** What short delays are, in minutes. */
export const shortDelayMinutes = 1;

export const lifePatch = z
  .strictObject({
    speed: lifeSpeed
      .optional()
      .meta({ description: 'calm: ×1, busy: ×10, rush: ×60. The first time switches the automations on' }),
    short_delays: z.boolean().optional().meta({
      description: 'true: the automations wait a minute at most; false: as long as before',
    }),
  })
  .refine((given) => Object.keys(given).length > 0, 'Name speed, short_delays or both.');
export type LifePatch = z.infer<typeof lifePatch>;

export const lifeNews = z.object({
  at: timestamp,
  kind: z.enum(['visit', 'cart', 'order', 'stock', 'message', 'left_out']),
  contact_id: wireId('cnt').nullable(),
  words: z.string().meta({ description: 'What happened, without a full stop' }),
  campaign_id: wireId('cmp').nullable(),
  delivery_id: wireId('dlv').nullable().meta({
    description:
      'Of a message, and of one that was left out: GET /campaigns/{id}/why/{contact_id}?delivery_id= says why',
  }),
});
export type LifeNews = z.infer<typeof lifeNews>;

export const life = z
  .object({
    possible: z.boolean(),
    why_not: z.string().nullable().meta({ description: 'What keeps the shop from living here' }),
    speed: lifeSpeed,
    rests: z.boolean().meta({ description: 'Nobody has looked for two hours; it goes on by itself' }),
    short_delays: z.boolean(),
    automations: z.array(
      z.object({
        campaign_id: wireId('cmp'),
        kind: campaignKind,
        name: z.string(),
        enabled: z.boolean(),
        delay_minutes: z.number().int(),
        usual_delay_minutes: z.number().int().meta({ description: 'As it is without short delays' }),
      }),
    ),
    totals: z
      .object({
        visits: z.number().int(),
        carts: z.number().int(),
        orders: z.number().int(),
        delivered: z.number().int(),
        returned: z.number().int(),
        came_back: z.number().int().meta({ description: 'Customers who came back through a message' }),
        sold_out: z.number().int(),
        restocked: z.number().int(),
      })
      .meta({ description: 'Since it began' }),
    news: z.array(lifeNews).meta({
      description: 'The last 40 of the shop and the last 40 messages of its automations, the newest first',
    }),
  })
  .meta({ id: 'DemoLife' });
export type Life = z.infer<typeof life>;
