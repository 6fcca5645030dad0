// A template and values → the content of a message. A value is only ever text: no mark, no variable, no tag comes out of it,
// and marks around it mean what they meant. That is not hoped for but tried: each form of writing a value is kept only
// where the message renders to the same tree as with the value inserted by Liquid itself.
import type { FieldProblem } from '../../../contract/errors.ts';
import type { Content } from '../../../contract/message.ts';
import {
  addressStandIn,
  labelInBrackets,
  putPlaces,
  putPlacesInAddress,
} from '../../../contract/template-places.ts';
import type { FilledTemplate, TemplatePlace } from '../../../contract/templates.ts';
import { AppError } from '../../platform/errors.ts';
import { sampleContact, type TemplateContact } from '../contact.ts';
import { parseTemplate, renderTemplate, TemplateFault } from '../liquid.ts';
import { parseMarks } from '../marks.ts';
import { escapable } from '../marks-scan.ts';
import { shownValue, wrongValue } from './places.ts';

export interface Fillable {
  content: Content;
  variables: TemplatePlace[];
}

/** Throws VALIDATION_FAILED at `/values/name` for values that cannot stand there and names that the template does not have. */
export function fillTemplate(template: Fillable, values: Record<string, string>, at = ''): FilledTemplate {
  const known = new Set(template.variables.map(({ name }) => name));
  const problems: FieldProblem[] = Object.keys(values)
    .filter((name) => !known.has(name))
    .map((name) => ({
      pointer: `${at}/values/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      detail: `This template has no variable "${name}". It has: ${[...known].join(', ') || 'none'}.`,
    }));
  const missing: string[] = [];
  const filled = new Map<string, string>();
  for (const place of template.variables) {
    const value = values[place.name] || place.default || '';
    const wrong = value && wrongValue(place, value);
    if (wrong) problems.push({ pointer: `${at}/values/${place.name}`, detail: wrong });
    else if (value) filled.set(place.name, shownValue(place, value));
    else {
      if (place.required) missing.push(place.name);
      filled.set(place.name, place.required ? labelInBrackets(place) : '');
    }
  }
  if (problems[0]) throw new AppError('VALIDATION_FAILED', problems[0].detail, { errors: problems });
  const { text, media, buttons } = template.content;
  return {
    content: {
      text: fillText(text, filled),
      media: media.map((item) =>
        'url' in item ? { url: fillAddress(item.url, filled, new Set(missing)) } : item,
      ),
      buttons: buttons.map((button) => ({
        text: putPlaces(button.text, (name) => braceless(filled.get(name))),
        url: fillAddress(button.url, filled, new Set(missing)),
      })),
    },
    missing,
  };
}

/** A Liquid string: whatever is in it, it comes out to the letter and inserted. */
function literal(value: string): string {
  const inside = value.replace(
    /[\\"'{}%\p{Cc}]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `{{ "${inside}" }}`;
}

/** As it is where Liquid cannot read anything in it: the text of a button knows no marks. */
function braceless(value: string | undefined): string | undefined {
  return value !== undefined && /[{}]/.test(value) ? literal(value) : value;
}

/** Characters read while shorter forms are tried: far beyond any message, and no wait for those next to it on the node. */
const mostTried = 400_000;

function fillText(source: string, filled: Map<string, string>): string {
  const chosen = new Map([...filled].map(([name, value]) => [name, literal(value)]));
  const written = () => putPlaces(source, (name) => chosen.get(name));
  const exact = written();
  const wanted = readings(exact);
  // nothing to compare with
  if (wanted === null) return exact;
  let tried = 0;
  for (const [name, value] of filled) {
    if (/[{}]/.test(value)) continue;
    const last = chosen.get(name)!;
    const forms = [value, value.replace(new RegExp(escapable.source, 'g'), '\\$&')];
    const same = forms.find((form) => {
      if (tried > mostTried) return false;
      chosen.set(name, form);
      const found = readings(written());
      tried += found?.length ?? source.length;
      return found?.trees === wanted.trees;
    });
    if (same === undefined) chosen.set(name, last);
  }
  return written();
}

/**
 * How a source reads for a person of whom everything is known, and for one of whom nothing is, with the characters that were
 * read for it; null: it cannot be read.
 */
function readings(source: string): { trees: string; length: number } | null {
  const nobody: TemplateContact = { ...sampleContact, first_name: null, last_name: null, full_name: null };
  const around = { workspace: { name: 'Shop' }, connection: { name: 'Bot', username: 'bot' } };
  try {
    const templates = parseTemplate(source);
    const texts = [sampleContact, nobody].map((contact) => renderTemplate(templates, { contact, ...around }));
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    return { trees: JSON.stringify(texts.map(parseMarks)), length };
  } catch (error) {
    if (error instanceof TemplateFault) return null;
    throw error;
  }
}

/** At the start of an address a value is the address; further on it is a part of it. */
function fillAddress(source: string, filled: Map<string, string>, missing: Set<string>): string {
  return putPlacesInAddress(source, (name, atStart) => {
    const value = filled.get(name);
    if (value === undefined) return undefined;
    if (atStart) return missing.has(name) ? addressStandIn : value;
    return encodeURIComponent(value.toWellFormed());
  });
}
