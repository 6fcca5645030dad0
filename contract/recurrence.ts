// Rules of campaigns that repeat, as RFC 5545 writes them: "FREQ=WEEKLY;BYDAY=FR". Read and said here, for the server and the
// panel alike; server/campaigns/schedules/recurrence.ts makes the dates.

const frequencies = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
export type Frequency = (typeof frequencies)[number];
const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof weekdays)[number];

export interface Rule {
  freq: Frequency;
  interval: number;
  /** `nth`: which one of the month or year, from its end where negative; null: every one. */
  byDay: { nth: number | null; day: Weekday }[];
  byMonthDay: number[];
  byMonth: number[];
  bySetPos: number[];
  wkst: Weekday | null;
  count: number | null;
}

/** Ten years of days: nobody plans further, and everything can be counted. */
export const countAtMost = 3660;
export const yearsAtMost = 10;
const intervalAtMost = 1000;

const refusals: Record<string, string> = {
  DTSTART: 'The start is chosen by `local`: leave DTSTART out.',
  UNTIL: 'The end is chosen by the field `until`: leave UNTIL out.',
  BYHOUR: 'The time of day is that of `local`: leave BYHOUR out.',
  BYMINUTE: 'The time of day is that of `local`: leave BYMINUTE out.',
  BYSECOND: 'The time of day is that of `local`: leave BYSECOND out.',
  BYWEEKNO: 'Weeks of the year cannot be chosen: leave BYWEEKNO out, and use BYMONTH and BYDAY.',
  BYYEARDAY: 'Days of the year cannot be chosen: leave BYYEARDAY out, and use BYMONTH and BYMONTHDAY.',
  EXDATE: 'Dates to leave out are the field `exceptions`: leave EXDATE out.',
  RDATE: 'Further dates of its own cannot be added: leave RDATE out.',
};

/** `problem`: what is wrong with it, for the person who wrote it. */
export function readRule(text: string): { rule: Rule; problem: null } | { rule: null; problem: string } {
  const rule: Rule = {
    freq: 'DAILY',
    interval: 1,
    byDay: [],
    byMonthDay: [],
    byMonth: [],
    bySetPos: [],
    wkst: null,
    count: null,
  };
  const seen = new Set<string>();
  for (const part of text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .split(';')) {
    const [name = '', value = '', more] = part.split('=');
    const problem =
      more !== undefined
        ? `"${part}" is no part of a rule. Parts look like "FREQ=WEEKLY" and are parted by semicolons.`
        : seen.has(name)
          ? `${name} stands twice in the rule.`
          : readPart(rule, name, value);
    if (problem) return { rule: null, problem };
    seen.add(name);
  }
  const problem = seen.has('FREQ')
    ? whyTogether(rule)
    : 'A rule says how often: begin with FREQ=DAILY, FREQ=WEEKLY, FREQ=MONTHLY or FREQ=YEARLY.';
  return problem ? { rule: null, problem } : { rule, problem: null };
}

function readPart(rule: Rule, name: string, value: string): string | null {
  switch (name) {
    case 'FREQ':
      if (!isOneOf(frequencies, value))
        return 'FREQ is DAILY, WEEKLY, MONTHLY or YEARLY. More often than daily is not possible.';
      rule.freq = value;
      return null;
    case 'INTERVAL':
      rule.interval = wholeNumber(value);
      return rule.interval >= 1 && rule.interval <= intervalAtMost
        ? null
        : `INTERVAL is a number from 1 to ${intervalAtMost}.`;
    case 'COUNT':
      rule.count = wholeNumber(value);
      return rule.count >= 1 && rule.count <= countAtMost
        ? null
        : `COUNT is a number from 1 to ${countAtMost.toLocaleString('en-GB')}.`;
    case 'WKST':
      if (!isOneOf(weekdays, value)) return 'WKST is one of MO, TU, WE, TH, FR, SA, SU.';
      rule.wkst = value;
      return null;
    case 'BYDAY':
      rule.byDay = value.split(',').map(readDay);
      return rule.byDay.some(({ day, nth }) => !day || nth === 0 || Math.abs(nth ?? 1) > 53)
        ? 'BYDAY lists weekdays: MO, TU, WE, TH, FR, SA, SU; of a month also like 2TU (its second Tuesday) or -1FR (its last Friday).'
        : null;
    case 'BYMONTHDAY':
      rule.byMonthDay = numbers(value);
      return within(rule.byMonthDay, 31)
        ? null
        : 'BYMONTHDAY lists days from 1 to 31, or from the end: -1 is the last day of the month.';
    case 'BYMONTH':
      rule.byMonth = numbers(value);
      return within(rule.byMonth, 12) && rule.byMonth.every((month) => month > 0)
        ? null
        : 'BYMONTH lists months from 1 to 12.';
    case 'BYSETPOS':
      rule.bySetPos = numbers(value);
      return within(rule.bySetPos, 366)
        ? null
        : 'BYSETPOS lists places from 1 to 366, or from the end: -1 is the last.';
    default:
      return (
        refusals[name] ??
        `"${name.slice(0, 40)}" is not known in a rule. Write one like FREQ=WEEKLY;BYDAY=FR or FREQ=MONTHLY;BYMONTHDAY=1.`
      );
  }
}

