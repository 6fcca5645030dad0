// The only error that a Bot API method throws on purpose. Anything else that escapes is a bug of the emulator and becomes 500.

export interface ResponseParameters {
  migrate_to_chat_id?: number;
  retry_after?: number;
}

const PREFIXES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

/** The server lower-cases the first letter of the inner message unless it looks like a constant (telegram.md §1 [S]). */
function lowerFirst(message: string): string {
  const second = message[1] ?? '';
  if (second === '_' || (second >= 'A' && second <= 'Z')) return message;
  return message.charAt(0).toLowerCase() + message.slice(1);
}

export class ApiError extends Error {
  readonly code: number;
  readonly description: string;
  readonly parameters: ResponseParameters | undefined;

  constructor(code: number, message = '', parameters?: ResponseParameters) {
    const prefix = PREFIXES[code] ?? 'Bad Request';
    const description = message === '' ? prefix : `${prefix}: ${lowerFirst(message)}`;
    super(description);
    this.code = code;
    this.description = description;
    this.parameters = parameters;
  }
}

export function badRequest(message: string, parameters?: ResponseParameters): ApiError {
  return new ApiError(400, message, parameters);
}

export function forbidden(message: string): ApiError {
  return new ApiError(403, message);
}

export function tooManyRequests(retryAfterSeconds: number): ApiError {
  return new ApiError(429, `retry after ${retryAfterSeconds}`, { retry_after: retryAfterSeconds });
}
