// The shape of every list on the wire: cursor pages, newest first unless `sort` says otherwise.
import { z } from 'zod';

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2000).optional(),
  include: z
    .literal('total')
    .optional()
    .meta({ description: '"total": also how many rows there are with these filters' }),
});
export type PageQuery = z.infer<typeof pageQuery>;

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    next_cursor: z.string().nullable(),
    total: z.number().int().optional(),
    total_is_minimum: z
      .boolean()
      .optional()
      .meta({ description: 'true: there are more than `total`; so many are not counted' }),
  });
}
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
  total?: number;
  total_is_minimum?: boolean;
}

/** The `version` that was read: a change is refused where it is another by now. It is a PostgreSQL integer. */
const notRead = 'Send the version as it was read.';
export const readVersion = z.int(notRead).min(1, notRead).max(2_147_483_647, notRead);

/** ISO 8601 in UTC with Z, as every time on the wire. */
export const timestamp = z.iso.datetime();
export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'This is not an IANA time zone. Write it like "Europe/London".' });

/** Area/Place, each word as it is written in the zone database: so there are a few hundred, and PostgreSQL knows them too. */
const properZone = /^[A-Z][a-z]+(\/[A-Z][a-z]+([_-][A-Z]?[a-z]+)*)+$/;

/** The runtime takes a formatter to answer, 0.1 ms and more, and is asked for each of very many people. */
const zonesSeen = new Map<string, boolean>();
/** More than there are zones; what people mistype is forgotten with them. */
const zonesSeenAtMost = 1000;

/** Abbreviations (IST, EST) mean different places to different programs, and offsets know no summer: neither is a zone here. */
export function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true;
  if (!name.includes('/')) return false;
  let found = zonesSeen.get(name);
  if (found === undefined) {
    found = isKnownZone(name);
    if (zonesSeen.size >= zonesSeenAtMost) zonesSeen.clear();
    zonesSeen.set(name, found);
  }
  return found;
}

function isKnownZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return name === timeZone || properZone.test(name);
  } catch {
    return false;
  }
}

/** Text that people type: trimmed, no NUL and no lone surrogate (PostgreSQL and JSON refuse both). */
export function humanText(max: number, min = 0) {
  return z
    .string()
    .trim()
    .min(min, min === 1 ? 'This cannot be empty.' : undefined)
    .max(max)
    .refine((text) => !text.includes('\u0000') && text.isWellFormed(), {
      error: 'The text holds characters that cannot be stored. Remove NUL or broken emoji.',
    });
}
