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

/** A written date: its day ("2026-12-01"), whatever time stands behind it; null: this is none. */
export function dayOf(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9]{4}-[0-9]{2}-[0-9]{2}($|T)/.test(value)
    ? value.slice(0, 10)
    : null;
}

/** The value of a key of a jsonb column if it is of that JSON type, else NULL. */
function valueSql(column: string, key: string, type: 'string' | 'number' | 'boolean'): RawBuilder<string> {
  const at = sql`${sql.ref(column)} -> ${key}::text`;
  return sql`CASE WHEN jsonb_typeof(${at}) = ${sql.lit(type)} THEN ${sql.ref(column)} ->> ${key}::text END`;
}
export const textSql = (column: string, key: string): RawBuilder<string> => valueSql(column, key, 'string');
export const numberSql = (column: string, key: string): RawBuilder<number> =>
  sql`(${valueSql(column, key, 'number')})::numeric`;
export function daySql(column: string, key: string): RawBuilder<string> {
  const text = textSql(column, key);
  return sql`substring((${text}) from '^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:$|T)') COLLATE "C"`;
}

/** Column @> { key: value }: what a GIN index answers. */
export const holdsSql = (column: string, key: string, value: unknown): RawBuilder<boolean> =>
  sql`${sql.ref(column)} @> ${JSON.stringify({ [key]: value })}::jsonb`;

export const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
export const isSetSql = (column: string, key: string): RawBuilder<boolean> =>
  sql`coalesce(${sql.ref(column)} -> ${key}::text, 'null') NOT IN ('null', '""', '[]')`;
