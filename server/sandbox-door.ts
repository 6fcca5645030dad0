// The way to the simulated phones: part of the panel's own address, for signed-in people only. Acting as a customer takes
// the right to answer customers; changing bots, making trouble and resetting take the right to change connections.
import proxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Scope } from '../contract/roles.ts';
import { AppError, notFound } from './platform/errors.ts';
import { type Authenticate, isOwnOrigin } from './platform/http/access.ts';

/** What a customer can do with a phone, as the sandbox's control API names it. */
const phoneActs =
  /^\/control\/((start|message|photo|press|edit|react|block|unblock|users)|whatsapp\/(message|press|react|read|block|unblock|report|stop_marketing|resume_marketing|change_number|people))$/;

export async function mountSandbox(
  app: FastifyInstance,
  upstream: string,
  authenticate: Authenticate,
): Promise<void> {
  await app.register(async (scope) => {
    // bodies pass through unread
    scope.removeAllContentTypeParsers();
    await scope.register(proxy, {
      upstream,
      prefix: '/sandbox',
      rewritePrefix: '',
      disableRequestLogging: true,
      // our own keys are none of the sandbox's business
      replyOptions: { rewriteRequestHeaders: (_request, { cookie, authorization, ...headers }) => headers },
      preHandler: async (request, reply) => {
        // whoever types the address means the page with the phones
        if (/^\/sandbox\/?($|\?)/.test(request.url) && request.headers.accept?.includes('text/html'))
          return reply.redirect('/sandbox-phones');
        const needed = scopeFor(request);
        const actor = await authenticate(app.base, request);
        if (!actor) {
          if (request.headers.accept?.includes('text/html')) return reply.redirect('/sign-in');
          throw new AppError('UNAUTHENTICATED', 'Sign in to the panel first.');
        }
        if (actor.kind !== 'user' || !actor.scopes.has(needed))
          throw new AppError('FORBIDDEN', `The sandbox asks for a signed-in person with "${needed}".`);
        const { origin } = request.headers;
        if (request.method !== 'GET' && origin && !isOwnOrigin(app.base, request, origin))
          throw new AppError('FOREIGN_ORIGIN', 'Open the panel itself and try there.');
      },
    });
  });
}

/** Throws NOT_FOUND for everything but the page and its control API: the emulated Bot API is not for browsers. */
function scopeFor(request: FastifyRequest): Scope {
  const path = request.url.slice('/sandbox'.length).split('?')[0] ?? '';
  if (!/^\/(phones|control)\//.test(path) || /\.\.|%2e|%2f|%5c|\\|\/\//i.test(path)) throw notFound('page');
  if (request.method === 'GET' || request.method === 'HEAD') return 'conversations:read';
  return phoneActs.test(path) ? 'conversations:write' : 'connections:write';
}
