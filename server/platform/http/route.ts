// How a module declares a route. One declaration carries scope, ids, schemas and prose, so that access control, tenancy,
// validation and the OpenAPI page cannot drift apart; `routeTable` is walked by tests that try every door.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type IdPrefix, idPrefixes } from '../../../contract/ids.ts';
import type { Scope } from '../../../contract/roles.ts';
import type { BaseCtx, Ctx } from '../context.ts';
import { notFound } from '../errors.ts';

export type Access = Scope | 'signed_in' | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    ids?: Record<string, IdPrefix>;
    names?: string[];
  }
  interface FastifyRequest {
    /** Set by http/access.ts before any handler runs; public routes have none. */
    ctx: Ctx | null;
    /** Path ids as uuids, each proven to belong to the actor's workspace. */
    ids: Record<string, string>;
  }
  interface FastifyInstance {
    routeTable: RouteEntry[];
    base: BaseCtx;
  }
}

export interface RouteEntry {
  method: string;
  url: string;
  access: Access;
  ids: Record<string, IdPrefix>;
  /** Path parameters that are no ids. */
  names: string[];
}

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

interface RouteSpec<Q, B, R, A extends Access> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the prefix, with `:id` parameters. */
  url: string;
  /** The one scope that opens the door; `signed_in`: any person with a session; `public`: no actor at all. */
  access: A;
  tag: string;
  summary: string;
  /** Path parameter → the noun whose id it is. A foreign or unknown id answers 404 before the body is even read. */
  ids?: Record<string, IdPrefix>;
  /** Other path parameters, such as the name of an attribute: they reach the handler as `names`. */
  names?: Record<string, z.ZodType<string>>;
  query?: Q;
  body?: B;
  /** Schema of the answer; absent: 204, or whatever the handler sends itself. */
  response?: R;
  status?: number;
  /** The content type of an answer that the handler sends itself. */
  produces?: string;
  bodyLimit?: number;
  /** The content type of the body where it is not JSON. */
  consumes?: string;
  handler(input: {
    ctx: A extends 'public' ? BaseCtx : Ctx;
    ids: Record<string, string>;
    names: Record<string, string>;
    query: Output<Q>;
    body: Output<B>;
    request: FastifyRequest;
    reply: FastifyReply;
  }): Promise<R extends z.ZodType ? z.input<R> | FastifyReply : FastifyReply | undefined>;
}

export function route<
  const A extends Access,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
>(app: FastifyInstance, spec: RouteSpec<Q, B, R, A>): void {
  const status = spec.status ?? (spec.response ? 200 : 204);
  const ids = spec.ids ?? {};
  const params = z.object({
    ...Object.fromEntries(
      Object.entries(ids).map(([name, prefix]) => [
        name,
        z.string().meta({ description: `Id of a ${idPrefixes[prefix]}` }),
      ]),
    ),
    ...spec.names,
  });
  // a GET without a schema sends by itself: a file
  const file = spec.response
    ? null
    : (spec.produces ?? (spec.method === 'GET' ? 'application/octet-stream' : null));
  const answers = file
    ? { 200: { description: 'The file', content: { [file]: { schema: z.string() } } } }
    : { [status]: spec.response ?? z.null() };
  app.route({
    method: spec.method,
    url: spec.url,
    bodyLimit: spec.bodyLimit,
    config: { access: spec.access, ids, names: Object.keys(spec.names ?? {}) },
    schema: {
      tags: [spec.tag.charAt(0).toUpperCase() + spec.tag.slice(1)],
      summary: spec.summary,
      ...accessWords(spec.access),
      ...(spec.consumes ? { consumes: [spec.consumes] } : {}),
      ...(Object.keys(params.shape).length > 0 ? { params } : {}),
      // a misspelled filter must not mean everybody
      querystring: (spec.query ?? z.object({})).strict(),
      ...(spec.body ? { body: spec.body } : {}),
      response: answers,
    },
    handler: async (request, reply) => {
      const ctx = spec.access === 'public' ? app.base : request.ctx;
      if (!ctx) throw notFound('page');
      const answer = await spec.handler({
        ctx: ctx as never,
        ids: request.ids,
        names: request.params as Record<string, string>,
        query: request.query as never,
        body: request.body as never,
        request,
        reply,
      });
      if (reply.sent || answer === reply) return reply;
      return reply.status(status as 200).send(answer ?? null);
    },
  });
}

function accessWords(access: Access): { security?: Record<string, string[]>[]; description: string } {
  if (access === 'public') return { security: [], description: 'Needs no token.' };
  if (access === 'signed_in')
    return {
      security: [{ session: [] }],
      description: 'For a person who is signed in; API tokens are refused.',
    };
  return { description: `Needs the scope \`${access}\`.` };
}
