// What PostgreSQL can hold: neither text nor jsonb take NUL or half a surrogate pair, and people and platforms send both.
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

/** JSON of any value, every string and every key in it storable. Where two keys become one, the one that was storable counts. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!/\\u(0000|d[89a-f])/i.test(text)) return text;
  return JSON.stringify(value, (_key, part) => {
    if (typeof part === 'string') return storableText(part);
    return typeof part === 'object' && part !== null && !Array.isArray(part) ? withStorableKeys(part) : part;
  });
}

function withStorableKeys(given: object): object {
  const entries = Object.entries(given);
  const changed = entries.filter(([key]) => storableText(key) !== key);
  if (changed.length === 0) return given;
  const renamed = changed.map(([key, part]) => [storableText(key), part] as const);
  return Object.fromEntries([...renamed, ...entries.filter(([key]) => storableText(key) === key)]);
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
