// The OpenAPI 3.1 document at /api/v1/openapi.json, for people and generators outside: what every route() declares, plus what
// holds for all of them (errors, Idempotency-Key, security). The words are in reference.ts.
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { errorCodes } from '../../../contract/errors.ts';
import { type IdPrefix, idPrefixes, toWireId } from '../../../contract/ids.ts';
import { ruleSchema } from '../../../contract/rules.ts';
import { bodyExamples, introduction, tags } from './reference.ts';

// biome-ignore lint/suspicious/noExplicitAny: a JSON document, read and written by key
type Json = any;

export function openapiOptions(version: string, publicUrl: string | null): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Carillon',
        version,
        description: introduction,
        license: { name: 'MIT', identifier: 'MIT' } as never,
      },
      servers: [{ url: publicUrl ?? '/', description: 'This installation' }],
      tags,
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API token: made in the panel under Settings, or by `POST /api/v1/tokens`.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'carillon_session',
            description: 'The cookie of a person who is signed in. Unsafe methods need an own Origin.',
          },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => completed(jsonSchemaTransformObject(document)) as never,
  };
}

function completed(document: Json): Json {
  document.components = { ...document.components, ...common };
  document.components.schemas = { ...document.components.schemas, Problem: problem, Rule: ruleSchema };
  for (const [url, methods] of Object.entries<Json>(document.paths))
    for (const [method, operation] of Object.entries<Json>(methods)) complete(url, method, operation);
  keepWhatIsUsed(document);
  return withIdExamples(document);
}

function complete(url: string, method: string, operation: Json): void {
  operation.operationId = operationId(method, url);
  const isPublic = operation.security?.length === 0;
  const parameters: Json[] = operation.parameters ?? [];
  if (method === 'post' && !isPublic) parameters.push({ $ref: '#/components/parameters/IdempotencyKey' });
  if (parameters.length > 0) operation.parameters = parameters;
  for (const parameter of parameters) describePaging(parameter);
  for (const [status, response] of Object.entries<Json>(operation.responses))
    if (response.description === 'Default Response') response.description = successWords[status] ?? 'Done.';
  const body = operation.requestBody?.content?.['application/json'];
  const example = bodyExamples[`${method.toUpperCase()} ${url.replace('/api/v1', '')}`];
  if (body && example) body.example = example;
  if (
    operation.requestBody?.content?.['multipart/form-data'] === undefined &&
    url.endsWith('/media') &&
    method === 'post'
  )
    operation.requestBody = multipartFile;
  const refused = [
    ...(isPublic ? [] : ['401', '403']),
    ...(url.includes('{') ? ['404'] : []),
    ...(operation.requestBody || parameters.some((parameter) => parameter.in === 'query') ? ['422'] : []),
    ...(method === 'post' || method === 'patch' ? ['409'] : []),
  ];
  for (const status of refused)
    operation.responses[status] ??= { $ref: `#/components/responses/${refusals[status]?.name}` };
  operation.responses.default = { $ref: '#/components/responses/Problem' };
}

/** "post", "/api/v1/campaigns/{id}/retry_failed" → "postCampaignsByIdRetryFailed". */
function operationId(method: string, url: string): string {
  const words = url
    .replace('/api/v1/', '')
    .replaceAll(/\{(\w+)\}/g, 'by_$1')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function describePaging(parameter: Json): void {
  if (parameter.in !== 'query') return;
  const words: Record<string, string> = {
    limit: 'How many rows a page has.',
    cursor: 'The `next_cursor` of the page before, with the same filters and sort.',
    sort: 'A leading "-" turns the order round.',
    search: 'Only rows that contain this text.',
  };
  parameter.description ??= parameter.schema?.description ?? words[parameter.name];
}

const successWords: Record<string, string> = {
  200: 'The answer.',
  201: 'It was created; this is it.',
  202: 'It was accepted and is being done.',
  204: 'Done; there is nothing to say.',
};

const problem = {
  type: 'object',
  description: 'RFC 9457. Write programs against `code`; `detail` is for people.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong and what to do' },
    instance: { type: 'string', description: 'The request, as `X-Request-Id` and the log name it' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    errors: {
      type: 'array',
      description: 'Every wrong field',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'RFC 6901, into the body', examples: ['/content/text'] },
          detail: { type: 'string' },
        },
      },
    },
  },
};
const refusals: Record<string, { name: string; description: string }> = {
  401: {
    name: 'Unauthenticated',
    description: 'No token and no session, or one that is not valid any more.',
  },
  403: { name: 'Forbidden', description: 'The role or token does not allow this.' },
  404: { name: 'NotFound', description: 'There is no such thing in this workspace.' },
  409: { name: 'Conflict', description: 'The present state does not allow this; `code` says why.' },
  422: { name: 'Invalid', description: 'Some fields need correction; `errors` names each.' },
};
const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const common = {
  parameters: {
    IdempotencyKey: {
      in: 'header',
      name: 'Idempotency-Key',
      required: false,
      description:
        'Any text of your own, for instance a UUID. For 24 hours the same key with the same body gets the first answer again and nothing is done twice; with another body it is refused (409).',
      schema: { type: 'string', minLength: 1, maxLength: 200 },
    },
  },
  responses: {
    Problem: problemAnswer('Refused or failed: a problem document.'),
    ...Object.fromEntries(
      Object.values(refusals).map(({ name, description }) => [name, problemAnswer(description)]),
    ),
  },
};
const multipartFile = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        required: ['file'],
        properties: { file: { type: 'string', contentMediaType: 'image/*', description: 'The picture' } },
      },
    },
  },
};

/** zod describes every noun twice, as it comes in and as it goes out; what nobody refers to is left out. */
function keepWhatIsUsed(document: Json): void {
  const { schemas } = document.components;
  const used = new Set<string>();
  const find = (part: unknown): void => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      if (name && !used.has(name)) {
        used.add(name);
        find(schemas[name] ?? null);
      }
  };
  find([document.paths, document.components.responses]);
  document.components.schemas = Object.fromEntries(
    Object.entries(schemas)
      .filter(([name]) => used.has(name))
      .sort(),
  );
}

/** Ids get a pattern and an example that the server itself would take. */
function withIdExamples(part: Json): Json {
  if (Array.isArray(part)) return part.map(withIdExamples);
  if (typeof part !== 'object' || part === null) return part;
  const { example, ...rest } = part;
  const prefix = typeof example === 'string' ? example.slice(0, 3) : '';
  const isId = Object.hasOwn(idPrefixes, prefix) && String(example).startsWith(`${prefix}_`);
  const copy = Object.fromEntries(
    Object.entries(isId ? rest : part).map(([key, inner]) => [key, withIdExamples(inner)]),
  );
  if (!isId) return copy;
  return {
    ...copy,
    pattern: `^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`,
    examples: [toWireId(prefix as IdPrefix, '019fdbe0-5c4e-7d21-9a3f-2b6c8d0e4f17')],
  };
}
