// The figures of automations: what the next check would do, what settings would have sent, what came of it.
import { z } from 'zod';
import { failureReasons, skipReasons } from './deliveries.ts';
import { wireId } from './ids.ts';
import { pageQuery, timestamp } from './lists.ts';
import { money } from './money.ts';
import { campaignPressure, purpose } from './pressure.ts';
import { typedTrigger } from './trigger.ts';
import { holdoutPercent } from './variants.ts';

/** What an automation answers to. */
export const eventSubject = z
  .object({
    kind: z.enum(['cart', 'order', 'restock']),
    id: z.string().meta({ description: 'crt_… or ord_…; of a restock that of its product' }),
    external_id: z.string().nullable(),
    words: z.string().meta({ example: '3 items, £57.00' }),
  })
  .meta({ id: 'EventSubject' });
export type EventSubject = z.infer<typeof eventSubject>;

/** Beside the reasons of the send log: what keeps an event from ever becoming a row, or makes it wait. */
export const eventReasons = {
  already_reminded: 'Has had it already for this event',
  already_decided: 'Their message about it is decided on, and waits for its hour',
  event_gone: 'The cart or order is gone, or nothing is connected that could send',
  delay_runs: 'The delay still runs',
  no_wish:
    'Has been told of it or has bought it, waits for another variant, is none of those who are told, or is reached by nothing that is connected',
} as const;
/** What the send log says of what is over, said of what is still to come. */
const reasonsAhead = {
  cart_bought: 'Has bought it',
  cart_emptied: 'Has emptied the cart',
  sold_out: 'Sold out',
  already_bought: 'Has bought it already',
  automation_off: 'The automation is off',
} as const;
const reasonWords: Record<string, string> = {
  ...failureReasons,
  ...skipReasons,
  ...eventReasons,
  ...reasonsAhead,
};
/** Of a figure or a person of an automation, in words of no channel. */
export const eventReasonWords = (reason: string): string => reasonWords[reason] ?? reason;

const leftOut = z
  .object({
    reason: z.string().meta({ description: 'A code, as in a delivery’s reason, or already_reminded' }),
    words: z.string(),
    count: z.int(),
  })
  .meta({ id: 'LeftOut' });
export type LeftOut = z.infer<typeof leftOut>;

/** The check every five minutes. What is due between two of them usually goes out the moment its delay ends. */
export const nextCheck = z
  .object({
    enabled: z.boolean(),
    checked_at: timestamp.nullable().meta({ description: 'The last one; null: none since it was first on' }),
    next_at: timestamp.nullable().meta({ description: 'The next full five minutes; null: it is off' }),
    first_due_at: timestamp
      .nullable()
      .meta({ description: 'When the first delay ends, or ended; null: nothing waits' }),
    delay_minutes: z.int(),
    events: z.int().meta({ description: 'Events whose delay runs, or is over and not looked at yet' }),
    queued: z.int().meta({
      description:
        'Messages that are decided and not sent yet: quiet hours, the pace, a connection that is down. Switched off, they are left out, also when it is on again',
    }),
    due: z
      .int()
      .meta({ description: 'Of them, whose delay is over at next_at; of back_in_stock these are products' }),
    under_way: z
      .object({
        since: timestamp,
        products: z.int(),
        people: z
          .int()
          .meta({ description: 'Who may want one of them and was not come to yet, at most 10,000' }),
      })
      .nullable()
      .meta({
        description:
          'Back in stock: a telling that was begun and goes on with the next check; it is in the other figures too. null: none',
      }),
    looked_at: z.int().meta({
      description:
        'Of those due, how many were judged for the figures below: the first 10,000 at most; of back_in_stock the people behind them',
    }),
    messages: z.int().meta({ description: 'Of those looked at, how many would be sent' }),
    people: z.int().meta({ description: 'To so many people: one may have left two carts' }),
    quiet: z
      .object({ count: z.int(), until: timestamp })
      .nullable()
      .meta({ description: 'Of the messages: held by quiet hours, the first until then; null: none' }),
    left_out: z.array(leftOut).meta({ description: 'Of those looked at: who would not get it, and why' }),
  })
  .meta({ id: 'NextCheck' });
export type NextCheck = z.infer<typeof nextCheck>;

export const checkedPeopleQuery = pageQuery.omit({ include: true });
export const checkedPerson = z
  .object({
    contact_id: wireId('cnt'),
    name: z.string(),
    subject: eventSubject,
    since: timestamp.meta({ description: 'When the delay began' }),
    due_at: timestamp,
    verdict: z.enum(['send', 'waits', 'leave_out']).meta({
      description: 'At the next check · later: the delay runs, or quiet hours · not at all',
    }),
    reason: z.string().nullable().meta({ description: 'null: it would be sent, or the delay runs' }),
    words: z.string(),
    until: timestamp.nullable().meta({ description: 'Until when it waits' }),
  })
  .meta({ id: 'CheckedPerson' });
export type CheckedPerson = z.infer<typeof checkedPerson>;

export const backtestDays = 30;
export const backtestInput = z
  .strictObject({
    days: z
      .int('Write whole days.')
      .min(1)
      .max(backtestDays, `At most ${backtestDays} days: older carts are not kept.`)
      .default(backtestDays),
    trigger: typedTrigger
      .default({})
      .meta({ description: 'As it is typed and not saved yet; what is left out is as it is saved' }),
    settings: z
      .strictObject({
        holdout_percent: holdoutPercent.nullable().optional(),
        purpose: purpose.optional(),
        pressure: z.strictObject(campaignPressure.shape).optional(),
      })
      .default({})
      .meta({ description: 'Likewise; other settings decide nothing here' }),
    connection_id: wireId('con').nullable().optional(),
  })
  .prefault({});
