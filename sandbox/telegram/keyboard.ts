// Checks reply_markup (telegram.md §2 "Keyboards"). Only an inline keyboard is echoed in the Message.
import { badRequest } from './api-error.ts';
import type { InlineButton, InlineKeyboard } from './message.ts';
import { asArray, asObject, type Params } from './params.ts';

const ACTIONS = [
  'url',
  'callback_data',
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'copy_text',
  'callback_game',
  'pay',
];

/** Community numbers [U]: 100 buttons, 8 in a row. */
const MAX_BUTTONS = 100;

function isButtonUrl(text: string): boolean {
  // The platform adds http:// to a bare host name, and refuses what is then no address.
  const candidate = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `http://${text}`;
  try {
    const url = new URL(candidate);
    if (url.protocol === 'tg:' || url.protocol === 'ton:') return true;
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
    return url.hostname.includes('.') || url.hostname === 'localhost' || url.hostname.startsWith('[');
  } catch {
    return false;
  }
}

function checkButton(value: unknown): InlineButton {
  const button = asObject(value, 'an inline keyboard button');
  if (typeof button.text !== 'string')
    throw badRequest('can\'t parse inline keyboard button: Field "text" must be of type String');
  if (button.text.trim() === '') throw badRequest('inline keyboard button text must be non-empty');
  if (!ACTIONS.some((name) => button[name] !== undefined)) {
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  if (button.url !== undefined && !(typeof button.url === 'string' && isButtonUrl(button.url))) {
    throw badRequest('BUTTON_URL_INVALID');
  }
  if (button.callback_data !== undefined) {
    const bytes = Buffer.byteLength(String(button.callback_data));
    if (bytes < 1 || bytes > 64) throw badRequest('BUTTON_DATA_INVALID');
  }
  return button as unknown as InlineButton;
}

/** undefined when there is no inline keyboard to show. @throws ApiError for a keyboard that the platform refuses. */
export function readKeyboard(params: Params): InlineKeyboard | undefined {
  const markup = params.nested('reply_markup', 'reply keyboard markup');
  if (markup === undefined) return undefined;
  const object = asObject(markup, 'reply markup');
  if (object.inline_keyboard === undefined) return undefined;
  let count = 0;
  const rows: InlineButton[][] = [];
  for (const row of asArray(object.inline_keyboard, 'Arrays of InlineKeyboardButton')) {
    const buttons = asArray(row, 'InlineKeyboardButton').map(checkButton);
    count += buttons.length;
    if (buttons.length > 0) rows.push(buttons);
  }
  if (count > MAX_BUTTONS) throw badRequest('reply markup is too long');
  return rows.length === 0 ? undefined : { inline_keyboard: rows };
}
