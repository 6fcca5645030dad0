// What a template must look like to be taken for review (Cloud API, templates and template components, 2026-11-20).
import { type Fields, isFields } from './content-read.ts';
import { GraphError, invalidParameter, missingParameter } from './graph-error.ts';
import type { WaState } from './state.ts';
import { type Template, type TemplateButton, type TemplateComponent, variablesOf } from './template.ts';

export interface CheckedTemplate {
  name: string;
  language: string;
  category: string;
  parameterFormat: Template['parameterFormat'];
  components: TemplateComponent[];
  ttlSeconds?: number;
}

/** Code 100 with the subcode that tells what is wrong. */
export function templateProblem(subcode: number, details: string): GraphError {
  return new GraphError(100, { subcode, message: 'Invalid parameter', details });
}

const CATEGORIES = ['AUTHENTICATION', 'MARKETING', 'UTILITY'];
const TTL: Readonly<Record<string, [number, number]>> = {
  AUTHENTICATION: [30, 900],
  UTILITY: [30, 43_200],
  MARKETING: [43_200, 2_592_000],
};

function tooLong(what: string, max: number): GraphError {
  return templateProblem(2388040, `${what} is too long: it must be at most ${max} characters.`);
}

/** Positional variables count from 1 without gaps; named ones are lower case. */
function checkVariables(
  text: string,
  format: Template['parameterFormat'],
  problem: (details: string) => GraphError,
): string[] {
  const variables = variablesOf(text);
  if (format === 'NAMED') {
    const bad = variables.find((name) => !/^[a-z][a-z0-9_]*$/.test(name));
    if (bad !== undefined)
      throw problem(`The variable {{${bad}}} must be lower-case letters, digits and underscores.`);
    return variables;
  }
  const numbers = variables.map(Number).sort((a, b) => a - b);
  if (numbers.some((number, index) => number !== index + 1))
    throw problem('Variables must be {{1}}, {{2}} … without gaps.');
  return variables.sort((a, b) => Number(a) - Number(b));
}

function examplesOf(
  component: Fields,
  list: string,
  named: string,
  format: Template['parameterFormat'],
): number {
  const example = isFields(component.example) ? component.example : {};
  if (format === 'NAMED') return Array.isArray(example[named]) ? example[named].length : 0;
  const given = example[list];
  if (!Array.isArray(given)) return 0;
  return Array.isArray(given[0]) ? given[0].length : given.length;
}

const MEDIA_FORMATS = ['IMAGE', 'VIDEO', 'DOCUMENT'];

