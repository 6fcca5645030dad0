// What of a message that is being written is asked about: whose variables do people lack? Pure.
import type { Content } from '../../../contract/message.ts';
import { storableWhatsApp } from './whatsapp/whatsapp-draft.ts';

/** What can be read of it as it stands. */
export function askedOf({ text, media, buttons, whatsapp }: Content): Content {
  // a button that is still being written says nothing yet
  const written = buttons.filter((one) => one.text.trim() && /^\s*(https?:\/\/[^/]|\{\{)/.test(one.url));
  const storable = storableWhatsApp(whatsapp).value;
  return { text, media, buttons: written, ...(storable && { whatsapp: storable }) };
}

/**
 * What decides who lacks something: without tags only the variables, so that not every word is asked about; with them
 * (`{% if %}`) the words between as well. Null: nothing can be lacking.
 */
export function readBy({ text, buttons, whatsapp }: Content): string | null {
  const fields = [
    text,
    ...buttons.flatMap((one) => [one.text, one.url]),
    JSON.stringify(whatsapp ?? ''),
  ].join('\n');
  if (fields.includes('{%')) return fields;
  const read = fields.match(/\{\{[^}]*\}\}/g)?.join(' ');
  return read === undefined ? null : `${whatsapp?.template?.name ?? ''} ${read}`;
}
