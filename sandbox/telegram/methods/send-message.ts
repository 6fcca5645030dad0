import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import { isLonger, readText } from '../formatted-text.ts';
import { openEnvelope, post } from '../outgoing.ts';
import { asObject, type Params } from '../params.ts';

/** The text of a message. Formatting errors come before any look at the chat, as on the platform [S]. */
export function readMessageText(params: Params) {
  const { text, entities } = readText(params, 'text', 'entities');
  if (text === '') throw badRequest('message text is empty');
  if (isLonger(text, 4096)) throw badRequest('message is too long');
  return entities.length > 0 ? { text, entities } : { text };
}

/** The legacy switch is still read when the object is missing [S]. */
export function readPreview(params: Params): { link_preview_options?: Record<string, unknown> } {
  const given = params.nested('link_preview_options', 'link preview options');
  if (given !== undefined) return { link_preview_options: asObject(given, 'link preview options') };
  return params.boolean('disable_web_page_preview') ? { link_preview_options: { is_disabled: true } } : {};
}

export function sendMessage(call: Call): unknown {
  const content = { ...readMessageText(call.params), ...readPreview(call.params) };
  return post(call, openEnvelope(call, 'text messages'), content);
}
