// Which values an attribute of a declared type takes: the same in memory, where contacts are written, and in SQL, where a
// declaration meets what is stored already. No database here.
import { type RawBuilder, sql } from 'kysely';
import { attributeWords } from '../../contract/attributes.ts';
import type { AttributeType } from '../../contract/rules.ts';
import { AppError } from '../platform/errors.ts';

const day = '[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])';
const time =
  'T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?';
/** "2026-12-01" or "2026-12-01T09:30:00Z"; read alike by JavaScript and PostgreSQL. */
const dateForm = `^${day}(?:${time})?$`;
const dateExpression = new RegExp(dateForm);

export function fitsType(value: unknown, type: AttributeType): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
    case 'date':
      return typeof value === 'string' && dateExpression.test(value) && isCalendarDay(value.slice(0, 10));
  }
}

function isCalendarDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !text.startsWith('0000') && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The same of a jsonb value. */
export function fitsTypeSql(value: RawBuilder<unknown>, type: AttributeType): RawBuilder<boolean> {
  const kind = sql`jsonb_typeof(${value})`;
  const text = sql`(${value} #>> '{}')`;
  switch (type) {
    case 'text':
      return sql`${kind} = 'string'`;
    case 'number':
    case 'boolean':
      return sql`${kind} = ${sql.lit(type)}`;
    case 'list':
      return sql`(${kind} = 'array' AND NOT jsonb_path_exists(${value}, 'strict $[*] ? (@.type() != "string")'))`;
    case 'date':
      return sql`(${kind} = 'string' AND ${text} ~ ${dateForm} AND pg_input_is_valid(left(${text}, 10), 'date'))`;
  }
}

/**
 * What of these does not fit, every place at once (the first hundred), or null. `pointer`: where the contact stands in the
 * request. Null as a value takes an attribute away, and fits always.
 */
export function wrongAttributes(
  declared: ReadonlyMap<string, AttributeType>,
  given: { pointer: string; attributes?: Record<string, unknown> }[],
): AppError | null {
  const errors: { pointer: string; detail: string }[] = [];
  for (const { pointer, attributes } of given)
    for (const [name, value] of Object.entries(attributes ?? {})) {
      const type = declared.get(name);
      if (value === null || !type || fitsType(value, type) || errors.length === 100) continue;
      const detail = `The attribute "${name}" is declared as ${type}: send ${attributeWords[type]}.`;
      errors.push({ pointer: `${pointer}/attributes/${name}`, detail });
    }
  return errors[0] ? new AppError('VALIDATION_FAILED', errors[0].detail, { errors }) : null;
}