function checkHeader(state: WaState, component: Fields, format: Template['parameterFormat']): void {
  const problem = (details: string) => templateProblem(2388047, `Message header: ${details}`);
  const kind = String(component.format ?? '').toUpperCase();
  if (kind === 'LOCATION') return;
  if (MEDIA_FORMATS.includes(kind)) {
    const example = isFields(component.example) ? component.example : {};
    const handle: unknown = Array.isArray(example.header_handle) ? example.header_handle[0] : undefined;
    if (typeof handle !== 'string')
      throw templateProblem(2388273, 'Templates with a media header need a sample: example.header_handle.');
    if (!state.media.handles.has(handle))
      throw invalidParameter('Invalid parameter: the header_handle is not known.');
    return;
  }
  if (kind !== 'TEXT')
    throw problem(`the format ${kind || '(none)'} is not one of TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION.`);
  const { text } = component;
  if (typeof text !== 'string' || text === '') throw problem('the text is missing.');
  if ([...text].length > 60) throw tooLong('The header', 60);
  if (/[\n*_~`]|\p{Extended_Pictographic}/u.test(text))
    throw problem("it can't have any new lines, formatting characters, emojis or asterisks.");
  const variables = checkVariables(text, format, problem);
  if (variables.length > 1) throw problem('it can have one variable at most.');
  if (variables.length > examplesOf(component, 'header_text', 'header_text_named_params', format))
    throw problem('example values for the variables are missing.');
}

/** At least this many words for each variable; the real ratio is not published. */
const WORDS_PER_VARIABLE = 3;

function checkBody(component: Fields, format: Template['parameterFormat']): void {
  const problem = (details: string) => templateProblem(2388072, `Message body: ${details}`);
  const { text } = component;
  if (typeof text !== 'string' || text.trim() === '') throw problem('the text is missing.');
  if ([...text].length > 1024) throw tooLong('The body', 1024);
  if (/\n{3}|\t| {5}/.test(text))
    throw problem("it can't have tabs, more than two new lines in a row or more than four spaces in a row.");
  const variables = checkVariables(text, format, problem);
  const trimmed = text.trim();
  if (/^\{\{[^{}]*\}\}/.test(trimmed) || /\{\{[^{}]*\}\}[.!?…]?$/.test(trimmed))
    throw templateProblem(2388299, "Variables can't be at the start or end of the template.");
  if (/\}\}\s*\{\{/.test(text)) throw problem('variables may not stand side by side.');
  const words = text
    .replace(/\{\{[^{}]*\}\}/g, ' ')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (variables.length > 0 && words.length < variables.length * WORDS_PER_VARIABLE - 1)
    throw templateProblem(
      2388293,
      'This template has too many variables for its length. Reduce the number of variables or increase the message length.',
    );
  if (variables.length > examplesOf(component, 'body_text', 'body_text_named_params', format))
    throw problem('example values for the variables are missing.');
}

function checkFooter(component: Fields): void {
  const { text } = component;
  const problem = (details: string) => templateProblem(2388073, `Message footer: ${details}`);
  if (typeof text !== 'string' || text === '') throw problem('the text is missing.');
  if ([...text].length > 60) throw tooLong('The footer', 60);
  if (/\{\{/.test(text)) throw problem("it can't have variables.");
  if (/\n|\p{Extended_Pictographic}/u.test(text)) throw problem("it can't have any new lines or emojis.");
}

const BUTTONS = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE', 'OTP', 'FLOW', 'MPM', 'CATALOG'];
const MOST: Readonly<Record<string, number>> = { URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1 };

function checkButtons(component: Fields): TemplateButton[] {
  const list = component.buttons;
  if (!Array.isArray(list) || list.length === 0) throw missingParameter('buttons');
  if (list.length > 10) throw templateProblem(2388065, 'A template can have 10 buttons at most.');
  const buttons = list.map((button: unknown, index): TemplateButton => {
    if (!isFields(button)) throw invalidParameter(`buttons[${index}] must be a JSON object.`);
    const type = String(button.type).toUpperCase();
    if (!BUTTONS.includes(type))
      throw invalidParameter(`Param buttons[${index}]['type'] must be one of ${BUTTONS.join(', ')}.`);
    if (typeof button.text !== 'string' || button.text === '') {
      if (type !== 'COPY_CODE' && type !== 'OTP') throw missingParameter(`buttons[${index}]['text']`);
    } else if ([...button.text].length > 25) throw tooLong('The button text', 25);
    if (type === 'URL') checkUrl(button, index);
    if (type === 'PHONE_NUMBER' && !/^\+?\d{5,20}$/.test(String(button.phone_number)))
      throw invalidParameter(`buttons[${index}]['phone_number'] is not valid.`);
    return { ...button, type, text: typeof button.text === 'string' ? button.text : 'Copy offer code' };
  });
  for (const [type, most] of Object.entries(MOST)) {
    if (buttons.filter((button) => button.type === type).length > most)
      throw templateProblem(2388065, `A template can have ${most} button(s) of type ${type} at most.`);
  }
  // quick replies stand together: before all others or after them
  const changes = buttons.filter(
    (button, index) =>
      index > 0 && (button.type === 'QUICK_REPLY') !== (buttons[index - 1]!.type === 'QUICK_REPLY'),
  );
  if (changes.length > 1) throw templateProblem(2388065, 'Quick replies and other buttons may not be mixed.');
  return buttons;
}

function checkUrl(button: Fields, index: number): void {
  const { url } = button;
  if (typeof url !== 'string' || !/^https?:\/\/\S+$/i.test(url))
    throw invalidParameter(`buttons[${index}]['url'] is not a valid URL.`);
  if (url.length > 2000) throw tooLong('The URL', 2000);
  const variables = variablesOf(url);
  if (variables.length === 0) return;
  if (variables.length > 1 || !/\{\{[^{}]*\}\}$/.test(url))
    throw invalidParameter(`buttons[${index}]['url'] can have one variable, at its end.`);
  const hasExample = Array.isArray(button.example)
    ? button.example.length > 0
    : typeof button.example === 'string';
  if (!hasExample) throw missingParameter(`buttons[${index}]['example']`);
}

function readComponents(
  state: WaState,
  given: unknown,
  format: Template['parameterFormat'],
): TemplateComponent[] {
  if (!Array.isArray(given) || given.length === 0) throw missingParameter('components');
  const seen = new Set<string>();
  const components = given.map((component: unknown, index): TemplateComponent => {
    if (!isFields(component)) throw invalidParameter(`components[${index}] must be a JSON object.`);
    const type = String(component.type).toUpperCase();
    if (seen.has(type)) throw invalidParameter(`There are two components of type ${type}.`);
    seen.add(type);
    if (type === 'HEADER') checkHeader(state, component, format);
    else if (type === 'BODY') checkBody(component, format);
    else if (type === 'FOOTER') checkFooter(component);
    else if (type === 'BUTTONS') return { ...component, type, buttons: checkButtons(component) };
    else
      throw invalidParameter(
        `Param components[${index}]['type'] must be one of {HEADER, BODY, FOOTER, BUTTONS} - got "${type}".`,
      );
    return { ...component, type };
  });
  if (!seen.has('BODY')) throw missingParameter('components: BODY');
  return components;
}

/** @throws GraphError 100, with a subcode of 2388… for what the review would refuse by form. */
export function checkTemplate(state: WaState, body: Fields): CheckedTemplate {
  const name = body.name;
  if (typeof name !== 'string' || name === '') throw missingParameter('name');
  if (name.length > 512) throw tooLong('The name', 512);
  if (!/^[a-z0-9_]+$/.test(name))
    throw invalidParameter('Message template name can only have lowercase letters, digits and underscores.');
  const language = body.language;
  if (typeof language !== 'string' || !/^[a-z]{2,3}(_[A-Z]{2,3})?$/.test(language))
    throw invalidParameter(
      `Param language must be a language code such as en_US - got "${String(language)}".`,
    );
  const category = String(body.category);
  if (!CATEGORIES.includes(category))
    throw invalidParameter(`Param category must be one of {${CATEGORIES.join(', ')}} - got "${category}".`);
  const parameterFormat = String(body.parameter_format ?? 'POSITIONAL').toUpperCase();
  if (parameterFormat !== 'POSITIONAL' && parameterFormat !== 'NAMED')
    throw invalidParameter('Param parameter_format must be one of {NAMED, POSITIONAL}.');
  const checked: CheckedTemplate = {
    name,
    language,
    category,
    parameterFormat,
    components: readComponents(state, body.components, parameterFormat),
  };
  if (body.message_send_ttl_seconds !== undefined) {
    const seconds = Number(body.message_send_ttl_seconds);
    const [min, max] = TTL[category]!;
    if (seconds !== -1 && !(seconds >= min && seconds <= max))
      throw invalidParameter(`message_send_ttl_seconds must be between ${min} and ${max} for ${category}.`);
    checked.ttlSeconds = seconds;
  }
  return checked;
}
