// What stands in a value of a template for who lacks the variable: Liquid's `default`, read and written for a field of its own. Pure.

/** A variable of a contact alone or with a default; whatever else is done to it is written by hand. */
const output = /\{\{-?\s*(contact\.[\w.]+)\s*(?:\|\s*default:\s*(?:"([^"]*)"|'([^']*)')\s*)?-?\}\}/g;

export interface Fallback {
  /** "contact.first_name" */
  name: string;
  /** "first name", "city" */
  label: string;
  /** What is read instead; '': nothing, so there is no message. */
  text: string;
}

/** Of each variable in the value, in its order. */
export function fallbacksIn(value: string): Fallback[] {
  return [...value.matchAll(output)].map(([, name = '', double, single]) => ({
    name,
    label: labelOf(name),
    text: double ?? single ?? '',
  }));
}

/** The value with another fallback of its variable number `at`; '' takes it away. */
export function withFallback(value: string, at: number, text: string): string {
  let number = 0;
  return value.replace(output, (all, name: string) => {
    if (number++ !== at) return all;
    const clean = text.replace(/[{}%\n\r]/g, '');
    if (clean === '') return `{{ ${name} }}`;
    // Liquid has no escape: a text takes the quotes that it does not hold
    const quoted = clean.includes('"') ? `'${clean.replaceAll("'", '’')}'` : `"${clean}"`;
    return `{{ ${name} | default: ${quoted} }}`;
  });
}

/** What somebody reads of whom none of its variables is known; null: somewhere nothing would stand, and they get no message. */
export function withoutValues(value: string): string | null {
  if (fallbacksIn(value).some(({ text }) => text.trim() === '')) return null;
  return value.replace(output, (_, _name, double?: string, single?: string) => double ?? single ?? '');
}

/** "first name" of contact.first_name, "city" of contact.attributes.city. */
function labelOf(name: string): string {
  return (name.split('.').at(-1) ?? name).replaceAll('_', ' ');
}
