// Checks what we send against Meta's own OpenAPI file (../shared/fixtures/whatsapp, v23.0): a wrong reading of the documents cannot
// agree with itself here. Unknown fields are problems. Where the file is older than Meta's pages, that is written down below.
import { existsSync, readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { WA_SCHEMA_PATH } from '../../../sandbox/whatsapp/openapi-schema.ts';

// biome-ignore lint/suspicious/noExplicitAny: a foreign document, looked into by name
type Schema = Record<string, any>;

const messages: Record<string, string> = {
  text: 'TextMessage',
  image: 'ImageMessage',
  video: 'VideoMessage',
  document: 'DocumentMessage',
  interactive: 'InteractiveMessage',
  template: 'TemplateMessage',
};
const components: Record<string, string> = {
  header: 'HeaderComponent',
  body: 'BodyComponent',
  button: 'ButtonComponent',
};
const parameters: Record<string, string> = {
  text: 'TextParameter',
  image: 'ImageParameter',
  document: 'DocumentParameter',
};

/** Undefined where the file is absent, and then the tests are skipped by name. */
export function loadSendSchema(): ((body: Record<string, unknown>) => string[]) | undefined {
  if (!existsSync(WA_SCHEMA_PATH)) return undefined;
  const api = parse(readFileSync(WA_SCHEMA_PATH, 'utf8')) as { components: { schemas: Schema } };
  const { schemas } = api.components;
  for (const name of Object.values(messages)) schemas[name] = flat(schemas, schemas[name]);
  amend(schemas);
  const ajv = new Ajv.default({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'meta', ...api });
  const check = (name: string, value: unknown): string[] => {
    const validate = ajv.getSchema(`meta#/components/schemas/${name}`)!;
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${name}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
  return (body) => {
    if (body.status === 'read') return check('MarkMessageRequestPayload', body);
    const template = body.template as Schema | undefined;
    const parts: Schema[] = template?.components ?? [];
    return [
      ...check(messages[String(body.type)] ?? 'Message', body),
      ...parts.flatMap((part) => [
        ...check(components[part.type] ?? 'TemplateComponent', part),
        ...(part.type === 'button' ? [] : part.parameters).flatMap((parameter: Schema) =>
          check(parameters[parameter.type] ?? 'ParameterObject', parameter),
        ),
      ]),
    ];
  };
}

/** "allOf" with closed halves lets nothing through: both halves as one closed object. */
function flat(schemas: Schema, { allOf }: Schema): Schema {
  const halves: Schema[] = allOf.map((half: Schema) =>
    half.$ref ? schemas[half.$ref.split('/').at(-1)] : half,
  );
  return {
    type: 'object',
    additionalProperties: false,
    required: [...new Set(halves.flatMap((half) => half.required ?? []))],
    properties: Object.assign({}, ...halves.map((half) => half.properties)),
  };
}

/** What Meta's pages have and the file of v23.0 does not (Cloud API, messages, read 2026-11-20). */
function amend(schemas: Schema): void {
  for (const name of Object.values(messages)) {
    const { properties } = schemas[name];
    properties.biz_opaque_callback_data = { type: 'string', maxLength: 512 };
    properties.recipient = { type: 'string' };
    schemas[name].required = schemas[name].required.filter((field: string) => field !== 'to');
    schemas[name].oneOf = [{ required: ['to'] }, { required: ['recipient'] }];
  }
  schemas.InteractiveObject.properties.type.enum.push('cta_url');
  schemas.ActionObject.oneOf.push({
    required: ['name', 'parameters'],
    additionalProperties: false,
    properties: {
      name: { enum: ['cta_url'] },
      parameters: {
        type: 'object',
        additionalProperties: false,
        required: ['display_text', 'url'],
        properties: { display_text: { type: 'string', maxLength: 20 }, url: { type: 'string' } },
      },
    },
  });
  // the pattern there does not match the example beside it
  schemas.TemplateComponent.properties.index.pattern = '^\\d$';
  schemas.ButtonComponent.allOf[1].properties.index.pattern = '^\\d$';
}
