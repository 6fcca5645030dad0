// Values of attributes as people read and write them. What is typed is kept as text until it is saved.
import type { AttributeType } from '../../../contract/rules.ts';

export interface AttributeDraft {
  type: AttributeType;
  /** Of all types but lists; "true" or "false" of a boolean. */
  text: string;
  list: string[];
}

export const typeWords: Record<AttributeType, string> = {
  text: 'Text',
  number: 'Number',
  boolean: 'Yes or no',
  date: 'Date',
  list: 'List of texts',
};

export const emptyDraft = (type: AttributeType): AttributeDraft => ({ type, text: '', list: [] });

/** Of a value under a name that nobody declared. */
export function typeOf(value: unknown): AttributeType {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'number' || typeof value === 'boolean' ? (typeof value as AttributeType) : 'text';
}

export function draftOf(value: unknown, type: AttributeType): AttributeDraft {
  if (type === 'list') return { type, text: '', list: Array.isArray(value) ? value.map(String) : [] };
  const text = value === null || value === undefined ? '' : String(value);
  return { type, text, list: [] };
}

/** Why a draft cannot be saved, or undefined. */
export function wrongDraft({ type, text, list }: AttributeDraft): string | undefined {
  switch (type) {
    case 'number':
      return numberOf(text) === null ? 'Write a number, like 42 or 3.5.' : undefined;
    case 'boolean':
      return text === '' ? 'Choose yes or no.' : undefined;
    case 'date':
      return text === '' ? 'Choose a day.' : undefined;
    case 'text':
      return text.trim() === '' ? 'Write something, or remove the attribute.' : undefined;
    case 'list':
      return list.length === 0 ? 'Write at least one, or remove the attribute.' : undefined;
  }
}

export function valueOfDraft({ type, text, list }: AttributeDraft): string | number | boolean | string[] {
  if (type === 'list') return list;
  if (type === 'boolean') return text === 'true';
  return type === 'number' ? (numberOf(text) ?? 0) : text.trim();
}

/** "1,5" is one and a half; "1,500.5" is not guessed at. */
function numberOf(text: string): number | null {
  const plain = text.trim().replace(/^(-?\d+),(\d+)$/, '$1.$2');
  return /^-?\d+(\.\d+)?$/.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

/** Null: there is nothing in it. */
export function inWords(value: unknown, type: AttributeType): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(String).join(', ');
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (type === 'date' && typeof value === 'string') return dateInWords(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A written day is the same day everywhere. */
function dateInWords(text: string): string {
  const at = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return text;
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
  return text.length > 10 ? `${day}, ${text.slice(11)}` : day;
}
