import { expect, it } from 'vitest';
import { audienceCount } from '../../../contract/audience.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { content } from '../../../contract/message.ts';
import type { Reach } from '../../deliveries/runs/reach.ts';
import { aWhatsAppNumber, testCtx } from '../../testing/context.ts';
import { whyOthers } from './audience.ts';
import type { Sendable } from './finding.ts';
import { adviceOnNumbers, peopleJoined } from './whatsapp.ts';

const none = Object.fromEntries(Object.keys(audienceCount.shape).map((key) => [key, 0]));
const reach = (count: object, agreed = 0) =>
  ({ count: { ...none, ...count }, countries: new Map(), agreed }) as unknown as Reach;
const sendable = (channel: 'whatsapp' | 'telegram', name: string | null, id = 'c') =>
  ({
    campaign: {
      content: content.parse({ whatsapp: { template: name && { name, language: 'en' } } }),
    } as Campaign,
    connection: { id, channel, sandbox: true },
  }) satisfies Sendable;

it('says how many numbers cannot be one, are kept from marketing and never agreed', () => {
  const count = { total: 20, reachable: 12, invalid_number: 1, no_marketing_in_country: 3 };
  const found = adviceOnNumbers(sendable('whatsapp', 'sale'), reach(count, 2));
  expect(found.map(({ key }) => key)).toEqual(['invalid_numbers', 'no_marketing_in_country', 'no_opt_in']);
  expect(found[0]?.words).toContain('One person has a phone number that cannot be one, and is left out.');
  expect(found[1]?.words).toContain('3 people have a number of the United States');
  expect(found[2]?.words).toContain('For 10 of the 12 people');
  expect(adviceOnNumbers(sendable('whatsapp', null), reach({ reachable: 12 }))).toEqual([]);
  expect(adviceOnNumbers(sendable('telegram', 'sale'), reach(count))).toEqual([]);
});

it('names only the reasons that keep somebody', () => {
  const of = (count: object, channel: 'whatsapp' | 'telegram') =>
    whyOthers({ ...reach(count).count }, channel);
  expect(of({ no_identity: 139 }, 'whatsapp')).toBe('the others have no phone number of their own');
  expect(of({ opted_out: 1, no_identity: 2, unreachable: 3 }, 'telegram')).toBe('the others opted out, have not started a chat or blocked the bot'); // biome-ignore format: one line
});

it('waits until the people of before have been added to a new number', async () => {
  const ctx = await testCtx();
  const id = await aWhatsAppNumber(ctx);
  const ask = () => peopleJoined.holds(ctx, sendable('whatsapp', 'sale', id));
  await ask();
  await ctx.db.updateTable('connections').set({ people_total: 1_000_000, people_done: 320_000 }).where('id', '=', id).execute(); // biome-ignore format: one line
  await expect(ask()).rejects.toThrow('320,000 of 1,000,000');
});