function whyTogether(rule: Rule): string | null {
  if (rule.byDay.some(({ nth }) => nth !== null) && !['MONTHLY', 'YEARLY'].includes(rule.freq))
    return 'Numbered weekdays like 2TU are possible with FREQ=MONTHLY and FREQ=YEARLY only.';
  if (rule.freq === 'WEEKLY' && rule.byMonthDay.length > 0)
    return 'BYMONTHDAY is not possible with FREQ=WEEKLY: use FREQ=MONTHLY.';
  if (rule.bySetPos.length > 0 && rule.byDay.length + rule.byMonthDay.length + rule.byMonth.length === 0)
    return 'BYSETPOS chooses among the days of BYDAY, BYMONTHDAY or BYMONTH: add one of them.';
  return null;
}

/** The rule as one writes it: parts in one order, without defaults. */
export function ruleText(rule: Rule): string {
  const list = (name: string, values: (string | number)[]) =>
    values.length > 0 ? [`${name}=${values.join(',')}`] : [];
  return [
    `FREQ=${rule.freq}`,
    ...(rule.interval > 1 ? [`INTERVAL=${rule.interval}`] : []),
    ...list('BYMONTH', rule.byMonth),
    ...list('BYMONTHDAY', rule.byMonthDay),
    ...list(
      'BYDAY',
      rule.byDay.map(({ nth, day }) => `${nth ?? ''}${day}`),
    ),
    ...list('BYSETPOS', rule.bySetPos),
    ...(rule.wkst ? [`WKST=${rule.wkst}`] : []),
    ...(rule.count === null ? [] : [`COUNT=${rule.count}`]),
  ].join(';');
}

const dayNames: Record<Weekday, string> = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
};
const monthNames = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
]; // biome-ignore format: one year
const units: Record<Frequency, [each: string, several: string]> = {
  DAILY: ['Every day', 'days'],
  WEEKLY: ['Every week', 'weeks'],
  MONTHLY: ['Every month', 'months'],
  YEARLY: ['Every year', 'years'],
};

/** "Every Friday", "Every 2 weeks on Monday and Friday", "Every month on the last day". `start`: the first local time. */
export function ruleInWords(rule: Rule, start: string): string {
  const [each, several] = units[rule.freq];
  const days = rule.byDay.map(({ nth, day }) =>
    nth === null ? dayNames[day] : `${ordinal(nth)} ${dayNames[day]}`,
  );
  const first = new Date(`${start.slice(0, 10)}T00:00:00Z`);
  const every = rule.interval === 1 ? each : `Every ${rule.interval} ${several}`;
  const plainWeekly = rule.freq === 'WEEKLY' && rule.interval === 1 && rule.bySetPos.length === 0;
  if (plainWeekly && rule.byMonth.length === 0)
    return `Every ${listed(days.length > 0 ? days : [nameOfDay(first)])}`;
  const numbered = rule.byDay.some(({ nth }) => nth !== null);
  const isWithin = rule.freq === 'MONTHLY' || rule.freq === 'YEARLY';
  const month = first.getUTCMonth();
  const on = [
    days.length > 0 &&
      (numbered ? `on the ${listed(days)}` : isWithin ? `on each ${listed(days)}` : `on ${listed(days)}`),
    rule.byMonthDay.length > 0 && `on the ${listed(rule.byMonthDay.map((day) => ordinalDay(day)))}`,
    days.length + rule.byMonthDay.length === 0 && rule.freq === 'WEEKLY' && `on ${nameOfDay(first)}`,
    days.length + rule.byMonthDay.length === 0 && isWithin && `on the ${ordinalDay(first.getUTCDate())}`,
    rule.byMonth.length > 0
      ? `in ${listed(rule.byMonth.map((one) => monthNames[one - 1] ?? ''))}`
      : rule.freq === 'YEARLY' && days.length === 0 && `in ${monthNames[month]}`,
    rule.bySetPos.length > 0 && `(the ${listed(rule.bySetPos.map(ordinal))} of them)`,
  ];
  return [every, ...on.filter(Boolean)].join(' ');
}

const nameOfDay = (date: Date) => dayNames[weekdays[(date.getUTCDay() + 6) % 7] as Weekday];

function ordinal(n: number): string {
  if (n === -1) return 'last';
  if (n < 0) return `${ordinal(-n)} last`;
  const ending = n % 100 > 10 && n % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}
const ordinalDay = (n: number) => (n < 0 ? `${ordinal(n)} day` : ordinal(n));

function listed(words: string[]): string {
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last;
}

function readDay(text: string): { nth: number | null; day: Weekday } {
  const found = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(text);
  return { nth: found?.[1] ? Number(found[1]) : null, day: found?.[2] as Weekday };
}

const numbers = (text: string) =>
  text.split(',').map((one) => (/^[+-]?\d{1,3}$/.test(one) ? Number(one) : Number.NaN));
const within = (values: number[], most: number) =>
  values.every((value) => Number.isInteger(value) && value !== 0 && Math.abs(value) <= most);
const wholeNumber = (text: string) => (/^\d{1,5}$/.test(text) ? Number(text) : Number.NaN);
const isOneOf = <T extends string>(among: readonly T[], text: string): text is T =>
  (among as readonly string[]).includes(text);
