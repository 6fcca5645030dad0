// zod's issues as people need them: which field (RFC 6901 pointer) and what to write there. Schemas that bring words of
// their own keep them; a union that nothing fits says what its branches take instead of "Invalid input".
import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import type { FieldProblem } from '../../../contract/errors.ts';
import { AppError } from '../errors.ts';

type Issue = z.core.$ZodIssue;

/** Validates body, query or params of a route. Fastify throws the error that is returned: an AppError VALIDATION_FAILED. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    const result = z.safeParse(schema, data, { error: wordsFor, reportInput: true });
    if (result.success) return { value: result.data };
    const errors = wrongFields(result.error.issues);
    const [first] = errors;
    const place = httpPart === 'querystring' ? 'The query' : 'The body';
    return {
      error: new AppError(
        'VALIDATION_FAILED',
        first ? `${first.pointer || place}: ${first.detail}` : 'Check the fields.',
        { errors },
      ),
    };
  };

/** Every wrong field once, in the order of the schema; the document itself has the pointer "". */
export function wrongFields(issues: readonly Issue[]): FieldProblem[] {
  const seen = new Set<string>();
  return issues
    .flatMap(withoutUnions)
    .map((issue) => ({ pointer: pointerTo(issue.path), detail: issue.message }))
    .filter(({ pointer }) => !seen.has(pointer) && seen.add(pointer));
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** A union's issue becomes those of the one branch that was meant, or one that names what each branch takes. */
function withoutUnions(issue: Issue): Issue[] {
  // zod's own words; a schema that says more is left alone
  if (issue.code !== 'invalid_union' || issue.message !== noBranch) return [issue];
  const branches = issue.errors.filter((branch) => branch.length > 0);
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

function wordsFor(issue: z.core.$ZodRawIssue): string {
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
      return `Not known here: ${issue.keys.map((key) => `"${key}"`).join(', ')}.`;
    case 'not_multiple_of':
      return `Write a multiple of ${issue.divisor}.`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'This name is not accepted.';
    case 'invalid_union':
      return noBranch;
    default:
      return 'This value is not accepted.';
  }
}
