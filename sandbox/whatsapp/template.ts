// A message template and what a send must bring for it (Cloud API, templates, 2026-11-20).

export interface TemplateButton {
  type: string;
  text: string;
  url?: string;
  phone_number?: string;
  example?: unknown;
}

export interface TemplateComponent {
  type: string;
  format?: string;
  text?: string;
  example?: Record<string, unknown>;
  buttons?: TemplateButton[];
  [key: string]: unknown;
}

export interface Template {
  id: string;
  wabaId: string;
  name: string;
  language: string;
  category: string;
  parameterFormat: 'POSITIONAL' | 'NAMED';
  status: string;
  components: TemplateComponent[];
  quality: string;
  qualityAt: number;
  rejectedReason: string;
  /** Times it was paused for low quality: the third disables it. */
  pauses: number;
  createdAt: number;
  editedAt: number[];
  ttlSeconds?: number;
}

export interface TemplateSlots {
  header: { format: string; text?: string; variables: string[] } | undefined;
  body: { text: string; variables: string[] };
  footer: string | undefined;
  buttons: TemplateButton[];
}

const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Distinct variables in the order of their first use. */
export function variablesOf(text: string): string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map((match) => match[1]!))];
}

export function fillIn(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (_all, name: string) => values.get(name) ?? '');
}

const slots = new WeakMap<TemplateComponent[], TemplateSlots>();

/** What a send fills; worked out once per version of the template. */
export function slotsOf(template: Template): TemplateSlots {
  const known = slots.get(template.components);
  if (known) return known;
  const part = (type: string) =>
    template.components.find((component) => component.type.toUpperCase() === type);
  const header = part('HEADER');
  const body = part('BODY')?.text ?? '';
  const found: TemplateSlots = {
    header: header && {
      format: (header.format ?? 'TEXT').toUpperCase(),
      ...(header.text === undefined ? {} : { text: header.text }),
      variables: variablesOf(header.text ?? ''),
    },
    body: { text: body, variables: variablesOf(body) },
    footer: part('FOOTER')?.text,
    buttons: part('BUTTONS')?.buttons ?? [],
  };
  slots.set(template.components, found);
  return found;
}
