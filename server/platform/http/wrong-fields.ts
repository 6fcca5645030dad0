// zod's issues as people need them: which field (RFC 6901 pointer) and what to write there. Schemas that bring words of
// their own keep them; a union that nothing fits says what its branches take instead of "Invalid input".
import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import type { FieldProblem } from '../../../contract/errors.ts';
import { AppError, placeAndWords } from '../errors.ts';

type Issue = z.core.$ZodIssue;

/** Validates body, query or params of a route. Fastify throws the error that is returned: an AppError VALIDATION_FAILED. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    const what = httpPart === 'querystring' ? 'query parameter' : 'field';
    const error = (issue: z.core.$ZodRawIssue) => wordsFor(issue, what);
    const result = z.safeParse(schema, data, { error, reportInput: true });
    if (result.success) return { value: result.data };
    const errors = wrongFields(result.error.issues);
    const [first] = errors;
    const place = httpPart === 'querystring' ? 'The query' : 'The body';
    return {
      error: new AppError('VALIDATION_FAILED', first ? placeAndWords(first, place) : 'Check the fields.', {
        errors,
      }),
    };
  };

/** Of a body of megabytes that is wrong all over so many are named: whoever mends these has seen what is wrong. */
const namedAtMost = 1000;

/** Every wrong field once, in the order of the schema; the document itself has the pointer "". */
export function wrongFields(issues: readonly Issue[]): FieldProblem[] {
  const seen = new Set<string>();
  return issues
    .flatMap(withoutUnions)
    .flatMap(onePerKey)
    .map((issue) => ({ pointer: pointerTo(issue.path), detail: issue.message }))
    .filter(({ pointer }) => !seen.has(pointer) && seen.add(pointer))
    .slice(0, namedAtMost);
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Each unknown field is wrong by itself, at its own place. */
function onePerKey(issue: Issue): Issue[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  const words = issue.message.split('\n');
  return issue.keys.slice(0, namedAtMost).map((key, index) => ({
    code: 'custom',
    input: issue.input,
    path: [...issue.path, key],
    message: words[index] ?? issue.message,
  }));
}

/** A union's issue becomes those of the one branch that was meant, or one that names what each branch takes. */
function withoutUnions(issue: Issue): Issue[] {
  // zod's own words; a schema that says more is left alone
  if (issue.code !== 'invalid_union' || issue.message !== noBranch) return [issue];
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const unknown = unknownEverywhere(branches);
  if (unknown.length > 0) return unknown.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  if (branches.every((branch) => branch.every((inner) => inner.code === 'unrecognized_keys'))) {
    const tooMany = branches.flat().flatMap(onePerKey);
    const names = [...new Set(tooMany.map((inner) => `"${String(inner.path.at(-1))}"`))];
    return [{ ...issue, message: `Send only one of ${names.join(', ')}.` }];
  }
  const meant = branches.filter((branch) =>
    branch.every((inner) => inner.path.length > 0 && !isAbsent(inner)),
  );
  if (meant.length === 1)
    return (meant[0] ?? []).flatMap((inner) =>
      withoutUnions({ ...inner, path: [...issue.path, ...inner.path] } as Issue),
    );
  const keys = branches.map((branch) =>
    branch.filter((inner) => inner.path.length === 1).map((inner) => `"${String(inner.path[0])}"`),
  );
  const named = keys.filter((names) => names.length > 0).map((names) => `{ ${names.join(', ')} }`);
  const detail =
    named.length > 0
      ? `This takes ${oneOf(named)}.`
      : [...new Set(branches.flat().map((inner) => inner.message))].join(' Or: ');
  return [{ ...issue, message: detail || 'This value is not accepted.' }];
}

/** Fields that no branch knows, each with the most helpful words that a branch has for it. */
function unknownEverywhere(branches: Issue[][]): Issue[] {
  const perBranch = branches.map((branch) =>
    branch
      .filter((inner) => inner.path.length === 0 && inner.code === 'unrecognized_keys')
      .flatMap(onePerKey),
  );
  const same = (key: unknown) =>
    perBranch.map((found) => found.find((inner) => inner.path.at(-1) === key)).filter((inner) => !!inner);
  return (perBranch[0] ?? [])
    .map((inner) => same(inner.path.at(-1)))
    .filter((found) => found.length === branches.length)
    .flatMap((found) => found.find((inner) => inner.message.includes('mean')) ?? found.slice(0, 1));
}

const isAbsent = (issue: Issue) => issue.input === undefined;
const noBranch = 'no branch';

function oneOf(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

const wanted: Record<string, string> = {
  string: 'Write text here.',
  number: 'Write a number.',
  int: 'Write a whole number.',
  boolean: 'Write true or false.',
  array: 'Send a list: [ … ].',
  object: 'Send an object: { … }.',
  record: 'Send an object: { … }.',
  null: 'Write null.',
  nan: 'Write a number.',
};
const formats: Record<string, string> = {
  datetime: 'Write a time in UTC like 2026-12-01T09:00:00Z.',
  date: 'Write a date like 2026-12-01.',
  email: 'Write an email address like ann@example.com.',
  url: 'Write a full address that begins with https:// or http://.',
  uuid: 'Write a UUID.',
};
const units: Record<string, string> = { string: ' characters', array: ' entries', record: ' entries' };

/** `what`: how the reader calls an entry of the document. */
function wordsFor(issue: z.core.$ZodRawIssue, what: string): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'This field is missing.';
      return wanted[issue.expected] ?? `Write ${issue.expected} here.`;
    case 'invalid_value': {
      const values = issue.values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value)));
      if (issue.input === undefined) return `This field is missing. It takes ${oneOf(values)}.`;
      return values.length === 1 ? `Write ${values[0]}.` : `Choose ${oneOf(values)}.`;
    }
    case 'too_big':
      return `At most ${issue.maximum.toLocaleString('en')}${units[issue.origin] ?? ''}.`;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'This cannot be empty.';
      return `At least ${issue.minimum.toLocaleString('en')}${units[issue.origin] ?? ''}.`;
    case 'invalid_format':
      return formats[issue.format] ?? 'This is not written in the expected form.';
    case 'unrecognized_keys':
      return unknownWords(issue, what);
    case 'not_multiple_of':
      return `Write a multiple of ${issue.divisor}.`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'This name is not accepted.';
    case 'invalid_union':
      return discriminatorWords(issue) ?? noBranch;
    default:
      return 'This value is not accepted.';
  }
}

