// Reading what a platform sent, whose shape is never to be trusted.
import type { Person } from '../channel.ts';

export type Fields = Record<string, unknown>;

export function person(from: unknown): Person {
  const { first_name, last_name, username, language_code } = fields(from);
  return {
    firstName: string(first_name),
    lastName: string(last_name),
    username: string(username),
    language: string(language_code),
  };
}

export function time(seconds: unknown): Date | null {
  const isTime = typeof seconds === 'number' && seconds > 0 && seconds < 1e11;
  return isTime ? new Date(seconds * 1000) : null;
}

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function string(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.replaceAll('\u0000', '').toWellFormed() : null;
}
