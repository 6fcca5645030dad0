// An approved template of WhatsApp with its values filled in for each person: what the platform is told, and how it reads.
import type { FieldProblem } from '../../../contract/errors.ts';
import {
  type Content,
  type RenderedAttachment,
  type RenderedMessage,
  type RenderedTemplate,
  type RenderedWhatsApp,
  textLimits,
} from '../../../contract/message.ts';
import {
  type HydratedTemplate,
  hydrated,
  type TemplateComponent,
  type TemplateValues,
  type TemplateVariable,
  type TemplateVariables,
  variablesOf,
} from '../../../contract/whatsapp-templates.ts';
import type { Field } from '../field.ts';
import { resolveInserted } from '../inserted.ts';
import { parseMarks } from '../marks.ts';
import { isLinkUrl } from '../marks-scan.ts';
import { plainText, trimSpans } from '../spans.ts';
import { cleanText, contentFault, countCodePoints } from '../telegram-body.ts';
import { renderWhatsApp } from '../whatsapp-marks.ts';
import { fileProblems } from './free.ts';
import { checkedShort, emptyWords, oneLine, plainValue } from './short-text.ts';

/** Once filled (Cloud API, message templates, 2026-11-20). */
const limits = { header: 60, body: 1024, value: 1024, url: 2000 } as const;

type Chosen = NonNullable<NonNullable<Content['whatsapp']>['template']>;
type Part = 'header' | 'body' | 'buttons';

export interface ApprovedParts {
  fields: Field[];
  /** Its header is a file. */
  takesFile: boolean;
  /** `hasFile`: this person's message has one. */
  render(
    scope: object,
    hasFile: boolean,
  ): Omit<RenderedMessage, 'image' | 'attachments' | 'media' | 'left_out'>;
}

/**
 * What is wrong goes into `problems`. `components` null: the number has no such template. `textsToo`: other people get the text
 * of the same content, and its picture may be theirs alone.
 */
export function approvedParts(
  chosen: Chosen,
  components: TemplateComponent[] | null,
  attachments: RenderedAttachment[],
  compile: (source: string, pointer: string) => Field,
  problems: FieldProblem[],
  textsToo = false,
): ApprovedParts {
  const none: ApprovedParts = { fields: [], takesFile: false, render: () => never() };
  if (!components) {
    problems.push({ pointer: '/content/whatsapp/template', detail: notThere(chosen) });
    return none;
  }
  const places = variablesOf(components);
  const takesFile = places.headerFile !== null;
  if (takesFile || !textsToo) problems.push(...headerProblems(places, attachments));
  const given = (part: Part, { key }: TemplateVariable): Field | null => {
    const source = Object.hasOwn(chosen[part], key) ? (chosen[part][key] as string) : '';
    const pointer = pointerOf(part, key);
    return source.trim() === '' ? null : compile(source, pointer);
  };
  const filled = (part: Part, all: TemplateVariable[], isNeeded: (one: TemplateVariable) => boolean) =>
    all.flatMap((place) => {
      const field = given(part, place);
      if (field) return [{ place, field }];
      if (isNeeded(place))
        problems.push({ pointer: pointerOf(part, place.key), detail: missing(part, place) });
      return [];
    });
  const header = filled('header', places.header, () => true);
  const body = filled('body', places.body, () => true);
  const buttons = filled('buttons', places.buttons, ({ key }) =>
    places.buttons.some((one) => one.key === key && one.required),
  );
  const fields = [...header, ...body, ...buttons].map((one) => one.field);

  function render(scope: object, hasFile: boolean) {
    if (places.headerFile !== null && !hasFile) throw noHeaderFile();
    const valuesIn = (part: Part) => (one: { place: TemplateVariable; field: Field }) => ({
      key: one.place.key,
      name: one.place.name,
      value: valueFor(part, one.field, places, one.place, scope),
    });
    const values = {
      header: header.map(valuesIn('header')),
      body: body.map(valuesIn('body')),
      buttons: buttons.map(valuesIn('buttons')),
    };
    const byKey = (all: { key: string; value: string }[]) =>
      Object.fromEntries(all.map(({ key, value }) => [key, value]));
    const filledIn: TemplateValues = {
      header: byKey(values.header),
      body: byKey(values.body),
      buttons: byKey(values.buttons),
    };
    const shown = hydrated(components as TemplateComponent[], filledIn);
    const told: RenderedTemplate = {
      name: chosen.name,
      language: chosen.language,
      header: values.header.map(({ name, value }) => ({ name, value })),
      headerFile: places.headerFile !== null,
      body: values.body.map(({ name, value }) => ({ name, value })),
      buttons: places.buttons.flatMap(({ index, kind, key }) => {
        const value = filledIn.buttons[key];
        return value === undefined ? [] : [{ index, kind, value }];
      }),
    };
    return shownAs(shown, told, fields);
  }
  return { fields, takesFile, render };
}

