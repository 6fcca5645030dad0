// Who the connected number is, and whether what was entered belongs together (phone numbers, Graph API, 2026-11-20).
import { AppError } from '../../platform/errors.ts';
import type { Account } from '../channel.ts';
import { fields, list, string } from '../fields.ts';
import type { WhatsAppClient } from './client.ts';
import { askOptions, bodyOf, numberOf, rejectedCredential, wabaOf } from './refusal.ts';

/** A business has 20 numbers at most, so one page shows them all. */
const numbersPage = { fields: 'id', limit: '100' };

/** Throws as Adapter.identify says, beside the field that is wrong. */
export async function identify(client: WhatsAppClient, account: Account) {
  const query = { fields: 'id,display_phone_number,verified_name' };
  const number = await bodyOf(client.get(account, numberOf(account), query, askOptions));
  const accountId = string(number.id);
  const shown = string(number.display_phone_number);
  if (!accountId || !shown)
    throw new AppError(
      'PLATFORM_UNREACHABLE',
      'What answered is not a WhatsApp number. Check the phone number ID.',
    );
  const digits = shown.replace(/\D/g, '');
  const all = await bodyOf(
    client.get(account, `${wabaOf(account)}/phone_numbers`, numbersPage, askOptions),
  ).catch(asWaba);
  if (!list(all.data).some((one) => fields(one).id === accountId))
    throw rejectedCredential(
      'waba_id',
      `The number ${shown} does not belong to this WhatsApp Business Account. Copy the ID that stands beside it in the app dashboard.`,
    );
  return { accountId, username: digits, name: string(number.verified_name) ?? shown };
}

/** The token is right, it just answered: what Meta does not know now is the account. */
function asWaba(error: unknown): never {
  const pointer = error instanceof AppError ? error.errors?.[0]?.pointer : undefined;
  if (
    pointer === '/credentials/phone_number_id' ||
    (error instanceof AppError && error.code === 'PLATFORM_REFUSED')
  )
    throw rejectedCredential(
      'waba_id',
      'Meta does not know this WhatsApp Business Account ID, or the token may not use it. Copy it from the app dashboard, and give the system user access to the account.',
    );
  throw error;
}
