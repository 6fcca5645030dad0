// Who may give, change or take which role. Scopes open the route; these rules guard the ladder of roles behind it:
// nobody lifts anybody above themselves, and only an owner touches owners.
import type { Role } from '../../contract/roles.ts';
import type { Actor } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';

const rank: Record<Role, number> = { owner: 3, admin: 2, marketer: 1, operator: 0 };

/** The role an actor acts with. An API token is never more than an admin: owners are made by people. */
export function roleOf(actor: Actor): Role {
  if (actor.kind === 'user') return actor.role;
  return actor.kind === 'system' ? 'owner' : 'admin';
}

export function mayHandle(by: Role, role: Role): boolean {
  return rank[role] <= rank[by];
}

/** Throws FORBIDDEN unless the actor may deal with people (or invitations) of every one of these roles. */
export function requireRank(actor: Actor, ...concerned: Role[]): void {
  const own = roleOf(actor);
  if (concerned.every((role) => mayHandle(own, role))) return;
  throw new AppError(
    'FORBIDDEN',
    concerned.includes('owner')
      ? 'Only an owner who is signed in can make, change or remove an owner. Ask one of them.'
      : 'You cannot deal with a role above your own. Ask an owner or admin.',
  );
}
