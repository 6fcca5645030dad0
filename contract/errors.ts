// Every error code that crosses the wire: code → HTTP status and title. Read by the server (AppError), the panel
// and docs/errors.md; a test fails when this registry and that page disagree. A code is a public promise: never reuse one.
export const errorCodes = {
  // the request
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON' },
  BAD_REQUEST: { status: 400, title: 'The request cannot be read' },
  VALIDATION_FAILED: { status: 422, title: 'Some fields need correction' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'This content type is not accepted' },
  INVALID_CURSOR: { status: 422, title: 'The cursor does not belong to this list' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  IDEMPOTENCY_KEY_REUSED: { status: 409, title: 'This Idempotency-Key was used for another request' },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still running',
  },
  VERSION_CONFLICT: { status: 409, title: 'Somebody else changed this in the meantime' },
  // who asks
  UNAUTHENTICATED: { status: 401, title: 'Sign in or send an API token' },
  WRONG_CREDENTIALS: { status: 401, title: 'Email and password do not match' },
  FORBIDDEN: { status: 403, title: 'Your role or token does not allow this' },
  FOREIGN_ORIGIN: { status: 403, title: 'The request comes from another site' },
  RATE_LIMITED: { status: 429, title: 'Too many attempts' },
  // workspaces
  ALREADY_SET_UP: { status: 409, title: 'This installation already has an owner' },
  EMAIL_TAKEN: { status: 409, title: 'This email is already in use' },
  INVITATION_INVALID: { status: 410, title: 'This invitation is no longer valid' },
  LAST_OWNER: { status: 409, title: 'A workspace needs at least one owner' },
  // connections and channels
  CREDENTIALS_REJECTED: { status: 422, title: 'The platform rejected the credentials' },
  PLATFORM_UNREACHABLE: { status: 502, title: 'The platform could not be reached' },
  PLATFORM_REFUSED: { status: 422, title: 'The platform refused the request' },
  CONNECTION_TAKEN: { status: 409, title: 'This account is already connected' },
  CONNECTION_NOT_READY: { status: 409, title: 'The connection does not work at present' },
  // media
  MEDIA_TOO_LARGE: { status: 413, title: 'The file is too large' },
  MEDIA_UNSUPPORTED: { status: 422, title: 'This kind of file cannot be sent' },
  MEDIA_UNREACHABLE: { status: 422, title: 'The address of the file cannot be read' },
  // tables of people, uploaded as CSV or XLSX
  TABLE_EMPTY: { status: 422, title: 'The table has no rows' },
  TABLE_NO_HEADER: { status: 422, title: 'The columns of the table have no names' },
  TABLE_TOO_LARGE: { status: 413, title: 'The table is too large' },
  TABLE_UNSUPPORTED: { status: 422, title: 'This kind of file cannot be read as a table' },
  TABLE_LOCKED: { status: 422, title: 'The file is protected by a password' },
  TABLE_ENCODING: { status: 422, title: 'The encoding of the file does not fit' },
  TABLE_QUOTE_OPEN: { status: 422, title: 'A quotation mark is never closed' },
  TABLE_DAMAGED: { status: 422, title: 'The file is damaged' },
  IMPORT_LIMIT: { status: 409, title: 'Too many uploaded tables are kept' },
  EXPORT_LIMIT: { status: 409, title: 'Too many exports are kept or under way' },
  // content
  TEMPLATE_INVALID: { status: 422, title: 'The message template has an error' },
  CONTENT_TOO_LONG: { status: 422, title: 'The message is too long' },
  // segments
  SEGMENT_IN_USE: { status: 409, title: 'This segment is used elsewhere' },
  // campaigns and deliveries
  AUDIENCE_EMPTY: { status: 409, title: 'Nobody would receive this campaign' },
  ILLEGAL_MOVE: { status: 409, title: 'Not possible in the present status' },
  NUMBER_CHANGED: { status: 409, title: 'It is another number of people by now' },
  CAMPAIGN_LOCKED: { status: 409, title: 'A campaign that was sent can no longer be edited' },
  CONTACT_UNREACHABLE: { status: 409, title: 'This contact cannot be reached on this connection' },
  WINDOW_CLOSED: { status: 409, title: 'This contact can only be sent an approved template at present' },
  // the server itself
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
  STORAGE_FULL: { status: 507, title: 'The disk of the server is full' },
  UNAVAILABLE: { status: 503, title: 'The server is starting, stopping or overloaded' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** One wrong field: `pointer` is an RFC 6901 JSON pointer into the request body ("/content/text"). */
export interface FieldProblem {
  pointer: string;
  detail: string;
}

/** RFC 9457 problem document, served as `application/problem+json`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: ErrorCode;
  errors?: FieldProblem[];
}
