// The one message of all benches, as each side writes it into its requests.
import { createHash } from 'node:crypto';

/** Chat id of the n-th person. */
export const chatOf = (n: number): number => 1_000_000 + n;
export const numberOf = (chat: number): number => chat - 1_000_000;

/** The last name of the person with that chat id: as various as names are, which serial numbers are not. */
export const lastNameOf = (chat: number): string =>
  createHash('md5')
    .update(String(chat))
    .digest('hex')
    .slice(0, 8)
    .replace(/./g, (digit) => 'aeioubdfgklmnrst'[Number.parseInt(digit, 16)] as string);

/** What an operator would have typed; rendered for everybody anew by Carillon. */
export const campaignText = 'Hi {{ contact.first_name }}, *50% off* today only';

/** The body that Carillon sends for it, byte for byte, for those who need not render. */
export const bodyFor = (n: number): string =>
  JSON.stringify({
    chat_id: chatOf(n),
    parse_mode: 'HTML',
    text: `Hi P${chatOf(n)}, <b>50% off</b> today only`,
  });
