// The error of an answer, or of a webhook, in one shape (Cloud API, error codes, 2026-11-20). Meta asks to go by `code`,
// not by titles, subcodes or the HTTP status.
import { storableText } from '../../platform/db/storable.ts';
import { fields, string } from '../fields.ts';

export interface GraphError {
  code: number;
  subcode: number | null;
  /** What the platform says, with its details, without any credential. */
  words: string;
}

const longest = 500;

/** Of an answer's body `{error: {…}}`; null: there is none. Graph quotes malformed tokens, so `secrets` are taken out. */
export function readError(body: unknown, secrets: Record<string, string>): GraphError | null {
  return toError(fields(body).error, secrets);
}

/** Of one entry of a webhook's `errors`; null: it is none. */
export function toError(value: unknown, secrets: Record<string, string> = {}): GraphError | null {
  const { code, error_subcode, message, title, error_data, error_user_msg } = fields(value);
  if (typeof code !== 'number') return null;
  const said = string(message) ?? string(title);
  const details = string(fields(error_data).details) ?? string(error_user_msg);
  const words = [said?.replace(/^\(#\d+\) */, ''), details === said ? null : details]
    .filter(Boolean)
    .join(': ');
  return {
    code,
    subcode: typeof error_subcode === 'number' ? error_subcode : null,
    words: storableText(withoutSecrets(words || 'no explanation', secrets)).slice(0, longest),
  };
}

function withoutSecrets(words: string, secrets: Record<string, string>): string {
  let text = words;
  for (const name of ['access_token', 'app_secret', 'verify_token'])
    if (secrets[name]) text = text.replaceAll(secrets[name], '…');
  return text;
}
