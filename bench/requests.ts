// The one message of all benches, as each side writes it into its requests.

/** Chat id of the n-th person. */
export const chatOf = (n: number): number => 1_000_000 + n;
export const numberOf = (chat: number): number => chat - 1_000_000;

/** What an operator would have typed; rendered for everybody anew by Carillon. */
export const campaignText = 'Hi {{ contact.first_name }}, *50% off* today only';

/** The body that Carillon sends for it, byte for byte, for those who need not render. */
export const bodyFor = (n: number): string =>
  JSON.stringify({
    chat_id: chatOf(n),
    parse_mode: 'HTML',
    text: `Hi P${chatOf(n)}, <b>50% off</b> today only`,
  });
