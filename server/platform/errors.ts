// The one error class. Throw it when the caller is wrong; the HTTP layer turns it into RFC 9457 problem+json.
import { type ErrorCode, errorCodes, type FieldProblem } from '../../contract/errors.ts';

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldProblem[];
  readonly retryAfterMs: number | null;

  /** `detail` says what to do next and holds no token, phone number or message body: it is logged and shown. */
  constructor(
    code: ErrorCode,
    detail: string,
    extra: { errors?: FieldProblem[]; cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(detail, { cause: extra.cause });
    this.name = 'AppError';
    this.code = code;
    this.errors = extra.errors ?? [];
    this.retryAfterMs = extra.retryAfterMs ?? null;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** For `detail`, which people read: "List, no. 2, url: This field is missing." Programs find the pointer itself in `errors`. */
export function placeAndWords({ pointer, detail }: FieldProblem, document: string): string {
  const words = pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~').replaceAll('_', ' '))
    .map((name) => (/^\d{1,6}$/.test(name) ? `no. ${Number(name) + 1}` : name))
    .join(', ');
  return `${words ? words.charAt(0).toUpperCase() + words.slice(1) : document}: ${detail}`;
}

/** A wrong field found after the schema was satisfied. */
export function invalidField(pointer: string, detail: string): AppError {
  return new AppError('VALIDATION_FAILED', detail, { errors: [{ pointer, detail }] });
}

export function notFound(what: string): AppError {
  return new AppError('NOT_FOUND', `There is no such ${what} in this workspace. Check the id.`);
}
