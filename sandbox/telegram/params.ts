// The parameters of one request. A value may come as a JSON value or as text (query, form, multipart): telegram.md §1 [D].
import { badRequest } from './api-error.ts';

export interface Upload {
  filename: string;
  mimeType: string;
  bytes: Buffer;
}

const TRUE_WORDS = new Set(['true', '1', 'yes', 't', 'y']);

export class Params {
  readonly values: Record<string, unknown>;
  readonly files: Map<string, Upload>;

  constructor(values: Record<string, unknown>, files: Map<string, Upload> = new Map()) {
    this.values = values;
    this.files = files;
  }

  /** Text of a parameter, or undefined when absent. Numbers and booleans become text, as in a form. */
  text(name: string): string | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  integer(name: string): number | undefined {
    const value = this.values[name];
    if (typeof value === 'number') return Math.trunc(value);
    if (typeof value !== 'string' || value === '') return undefined;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : undefined;
  }

  boolean(name: string): boolean {
    const value = this.values[name];
    if (typeof value === 'string') return TRUE_WORDS.has(value.toLowerCase());
    return value === true || value === 1;
  }

  has(name: string): boolean {
    const value = this.values[name];
    return value !== undefined && value !== null && value !== '';
  }

  /** A nested value: a plain object in a JSON body, JSON text elsewhere (a JSON body may hold text too). */
  nested(name: string, what: string): unknown {
    const value = this.values[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      throw badRequest(`can't parse ${what} JSON object`);
    }
  }
}

/** Narrows a nested value to an object or reports what was expected. */
export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`object expected as ${what}`);
  }
  return value as Record<string, unknown>;
}

export function asArray(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw badRequest(`expected an Array of ${what}`);
  return value;
}
