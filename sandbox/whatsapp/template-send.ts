// A template as it is sent: found, approved, and its parameters matched (Cloud API, template messages, 2026-11-20).

import { type Fields, isFields, readList, readObject, readText, refuseUnknown } from './content-read.ts';
import { GraphError, invalidParameter } from './graph-error.ts';
import type { MediaKind } from './media.ts';
import type { ShownTemplate } from './message.ts';
import { type Content, readMedia, type Scene } from './scene.ts';
import { fillIn, slotsOf, type Template, type TemplateSlots } from './template.ts';

export interface TemplateContent extends Content {
  template: Template;
  shown: ShownTemplate;
}

const MAX_BODY = 1024;

/** @throws GraphError 132001 when it is missing or not approved, 132015 paused, 132016 disabled. */
export function findTemplate(scene: Scene, name: string, language: string): Template {
  const waba = scene.state.wabas.get(scene.number.wabaId);
  const id = waba?.templateKeys.get(`${name}\u0000${language}`);
  const template = id === undefined ? undefined : waba?.templates.get(id);
  if (!template)
    throw new GraphError(132001, { details: `template name (${name}) does not exist in ${language}` });
  if (template.status === 'PAUSED') throw new GraphError(132015);
  if (template.status === 'DISABLED') throw new GraphError(132016);
  if (template.status !== 'APPROVED')
    throw new GraphError(132001, {
      details: `template name (${name}) in ${language} is ${template.status}, not APPROVED`,
    });
  return template;
}

function mismatch(part: string, expected: number, given: number): GraphError {
  return new GraphError(132000, {
    details: `${part}: number of localizable_params (${given}) does not match the expected number of params (${expected})`,
  });
}

function parameterText(parameter: Fields, part: string): string {
  switch (parameter.type) {
    case 'text': {
      if (typeof parameter.text !== 'string' || parameter.text === '')
        throw new GraphError(131008, { details: `${part}: Parameter of type text is missing text value` });
      if (/[\n\t]| {5}/.test(parameter.text))
        throw new GraphError(132018, {
          details: `${part}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces`,
        });
      return parameter.text;
    }
    case 'currency':
      return String(readObject(parameter, 'currency').fallback_value ?? '');
    case 'date_time':
      return String(readObject(parameter, 'date_time').fallback_value ?? '');
    default:
      throw new GraphError(132012, {
        details: `${part}: Parameter format does not match, expected TEXT, received ${String(parameter.type).toUpperCase()}`,
      });
  }
}

function parametersOf(component: Fields | undefined): Fields[] {
  if (!component) return [];
  return readList(component, 'parameters', "template['components']['parameters']").map((parameter) => {
    if (!isFields(parameter)) throw invalidParameter('Each of parameters must be a JSON object.');
    return parameter;
  });
}

/** Values of the variables of one part, by their names or in order. @throws GraphError 132000, 132012, 132018 */
function values(template: Template, part: string, expected: string[], given: Fields[]): Map<string, string> {
  if (given.length !== expected.length) throw mismatch(part, expected.length, given.length);
  const found = new Map<string, string>();
  for (const [index, parameter] of given.entries()) {
    const text = parameterText(parameter, part);
    if (template.parameterFormat === 'POSITIONAL') {
      found.set(expected[index]!, text);
      continue;
    }
    const name = parameter.parameter_name;
    if (typeof name !== 'string' || !expected.includes(name) || found.has(name))
      throw new GraphError(132012, {
        details: `${part}: Parameter name is missing or does not match the template (expected ${expected.join(', ')})`,
      });
    found.set(name, text);
  }
  return found;
}

function readHeader(
  scene: Scene,
  template: Template,
  header: NonNullable<TemplateSlots['header']>,
  component: Fields | undefined,
): { shown: NonNullable<ShownTemplate['header']>; links: Content['links'] } {
  const given = parametersOf(component);
  if (header.format === 'TEXT') {
    const filled = values(template, 'header', header.variables, given);
    return { shown: { format: 'TEXT', text: fillIn(header.text ?? '', filled) }, links: [] };
  }
  const kind = header.format.toLowerCase();
  if (given.length !== 1 || given[0]!.type !== kind) {
    throw new GraphError(132012, {
      details: `header: Format mismatch, expected ${header.format}, received ${String(given[0]?.type ?? 'UNKNOWN').toUpperCase()}`,
    });
  }
  const media = readObject(given[0]!, kind);
  const links =
    kind === 'location' ? [] : readMedia(scene, media, kind as MediaKind, `template header ${kind}`);
  return { shown: { format: header.format, media }, links };
}