export type BacktestInput = z.infer<typeof backtestInput>;

export const backtest = z
  .object({
    from: timestamp,
    until: timestamp,
    kept_since: timestamp
      .nullable()
      .meta({ description: 'How far back the history goes; null: there is none yet' }),
    delay_minutes: z.int(),
    time_zone: z.string().meta({ description: 'Of the days' }),
    events: z.int().meta({
      description:
        'Carts that were filled, orders delivered, products back in stock: would_send and left_out together',
    }),
    would_send: z.int(),
    people: z.int().meta({ description: 'To so many people' }),
    left_out: z.array(leftOut),
    days: z.array(z.object({ date: z.iso.date(), count: z.int() })),
    sample: z
      .array(
        z.object({
          contact_id: wireId('cnt'),
          name: z.string(),
          subject: eventSubject,
          at: timestamp.meta({ description: 'When it would have gone out' }),
        }),
      )
      .meta({ description: 'The latest 50' }),
    assumes: z.array(z.string()).meta({ description: 'What cannot be said backwards, and was taken how' }),
  })
  .meta({ id: 'Backtest' });
export type Backtest = z.infer<typeof backtest>;

export const recoveredQuery = pageQuery.extend({
  orders: z.enum(['recovered', 'other', 'all']).default('recovered').meta({
    description:
      'Of reminders of carts: recovered: orders that the cart became, with one of its products; other: another order after the reminder. Of other messages every order after them is in the first',
  }),
});
export type RecoveredQuery = z.infer<typeof recoveredQuery>;

export const recoveredOrder = z
  .object({
    delivery_id: wireId('dlv'),
    contact_id: wireId('cnt'),
    name: z.string(),
    cart: z
      .object({ id: wireId('crt'), external_id: z.string().nullable(), total: money.nullable() })
      .nullable()
      .meta({
        description:
          'As it stands now, without a total where it was begun anew since; null: the message was about no cart',
      }),
    recovered: z.boolean().nullable().meta({
      description: 'Whether this order is what the cart became; null: the message was about no cart',
    }),
    sent_at: timestamp,
    order: z.object({
      id: wireId('ord'),
      external_id: z.string().nullable(),
      total: money,
      placed_at: timestamp,
    }),
  })
  .meta({ id: 'RecoveredOrder' });
export type RecoveredOrder = z.infer<typeof recoveredOrder>;

export const conversionQuery = z.object({
  days: z.coerce.number().int().min(1).max(365).default(30),
});
const sums = z.array(money).meta({ description: 'One for each currency, the largest first' });
export const conversion = z
  .object({
    from: timestamp,
    until: timestamp,
    window_days: z.int().meta({ description: 'Within so many days after the message an order counts' }),
    last_touch: z
      .object({
        sent: z.int().meta({ description: 'Messages sent in this time, of all its runs' }),
        people: z.int().meta({ description: 'Who got them' }),
        orders: z.int().meta({
          description:
            'Messages that were the last campaign message before an order: the first order after each',
        }),
        revenue: sums,
        rate: z.number().meta({ description: 'orders of sent, percent' }),
      })
      .meta({ description: 'Every order is the work of the last campaign message before it' }),
    holdout: z
      .object({
        held_out: z.int().meta({ description: 'People who would have got it and did not, on purpose' }),
        held_out_ordered: z.int(),
        rate: z.number().meta({ description: 'held_out_ordered of held_out, percent' }),
        sent: z.int().meta({
          description:
            'People it was decided for, sent or called off because the event was over by then: nobody knows that of the holdout, so it counts on both sides',
        }),
        sent_ordered: z.int(),
        sent_rate: z.number(),
        lift_percent: z.number().nullable(),
        interval: z.tuple([z.number(), z.number()]).meta({
          description: 'sent_rate − rate in percentage points, 95 % (Newcombe)',
        }),
        extra_orders: z.number().nullable().meta({
          description:
            'People who ordered because of it: the difference of the rates times sent; null: too early',
        }),
        revenue: z
          .object({
            held_out_per_person: money,
            sent_per_person: money,
            extra: money
              .nullable()
              .meta({ description: 'The difference times sent; null: too early, or none' }),
          })
          .meta({ description: 'Orders in the currency of the workspace' }),
        enough: z.boolean().meta({ description: 'The interval leaves out nought' }),
        words: z.string(),
      })
      .nullable()
      .meta({ description: 'What people do anyway is taken off; null: nobody is held out' }),
  })
  .meta({ id: 'Conversion' });
export type Conversion = z.infer<typeof conversion>;

export const daysQuery = z.object({ days: z.coerce.number().int().min(1).max(31).default(7) });
const dayFigures = {
  sent: z.int(),
  clicked: z
    .int()
    .nullable()
    .meta({ description: 'Who of them opened a link by now; null: no link is tracked' }),
  orders: z.int(),
  revenue: sums,
};
/** By the day on which the message was sent: what came of it later belongs to that day too, so that shares of it are shares. */
export const campaignDays = z
  .object({
    time_zone: z.string().meta({ description: 'Of the workspace: where its days begin' }),
    days: z.array(z.object({ date: z.iso.date(), ...dayFigures })).meta({ description: 'Today is the last' }),
    total: z.object(dayFigures),
  })
  .meta({ id: 'CampaignDays' });
export type CampaignDays = z.infer<typeof campaignDays>;
