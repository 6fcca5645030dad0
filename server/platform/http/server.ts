// The HTTP server without any route of the product: limits, security headers, problem documents, OpenAPI, health, metrics.
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import websocket from '@fastify/websocket';
import scalar from '@scalar/fastify-api-reference';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { BaseCtx } from '../context.ts';
import { AppError } from '../errors.ts';
import { type Authenticate, installAccess, type TenantTables } from './access.ts';
import { installIdempotency } from './idempotency.ts';
import { installMetrics } from './metrics.ts';
import { openapiOptions } from './openapi.ts';
import { earlyProblems, installProblems } from './problems.ts';
import { installPatience, requestWithinMs } from './unfinished.ts';
import { validatorCompiler } from './wrong-fields.ts';

/** JSON bodies; routes that take more (batches) say so themselves. */
const bodyLimitBytes = 1024 * 1024;

export async function createServer(
  base: BaseCtx,
  version: string,
  authenticate: Authenticate,
  tables: TenantTables,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: base.log as FastifyBaseLogger,
    // requests are counted in /metrics; a line each would drown what matters
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    // one hop: an address that the client itself wrote in front is not believed
    trustProxy: base.config.trustProxy ? (_address: string, hop: number) => hop < 1 : false,
    genReqId: () => crypto.randomUUID(),
    forceCloseConnections: true,
    requestTimeout: requestWithinMs,
    ...earlyProblems,
    routerOptions: { maxParamLength: 200 },
    onProtoPoisoning: 'error',
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorate('base', base);
  app.decorate('routeTable', []);
  installProblems(app);
  installPatience(app);
  // Fastify would take text as a body by itself; here only JSON is one
  app.removeContentTypeParser('text/plain');
  takeEmptyJson(app);

  await app.register(helmet, {
    contentSecurityPolicy: { directives: contentSecurityPolicy },
    crossOriginEmbedderPolicy: false,
    hsts: false,
  });
  await app.register(cookie);
  await app.register(websocket, { options: { maxPayload: 16_384 } });
  await app.register(swagger, openapiOptions(version, base.config.publicUrl));
  installAccess(app, authenticate, tables);
  installIdempotency(app);
  installMetrics(app);
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (request.url.startsWith('/api/'))
      reply.header('cache-control', reply.getHeader('cache-control') ?? 'no-store');
  });
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }));
  app.get('/api/v1/openapi.json', { schema: { hide: true }, config: { access: 'public' } }, async () =>
    app.swagger(),
  );
  await app.register(scalar, {
    routePrefix: '/api/docs',
    configuration: {
      title: 'Carillon API',
      url: '/api/v1/openapi.json',
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
    } as never,
    hooks: {
      onRequest: (_request, reply, done) => {
        reply.header('content-security-policy', docsPolicy);
        done();
      },
    },
  });
  return app;
}

/** Many clients always send the type: where a route needs no body, an empty one is none. */
function takeEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'ignore');
  const parseWithout = app.getDefaultJsonParser('remove', 'ignore');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const schema = request.routeOptions.schema?.body as z.ZodType | undefined;
    if (body === '' && (!schema || schema.safeParse(undefined).success)) return done(null, undefined);
    return parse(request, body, (error, value) => {
      if (!error) return done(null, value);
      // dropping the key silently would be a value lost; which of both it is, the other parser knows
      void parseWithout(request, body, (malformed) => done(malformed ?? reservedKey()));
    });
  });
}

const reservedKey = () =>
  new AppError('BAD_REQUEST', 'The body has a key "__proto__", which cannot be kept. Give it another name.');

/** Pictures by URL are shown in previews from wherever the shop keeps them. */
const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:', 'https:', 'http:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  frameSrc: ["'self'"],
  frameAncestors: ["'self'"],
  objectSrc: ["'none'"],
  baseUri: ["'self'"],
  formAction: ["'self'"],
  upgradeInsecureRequests: null,
};

/** The reference page brings its script inside the package and fetches nothing from elsewhere. */
const docsPolicy =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'self'";
