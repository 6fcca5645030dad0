// Small readers for the bodies of sends, with the words that Graph uses for what is wrong (Cloud API, error codes, 2026-11-20).
import { badValue, GraphError, invalidParameter, missingParameter } from './graph-error.ts';

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws GraphError 131008 when it is absent, 100 when it is no object or has keys that Graph does not know. */
export function readObject(body: Fields, name: string, known?: readonly string[]): Fields {
  const value = body[name];
  if (value === undefined || value === null) throw missingParameter(name);
  if (!isFields(value)) throw new GraphError(100, { details: `Param ${name} must be a JSON object.` });
  if (known) refuseUnknown(value, name, known);
  return value;
}

export function refuseUnknown(value: Fields, name: string, known: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw invalidParameter(`Unexpected key "${key}" on param "${name}".`);
  }
}

/** A text of 1 to `max` characters. Characters are counted as code points. */
export function readText(body: Fields, name: string, path: string, max: number): string {
  const value = body[name];
  if (value === undefined || value === null || value === '') throw missingParameter(path);
  if (typeof value !== 'string') throw invalidParameter(`Param ${path} must be a string.`);
  checkLength(value, path, max);
  return value;
}

export function readOptionalText(body: Fields, name: string, path: string, max: number): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalidParameter(`Param ${path} must be a string.`);
  checkLength(value, path, max);
  return value;
}

export function checkLength(value: string, path: string, max: number): void {
  if (value.length > max && [...value].length > max)
    throw badValue(`Parameter value for ${path} is too long: it must be at most ${max} characters long.`);
}

export function readList(body: Fields, name: string, path: string): unknown[] {
  const value = body[name];
  if (value === undefined || value === null) throw missingParameter(path);
  if (!Array.isArray(value)) throw invalidParameter(`Param ${path} must be an array.`);
  return value;
}
