// Checks requests, answers and webhooks against Meta's own OpenAPI file (../shared/fixtures/whatsapp/…, v23.0). Used by our own
// tests and by the server's: a wrong reading of the documents cannot agree with itself here.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

type Schema = Record<string, unknown>;

interface OpenApi {
  components: { schemas: Record<string, Schema>; responses?: Record<string, Response> };
  paths: Record<string, Record<string, { responses?: Record<string, Response>; requestBody?: Response }>>;
}

interface Response {
  content?: Record<string, { schema?: Schema }>;
  $ref?: string;
}

export interface WaSchema {
  /** What is wrong with an answer of a call, e.g. `('POST', '/{Version}/{Phone-Number-ID}/messages')`. */
  checkAnswer(method: string, path: string, value: unknown): string[];
  /** What is wrong with a value of a named schema, e.g. "TextMessage". */
  check(name: string, value: unknown): string[];
  checkWebhook(value: unknown): string[];
}

/** Beside the repository, never inside it; undefined where it is absent, and then the tests are skipped by name. */
export const WA_SCHEMA_PATH = join(
  import.meta.dirname,
  '../../../shared/fixtures/whatsapp/business-messaging-api_v23.0.yaml',
);

// The file was put together from several, and schemas of equal name got a number; references inside the part about webhooks
// still name the ones of sends. An inbound text is not a text that is sent.
const MEANT: Readonly<Record<string, string>> = {
  BaseMessageProperties: 'BaseMessageProperties_1',
  TextMessage: 'TextMessage_2',
  ReactionMessage: 'ReactionMessage_1',
  AudioMessage: 'AudioMessage_1',
  DocumentMessage: 'DocumentMessage_1',
  ImageMessage: 'ImageMessage_1',
  StickerMessage: 'StickerMessage_1',
  VideoMessage: 'VideoMessage_1',
  LocationMessage: 'LocationMessage_1',
  ContactObject: 'ContactObject_1',
  ErrorObject: 'ErrorObject_2',
};

const REF = '#/components/schemas/';

function mend(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mend);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key !== '$ref' || typeof item !== 'string') return [key, mend(item)];
      const name = item.slice(REF.length);
      return [key, REF + (MEANT[name] ?? name)];
    }),
  );
}

function isOfWebhooks(name: string, names: string[]): boolean {
  return names.indexOf(name) >= names.indexOf('WebhookPayload');
}

export function loadWaSchema(path = WA_SCHEMA_PATH): WaSchema | undefined {
  if (!existsSync(path)) return undefined;
  const api = parse(readFileSync(path, 'utf8')) as OpenApi;
  const names = Object.keys(api.components.schemas);
  for (const name of names) {
    if (isOfWebhooks(name, names))
      api.components.schemas[name] = mend(api.components.schemas[name]) as Schema;
  }
  // Documented for the "Message business" button only; replies have a context without a product
  delete api.components.schemas.ContextObject?.required;
  const ajv = new Ajv.default({
    strict: false,
    allErrors: true,
    discriminator: false,
    validateFormats: false,
  });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'meta', ...api } as Schema);

  const run = (schema: Schema, value: unknown): string[] => {
    const resolved = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"meta#/')) as Schema;
    const validate = ajv.compile(resolved);
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message ?? ''}`);
  };
  const check: WaSchema['check'] = (name, value) => run({ $ref: `${REF}${name}` }, value);

  return {
    check,
    checkAnswer: (method, path_, value) => {
      const answer = api.paths[path_]?.[method.toLowerCase()]?.responses?.['200'];
      const named = answer?.$ref?.split('/').at(-1);
      const schema = (named === undefined ? answer : api.components.responses?.[named])?.content?.[
        'application/json'
      ]?.schema;
      if (!schema) return [`${method} ${path_} has no answer in the schema`];
      return run(schema, value);
    },
    checkWebhook: (value) => check('WebhookPayload', value),
  };
}
