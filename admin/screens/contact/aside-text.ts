// A value that a merge kept aside, in the words the profile has for it.
import type { AttributeType } from '../../../contract/rules.ts';
import { languageName } from '../inbox/ContactPanel.tsx';
import { inWords, typeOf } from './attribute-values.ts';

/** "Danish (da)", "18 Nov 2026", "Yes". `typeIn`: the declared type of an attribute, where there is one. */
export function asideText(
  field: string,
  value: unknown,
  typeIn: (attribute: string) => AttributeType | undefined,
): string {
  if (field === 'language' && typeof value === 'string') return `${languageName(value)} (${value})`;
  const name = field.replace(/^attributes\./, '');
  const type = (name === field ? undefined : typeIn(name)) ?? typeOf(value);
  return inWords(value, type) ?? '–';
}
