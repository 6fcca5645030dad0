// Money on the wire: { "amount": "12.50", "currency": "EUR" }. The amount is text, because no binary number is 12.10.
import { z } from 'zod';

/** What shops can price in: ISO 4217, as this runtime knows it. */
const currencies = new Set(Intl.supportedValuesOf('currency'));

export const currency = z
  .string()
  .refine((code) => currencies.has(code), { error: 'Write a currency code like "EUR" (ISO 4217).' })
  .meta({ description: 'ISO 4217', example: 'EUR' });

export const money = z.strictObject({
  amount: z
    .string('Write the amount as text, like "12.50".')
    .regex(/^\d{1,12}(\.\d{1,3})?$/, 'Write an amount like "12.50": no sign, at most three decimals.'),
  currency,
});
export type Money = z.infer<typeof money>;

/** "12.500" as PostgreSQL's numeric has it → "12.50", with as many decimals as the currency has, or more where they count. */
export function amountText(numeric: string, code: string): string {
  const [whole = '0', decimals = ''] = numeric.split('.');
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions()
    .maximumFractionDigits as number;
  const kept = decimals.replace(/0+$/, '').padEnd(digits, '0');
  return kept ? `${whole}.${kept}` : whole;
}
