// The document that outsiders build on: valid, complete against the route table, and without references to nowhere.
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../app.ts';
import { testCtx } from '../../testing/context.ts';
import { tags } from './reference.ts';

// biome-ignore lint/suspicious/noExplicitAny: a JSON document
type Json = any;
let app: FastifyInstance;
let document: Json;
let operations: { name: string; method: string; url: string; operation: Json }[];

beforeAll(async () => {
  app = await createApp(await testCtx(), { version: '1.2.3', ready: () => true });
  await app.ready();
  document = (await app.inject('/api/v1/openapi.json')).json();
  operations = Object.entries<Json>(document.paths).flatMap(([url, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${url}`,
      method,
      url,
      operation,
    })),
  );
  return () => app.close();
});

test('it is OpenAPI 3.1 with a title, the version of the product and security schemes', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Carillon', version: '1.2.3', license: { identifier: 'MIT' } },
  });
  expect(document.components.securitySchemes).toMatchObject({
    token: { type: 'http', scheme: 'bearer' },
    session: { type: 'apiKey', in: 'cookie' },
  });
  expect(document.info.description.length).toBeGreaterThan(500);
});

test('it names exactly the routes of the route table, with their methods', () => {
  const routes = app.routeTable
    .filter(({ url }) => url !== '/api/v1/openapi.json' && url !== '/api/v1/live')
    .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect(operations.map(({ name }) => name).sort()).toEqual(routes.sort());
});

test('every operation has words, one known tag, an id of its own, a success with a schema, and problems declared', () => {
  const known = new Set(tags.map(({ name }) => name));
  for (const { name, operation } of operations) {
    expect(operation.summary?.length, name).toBeGreaterThan(5);
    expect(operation.description, name).toMatch(/^Needs|^For a person/);
    expect(operation.tags, name).toHaveLength(1);
    expect(known.has(operation.tags[0]), `${name}: ${operation.tags[0]} is described`).toBe(true);
    const successes = Object.keys(operation.responses).filter((status) => status.startsWith('2'));
    expect(successes, name).toHaveLength(1);
    const [status] = successes;
    const success = operation.responses[status!];
    expect(success.description, name).not.toBe('Default Response');
    if (status === '204') expect(success.content, name).toBeUndefined();
    else expect(Object.values<Json>(success.content ?? {})[0]?.schema, name).toBeTruthy();
    for (const [code, response] of Object.entries<Json>(operation.responses))
      if (!code.startsWith('2')) {
        const target = document.components.responses[response.$ref.split('/').at(-1)];
        expect(Object.keys(target.content), name).toEqual(['application/problem+json']);
      }
    expect(operation.responses.default, name).toBeTruthy();
  }
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...new Set(operations.map(({ operation }) => operation.tags[0]))].sort()).toEqual(
    [...known].sort(),
  );
});

test('who may call is said: everybody, a token or session, or a session only', () => {
  for (const entry of app.routeTable) {
    const operation = document.paths[entry.url.replaceAll(/:(\w+)/g, '{$1}')]?.[entry.method.toLowerCase()];
    if (!operation) continue;
    const expected =
      entry.access === 'public' ? [] : entry.access === 'signed_in' ? [{ session: [] }] : undefined;
    expect(operation.security, `${entry.method} ${entry.url}`).toEqual(expected);
  }
});

test('every path parameter is declared, and POST takes an Idempotency-Key where somebody asks', () => {
  const resolved = (parameter: Json) =>
    parameter.$ref ? document.components.parameters[parameter.$ref.split('/').at(-1)] : parameter;
  for (const { name, method, url, operation } of operations) {
    const parameters = (operation.parameters ?? []).map(resolved);
    const inPath = parameters.filter((parameter: Json) => parameter.in === 'path');
    expect(inPath.map((parameter: Json) => parameter.name).sort(), name).toEqual(
      [...url.matchAll(/\{(\w+)\}/g)].map(([, id]) => id).sort(),
    );
    for (const parameter of inPath) expect(parameter.required, name).toBe(true);
    const takesKey = parameters.some((parameter: Json) => parameter.name === 'Idempotency-Key');
    expect(takesKey, name).toBe(method === 'post' && operation.security?.length !== 0);
  }
});

test('files are declared as what they are', () => {
  const csv = document.paths['/api/v1/campaigns/{id}/deliveries.csv'].get.responses;
  expect(Object.keys(csv['200'].content)).toEqual(['text/csv']);
  expect(document.paths['/api/v1/media/{id}/file'].get.responses['200'].content).toHaveProperty(
    'application/octet-stream',
  );
  const upload = document.paths['/api/v1/media'].post.requestBody.content;
  expect(upload['multipart/form-data'].schema.properties).toHaveProperty('file');
});

describe('the schemas', () => {
  test('are named once: no noun has a twin for what comes in', () => {
    const names = Object.keys(document.components.schemas);
    expect(names.filter((name) => name.endsWith('Input'))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['Campaign', 'Contact', 'Delivery', 'Problem', 'Report']));
  });

  test('are all referred to, and no reference leads nowhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path!,
    );
    const resolve = (path: string) => path.split('/').reduce((part, key) => part?.[key], document);
    expect(references.filter((path) => resolve(path) === undefined)).toEqual([]);
    for (const name of Object.keys(document.components.schemas))
      expect(references, name).toContain(`components/schemas/${name}`);
  });

  test('are JSON Schema 2020-12, and every example fits its schema', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'api', ...document });
    const compile = (schema: Json) =>
      ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
    let examples = 0;
    for (const { name, operation } of operations) {
      for (const response of Object.values<Json>(operation.responses))
        for (const { schema } of Object.values<Json>(response.content ?? {})) compile(schema);
      const body = operation.requestBody?.content?.['application/json'];
      if (!body) continue;
      const validate = compile(body.schema);
      if (!body.example) continue;
      examples++;
      expect(validate(body.example), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true);
    }
    expect(examples).toBeGreaterThanOrEqual(15);
  });
});

describe('beside it', () => {
  test('the reference page answers, brings its script along and may fetch nothing from elsewhere', async () => {
    const page = await app.inject('/api/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('/api/v1/openapi.json');
    expect(
      [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)]
        .map(([, url]) => url)
        .filter((url) => /^(https?:)?\/\//.test(url!)),
    ).toEqual([]);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/https?:|\*/);
    const [, script] = /<script src="([^"]+)"/.exec(page.body) ?? [];
    expect((await app.inject(`/api/docs/${script}`)).statusCode).toBe(200);
  });

  test('health, readiness and figures answer without a token, and say no before the start is through', async () => {
    expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready' });
    const metrics = await app.inject('/metrics');
    expect(metrics.headers['content-type']).toContain('text/plain');
    expect(metrics.body).toMatch(
      /carillon_http_request_duration_seconds_count\{method="GET",route="\/healthz",status="2xx"\} \d/,
    );
    let ready = false;
    const starting = await createApp(await testCtx(), { version: 'x', ready: () => ready });
    expect((await starting.inject('/readyz')).statusCode).toBe(503);
    expect((await starting.inject('/healthz')).statusCode).toBe(200);
    ready = true;
    expect((await starting.inject('/readyz')).statusCode).toBe(200);
    await starting.close();
  });

  test('the figures name routes by pattern, never by id', async () => {
    await app.inject('/api/v1/campaigns/cmp_01kzdy0q2efmgsmft5dj6gw3rq');
    const { body } = await app.inject('/metrics');
    expect(body).toContain('route="/api/v1/campaigns/:id"');
    expect(body).not.toContain('cmp_');
  });
});

test('no body takes an unknown field, at any depth: a misspelled audience must not mean everybody', () => {
  const open: string[] = [];
  const seen = new Set<string>();
  const look = (part: Json, where: string): void => {
    // rules hold rules
    if (seen.has(part?.$ref)) return;
    if (part?.$ref) seen.add(part.$ref);
    const schema = part?.$ref ? document.components.schemas[part.$ref.split('/').at(-1)] : part;
    if (typeof schema !== 'object' || schema === null) return;
    if (schema.properties && schema.additionalProperties !== false) open.push(where);
    for (const [key, inner] of Object.entries<Json>(schema.properties ?? {})) look(inner, `${where}/${key}`);
    for (const inner of [
      schema.items,
      ...(schema.anyOf ?? []),
      ...(schema.oneOf ?? []),
      ...(schema.allOf ?? []),
    ])
      look(inner, where);
  };
  for (const { name, operation } of operations)
    look(operation.requestBody?.content?.['application/json']?.schema, name);
  expect(open).toEqual([]);
});

test('the rule language is published: joins that nest, and every condition with its fields', () => {
  const { Rule: rule, RuleCondition: condition } = document.components.schemas;
  expect(JSON.stringify(rule)).toContain('"#/components/schemas/Rule"');
  expect(JSON.stringify(rule)).toContain('"#/components/schemas/RuleCondition"');
  const fields = [...JSON.stringify(condition).matchAll(/"field":(\{[^}]*\})/g)].map(([, schema]) => schema);
  expect(fields.join()).toContain('last_seen_at');
  for (const word of ['within_days', 'anniversary', 'at_least', 'idle_hours'])
    expect(JSON.stringify(condition), word).toContain(`"${word}"`);
});
