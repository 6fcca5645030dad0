// What a message has done beyond what people do anyway: the share who ordered among those who got it, against the holdout.
// Pure. Newcombe's interval of a difference (1998, method 10), made of two Wilson intervals: right also for few and for none.

/** Of 95 %. */
const z = 1.959964;
/** Below this an interval that spans nought says nothing but that there were few orders. */
const fewOrders = 10;

export interface Group {
  people: number;
  converted: number;
}

export interface Lift {
  /** Percent. */
  rate: number;
  sentRate: number;
  /** Percent of `rate`; null: nobody of the holdout ordered. */
  liftPercent: number | null;
  /** Percentage points. */
  interval: [number, number];
  words: string;
}

export function wilson({ people, converted }: Group): [number, number] {
  if (people === 0) return [0, 1];
  const p = converted / people;
  const around = z * Math.sqrt((p * (1 - p)) / people + (z * z) / (4 * people * people));
  const middle = p + (z * z) / (2 * people);
  const scale = 1 + (z * z) / people;
  return [Math.max(0, (middle - around) / scale), Math.min(1, (middle + around) / scale)];
}

/** The difference sent − holdout of the shares, 95 %. */
export function newcombe(sent: Group, holdout: Group): [number, number] {
  const [p, q] = [shareOf(sent), shareOf(holdout)];
  const [pLow, pHigh] = wilson(sent);
  const [qLow, qHigh] = wilson(holdout);
  const difference = p - q;
  return [difference - Math.hypot(p - pLow, qHigh - q), difference + Math.hypot(pHigh - p, q - qLow)];
}

export function liftOf(sent: Group, holdout: Group): Lift {
  const [low, high] = newcombe(sent, holdout).map((share) => rounded(share * 100)) as [number, number];
  const [p, q] = [shareOf(sent), shareOf(holdout)];
  return {
    rate: rounded(q * 100),
    sentRate: rounded(p * 100),
    liftPercent: q === 0 ? null : rounded((p / q - 1) * 100),
    interval: [low, high],
    words: wordsOf(sent, holdout, low, high),
  };
}

function wordsOf(sent: Group, holdout: Group, low: number, high: number): string {
  if (sent.people === 0 || holdout.people === 0)
    return 'Nothing can be said yet: one of the groups is empty.';
  const orders = sent.converted + holdout.converted;
  const range = `between ${signed(low)} and ${signed(high)} percentage points (95 %)`;
  if (low > 0) return `The message brought more orders: ${range}.`;
  if (high < 0) return `Fewer of those who got the message ordered: ${range}.`;
  if (orders === 0) return 'Too early to tell: nobody of either group has ordered yet.';
  if (orders < fewOrders)
    return `Too early to tell: ${orders} ${orders === 1 ? 'order' : 'orders'} in both groups together.`;
  return `The groups are too small, or too alike, to tell an effect: it lies ${range}.`;
}

const shareOf = ({ people, converted }: Group) => (people === 0 ? 0 : converted / people);
const rounded = (n: number) => Math.round(n * 100) / 100;
const signed = (n: number) => `${n > 0 ? '+' : n < 0 ? '−' : ''}${Math.abs(n).toFixed(2)}`;
