// The days of a month as a calendar shows them: whole weeks from Monday, by their dates alone, so that no zone matters.
const dayMs = 86_400_000;
const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** "2026-12" of an address; one that is no month gives that of `today`. */
export const monthOf = (given: string | undefined, today: string): string =>
  given && /^(20|21)\d\d-(0[1-9]|1[0-2])$/.test(given) ? given : today.slice(0, 7);

export function besideMonth(month: string, by: 1 | -1): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return dateOf(Date.UTC(year, number - 1 + by, 1)).slice(0, 7);
}

/** Weeks of seven dates; the first and the last may begin or end in the months beside. */
export function weeksOf(month: string): string[][] {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const first = Date.UTC(year, number - 1, 1);
  const last = Date.UTC(year, number, 0);
  const weeks: string[][] = [];
  for (let day = first - ((new Date(first).getUTCDay() + 6) % 7) * dayMs; day <= last; day += 7 * dayMs)
    weeks.push(Array.from({ length: 7 }, (_, index) => dateOf(day + index * dayMs)));
  return weeks;
}

/** "December 2026". */
export const monthWords = (month: string): string =>
  new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    Date.parse(`${month}-01T00:00:00Z`),
  );

/** "Tuesday 1 December". */
export const dayWords = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(Date.parse(`${day}T00:00:00Z`));
