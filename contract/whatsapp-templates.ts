// Templates that WhatsApp approves: how one reads on the wire, which of its places take a value, and how it reads once they
// are filled. Pure, for the server that sends them and the panel that shows them. Shapes: Cloud API, message templates,
// 2026-11-20. Our own templates, which nobody approves, are in templates.ts.
import { z } from 'zod';
import { type FileRule, factsOf } from './channel-facts.ts';
import { wireId } from './ids.ts';
import { humanText, pageQuery, timestamp } from './lists.ts';

/** A part of a template as the platform gives it; what is not named here is kept as it came. */
export const templateComponent = z
  .looseObject({
    type: z.string().meta({ description: 'HEADER, BODY, FOOTER, BUTTONS or a kind that came later' }),
    format: z
      .string()
      .optional()
      .meta({ description: 'Of a header: TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION' }),
    text: z.string().optional(),
    buttons: z
      .array(
        z.looseObject({
          type: z.string(),
          text: z.string().optional(),
          url: z.string().optional(),
          phone_number: z.string().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'WhatsAppTemplateComponent' });
export type TemplateComponent = z.infer<typeof templateComponent>;

/** In the platform's own words; one that we do not know is kept and shown as it is. */
export const knownTemplateStates = [
  'APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'IN_APPEAL', 'REINSTATED', 'FLAGGED', 'PENDING_DELETION', 'DELETED',
  'LIMIT_EXCEEDED', 'ARCHIVED', 'UNARCHIVED', 'LOCKED',
] as const; // biome-ignore format: one list
export type KnownTemplateState = (typeof knownTemplateStates)[number];
export const templateCategories = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const;
export type WhatsAppCategory = (typeof templateCategories)[number];

export const whatsappTemplate = z
  .object({
    id: wireId('wat'),
    connection_id: wireId('con'),
    external_id: z.string().meta({ description: 'What WhatsApp calls it' }),
    name: z.string(),
    language: z.string().meta({ description: 'Like en_US' }),
    category: z
      .string()
      .meta({ description: 'MARKETING, UTILITY or AUTHENTICATION; WhatsApp may change it' }),
    previous_category: z.string().nullable(),
    status: z.string().meta({ description: 'In the words of WhatsApp; only APPROVED can be sent' }),
    quality: z.string().meta({ description: 'GREEN, YELLOW, RED or UNKNOWN' }),
    parameter_format: z.enum(['POSITIONAL', 'NAMED']),
    components: z.array(templateComponent),
    sample_media_id: wireId('med')
      .nullable()
      .meta({ description: 'The file that was handed in from here as the sample of its header' }),
    reason: z
      .object({
        code: z
          .string()
          .meta({ description: 'In the words of WhatsApp, like INVALID_FORMAT or FIRST_PAUSE' }),
        words: z.string().meta({ description: 'What it means and what to do' }),
      })
      .nullable()
      .meta({ description: 'Why it was rejected, paused or disabled' }),
    cannot_send: z
      .string()
      .nullable()
      .meta({ description: 'Why campaigns cannot use it at present, in words; null: they can' }),
    campaigns: z.number().int().meta({ description: 'Campaigns that name it and are not through' }),
    synced_at: timestamp.meta({ description: 'When WhatsApp last told us of it' }),
    version: z.number().int(),
  })
  .meta({ id: 'WhatsAppTemplate' });
export type WhatsAppTemplate = z.infer<typeof whatsappTemplate>;

export const whatsappTemplatesQuery = pageQuery.extend({
  connection_id: wireId('con').optional(),
  search: humanText(100).optional().meta({ description: 'Part of the name' }),
  status: z.string().max(40).optional(),
  category: z.enum(templateCategories).optional(),
  language: z.string().max(20).optional(),
  sendable: z
    .stringbool()
    .optional()
    .meta({ description: 'true: only those that campaigns can use at present' }),
});

export const whatsappTemplateChange = z
  .object({
    at: timestamp,
    what: z.enum(['found', 'submitted', 'edited', 'status', 'quality', 'category', 'content']),
    was: z.string().nullable(),
    is_now: z.string().nullable(),
    reason: z.object({ code: z.string(), words: z.string() }).nullable(),
    by: z.string().meta({ description: 'Who did it; WhatsApp itself for what it decided' }),
  })
  .meta({ id: 'WhatsAppTemplateChange' });
export type WhatsAppTemplateChange = z.infer<typeof whatsappTemplateChange>;

export const whatsappTemplateSync = z
  .object({
    connection_id: wireId('con'),
    synced_at: timestamp.nullable().meta({ description: 'When its templates were last read from WhatsApp' }),
    problem: z.string().nullable().meta({ description: 'Why the last try did not work, and what to do' }),
    templates: z.number().int(),
  })
  .meta({ id: 'WhatsAppTemplateSync' });
export type WhatsAppTemplateSync = z.infer<typeof whatsappTemplateSync>;
export const whatsappTemplateSyncInput = z.strictObject({ connection_id: wireId('con') });

/** A place that takes a value. */
export interface TemplateVariable {
  /** How values name it: "1", "first_name", of a button its place from 0. */
  key: string;
  /** What the platform is told; null: places are numbered. */
  name: string | null;
  /** What the platform approved it with; null: none is known. */
  example: string | null;
}
export type HeaderFile = 'image' | 'video' | 'document';
/** What a header takes: files as in every message, of documents PDF only (Cloud API, templates, 2026-11-20). */
export function headerFileRule(kind: HeaderFile): FileRule & { mimes: readonly string[] } {
  const rule = factsOf('whatsapp').files[kind];
  if (!rule) throw new Error(`WhatsApp takes no ${kind}`);
  return kind === 'document' || !rule.mimes
    ? { ...rule, mimes: ['application/pdf'], types: 'PDF' }
    : { ...rule, mimes: rule.mimes };
}
export interface ButtonVariable extends TemplateVariable {
  index: number;
  kind: 'url' | 'quick_reply' | 'copy_code';
  /** What is written on it. */
  label: string;
  /** A quick reply without a payload of its own sends back its text. */
  required: boolean;
  /** Of an address: what stands before the value. */
  base: string | null;
}
export interface TemplateVariables {
  header: TemplateVariable[];
  /** The header is a file that comes with each message. */
  headerFile: HeaderFile | null;
  body: TemplateVariable[];
  buttons: ButtonVariable[];
}
/** Values by `key`; the same shape as in a message's content. */
export interface TemplateValues {
  header: Record<string, string>;
  body: Record<string, string>;
  buttons: Record<string, string>;
}

/** `{{1}}` or `{{first_name}}`; the key is group 1. */
export const variablePattern = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** Each key once: numbers by number, because the platform counts them so, names as they are read. */
export function keysIn(text: string): string[] {
  const keys = [...new Set([...text.matchAll(variablePattern)].map(([, key]) => key as string))];
  return keys.every((key) => /^\d+$/.test(key)) ? keys.sort((a, b) => Number(a) - Number(b)) : keys;
}

export function partOf(components: TemplateComponent[], type: string): TemplateComponent | undefined {
  return components.find((one) => one.type.toUpperCase() === type);
}
const files: Record<string, HeaderFile> = { IMAGE: 'image', VIDEO: 'video', DOCUMENT: 'document' };

/** Every place of the template that takes a value, in the order in which the platform expects them. */
export function variablesOf(components: TemplateComponent[]): TemplateVariables {
  const header = partOf(components, 'HEADER');
  const format = header?.format?.toUpperCase() ?? 'TEXT';
  return {
    header: header && format === 'TEXT' ? placesOf(header, 'header_text') : [],
    headerFile: files[format] ?? null,
    body: placesOf(partOf(components, 'BODY'), 'body_text'),
    buttons: (partOf(components, 'BUTTONS')?.buttons ?? []).flatMap(buttonPlace),
  };
}

function placesOf(
  part: TemplateComponent | undefined,
  field: 'header_text' | 'body_text',
): TemplateVariable[] {
  const example = (part?.example ?? {}) as Record<string, unknown>;
  const flat = example[field];
  const numbered = Array.isArray(flat) ? (Array.isArray(flat[0]) ? flat[0] : flat) : [];
  const named = example[`${field}_named_params`];
  return keysIn(part?.text ?? '').map((key, at) => {
    const isNumber = /^\d+$/.test(key);
    const given = isNumber
      ? numbered[at]
      : (Array.isArray(named) ? named : []).find((one) => one?.param_name === key)?.example;
    return { key, name: isNumber ? null : key, example: typeof given === 'string' ? given : null };
  });
}

type TemplateButton = NonNullable<TemplateComponent['buttons']>[number];
function buttonPlace(button: TemplateButton, index: number): ButtonVariable[] {
  const example = [button.example].flat()[0];
  const place = {
    key: String(index),
    name: null,
    example: typeof example === 'string' ? example : null,
    index,
    label: button.text ?? '',
    required: true,
    base: null,
  };
  switch (button.type.toUpperCase()) {
    case 'URL': {
      const [all] = (button.url ?? '').matchAll(variablePattern);
      return all ? [{ ...place, kind: 'url', base: (button.url ?? '').slice(0, all.index) }] : [];
    }
    case 'QUICK_REPLY':
      return [{ ...place, kind: 'quick_reply', example: null, required: false }];
    case 'COPY_CODE':
      return [{ ...place, kind: 'copy_code', label: button.text ?? 'Copy code' }];
    default:
      return [];
  }
}

export type HydratedButton =
  | { kind: 'url'; text: string; url: string }
  | { kind: 'phone'; text: string; phone_number: string }
  | { kind: 'quick_reply'; text: string; payload: string }
  | { kind: 'copy_code'; text: string; code: string }
  | { kind: 'other'; text: string };
/** A template as its reader sees it. Body with the platform's marks (*bold*), everything else plain. */
export interface HydratedTemplate {
  /** A header of words. */
  header: string | null;
  headerFile: HeaderFile | null;
  body: string;
  footer: string | null;
  /** In the template's order. */
  buttons: HydratedButton[];
}

/** Fills the places. One without a value stays as it is written: {{1}}. */
export function hydrated(components: TemplateComponent[], values: TemplateValues): HydratedTemplate {
  const { headerFile } = variablesOf(components);
  const header = partOf(components, 'HEADER');
  const isText = (header?.format?.toUpperCase() ?? 'TEXT') === 'TEXT';
  return {
    header: header?.text !== undefined && isText ? put(header.text, values.header) : null,
    headerFile,
    body: put(partOf(components, 'BODY')?.text ?? '', values.body),
    footer: partOf(components, 'FOOTER')?.text ?? null,
    buttons: (partOf(components, 'BUTTONS')?.buttons ?? []).map((button, index) =>
      hydratedButton(button, Object.hasOwn(values.buttons, index) ? values.buttons[index] : undefined),
    ),
  };
}

function put(text: string, values: Record<string, string>): string {
  return text.replace(variablePattern, (all, key: string) =>
    Object.hasOwn(values, key) ? (values[key] as string) : all,
  );
}

function hydratedButton(button: TemplateButton, value: string | undefined): HydratedButton {
  const text = button.text ?? '';
  switch (button.type.toUpperCase()) {
    case 'URL':
      return { kind: 'url', text, url: (button.url ?? '').replace(variablePattern, (all) => value ?? all) };
    case 'PHONE_NUMBER':
      return { kind: 'phone', text, phone_number: button.phone_number ?? '' };
    case 'QUICK_REPLY':
      return { kind: 'quick_reply', text, payload: value || text };
    case 'COPY_CODE':
      return { kind: 'copy_code', text: text || 'Copy code', code: value ?? '' };
    default:
      return { kind: 'other', text };
  }
}

/** The examples that it was approved with, as values; places without one are left out. */
export function exampleValues(components: TemplateComponent[]): TemplateValues {
  const { header, body, buttons } = variablesOf(components);
  const of = (places: TemplateVariable[]) =>
    Object.fromEntries(places.flatMap(({ key, example }) => (example ? [[key, example]] : [])));
  // the example of an address is the whole of it, or its end alone
  const ends = buttons.map((one) =>
    one.base && one.example?.startsWith(one.base)
      ? { ...one, example: one.example.slice(one.base.length) }
      : one,
  );
  return { header: of(header), body: of(body), buttons: of(ends) };
}

const sendableParts = new Set(['HEADER', 'BODY', 'FOOTER', 'BUTTONS']);
const sendableButtons = new Set(['URL', 'PHONE_NUMBER', 'QUICK_REPLY', 'COPY_CODE']);
/** Why Carillon cannot send a template of this build, in words; null: it can. */
export function whyUnsendable(components: TemplateComponent[]): string | null {
  const part = components.find(({ type }) => !sendableParts.has(type.toUpperCase()));
  if (part) return `Templates with a part of kind ${part.type.toLowerCase()} cannot be sent from here yet.`;
  const format = partOf(components, 'HEADER')?.format?.toUpperCase() ?? 'TEXT';
  if (format !== 'TEXT' && !files[format])
    return `Templates with a ${format.toLowerCase()} in the header cannot be sent from here yet.`;
  const buttons = partOf(components, 'BUTTONS')?.buttons ?? [];
  const button = buttons.find(({ type }) => !sendableButtons.has(type.toUpperCase()));
  if (button)
    return `Templates with a button of kind ${button.type.toLowerCase()} cannot be sent from here yet.`;
  return null;
}
