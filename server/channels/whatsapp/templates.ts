// HTTP of the templates that WhatsApp approves. Calls and shapes: Cloud API, message templates, and Resumable Upload API, read
// 2026-11-20. A template belongs to the WhatsApp Business Account; every number of it can send it.
import type { TemplateComponent } from '../../../contract/whatsapp-templates.ts';
import { storableJson } from '../../platform/db/storable.ts';
import { AppError } from '../../platform/errors.ts';
import type { Account, PlatformTemplate, TemplateDesk, TemplateSubmission } from '../channel.ts';
import { type Fields, fields, list, string } from '../fields.ts';
import type { CallOptions, Reply, WhatsAppClient } from './client.ts';
import { askOptions, bodyOf, refusal, wabaOf } from './refusal.ts';

const asked =
  'id,name,language,status,category,previous_category,quality_score,rejected_reason,parameter_format,components';
const perPage = '100';
/** A sample of 100 MB on a slow line. */
const uploadOptions: CallOptions = { timeoutMs: 300_000 };

/** Which field of a template a subcode means (Cloud API, error codes, 2026-11-20; 2388273: whatsapp.md section 4). */
const fieldOfSubcode: Readonly<Record<number, string>> = {
  2388019: '/name',
  2388023: '/name',
  2388024: '/name',
  2388026: '/category',
  2388047: '/header/text',
  2388065: '/buttons',
  2388072: '/body/text',
  2388073: '/footer',
  2388273: '/header/media_id',
  2388293: '/body/text',
  2388299: '/body/text',
};
/** 2388040, too long, and whatever has no place of its own: the platform's sentence names the part. */
const fieldOfWord: [RegExp, string][] = [
  [/\bheader\b/i, '/header/text'],
  [/\bfooter\b/i, '/footer'],
  [/\bbuttons?\b|\burl\b/i, '/buttons'],
  [/\bbody\b|\bvariables?\b/i, '/body/text'],
  [/\bname\b/i, '/name'],
  [/\bcategory\b/i, '/category'],
  [/\blanguage\b/i, '/language'],
];
/** Unknown object; template not found by name or id. */
const notThere = new Set([33, 2593002]);
/** Somebody made or deleted one of that name: no fault of what the template says. */
const isJudgement = (subcode: number | null) =>
  subcode !== null && subcode >= 2_388_000 && subcode < 2_389_000;

export function templateDesk(client: WhatsAppClient): TemplateDesk {
  return {
    placeOf: ({ credentials }) => credentials.waba_id ?? '',

    async list(account, after) {
      const query = { fields: asked, limit: perPage, ...(after ? { after } : {}) };
      const body = await bodyOf(
        client.get(account, `${wabaOf(account)}/message_templates`, query, askOptions),
      );
      const paging = fields(body.paging);
      return {
        templates: list(body.data).flatMap((one) => toTemplate(fields(one)) ?? []),
        after: string(paging.next) === null ? null : string(fields(paging.cursors).after),
      };
    },

    async read(account, externalId) {
      const reply = await client.get(account, idOf(externalId), { fields: asked }, askOptions);
      const found = toTemplate(success(reply));
      if (!found) throw unreadable();
      return found;
    },

    async create(account, { name, language, ...template }) {
      const body = success(
        await client.post(
          account,
          `${wabaOf(account)}/message_templates`,
          { name, language, ...submission(template) },
          askOptions,
        ),
      );
      const externalId = string(body.id);
      if (!externalId) throw unreadable();
      return {
        externalId,
        status: string(body.status) ?? 'PENDING',
        category: string(body.category) ?? template.category,
      };
    },

    async change(account, externalId, template) {
      success(await client.post(account, idOf(externalId), submission(template), askOptions));
    },

    async remove(account, { name, externalId }) {
      const query = { name, hsm_id: externalId };
      success(await client.delete(account, `${wabaOf(account)}/message_templates`, query, askOptions));
    },

    async uploadSample(account, file) {
      const session = await openSession(client, account, file);
      const body = await bodyOf(client.continueUpload(account, session, await file.bytes(), uploadOptions));
      const handle = string(body.h);
      if (!handle) throw unreadable();
      return handle;
    },
  };
}

