// What WhatsApp asks per delivered message, by the recipient's market and the message's category (Cloud API, "Pricing", per-message
// since 2025-07-01; texts and utility templates inside the window at the utility rate since 2026-10-01; as of 2026-11-20).
// Every workspace may have figures of its own; nobody else's are more than a guess.
import { z } from 'zod';
import { timestamp } from './lists.ts';
import { currency } from './money.ts';

export const priceCategories = ['marketing', 'utility', 'authentication'] as const;
export type PriceCategory = (typeof priceCategories)[number];

/**
 * Figures in US dollars to begin with, collected from public listings and memory in 2026. Nobody has compared them with Meta's own
 * price list: a shop puts its own rate card in their place before it believes a forecast.
 */
export const defaultSource =
  'Collected from public listings and memory in 2026, not taken from Meta’s own price list. Replace them with the rate card of your account (WhatsApp Manager) before you believe a forecast.';
/** The day on which they were written down: not one from which Meta's prices hold. */
export const defaultAsOf = '2026-11-21';

interface Market {
  name: string;
  /** Countries that have no market of their own; absent: the market is one country, its key. */
  countries?: string;
  marketing: string;
  utility: string;
}

export const markets: Record<string, Market> = {
  AR: { name: 'Argentina', marketing: '0.0618', utility: '0.0260' },
  BD: { name: 'Bangladesh', marketing: '0.0732', utility: '0.0037' },
  BR: { name: 'Brazil', marketing: '0.0625', utility: '0.0068' },
  CL: { name: 'Chile', marketing: '0.0889', utility: '0.0200' },
  CO: { name: 'Colombia', marketing: '0.0125', utility: '0.0008' },
  EG: { name: 'Egypt', marketing: '0.0644', utility: '0.0036' },
  FR: { name: 'France', marketing: '0.0859', utility: '0.0300' },
  DE: { name: 'Germany', marketing: '0.1365', utility: '0.0550' },
  IN: { name: 'India', marketing: '0.0118', utility: '0.0014' },
  ID: { name: 'Indonesia', marketing: '0.0411', utility: '0.0250' },
  IL: { name: 'Israel', marketing: '0.0353', utility: '0.0053' },
  IT: { name: 'Italy', marketing: '0.0691', utility: '0.0300' },
  MY: { name: 'Malaysia', marketing: '0.0860', utility: '0.0140' },
  MX: { name: 'Mexico', marketing: '0.0305', utility: '0.0085' },
  NL: { name: 'Netherlands', marketing: '0.1597', utility: '0.0500' },
  NG: { name: 'Nigeria', marketing: '0.0516', utility: '0.0067' },
  PK: { name: 'Pakistan', marketing: '0.0473', utility: '0.0054' },
  PE: { name: 'Peru', marketing: '0.0703', utility: '0.0200' },
  RU: { name: 'Russia', marketing: '0.0802', utility: '0.0400' },
  SA: { name: 'Saudi Arabia', marketing: '0.0455', utility: '0.0107' },
  ZA: { name: 'South Africa', marketing: '0.0379', utility: '0.0076' },
  ES: { name: 'Spain', marketing: '0.0615', utility: '0.0200' },
  TR: { name: 'Türkiye', marketing: '0.0109', utility: '0.0053' },
  AE: { name: 'United Arab Emirates', marketing: '0.0499', utility: '0.0157' },
  GB: { name: 'United Kingdom', marketing: '0.0529', utility: '0.0220' },
  north_america: { name: 'North America', countries: 'US CA', marketing: '0.0250', utility: '0.0034' },
  rest_of_africa: {
    name: 'Rest of Africa',
    countries:
      'DZ AO BJ BW BF BI CM TD CG CI ER ET GA GM GH GW KE LS LR LY MG MW ML MR MA MZ NA NE RW SN SL SO SS SD SZ TZ TG TN UG ZM ZW',
    marketing: '0.0225',
    utility: '0.0040',
  },
  rest_of_asia_pacific: {
    name: 'Rest of Asia Pacific',
    countries: 'AF AU KH CN HK JP LA MN NP NZ PG PH SG LK TW TJ TH TM UZ VN',
    marketing: '0.0732',
    utility: '0.0113',
  },
  rest_of_central_and_eastern_europe: {
    name: 'Rest of Central and Eastern Europe',
    countries: 'AL AM AZ BY BG HR CZ GE GR HU LV LT MD MK PL RO RS SK SI UA',
    marketing: '0.0860',
    utility: '0.0212',
  },
  rest_of_latin_america: {
    name: 'Rest of Latin America',
    countries: 'AG AI AW BO BS CR DO EC SV GT HT HN JM NI PA PY PR UY VE',
    marketing: '0.0740',
    utility: '0.0113',
  },
  rest_of_middle_east: {
    name: 'Rest of the Middle East',
    countries: 'BH IQ JO KW LB OM QA YE',
    marketing: '0.0341',
    utility: '0.0091',
  },
  rest_of_western_europe: {
    name: 'Rest of Western Europe',
    countries: 'AD AT BE CH DK FI IE NO PT SE',
    marketing: '0.0592',
    utility: '0.0171',
  },
  other: { name: 'Every other country', countries: '', marketing: '0.0604', utility: '0.0077' },
};
const marketOfCountry = new Map(
  Object.entries(markets).flatMap(([key, { countries = key }]) =>
    countries.split(' ').map((country) => [country, key] as const),
  ),
);

/** Two letters → the key of its market. */
export const marketOf = (country: string): string => marketOfCountry.get(country) ?? 'other';

const price = z
  .string('Write a price as text, like "0.0529".')
  .trim()
  .regex(/^\d{1,4}(\.\d{1,6})?$/, 'Write a price like 0.0529: no sign, at most six decimals.')
  .nullable()
  .meta({ description: 'Per delivered message; null: not known' });
const prices = { marketing: price, utility: price, authentication: price };

export const messagePrices = z
  .object({
    currency: z.string(),
    is_default: z.boolean().meta({ description: 'Nobody of this workspace has checked them' }),
    source: z.string(),
    as_of: z.string().meta({ description: 'The day on which they were written down', example: '2026-11-21' }),
    updated_at: timestamp.nullable(),
    updated_by: z.string().nullable(),
    version: z.number().int(),
    prices: z.array(
      z.object({ market: z.string(), name: z.string(), countries: z.array(z.string()), ...prices }),
    ),
  })
  .meta({ id: 'MessagePrices' });
export type MessagePrices = z.infer<typeof messagePrices>;

export const messagePricesInput = z.strictObject({
  currency,
  prices: z
    .array(
      z.strictObject({
        market: z.string().refine((key) => Object.hasOwn(markets, key), {
          error: 'Take a market of the list that GET /message_prices shows.',
        }),
        ...prices,
      }),
    )
    .max(100)
    .refine((rows) => new Set(rows.map(({ market }) => market)).size === rows.length, {
      error: 'One of the markets stands there twice. Leave one of them out.',
    }),
  version: z
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ description: 'The one that was read; absent: the last writer wins' }),
});
export type MessagePricesInput = z.infer<typeof messagePricesInput>;
