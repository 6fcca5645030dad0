// What PostgreSQL can hold: neither text nor jsonb take NUL or half a surrogate pair, and people and platforms send both.
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

/** JSON of any value, every string in it storable. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!/\\u(0000|d[89a-f])/i.test(text)) return text;
  return JSON.stringify(value, (_key, part) => (typeof part === 'string' ? storableText(part) : part));
}

/** The database's bad day, not the data's fault: lost connection, deadlock, shutdown, full disk (SQLSTATE classes). */
export function isPassing(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code === 'string') return /^(08|40|53|55|57|58)...$|^E[A-Z]+$/.test(code);
  return /connection terminated|connection ended|timeout exceeded when trying to connect|driver has already been destroyed|not queryable/i.test(
    message ?? '',
  );
}

/** PostgreSQL itself refused the statement (data, constraint, deadlock): surely nothing of it stands, and it may be asked anew. */
export function wasUndone(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(21|22|23|42)...$|^40(001|002|P01)$/.test(code);
}
