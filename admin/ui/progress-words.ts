// How far long work is, in words. What is estimated says so, in the sum and in the share.
import { figure, share } from './numbers.ts';

/** `estimate`: of a total that is a guess, "about 110,000 rows". Percent is null where no total is known. */
export function progressWords(processed: number, total: number | null, noun: string, estimate?: string) {
  if (total === null) return { far: `${figure(processed)} ${noun}`, percent: null };
  const percent = share(Math.min(processed, total), total);
  return estimate
    ? { far: `${figure(processed)} of ${estimate}`, percent: `about ${percent}` }
    : { far: `${figure(processed)} of ${figure(total)} ${noun}`, percent };
}
