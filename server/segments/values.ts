// How values are read and compared, the same in SQL and in memory. Equal means equal to the letter; parts of a text are found
// whatever their case.
import { type RawBuilder, sql } from 'kysely';

/** Small letters by Unicode's one-to-one table, as PostgreSQL's pg_c_utf8 has it: no letter becomes two, none looks around. */
export function fold(text: string): string {
  let folded = '';
  for (const char of text) folded += char === 'İ' ? 'i' : char.toLowerCase();
  return folded;
}
export const foldSql = (text: RawBuilder<unknown>): RawBuilder<string> =>
  sql`lower((${text}) COLLATE "pg_c_utf8")`;

const beginsWithDay = '^[0-9]{4}-[0-9]{2}-[0-9]{2}($|T)';
const dayExpression = new RegExp(beginsWithDay);

/** A written date: its day ("2026-12-01"), whatever time stands behind it; null: this is none. */
export function dayOf(value: unknown): string | null {
  return typeof value === 'string' && dayExpression.test(value) ? value.slice(0, 10) : null;
}

/** A test of the text at a key; what is no text has one here too, so its type is asked last, of those few that are left. */
export function textAtSql(
  column: string,
  key: string,
  test: (text: RawBuilder<unknown>) => RawBuilder<unknown>,
): RawBuilder<boolean> {
  const at = sql`${sql.ref(column)} -> ${key}::text`;
  return sql`CASE WHEN ${test(sql`(${sql.ref(column)} ->> ${key}::text)`)} THEN jsonb_typeof(${at}) = 'string' END`;
}

/**
 * A comparison of the number at a key. As jsonb it needs no text in between; what is no number is sorted somewhere among them,
 * so its type is asked last, of those few that are left. Measured over a million people, 2026-11-21: 360 ms instead of 550.
 */
export function numberAtSql(
  column: string,
  key: string,
  compare: (
    value: RawBuilder<unknown>,
    toJson: (number: number) => RawBuilder<unknown>,
  ) => RawBuilder<unknown>,
): RawBuilder<boolean> {
  const at = sql`(${sql.ref(column)} -> ${key}::text)`;
  const toJson = (number: number) => sql`${JSON.stringify(number)}::jsonb`;
  return sql`(${compare(at, toJson)} AND CASE WHEN ${compare(at, toJson)} THEN jsonb_typeof(${at}) = 'number' END)`;
}

/**
 * A test of the day at a key. `roughly` and `exactly` are told the text, whatever it may be, and its day: the first has to hold
 * wherever the second does, and is cheap. Taking a day out of a text costs ten times what comparing it does.
 */
export function dayAtSql(
  column: string,
  key: string,
  roughly: (text: RawBuilder<unknown>) => RawBuilder<unknown>,
  exactly: (day: RawBuilder<unknown>) => RawBuilder<unknown>,
): RawBuilder<boolean> {
  const text = sql`(${sql.ref(column)} ->> ${key}::text) COLLATE "C"`;
  const isDay = sql`${text} ~ ${sql.lit(beginsWithDay)} AND jsonb_typeof(${sql.ref(column)} -> ${key}::text) = 'string'`;
  // said twice: before it the planner learns how few are left, of a CASE it believes half
  return sql`(${roughly(text)} AND CASE WHEN ${roughly(text)} THEN ${isDay} AND ${exactly(sql`left(${text}, 10)`)} END)`;
}

/** Column @> { key: value }: what a GIN index answers. */
export const holdsSql = (column: string, key: string, value: unknown): RawBuilder<boolean> =>
  sql`${sql.ref(column)} @> ${JSON.stringify({ [key]: value })}::jsonb`;

export const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
export const isSetSql = (column: string, key: string): RawBuilder<boolean> =>
  sql`coalesce(${sql.ref(column)} -> ${key}::text, 'null') NOT IN ('null', '""', '[]')`;
