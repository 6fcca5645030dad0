// Whether a number in international form is assigned, by the library's own patterns, each compiled once: the library compiles
// them for every number anew, which was half the time of reading a table. Yes is sure; any other answer is the library's to give.
import metadata from 'libphonenumber-js/max/metadata';

interface Plan {
  country: string;
  /** How the numbers of this one of several countries begin, where that tells them apart. */
  leading: RegExp | null;
  general: RegExp;
  /** What people dial before the number at home; digits that begin so may be read in two ways. */
  prefix: RegExp | null;
  kinds: { pattern: RegExp; lengths: number[] }[];
}

/** "+447400000000" → true. */
export const isSurelyAssigned = (number: string): boolean => countryIfAssigned(number) !== null;

/** "+447400000000" → "GB": of several countries with one code the first whose number it can be, as the library has it. */
export function countryIfAssigned(number: string): string | null {
  if (!/^\+[1-9]\d{6,14}$/.test(number)) return null;
  for (let length = 1; length <= 3; length++) {
    const plans = plansOf(number.slice(1, 1 + length));
    if (!plans) continue;
    const national = number.slice(1 + length);
    if (!plans.some((plan) => fits(plan, national))) return null;
    return (
      plans.find((plan) => (plan.leading ? plan.leading.test(national) : fits(plan, national)))?.country ??
      null
    );
  }
  return null;
}

function fits({ general, prefix, kinds }: Plan, national: string): boolean {
  if (prefix?.test(national) || !general.test(national)) return false;
  return kinds.some(({ pattern, lengths }) => lengths.includes(national.length) && pattern.test(national));
}

const known = new Map<string, Plan[] | null>();
function plansOf(callingCode: string): Plan[] | null {
  let plans = known.get(callingCode);
  if (plans === undefined) {
    const countries = (metadata.country_calling_codes as Record<string, string[] | undefined>)[callingCode];
    plans = countries ? countries.map(planOf).filter((plan) => plan !== null) : null;
    known.set(callingCode, plans);
  }
  return plans;
}

type Kind = [pattern: string, lengths?: number[]] | 0;

/** Places in the array as of version 4 of the metadata; the test holds the outcome against the library. */
function planOf(country: string): Plan | null {
  const data = (metadata.countries as unknown as Record<string, unknown[] | undefined>)[country];
  if (!data) return null;
  const prefix = (data[6] || data[5]) as string | 0 | undefined;
  const kinds = ((data[11] || []) as Kind[]).filter((kind) => kind !== 0 && kind[0] !== '') as Exclude<
    Kind,
    0
  >[];
  const leading = data[10] as string | 0 | undefined;
  return {
    country,
    leading: leading ? new RegExp(`^(?:${leading})`) : null,
    general: whole(data[2] as string),
    prefix: prefix ? new RegExp(`^(?:${prefix})`) : null,
    kinds: kinds.map(([pattern, lengths]) => ({
      pattern: whole(pattern),
      lengths: lengths ?? (data[3] as number[]),
    })),
  };
}

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
