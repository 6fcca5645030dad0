// The one translator from thrown errors to RFC 9457 problem+json. A bug answers 500 without its message: the log has it,
// under the request id that the answer carries.
import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyServerOptions,
} from 'fastify';
import { type ErrorCode, errorCodes, type Problem } from '../../../contract/errors.ts';
import { AppError } from '../errors.ts';
import { withoutSecrets } from '../log.ts';

const fastifyCodes: Record<string, { code: ErrorCode; detail: string }> = {
  FST_ERR_CTP_INVALID_JSON_BODY: {
    code: 'MALFORMED_JSON',
    detail: 'The body could not be parsed. Send valid JSON.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    code: 'MALFORMED_JSON',
    detail: 'The body is empty, and this address needs one. Send JSON.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'BODY_TOO_LARGE',
    detail: 'Send less at once: split the request or shrink the file.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'BAD_REQUEST',
    detail: 'Content-Length and body differ in length.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    detail: 'Send application/json (files: multipart/form-data).',
  },
  FST_REQ_FILE_TOO_LARGE: { code: 'MEDIA_TOO_LARGE', detail: 'A picture may have up to 10 MB.' },
  FST_INVALID_MULTIPART_CONTENT_TYPE: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    detail: 'Send multipart/form-data with one part named "file".',
  },
  FST_ERR_BAD_URL: {
    code: 'BAD_REQUEST',
    detail: 'The address holds an escape that is none. Write a per cent sign itself as %25.',
  },
};

/** For Fastify's options: what goes wrong before there is a route (a bad escape) or a request at all (no HTTP). */
export const earlyProblems: Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler'> = {
  frameworkErrors: (error, request, reply) =>
    sendProblem(toAppError(error), error, request as FastifyRequest, reply as FastifyReply),
  clientErrorHandler(error: NodeJS.ErrnoException, socket) {
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return socket.destroy();
    const status =
      error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    const body = JSON.stringify({
      ...documentOf(new AppError('BAD_REQUEST', 'This is no HTTP request that could be read.')),
      status: Number(status.slice(0, 3)),
    });
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  },
};

export function installProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) =>
    sendProblem(toAppError(error), error, request, reply),
  );
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new AppError('NOT_FOUND', `There is nothing at ${request.method} ${request.url.split('?')[0]}.`),
      null,
      request,
      reply,
    ),
  );
}

function toAppError(thrown: FastifyError | null | undefined): AppError {
  if (thrown instanceof AppError) return thrown;
  // anything can be thrown, null as well
  const error: Partial<FastifyError> = Object(thrown);
  const known = fastifyCodes[error.code ?? ''];
  if (known) return new AppError(known.code, known.detail, { cause: error });
  // PostgreSQL refuses bytes that no text can hold; a schema that missed one is still the caller's mistake
  if (error.code === '22021' || error.code === '22P05' || error.code === '22P02')
    return new AppError(
      'BAD_REQUEST',
      'The request holds characters that cannot be stored (NUL or a broken emoji).',
      { cause: error },
    );
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500)
    return new AppError('BAD_REQUEST', 'The request could not be read. Check method, headers and body.', {
      cause: error,
    });
  return new AppError('INTERNAL', 'Try again. If it stays, look for the request id in the server log.', {
    cause: error,
  });
}

function sendProblem(
  problem: AppError,
  cause: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (problem.status >= 500)
    request.log.error({ err: cause ?? problem, code: problem.code }, 'request failed');
  else request.log.debug({ code: problem.code, detail: problem.message }, 'request refused');
  if (problem.retryAfterMs !== null) reply.header('retry-after', Math.ceil(problem.retryAfterMs / 1000));
  const { status } = problem;
  const body = documentOf(problem, request.id);
  // serialized here: the route's own serializer only knows its success answer
  return reply
    .status(status)
    .header('x-request-id', request.id)
    .type('application/problem+json')
    .serializer((value: unknown) => JSON.stringify(value))
    .send(body);
}

function documentOf(problem: AppError, requestId: string = crypto.randomUUID()): Problem {
  const { status, title } = errorCodes[problem.code];
  return {
    type: `urn:carillon:errors:${problem.code.toLowerCase()}`,
    title,
    status,
    detail: withoutSecrets(problem.message),
    instance: `urn:request:${requestId}`,
    code: problem.code,
    ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
  };
}
