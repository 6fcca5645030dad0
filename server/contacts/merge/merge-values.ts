// Pure rules of a merge: which value stays, which consent wins, and what a person had before. No database here.
import type { MergeSide } from '../../../contract/merges.ts';

/** A row as PostgreSQL writes it in JSON: the same value is always the same text. */
export type Row = Record<string, unknown>;

/** In the order in which people read them. */
export const chosenFields = [
  'external_id',
  'first_name',
  'last_name',
  'email',
  'phone',
  'language',
  'time_zone',
] as const;
const attributePrefix = 'attributes.';
/** Columns that a merge may change; what else stands in the row is kept by triggers or is the row's own. */
const mergedColumns = [
  ...chosenFields,
  'time_zone_guessed_from',
  'browser_time_zone',
  'created_at',
  'last_seen_at',
] as const;

/** What goes with a number: what was found out about it. */
const phoneColumns = ['phone', 'phone_check', 'phone_country'] as const;

const attributesOf = (row: Row) => row.attributes as Record<string, unknown>;
const tagsOf = (row: Row) => row.tags as string[];

function valueIn(row: Row, field: string): unknown {
  if (!field.startsWith(attributePrefix)) return row[field] ?? null;
  const name = field.slice(attributePrefix.length);
  // an attribute may be called "constructor"
  return Object.hasOwn(attributesOf(row), name) ? (attributesOf(row)[name] ?? null) : null;
}

/** Fields and attributes that at least one of them has, with whose value stays when nobody chooses. */
export function fieldsOf(
  mine: Row,
  theirs: Row,
): { field: string; this: unknown; other: unknown; keeps: MergeSide }[] {
  const names = [
    ...new Set([...Object.keys(attributesOf(mine)), ...Object.keys(attributesOf(theirs))]),
  ].sort();
  return [...chosenFields, ...names.map((name) => attributePrefix + name)].flatMap((field) => {
    const [own, other] = [valueIn(mine, field), valueIn(theirs, field)];
    if (own === null && other === null) return [];
    // a zone that somebody gave is worth more than one that was guessed
    const isGuess =
      field === 'time_zone' && mine.time_zone_guessed_from !== null && theirs.time_zone_guessed_from === null;
    const keeps = own === null || (isGuess && other !== null) ? 'other' : 'this';
    return [{ field, this: own, other, keeps } as const];
  });
}

export interface Merged {
  /** The surviving row, with every column. */
  row: Row;
  /** What did not stay, by field. */
  setAside: Record<string, unknown>;
  /** The external id that did not stay. */
  formerExternalId: string | null;
}

export function mergeRows(mine: Row, theirs: Row, keep: Record<string, MergeSide> = {}): Merged {
  const row: Row = { ...mine, attributes: { ...attributesOf(mine) } };
  const setAside: Record<string, unknown> = {};
  for (const { field, this: own, other, keeps } of fieldsOf(mine, theirs)) {
    const side = keep[field] ?? keeps;
    const [stays, goes] = side === 'this' ? [own, other] : [other, own];
    set(row, field, stays);
    if (field === 'time_zone')
      row.time_zone_guessed_from = (side === 'this' ? mine : theirs).time_zone_guessed_from;
    if (field === 'phone')
      for (const column of phoneColumns) row[column] = (side === 'this' ? mine : theirs)[column] ?? null;
    if (goes !== null && JSON.stringify(goes) !== JSON.stringify(stays)) setAside[field] = goes;
  }
  row.browser_time_zone ??= theirs.browser_time_zone;
  row.tags = [...new Set([...tagsOf(mine), ...tagsOf(theirs)])];
  row.created_at = [mine.created_at, theirs.created_at].map(String).sort(byTime)[0];
  row.last_seen_at =
    [mine.last_seen_at, theirs.last_seen_at].filter(Boolean).map(String).sort(byTime).at(-1) ?? null;
  return { row, setAside, formerExternalId: (setAside.external_id as string | undefined) ?? null };
}

const byTime = (a: string, b: string) => Date.parse(a) - Date.parse(b) || (a < b ? -1 : 1);

function set(row: Row, field: string, value: unknown): void {
  if (!field.startsWith(attributePrefix)) row[field] = value;
  else if (value === null) delete attributesOf(row)[field.slice(attributePrefix.length)];
  else attributesOf(row)[field.slice(attributePrefix.length)] = value;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** The survivor after an undo: what the merge changed is as before, and what was changed since stays. */
export function unmergeRow(before: Row, merged: Row, now: Row): Row {
  const row: Row = { ...now };
  for (const column of mergedColumns)
    if (same(now[column], merged[column])) row[column] = before[column] ?? null;
  if (row.phone !== now.phone) for (const column of phoneColumns) row[column] = before[column] ?? null;
  const [old, after, present] = [before, merged, now].map(attributesOf) as [Row, Row, Row];
  const attributes: Row = {};
  for (const name of new Set([...Object.keys(old), ...Object.keys(present)])) {
    const from = same(present[name], after[name]) ? old : present;
    if (Object.hasOwn(from, name)) attributes[name] = from[name];
  }
  row.attributes = attributes;
  const came = tagsOf(merged).filter((tag) => !tagsOf(before).includes(tag));
  row.tags = tagsOf(now).filter((tag) => !came.includes(tag));
  return row;
}

/** The consent of one channel and purpose, as PostgreSQL writes it. */
export interface ConsentRow extends Row {
  channel: string;
  purpose: string;
  state: 'opted_in' | 'opted_out';
  source: string;
  wording: string | null;
  at: string;
  repeated_at: string | null;
}
const consentKey = (row: ConsentRow) => `${row.channel} ${row.purpose}`;
export const consentOf = (rows: ConsentRow[], like: ConsentRow) =>
  rows.find((row) => consentKey(row) === consentKey(like));

/** Who said no to anybody has said no; of two that say the same, the survivor's proof stays, with when it was last said. */
export function stricterConsents(mine: ConsentRow[], theirs: ConsentRow[]): ConsentRow[] {
  const own = mine.map((row) => {
    const other = consentOf(theirs, row);
    if (!other || other.state === 'opted_in') return row;
    return row.state === 'opted_in' ? other : saidAgain(row, other.repeated_at ?? other.at);
  });
  return [...own, ...theirs.filter((row) => !consentOf(mine, row))];
}

/** The first time and its words stay. */
export const saidAgain = (row: ConsentRow, at: string): ConsentRow =>
  byTime(at, row.repeated_at ?? row.at) > 0 ? { ...row, repeated_at: at } : row;