/** How it reads: quick replies as replies, addresses as buttons, what only a phone can do by its name. */
function shownAs(shown: HydratedTemplate, told: RenderedTemplate, fields: Field[]) {
  const body = cleanText(shown.body).trim();
  const spans = trimSpans(parseMarks(asOurMarks(body)));
  const length = countCodePoints(body);
  const limit = shown.header || shown.footer || shown.buttons.length ? limits.body : textLimits.whatsapp.text;
  const first = fields.find(({ pointer }) => pointer.startsWith(pointerOf('body', '')));
  if (first) checkedShort({ field: first, what: 'The whole text of the template', limit }, body);
  if (shown.header !== null && told.header.length > 0 && countCodePoints(shown.header) > limits.header) {
    const field = fields.find(({ pointer }) => pointer.startsWith(pointerOf('header', '')));
    if (field) checkedShort({ field, what: 'The whole header', limit: limits.header }, shown.header);
  }
  return {
    markup: body,
    plain: plainText(spans),
    spans,
    length,
    limit,
    buttons: shown.buttons.flatMap((one) => (one.kind === 'url' ? [{ text: one.text, url: one.url }] : [])),
    whatsapp: {
      template: told,
      header: shown.header,
      footer: shown.footer,
      replies: shown.buttons.flatMap((one) =>
        one.kind === 'quick_reply' ? [{ id: one.payload, title: one.text }] : [],
      ),
      list: null,
      others: othersOf(shown),
    },
  };
}

function othersOf({ buttons }: HydratedTemplate): NonNullable<RenderedWhatsApp['others']> {
  return buttons.flatMap((one) => {
    const title = one.text;
    if (one.kind === 'phone') return { kind: one.kind, title, value: one.phone_number };
    if (one.kind === 'copy_code') return { kind: one.kind, title, value: one.code };
    return one.kind === 'other' ? { kind: one.kind, title, value: null } : [];
  });
}

function valueFor(
  part: Part,
  field: Field,
  places: TemplateVariables,
  place: TemplateVariable,
  scope: object,
): string {
  const what = part === 'buttons' ? 'The value of this button' : `The value of {{${place.key}}}`;
  const short = { field, what, limit: limits.value };
  if (part === 'header') return checkedShort(short, oneLine(plainValue(field, scope)));
  if (part === 'body') {
    // what a person is called cannot change the formatting
    const spans = parseMarks(cleanText(field.render(scope)));
    return checkedShort(short, oneLine(renderWhatsApp(spans)));
  }
  const button = places.buttons.find(({ key }) => key === place.key);
  if (button?.kind !== 'url') return checkedShort(short, oneLine(plainValue(field, scope)));
  const { pointer, personal } = field;
  const refuse = (detail: string): never => {
    throw contentFault([{ pointer, detail }]);
  };
  const base = button.base ?? '';
  const whole = resolveInserted(field.renderPlain(scope), (value, at) =>
    at === 0 ? pathOf(value.trim()) : encodeURIComponent(value.toWellFormed()),
  ).trim();
  if (!whole) refuse(emptyWords(what, personal));
  const end = personal ? endOf(whole, base) : whole;
  if (base && /^https?:\/\//i.test(end))
    refuse(
      personal
        ? `The button of this template leads to ${base}, and the address of this person to another place: ${end.slice(0, 80)}. Choose a template whose button leads there.`
        : `Write only the end of the address: ${base} stands before it.`,
    );
  const url = `${base}${end}`;
  if (url.length > limits.url) refuse(`The address has more than ${limits.url} characters. Shorten its end.`);
  if (!isLinkUrl(url))
    refuse(`The end of this address holds a space or a line break. Remove it, or write %20 for a space.`);
  return end;
}

/** Of a whole address that begins as the template's does: what is told to the platform, which takes no empty value. */
function endOf(whole: string, base: string): string {
  const bare = (url: string) => url.replace(/^https?:\/\/(www\.)?/i, '');
  const [address, beginning] = [bare(whole), bare(base)];
  if (address === whole || !beginning) return whole;
  if (`${address}/` === beginning || address === beginning) return '?';
  return address.startsWith(beginning) ? address.slice(beginning.length) : whole;
}

/** A value that is a whole path stays one; what no address may hold is written as addresses do. */
const pathOf = (value: string) => encodeURI(value.toWellFormed()).replace(/%25([0-9a-f]{2})/gi, '%$1');

/** WhatsApp's marks are ours, but for links behind words, escapes and the long form of monospace. */
const asOurMarks = (body: string) => body.replace(/```([^`\n]+)```/g, '`$1`').replace(/[\\[]/g, '\\$&');

function headerProblems(
  { headerFile }: TemplateVariables,
  attachments: RenderedAttachment[],
): FieldProblem[] {
  const [first] = attachments;
  if (!headerFile)
    return first
      ? [
          {
            pointer: '/content/media/0',
            detail: 'This template has no picture in its header. Remove the file.',
          },
        ]
      : [];
  const noun = { image: 'a picture', video: 'a video', document: 'a document' }[headerFile];
  if (!first)
    return [{ pointer: '/content/media', detail: `The header of this template is ${noun}. Add the file.` }];
  const files = fileProblems(attachments);
  if (files.length > 0) return files;
  return first.kind === headerFile
    ? []
    : [
        {
          pointer: '/content/media/0',
          detail: `The header of this template is ${noun}. Choose another file.`,
        },
      ];
}

const noHeaderFile = () =>
  contentFault([
    {
      pointer: '/content/media/0/url',
      detail:
        'The header of this template is a picture, and there is none for this person. Add one for all: {{ cart.photo | default: "https://…" }}.',
    },
  ]);
const pointerOf = (part: Part, key: string) => `/content/whatsapp/template/${part}/${key}`;
const notThere = ({ name, language }: Chosen) =>
  `This number has no template “${name}” in ${language}. Choose another one.`;

function missing(part: Part, { key }: TemplateVariable): string {
  return part === 'buttons'
    ? 'Write what this button needs: the end of its address, or its code.'
    : `Write what stands for {{${key}}}.`;
}

function never(): never {
  throw new Error('a message with problems is not rendered');
}
