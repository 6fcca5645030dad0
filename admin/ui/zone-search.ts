// Finding a time zone by what people call it: a city, a country, an offset ("GMT+9"), or another name of the same zone.
import { offsetMs, zoneCity } from '../../contract/zones.ts';
import { zones } from './times.ts';

/** What else a zone is called: the names of its countries with their codes, and the zone's other names. */
export interface ZoneNames {
  countries: string[];
  codes: string[];
  others: string[];
}
export type ZoneBook = ReadonlyMap<string, ZoneNames>;

let book: Promise<ZoneBook> | null = null;
/** Fetched when a field is first used: it is larger than the field. */
export function zoneBook(): Promise<ZoneBook> {
  book ??= import('countries-and-timezones').then(
    ({ getAllTimezones, getCountry }) =>
      readBook(Object.values(getAllTimezones({ deprecated: true })), getCountry),
    () => {
      // without it zones are found by their own names; the next use tries again
      book = null;
      return new Map();
    },
  );
  return book;
}

function readBook(
  all: { name: string; countries: string[]; aliasOf?: string | null | undefined }[],
  countryOf: (code: never) => { name: string } | null,
): ZoneBook {
  const families = Map.groupBy(all, ({ name, aliasOf }) => aliasOf ?? name);
  const listed = new Set(zones());
  const found = new Map<string, ZoneNames>();
  for (const [main, family] of families) {
    // a name that is listed itself is a zone of its own to people: Guernsey is not London
    const others = family.map(({ name }) => name).filter((name) => name.includes('/') && !listed.has(name));
    const whose = family.find(({ name }) => name === main)?.countries ?? [];
    for (const { name, countries } of family) {
      const codes = countries.length > 0 ? countries : whose;
      found.set(name, {
        codes,
        countries: codes.map((code) => countryOf(code as never)?.name ?? code),
        others: others.filter((other) => other !== name),
      });
    }
  }
  return found;
}

/** The zones that a text means, the likeliest first. */
export function matchZones(text: string, names: ZoneBook, now: number, all = zones()): string[] {
  const wanted = plain(text);
  if (wanted === '') return all;
  const offset = readOffset(text);
  if (offset !== null) return all.filter((zone) => offsetMs(now, zone) === offset);
  return all
    .map((zone) => ({ zone, rank: rankOf(zone, names.get(zone), wanted) }))
    .filter(({ rank }) => rank < none)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ zone }) => zone);
}

const none = 9;
/** 0: exactly that city or country. */
function rankOf(zone: string, known: ZoneNames | undefined, wanted: string): number {
  const cities = [zone, ...(known?.others ?? [])].map((name) => plain(zoneCity(name)));
  const countries = (known?.countries ?? []).map(plain);
  if (cities.includes(wanted) || countries.includes(wanted) || plain(zone) === wanted) return 0;
  if (cities.some((city) => city.startsWith(wanted))) return 1;
  if (countries.some((country) => country.startsWith(wanted))) return 2;
  if ((known?.codes ?? []).some((code) => plain(code) === wanted)) return 3;
  if ([zone, ...(known?.others ?? [])].some((name) => plain(name).includes(wanted))) return 4;
  return countries.some((country) => country.includes(wanted)) ? 5 : none;
}

/** Without accents, capitals and underscores. */
const plain = (text: string) =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('_', ' ').trim().toLowerCase();

/** "GMT+9", "UTC+09:00", "+5:30", "utc -3" in ms; null: no offset. */
function readOffset(text: string): number | null {
  const found = /^(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?$/i.exec(text.trim());
  if (!found) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  return (found[1] === '+' ? minutes : -minutes) * 60_000;
}

/** "UTC+09:00". */
export function offsetWords(zone: string, now: number): string {
  const minutes = Math.round(offsetMs(now, zone) / 60_000);
  const two = (n: number) => String(n).padStart(2, '0');
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
