// Sums of money in several currencies: one each, never added across.
import { amountText, type Money } from '../../../contract/money.ts';

/** Amounts as PostgreSQL's numeric has them, to a thousandth; the largest sum first. */
export function moneys(parts: { currency: string; amount: string }[]): Money[] {
  return [...Map.groupBy(parts, ({ currency }) => currency)]
    .map(([currency, some]) => ({
      currency,
      thousandths: some.reduce((sum, { amount }) => sum + thousandthsOf(amount), 0n),
    }))
    .sort((a, b) => (a.thousandths < b.thousandths ? 1 : -1))
    .map(({ currency, thousandths }) => ({ amount: amountText(numeric(thousandths), currency), currency }));
}

/** "12.5" → 12500n; no binary number is 12.10. */
function thousandthsOf(amount: string): bigint {
  const [whole = '0', decimals = ''] = amount.split('.');
  return BigInt(whole) * 1000n + BigInt(decimals.padEnd(3, '0').slice(0, 3));
}

const numeric = (thousandths: bigint) =>
  `${thousandths / 1000n}.${String(thousandths % 1000n).padStart(3, '0')}`;