/**
 * A session belongs to the app of the token, and the token does not say which: it is one of those that are subscribed to the
 * account, mostly the only one.
 */
async function openSession(
  client: WhatsAppClient,
  account: Account,
  file: { fileName: string; mime: string; sizeBytes: number },
): Promise<string> {
  const path = `${wabaOf(account)}/subscribed_apps`;
  const apps = list((await bodyOf(client.get(account, path, {}, askOptions))).data)
    .map((one) => string(fields(fields(one).whatsapp_business_api_data).id))
    .filter((id) => id !== null);
  const of = {
    file_length: file.sizeBytes,
    file_type: file.mime,
    file_name: file.fileName,
  };
  let refused: unknown = new AppError(
    'PLATFORM_REFUSED',
    'No app receives the webhooks of this WhatsApp account, so a sample cannot be handed in. Press “Test” on the connection.',
  );
  for (const app of apps) {
    try {
      const session = string((await bodyOf(client.post(account, `${idOf(app)}/uploads`, of, askOptions))).id);
      if (session) return session;
      refused = unreadable();
    } catch (error) {
      refused = error;
    }
  }
  throw refused;
}

const idOf = (id: string) => encodeURIComponent(id);

function submission(template: Omit<TemplateSubmission, 'category'> & { category?: string }): object {
  const { category, parameterFormat, components } = template;
  return { ...(category ? { category } : {}), parameter_format: parameterFormat, components };
}

/** The body of a success. Throws NOT_FOUND, VALIDATION_FAILED where the platform judged what the template says, else as bodyOf. */
function success(reply: Reply): Fields {
  if (reply.kind === 'answered' && reply.error) {
    const { code, subcode, words } = reply.error;
    if (subcode !== null && notThere.has(subcode))
      throw new AppError('NOT_FOUND', 'WhatsApp does not know this template any more. Press “Sync”.');
    if (code === 100 && isJudgement(subcode)) {
      const pointer = fieldOfSubcode[subcode ?? 0] ?? fieldOfWord.find(([word]) => word.test(words))?.[1];
      const detail = `WhatsApp says: ${words.replace(/^Invalid parameter: /, '')}`;
      if (!pointer) throw new AppError('PLATFORM_REFUSED', detail);
      throw new AppError('VALIDATION_FAILED', detail, { errors: [{ pointer, detail }] });
    }
  }
  const isSuccess = reply.kind === 'answered' && reply.status >= 200 && reply.status < 300 && !reply.error;
  if (!isSuccess || !reply.body) throw refusal(reply);
  return reply.body;
}

function unreadable(): AppError {
  return new AppError(
    'PLATFORM_REFUSED',
    'WhatsApp’s answer could not be read. Press “Sync”, then look again.',
  );
}

/** Null: it is none. What is not known of it is left out or stands as it came. */
function toTemplate(found: Fields): PlatformTemplate | null {
  const [externalId, name, language] = [string(found.id), string(found.name), string(found.language)];
  if (!externalId || !name || !language) return null;
  const rejected = string(found.rejected_reason);
  return {
    externalId,
    name,
    language,
    status: string(found.status) ?? 'PENDING',
    category: string(found.category) ?? 'MARKETING',
    previousCategory: string(found.previous_category),
    quality: string(fields(found.quality_score).score) ?? 'UNKNOWN',
    parameterFormat: string(found.parameter_format)?.toUpperCase() === 'NAMED' ? 'NAMED' : 'POSITIONAL',
    components: list(found.components).flatMap((one) => toComponent(fields(one)) ?? []),
    reason: rejected === 'NONE' ? null : rejected,
  };
}

function toComponent(found: Fields): TemplateComponent | null {
  if (typeof found.type !== 'string') return null;
  const part = JSON.parse(storableJson(found)) as TemplateComponent;
  if (part.text !== undefined && typeof part.text !== 'string') delete part.text;
  if (part.buttons !== undefined)
    part.buttons = list(part.buttons).filter((one) => typeof fields(one).type === 'string') as NonNullable<
      TemplateComponent['buttons']
    >;
  return part;
}
