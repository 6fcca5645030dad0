// Scopes beyond the one that opened the door: what a request reaches further needs its own.
import type { Scope } from '../../contract/roles.ts';
import type { Ctx } from './context.ts';
import { AppError } from './errors.ts';

export const holds = ({ actor }: Ctx, scope: Scope): boolean =>
  actor.kind === 'system' || actor.scopes.has(scope);

/** Throws FORBIDDEN; `pointer`: the field that asks for more. */
export function needScope(ctx: Ctx, scope: Scope, pointer?: string): void {
  if (holds(ctx, scope)) return;
  const detail = `This needs the scope "${scope}".`;
  throw new AppError('FORBIDDEN', detail, pointer === undefined ? {} : { errors: [{ pointer, detail }] });
}
