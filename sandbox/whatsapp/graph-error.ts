// An answer that is an error, as Graph writes it (Cloud API, error codes, 2026-11-20).
import { randomBytes } from 'node:crypto';
import { ERROR_TABLE } from './error-table.ts';

export class GraphError extends Error {
  readonly code: number;
  readonly status: number;
  readonly details: string | undefined;
  readonly subcode: number | undefined;

  constructor(
    code: number,
    options: { details?: string | undefined; subcode?: number; status?: number; message?: string } = {},
  ) {
    const row = ERROR_TABLE[code];
    super(options.message ?? `(#${code}) ${row?.title ?? 'Unknown error'}`);
    this.code = code;
    this.status = options.status ?? row?.status ?? 400;
    this.details = options.details ?? (options.message === undefined ? row?.details : undefined);
    this.subcode = options.subcode;
  }
}

/** Unknown or foreign ids look the same (the whaloc emulator’s fixtures, captured by its authors from v25.0, 2026): HTTP 400, code 100, subcode 33. */
export function unknownObject(method: string, id: string): GraphError {
  return new GraphError(100, {
    subcode: 33,
    message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
  });
}

export function invalidParameter(details: string): GraphError {
  return new GraphError(100, { details });
}

export function missingParameter(name: string): GraphError {
  return new GraphError(131008, { details: `The parameter ${name} is required.` });
}

export function badValue(details: string): GraphError {
  return new GraphError(131009, { details });
}

function trace(): string {
  return `A${randomBytes(16).toString('base64url')}`;
}

export function errorBody(error: GraphError): string {
  const isGraphs = error.code < 100_000 && error.code !== 80_007;
  return JSON.stringify({
    error: {
      message: error.message,
      type: error.code === 100 && error.subcode === 33 ? 'GraphMethodException' : 'OAuthException',
      code: error.code,
      ...(error.details === undefined || (isGraphs && error.subcode !== undefined)
        ? {}
        : { error_data: { messaging_product: 'whatsapp', details: error.details } }),
      ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
      ...(error.code === 100 && error.subcode !== undefined && error.details !== undefined
        ? { is_transient: false, error_user_title: 'Invalid parameter', error_user_msg: error.details }
        : {}),
      fbtrace_id: trace(),
    },
  });
}

export interface WebhookErrorObject {
  code: number;
  title: string;
  message: string;
  error_data: { details: string };
  href: string;
}

/** The same failure as a webhook tells it. */
export function webhookError(code: number, details?: string): WebhookErrorObject {
  const row = ERROR_TABLE[code];
  const title = row?.title ?? 'Unknown error';
  return {
    code,
    title,
    message: title,
    error_data: { details: details ?? row?.details ?? title },
    href: '/documentation/business-messaging/whatsapp/support/error-codes',
  };
}
