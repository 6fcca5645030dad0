// How a variable's value travels through Liquid and the marks parser without ever being read as marks: `{{ }}` puts it
// between two Unicode noncharacters, which no real text holds, and the parser takes what stands between as plain text.
export const open = '\uFDD0';
export const close = '\uFDD1';
const either = /[\uFDD0\uFDD1]/g;

/** Text that cannot pretend to be an inserted value. */
export function withoutInsertMarks(text: string): string {
  return text.replace(either, '');
}

/**
 * Our own words with values in them, put together here and never taken from anybody: what `insert` gave stays plain, the marks
 * around it count. Through a filter it is the text that it reads as, and plain text like any other.
 */
export class ReadyText {
  readonly #written: string;
  /** Of the text, for Liquid's `size`. */
  readonly size: number;
  /** Marks as people type them; values only as `insert` answers them. */
  constructor(written: string) {
    this.#written = written;
    this.size = this.toString().length;
  }
  get written(): string {
    return this.#written;
  }
  toString(): string {
    return insertedParts(this.#written)
      .map((part, index) => (index % 2 === 0 ? part.replaceAll('*', '') : part))
      .join('');
  }
}

/** The escape of every `{{ }}`: lists are joined by commas, null and undefined are empty. */
export function insert(value: unknown): string {
  if (value instanceof ReadyText) return value.written;
  return open + withoutInsertMarks(textOf(value)) + close;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (value instanceof ReadyText) return value.toString();
  if (typeof value === 'object') return JSON.stringify(value) ?? '';
  return String(value);
}

/** A scope for places that know no marks: ready texts read there as they are shown. */
export function withoutReadyMarks(scope: object): object {
  return Object.fromEntries(
    Object.entries(scope).map(([name, value]) => [
      name,
      value instanceof ReadyText ? value.toString() : value,
    ]),
  );
}

/** Rendered Liquid in parts: what was written, what was inserted, what was written, … */
export function insertedParts(rendered: string): string[] {
  return rendered.split(either);
}

/** Rendered Liquid as one string, each inserted value passed through `encode` with its offset in the result. */
export function resolveInserted(rendered: string, encode: (value: string, at: number) => string): string {
  if (!rendered.includes(open)) return rendered;
  let result = '';
  for (const [index, part] of insertedParts(rendered).entries())
    result += index % 2 === 0 ? part : encode(part, result.length);
  return result;
}
