// A node as others see it: what its last heartbeat says about it, and what each worker's fair share of the lanes is.

/** Time between two heartbeats of a node. */
export const beatEveryMs = 2000;
/** Five beats missed: no hiccup of a busy machine lasts that long. */
export const lostAfterSeconds = 10;
/** A process that stands still keeps its locks, for its kernel answers: after this its lease session is ended from outside. */
export const cutOffAfterSeconds = 15;
/** Long enough to be seen by whoever comes to look what happened. */
export const forgottenAfterSeconds = 3600;

export type NodeState = 'running' | 'stopping' | 'lost';

/** `ageSeconds`: since its last heartbeat, by the database's clock. */
export function stateOf(ageSeconds: number, isStopping: boolean): NodeState {
  if (ageSeconds > lostAfterSeconds) return 'lost';
  return isStopping ? 'stopping' : 'running';
}
