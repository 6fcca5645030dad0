// Between a template as a person writes it and as WhatsApp keeps it. Pure. Shapes: Cloud API, message templates, 2026-11-20.
import type { DraftButton, TemplateDraft } from './whatsapp-template-draft.ts';
import {
  exampleValues,
  keysIn,
  partOf,
  type TemplateComponent,
  variablesOf,
  whyUnsendable,
} from './whatsapp-templates.ts';

/** Of the whole template: the platform takes one way of writing variables. */
export function parameterFormatOf(draft: TemplateDraft): 'POSITIONAL' | 'NAMED' {
  const header = draft.header?.kind === 'text' ? draft.header.text : '';
  return keysIn(`${header} ${draft.body.text}`).some((key) => !/^\d+$/.test(key)) ? 'NAMED' : 'POSITIONAL';
}

/** `sample`: the platform's handle of the header's file; null: there is none, or this is for a look only. */
export function componentsOf(draft: TemplateDraft, sample: string | null): TemplateComponent[] {
  const { header, body, footer, buttons } = draft;
  const parts: TemplateComponent[] = [];
  if (header?.kind === 'text') parts.push(headerOf(header));
  else if (header)
    parts.push({
      type: 'HEADER',
      format: header.kind.toUpperCase(),
      ...(sample ? { example: { header_handle: [sample] } } : {}),
    });
  const keys = keysIn(body.text);
  parts.push({
    type: 'BODY',
    text: body.text,
    ...examplesOf('body_text', keys, (key) => body.examples[key] ?? ''),
  });
  if (footer !== null) parts.push({ type: 'FOOTER', text: footer });
  if (buttons.length > 0) parts.push({ type: 'BUTTONS', buttons: buttons.map(buttonOf) });
  return parts;
}

function headerOf(header: { text: string; example: string }): TemplateComponent {
  const { text, example } = header;
  return { type: 'HEADER', format: 'TEXT', text, ...examplesOf('header_text', keysIn(text), () => example) };
}

/** Numbered ones are a list (of the body a list of one list), named ones say whose example it is. */
function examplesOf(field: 'header_text' | 'body_text', keys: string[], exampleOf: (key: string) => string) {
  if (keys.length === 0) return {};
  const isNamed = keys.some((key) => !/^\d+$/.test(key));
  if (isNamed)
    return {
      example: {
        [`${field}_named_params`]: keys.map((key) => ({ param_name: key, example: exampleOf(key) })),
      },
    };
  const list = keys.map(exampleOf);
  return { example: { [field]: field === 'body_text' ? [list] : list } };
}

type PlatformButton = NonNullable<TemplateComponent['buttons']>[number];
function buttonOf(button: DraftButton): PlatformButton {
  switch (button.kind) {
    case 'quick_reply':
      return { type: 'QUICK_REPLY', text: button.text };
    case 'phone':
      return { type: 'PHONE_NUMBER', text: button.text, phone_number: button.phone_number };
    case 'copy_code':
      return { type: 'COPY_CODE', example: button.example };
    case 'url': {
      const { text, url, example } = button;
      if (keysIn(url).length === 0) return { type: 'URL', text, url };
      // the platform shows the example as a whole address
      const whole = /^https?:\/\//i.test(example) ? example : url.replace(/\{\{.*$/, '') + example;
      return { type: 'URL', text, url, example: [whole] };
    }
  }
}

/** To be changed here; null: it has parts that are written elsewhere. `sampleId`: our file of the header, where we know it. */
export function draftOf(components: TemplateComponent[], sampleId: string | null): TemplateDraft | null {
  if (whyUnsendable(components)) return null;
  const values = exampleValues(components);
  const { headerFile } = variablesOf(components);
  const header = partOf(components, 'HEADER');
  const buttons = (partOf(components, 'BUTTONS')?.buttons ?? []).map((button, at) =>
    draftButtonOf(button, values.buttons[at] ?? ''),
  );
  return {
    header: headerFile
      ? { kind: headerFile, media_id: sampleId }
      : header
        ? { kind: 'text', text: header.text ?? '', example: Object.values(values.header)[0] ?? '' }
        : null,
    body: { text: partOf(components, 'BODY')?.text ?? '', examples: values.body },
    footer: partOf(components, 'FOOTER')?.text ?? null,
    buttons,
  };
}

function draftButtonOf(button: PlatformButton, example: string): DraftButton {
  const text = button.text ?? '';
  switch (button.type.toUpperCase()) {
    case 'URL':
      return { kind: 'url', text, url: button.url ?? '', example };
    case 'PHONE_NUMBER':
      return { kind: 'phone', text, phone_number: button.phone_number ?? '' };
    case 'COPY_CODE':
      return { kind: 'copy_code', example };
    default:
      return { kind: 'quick_reply', text };
  }
}
