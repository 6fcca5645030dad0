// Reading what a platform sent, whose shape is never to be trusted.
export type Fields = Record<string, unknown>;

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** Storable text; null: there is none. */
export function string(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.replaceAll('\u0000', '').toWellFormed() : null;
}

/** Of seconds since 1970. */
export function time(seconds: unknown): Date | null {
  const isTime = typeof seconds === 'number' && seconds > 0 && seconds < 1e11;
  return isTime ? new Date(seconds * 1000) : null;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
