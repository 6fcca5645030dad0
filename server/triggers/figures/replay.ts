// Frequency caps and quiet hours over events of the past, one person after the other, in the order in which they would have come:
// what was sent counts for what comes after it. Reads and writes nothing; other work of the node comes in between.
import { setImmediate as othersFirst } from 'node:timers/promises';
import { isTimeZone } from '../../../contract/lists.ts';
import type { FrequencyCap, QuietHours } from '../../../contract/pressure.ts';
import { offsetsByDay } from '../../../contract/zones.ts';
import { quietUntil } from '../../deliveries/pressure/quiet-hours.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;

export interface PastEvent {
  subjectId: string;
  /** ms */
  at: number;
}

export interface Sent extends PastEvent {
  /** When it would have gone: `at`, or the end of quiet hours. */
  goesAt: number;
}

export interface Rules {
  caps: readonly FrequencyCap[];
  quiet: QuietHours | null;
  /** Of people of whom no zone is known. */
  timeZone: string;
  /** Of abandoned carts: one reminder at most within `coolMs`, of the latest; null, or left out: of each. */
  carts?: { delayMs: number; coolMs: number } | null;
}

export interface Replay {
  /** `had`: when the person really got other messages that count (ms). */
  person(
    events: readonly PastEvent[],
    had: readonly number[],
    zone: string | null,
  ): { sent: Sent[]; left: string[] };
}

/** One for all people of a backtest: what the clock says in a zone is asked once for each quarter of an hour. */
export function replayOf({ caps, quiet, timeZone, carts }: Rules): Replay {
  const known = new Map<string, number | null>();
  const offsetAt = offsetsByDay();
  const home = isTimeZone(timeZone) ? timeZone : 'UTC';
  // zones are ahead of each other by quarters of an hour: within one nothing changes but where the window begins or ends
  const step = quiet && isQuarter(quiet.from) && isQuarter(quiet.to) ? 15 * minuteMs : minuteMs;

  function endOfQuiet(at: number, zone: string | null): number | null {
    if (!quiet) return null;
    const place = zone && isTimeZone(zone) ? zone : home;
    const key = `${place} ${Math.floor(at / step)}`;
    let end = known.get(key);
    if (end === undefined) {
      end = quietUntil(new Date(at), place, quiet, offsetAt)?.getTime() ?? null;
      known.set(key, end);
    }
    return end;
  }

  return {
    person(events, had, zone) {
      const sent: Sent[] = [];
      const left: string[] = [];
      // both in the order of time: however many there are, a period is found by halving
      const others = had.toSorted((a, b) => a - b);
      const own: number[] = [];
      for (const [n, event] of events.entries()) {
        const end = endOfQuiet(event.at, zone);
        const goesAt = end ?? event.at;
        const count = (hours: number) =>
          countUntil(others, goesAt) -
          countUntil(others, goesAt - hours * hourMs) +
          own.length -
          countUntil(own, goesAt - hours * hourMs);
        const next = events[n + 1];
        const before = own.at(-1);
        if (carts && next && next.at - carts.delayMs <= goesAt) left.push('later_cart');
        else if (carts && before !== undefined && before > goesAt - carts.coolMs)
          left.push('reminded_lately');
        else if (caps.some((cap) => count(cap.period_hours) >= cap.max)) left.push('frequency_cap');
        else if (quiet && goesAt > event.at + quiet.expire_after_hours * hourMs)
          left.push('quiet_hours_expired');
        else {
          sent.push({ ...event, goesAt });
          own.push(goesAt);
        }
      }
      return { sent, left };
    },
  };
}

/** How many of `times` are not after `at`. */
function countUntil(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

const peopleAtATime = 1000;

/** One after the other, a thousand at a time. */
export async function eachOf<P>(people: readonly P[], work: (person: P) => void): Promise<void> {
  for (const [index, person] of people.entries()) {
    if (index % peopleAtATime === 0) await othersFirst();
    work(person);
  }
}

const isQuarter = (time: string) => Number(time.slice(3)) % 15 === 0;
