// Checks objects and requests against the machine-readable Bot API (../shared/fixtures/telegram/bot-api-10.1.json).
// Used by our own tests and by the server's tests: a wrong reading of the documents cannot agree with itself here.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Field {
  name: string;
  types: string[];
  required: boolean;
}

interface SchemaType {
  fields?: Field[];
  subtypes?: string[];
}

export interface BotApiSchema {
  methods: Record<string, { fields?: Field[]; returns: string[] }>;
  types: Record<string, SchemaType>;
}

/** Beside the repository, never inside it; undefined where it is absent, and then the tests are skipped by name. */
export const SCHEMA_PATH = join(import.meta.dirname, '../../../shared/fixtures/telegram/bot-api-10.1.json');

export function loadSchema(path = SCHEMA_PATH): BotApiSchema | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as BotApiSchema) : undefined;
}

const PRIMITIVES: Record<string, (value: unknown) => boolean> = {
  Integer: (value) => Number.isSafeInteger(value),
  Float: (value) => typeof value === 'number',
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
};

function checkFields(
  schema: BotApiSchema,
  fields: Field[],
  value: Record<string, unknown>,
  path: string,
): string[] {
  const problems: string[] = [];
  const byName = new Map(fields.map((field) => [field.name, field]));
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const field = byName.get(name);
    if (field) problems.push(...checkOneOf(schema, field.types, item, `${path}.${name}`));
    else problems.push(`${path}.${name}: unknown field`);
  }
  for (const field of fields) {
    if (field.required && value[field.name] === undefined) problems.push(`${path}.${field.name}: missing`);
  }
  return problems;
}

/** The alternative with the fewest problems speaks for all. */
function checkOneOf(schema: BotApiSchema, types: string[], value: unknown, path: string): string[] {
  let best: string[] | undefined;
  for (const type of types) {
    const problems = checkValue(schema, type, value, path);
    if (problems.length === 0) return problems;
    if (best === undefined || problems.length < best.length) best = problems;
  }
  return best ?? [];
}

export function checkValue(schema: BotApiSchema, type: string, value: unknown, path = type): string[] {
  const primitive = PRIMITIVES[type];
  if (primitive) return primitive(value) ? [] : [`${path}: ${type} expected, found ${JSON.stringify(value)}`];
  if (type.startsWith('Array of ')) {
    if (!Array.isArray(value)) return [`${path}: ${type} expected`];
    const inner = type.slice('Array of '.length);
    return value.flatMap((item, index) => checkValue(schema, inner, item, `${path}[${index}]`));
  }
  // A file that was uploaded stands in a request as `attach://…`, a file_id or bytes.
  if (type === 'InputFile')
    return typeof value === 'string' || value instanceof Uint8Array ? [] : [`${path}: file`];
  const known = schema.types[type];
  if (!known) return [`${path}: the schema has no type ${type}`];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${path}: ${type} expected`];
  if (known.subtypes) return checkOneOf(schema, known.subtypes, value, path);
  return checkFields(schema, known.fields ?? [], value as Record<string, unknown>, path);
}

/** Problems of a method's result; empty when it fits. */
export function checkResult(schema: BotApiSchema, method: string, result: unknown): string[] {
  const known = schema.methods[method];
  return known ? checkOneOf(schema, known.returns, result, method) : [`${method}: unknown method`];
}

/**
 * Problems of a request's parameters. Nested values may be plain (JSON body) or JSON text (form, multipart),
 * and numbers and booleans may be text, as the platform accepts them.
 */
export function checkRequest(
  schema: BotApiSchema,
  method: string,
  params: Record<string, unknown>,
): string[] {
  const known = schema.methods[method];
  if (!known) return [`${method}: unknown method`];
  const fields = known.fields ?? [];
  // files of a form that a field names by attach://, as media groups do, have names of the sender's own
  const attached = new Set([...JSON.stringify(params).matchAll(/attach:\/\/(\w+)/g)].map(([, name]) => name));
  const given = Object.entries(params).filter(([name]) => !attached.has(name));
  const read = given.map(([name, value]) => {
    const field = fields.find((one) => one.name === name);
    const isText = typeof value === 'string' && field !== undefined && !field.types.includes('String');
    return [name, isText ? parseText(value) : value];
  });
  return checkFields(schema, fields, Object.fromEntries(read), method);
}

function parseText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
