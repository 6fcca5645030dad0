// Server problems beside the field they concern, found by JSON pointer.
import { IconAlertCircle } from '@tabler/icons-react';
import { ApiProblem } from '../api.ts';

/** One sentence for any thrown thing. */
export function problemText(error: unknown): string {
  if (error instanceof ApiProblem) return error.detail;
  return error instanceof Error ? error.message : 'The reason is not known.';
}

/** The sentence for one field, or undefined. `pointer` matches itself and everything below it. */
export function problemAt(error: unknown, pointer: string): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  return error.errors.find((item) => item.pointer === pointer || item.pointer.startsWith(`${pointer}/`))
    ?.detail;
}

/** What no shown field can carry: a problem without errors, or one whose pointers are not on the form. */
export function problemElsewhere(error: unknown, shown: string[]): string | undefined {
  if (!error) return undefined;
  if (!(error instanceof ApiProblem) || error.errors.length === 0) return problemText(error);
  const left = error.errors.filter(
    (item) => !shown.some((pointer) => item.pointer === pointer || item.pointer.startsWith(`${pointer}/`)),
  );
  return left.length > 0 ? left.map((item) => item.detail).join(' ') : undefined;
}

export function FieldProblem({ children, id }: { children: string | undefined; id?: string }) {
  if (!children) return null;
  return (
    <p
      id={id}
      className="small bad"
      role="alert"
      style={{ display: 'flex', gap: 6, marginTop: 4, alignItems: 'flex-start' }}
    >
      <IconAlertCircle size={14} stroke={1.75} aria-hidden style={{ marginTop: 1 }} />
      <span>{children}</span>
    </p>
  );
}
