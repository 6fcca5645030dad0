// Whom a message goes to or comes from: a phone number, or an id that stands for the person towards this business alone.
// Facts: Cloud API, business-scoped user ids, read 2026-11-20.

const userId = /^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$/;
const digits = /^\d{5,20}$/;

export function isUserId(address: string): boolean {
  return userId.test(address);
}

/** The address as we keep it: digits without "+", or the user id; null: it is neither. */
export function addressOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.replace(/^\+/, '');
  return digits.test(text) || userId.test(text) ? text : null;
}

/** Without the "+" the business number's own country code would be put in front (Cloud API, phone numbers, 2026-11-20). */
export function recipientOf(address: string): { to: string } | { recipient: string } {
  return isUserId(address) ? { recipient: address } : { to: `+${address}` };
}
