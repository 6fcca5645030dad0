// @ts-check
// What differs between the phones with Telegram and those with WhatsApp: whose messages come, what is asked, and which trouble there is.
import { openAddPerson, openAddPhone } from './dialogs.js';
import { createPhone } from './phone.js';
import { ask } from './sandbox-api.js';
import { createWhatsAppPhone } from './whatsapp-phone.js';

/**
 * @typedef {object} Side
 * @property {string} key
 * @property {string} account the query parameter that names the bot or number
 * @property {string} accountWord
 * @property {string} root where its control API begins
 * @property {string} none what is said while there is no account
 * @property {() => Promise<{id: string | number, name: string, label: string, aliases: string[]}[]>} accounts
 * @property {(chat: any) => string | number} idOf
 * @property {(chat: any, account: any, onProblem: (problem: unknown) => void) => {article: HTMLElement, update: (chat: any) => void, scrollToEnd: () => void}} phone
 * @property {(stats: any) => string} arrived what stands after the number of messages
 * @property {typeof openAddPhone} add
 * @property {{kind: string, name: string, detail: string, fault?: Record<string, unknown>, ladder?: Record<string, unknown>}[]} trouble
 */

const FLOOD_SECONDS = 20;

/** @param {number} count */
const figure = (count) => count.toLocaleString('en-GB');

/** @type {Side} */
export const telegram = {
  key: 'telegram',
  account: 'bot',
  accountWord: 'Bot',
  root: '',
  none: 'There is no bot yet. In the panel, open Connections, Add connection, and choose Try with a sandbox bot.',
  accounts: async () => {
    const { bots } = await ask('bots');
    return bots.map((/** @type {any} */ { id, name, username }) => ({
      id,
      name,
      label: `${name} @${username}`,
      aliases: [String(id), username],
    }));
  },
  idOf: (chat) => chat.id,
  phone: createPhone,
  arrived: (stats) => {
    const waitSeconds = stats.frozen_until === null ? 0 : Math.ceil((stats.frozen_until - Date.now()) / 1000);
    return waitSeconds > 0
      ? ` · Telegram says wait ${waitSeconds} s`
      : ` · at most ${stats.per_second.max}/s`;
  },
  add: openAddPhone,
  trouble: [
    {
      kind: 'flood',
      name: 'Too many requests',
      detail: `${FLOOD_SECONDS} s`,
      fault: { seconds: FLOOD_SECONDS },
    },
    { kind: 'reset_after', name: 'Drop line', detail: 'after accept', fault: {} },
    { kind: 'http_500', name: 'Errors', detail: '5 %', fault: { probability: 0.05 } },
    { kind: 'latency', name: 'Slow', detail: '2 s', fault: { ms: 2000 } },
  ],
};

/** @type {Side} */
export const whatsapp = {
  key: 'whatsapp',
  account: 'number',
  accountWord: 'Number',
  root: 'whatsapp/',
  none: 'There is no WhatsApp number yet. In the panel, open Connections and connect a simulated number.',
  accounts: async () => {
    const { numbers } = await ask('whatsapp/numbers');
    return numbers.map((/** @type {any} */ { id, verified_name, display_phone_number }) => ({
      id,
      name: verified_name,
      label: `${verified_name} ${display_phone_number}`,
      aliases: [id, display_phone_number.replace(/\D/g, '')],
    }));
  },
  idOf: (chat) => chat.wa_id,
  phone: createWhatsAppPhone,
  arrived: ({ reached: { delivered, read, failed } }) =>
    ` · ${figure(delivered)} delivered · ${figure(read)} read · ${figure(failed)} failed`,
  add: openAddPerson,
  trouble: [
    {
      kind: 'flood',
      name: 'Too many requests',
      detail: `${FLOOD_SECONDS} s`,
      fault: { seconds: FLOOD_SECONDS },
    },
    { kind: 'reset_after', name: 'Drop line', detail: 'after accept', fault: {} },
    { kind: 'http_500', name: 'Errors', detail: '5 %', fault: { probability: 0.05 } },
    {
      kind: 'error',
      name: 'Not delivered',
      detail: '20 %',
      fault: { code: 131049, async: true, probability: 0.2 },
    },
    {
      kind: 'shuffle',
      name: 'Disorder',
      detail: 'and twice',
      ladder: { shuffle: true, duplicates: 1 },
    },
  ],
};