function readButtons(buttons: TemplateSlots['buttons'], components: Fields[]): ShownTemplate['buttons'] {
  const given = new Map<number, Fields>();
  for (const component of components) {
    const index = Number(component.index);
    const button = buttons[index];
    if (!button)
      throw new GraphError(132018, {
        details: `buttons: the template has no button at index ${String(component.index)}`,
      });
    const subType = String(component.sub_type).toUpperCase();
    if (subType !== button.type)
      throw new GraphError(132018, {
        details: `buttons: Button at index ${index} is of type ${button.type}, not ${subType}`,
      });
    given.set(index, component);
  }
  return buttons.map((button, index) => {
    const parameter = parametersOf(given.get(index))[0];
    const shown: ShownTemplate['buttons'][number] = { type: button.type, text: button.text };
    if (button.type === 'PHONE_NUMBER' && button.phone_number) shown.phone_number = button.phone_number;
    if (button.type === 'QUICK_REPLY')
      shown.payload = typeof parameter?.payload === 'string' ? parameter.payload : button.text;
    if (button.type === 'COPY_CODE') {
      if (typeof parameter?.coupon_code !== 'string')
        throw new GraphError(131008, {
          details: `buttons: Button at index ${index} of type CopyCode requires a parameter`,
        });
      shown.code = parameter.coupon_code;
    }
    if (button.type === 'URL' && button.url) shown.url = urlOf(button.url, parameter, index);
    return shown;
  });
}

function urlOf(url: string, parameter: Fields | undefined, index: number): string {
  const [variable] = [...url.matchAll(/\{\{[^{}]*\}\}/g)];
  if (!variable) return url;
  if (typeof parameter?.text !== 'string' || parameter.text === '')
    throw new GraphError(131008, {
      details: `buttons: Button at index ${index} of type Url requires a parameter`,
    });
  return url.replace(variable[0], () => parameter.text as string);
}

const COMPONENTS = ['header', 'body', 'button', 'carousel', 'limited_time_offer'];

export function readTemplateSend(scene: Scene, body: Fields): TemplateContent {
  const value = readObject(body, 'template', ['name', 'language', 'components', 'namespace']);
  const name = readText(value, 'name', "template['name']", 512);
  const language = readObject(value, 'language', ['code', 'policy']);
  const code = readText(language, 'code', "template['language']['code']", 20);
  const template = findTemplate(scene, name, code);
  const slots = slotsOf(template);
  const components = (value.components === undefined ? [] : readList(value, 'components', 'components')).map(
    (component, index): Fields => {
      if (!isFields(component))
        throw invalidParameter(`template['components'][${index}] must be a JSON object.`);
      refuseUnknown(component, `template['components'][${index}]`, [
        'type',
        'sub_type',
        'index',
        'parameters',
        'cards',
      ]);
      if (!COMPONENTS.includes(String(component.type).toLowerCase()))
        throw invalidParameter(
          `Param template['components'][${index}]['type'] must be one of {HEADER, BODY, BUTTON, CAROUSEL, LIMITED_TIME_OFFER} - got "${String(component.type)}".`,
        );
      return component;
    },
  );
  const of = (type: string) =>
    components.filter((component) => String(component.type).toLowerCase() === type);

  const headers = of('header');
  if (!slots.header && headers.some((header) => parametersOf(header).length > 0))
    throw mismatch('header', 0, parametersOf(headers[0]).length);
  const header = slots.header && readHeader(scene, template, slots.header, headers[0]);
  const filled = values(template, 'body', slots.body.variables, parametersOf(of('body')[0]));
  const text = fillIn(slots.body.text, filled);
  if ([...text].length > MAX_BODY)
    throw new GraphError(132005, {
      details: `body: Translated text too long (${[...text].length} characters).`,
    });
  if (template.category === 'AUTHENTICATION' && 'recipient' in body && !('to' in body))
    throw new GraphError(131062);
  return {
    value,
    template,
    links: header?.links ?? [],
    shown: {
      ...(header ? { header: header.shown } : {}),
      body: text,
      ...(slots.footer === undefined ? {} : { footer: slots.footer }),
      buttons: readButtons(slots.buttons, of('button')),
    },
  };
}