/** What the field may say by which the branches are told apart; undefined: another kind of union. */
function discriminatorWords(issue: z.core.$ZodRawIssue): string | undefined {
  const { inst, input } = issue as { inst?: z.core.$ZodDiscriminatedUnion; input?: unknown };
  const { discriminator, options = [] } = inst?._zod.def ?? {};
  if (discriminator === undefined || typeof input !== 'object' || input === null) return undefined;
  const words = options.flatMap((option) =>
    [...(option._zod.propValues?.[discriminator] ?? [])].map((value) => JSON.stringify(value)),
  );
  return Object.hasOwn(input, discriminator)
    ? `Choose ${oneOf(words)}.`
    : `This field is missing. It takes ${oneOf(words)}.`;
}

/** One line for each unknown field (onePerKey takes them apart), with the known one that was probably meant. */
function unknownWords(issue: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>, what: string): string {
  const { inst } = issue as { inst?: z.core.$ZodObject };
  const known = Object.keys(inst?._zod.def.shape ?? {});
  return issue.keys
    .slice(0, namedAtMost)
    .map((key) => {
      const name = key.length > 60 ? `${key.slice(0, 60)}…` : key;
      const near = nearest(key, known);
      if (near) return `Unknown ${what} ${JSON.stringify(name)}. Did you mean "${near}"?`;
      if (known.length === 0) return `Unknown ${what} ${JSON.stringify(name)}. This address takes none.`;
      return `Unknown ${what} ${JSON.stringify(name)}. Known here: ${known.map((one) => `"${one}"`).join(', ')}.`;
    })
    .join('\n');
}

/** The known name that differs only in spelling, or undefined. */
function nearest(key: string, known: string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const given = plain(key);
  if (given.length > 60) return undefined;
  const [best] = known
    .map((name) => ({ name, distance: distanceOf(given, plain(name)) }))
    .filter(({ name, distance }) => distance <= (name.length > 4 ? 2 : 1) || startsAlike(given, plain(name)))
    .sort((a, b) => a.distance - b.distance);
  return best?.name;
}

function startsAlike(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 4 && (a.startsWith(b) || b.startsWith(a));
}

/** How many letters have to be put in, left out or changed (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
