// Who somebody is, as the Bot API tells it (User, Bot API 10.1, 2026-06-11).
import type { Person } from '../channel.ts';
import { fields, string } from '../fields.ts';

export function person(from: unknown): Person {
  const { first_name, last_name, username, language_code } = fields(from);
  return {
    firstName: string(first_name),
    lastName: string(last_name),
    username: string(username),
    language: string(language_code),
  };
}
