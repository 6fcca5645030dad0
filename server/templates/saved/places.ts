// The places of a template: which text uses which, and what may stand in each. Pure.
import type { FieldProblem } from '../../../contract/errors.ts';
import { type Content, httpUrl } from '../../../contract/message.ts';
import {
  eventRoots,
  ownRoots,
  placeAtStart,
  putPlaces,
  readyTexts,
} from '../../../contract/template-places.ts';
import type { TemplatePlace } from '../../../contract/templates.ts';
import { compileField } from '../field.ts';
import { fieldsOf } from '../fields.ts';
import { engine, parseTemplate, TemplateFault } from '../liquid.ts';

/** Words with a meaning of their own: a variable of this name would never be filled, or hide what is known. */
const reserved = new Set([
  ...ownRoots,
  ...readyTexts,
  ...'forloop true false nil null empty blank and or not contains'.split(' '),
]);

const known = new Set([...ownRoots, ...readyTexts]);
const events = new Set(eventRoots);

/** What is wrong with a template before anybody fills it. */
export function templateProblems(content: Content, variables: TemplatePlace[]): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const names = new Set<string>();
  const used = new Set<string>();
  for (const [i, one] of variables.entries()) {
    const pointer = `/variables/${i}`;
    if (names.has(one.name))
      problems.push({
        pointer: `${pointer}/name`,
        detail: `There are two variables "${one.name}". Rename one.`,
      });
    if (reserved.has(one.name))
      problems.push({
        pointer: `${pointer}/name`,
        detail: `"${one.name}" has a meaning already. Choose another name.`,
      });
    if (one.default !== null) {
      const wrong = wrongValue(one, one.default);
      if (wrong) problems.push({ pointer: `${pointer}/default`, detail: wrong });
    }
    names.add(one.name);
  }
  for (const { pointer, source } of fieldsOf(content)) {
    // a stand-in for each place: what is left is checked as in any message
    const rest = putPlaces(source, (name) => {
      if (!names.has(name)) return undefined;
      used.add(name);
      return '{{ "1" }}';
    });
    const unknown = rootNames(rest).filter(
      (name) => !known.has(name) && !(events.has(name) && !names.has(name)),
    );
    for (const name of unknown)
      problems.push({
        pointer,
        detail: names.has(name)
          ? `Write {{ ${name} }} by itself: its value is put in as it is, and its default belongs to the variable.`
          : `{{ ${name.slice(0, 60)} }} is not among the variables of this template. Add it there, or correct its name.`,
      });
    if (unknown.length === 0) compileField(rest, pointer, problems);
  }
  const byName = new Map(variables.map((one) => [one.name, one]));
  for (const [i, { url }] of content.buttons.entries()) {
    const place = byName.get(placeAtStart(url) ?? '');
    if (place && place.type !== 'url')
      problems.push({
        pointer: `/content/buttons/${i}/url`,
        detail: `The address begins with {{ ${place.name} }}: make this variable an address.`,
      });
  }
  for (const [i, { name }] of variables.entries())
    if (!used.has(name))
      problems.push({
        pointer: `/variables/${i}/name`,
        detail: `Nothing uses it: write {{ ${name} }} into the text or a button, or remove the variable.`,
      });
  return problems.slice(0, 50);
}

/** Names that come from outside the template; none of a text that cannot be read, which is told elsewhere. */
function rootNames(source: string): string[] {
  if (!/\{[{%]/.test(source)) return [];
  try {
    return Object.keys(engine.analyzeSync(parseTemplate(source), { partials: false }).globals);
  } catch (error) {
    if (error instanceof TemplateFault) return [];
    throw error;
  }
}

/** Why this cannot stand there, in words; null: it can. */
export function wrongValue({ label, type }: TemplatePlace, value: string): string | null {
  if (type === 'number' && !/^[-+]?\d{1,15}([.,]\d{1,6})?$/.test(value))
    return `${label} is a number: write digits alone, like 20 or 4.5.`;
  if (type === 'date' && !isDate(value)) return `${label} is a date: write it like 2026-12-05.`;
  if (type === 'time' && !/^([01]\d|2[0-3]):[0-5]\d$/.test(value))
    return `${label} is a time: write it like 14:30.`;
  if (type === 'url' && !httpUrl.safeParse(value).success)
    return `${label} is an address: write it in full, beginning with https:// or http://.`;
  return null;
}

function isDate(value: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value);
}

const inWords = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** As it stands in the message: a date in words, an address without what Liquid could read. */
export function shownValue({ type }: TemplatePlace, value: string): string {
  if (type === 'date') return inWords.format(Date.parse(`${value}T00:00:00Z`));
  if (type === 'url') return new URL(value).href.replaceAll('{', '%7B').replaceAll('}', '%7D');
  return value;
}
