// Events of a timeline as people read them: what a shop tells of in one go stands there once, and what is known of an event is said.
import type { TimelineEntry } from '../../../contract/timeline.ts';
import { day } from '../../ui/times.ts';

type Event = Extract<TimelineEntry, { kind: 'event' }>;
export interface Folded {
  /** The latest of them. */
  entry: TimelineEntry;
  times: number;
}

/** The same event again and again on one day, with nothing between, is one line. */
export function foldEvents(entries: TimelineEntry[], zone: string): Folded[] {
  const folded: Folded[] = [];
  for (const entry of entries) {
    const last = folded.at(-1);
    if (last && isSame(last.entry, entry, zone)) last.times += 1;
    else folded.push({ entry, times: 1 });
  }
  return folded;
}

const isSame = (a: TimelineEntry, b: TimelineEntry, zone: string): boolean =>
  a.kind === 'event' &&
  b.kind === 'event' &&
  a.name === b.name &&
  day(a.at, zone) === day(b.at, zone) &&
  JSON.stringify(a.properties) === JSON.stringify(b.properties);

interface EventWords {
  /** Null: an event of the shop's own, which only its name tells of. */
  title: string | null;
  facts: [name: string, value: unknown][];
}
const saidInTitle = new Set(['title', 'product_id', 'url']);

export function eventWords({ name, properties }: Pick<Event, 'name' | 'properties'>): EventWords {
  const facts = Object.entries(properties);
  if (name !== 'product_viewed') return { title: null, facts };
  const what = [properties.title, properties.product_id].find((one) => typeof one === 'string' && one !== '');
  if (!what) return { title: null, facts };
  return { title: `Looked at ${String(what)}`, facts: facts.filter(([key]) => !saidInTitle.has(key)) };
}
