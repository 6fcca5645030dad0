// The history that each writer of a delivery leaves behind (delivery_attempts): SQL to hang onto the statement that moves
// the rows, so that a move and its story are written together or not at all. Read by history.ts.
import os from 'node:os';
import { type RawBuilder, sql } from 'kysely';
import type { AttemptOutcome } from '../../../contract/delivery-history.ts';

/** This process, as people find it again on the page of nodes. */
export const nodeName = `${os.hostname()}, process ${process.pid}`;

/**
 * `INSERT INTO delivery_attempts …` for the rows of the CTE `from`, which must have workspace_id, id and attempts. `node`: an
 * expression over that CTE, else this process; null where no process is to blame.
 */
export function tell(
  from: string,
  outcome: AttemptOutcome,
  at: Date,
  more: {
    reason?: string;
    actor?: string;
    node?: RawBuilder<unknown> | null;
  } = {},
): RawBuilder<unknown> {
  const node = more.node === undefined ? sql`${nodeName}::text` : (more.node ?? sql`NULL`);
  return sql`
    INSERT INTO delivery_attempts (workspace_id, delivery_id, attempt, at, outcome, reason, node, actor)
    SELECT workspace_id, id, attempts, ${at}::timestamptz, ${outcome}::text, ${more.reason ?? null}::text, ${node}, ${more.actor ?? null}::text
    FROM ${sql.ref(from)}`;
}

/** For rows of the CTE `lost`, which also has `claim`. Names the process that is lost, not the one that noticed. */
export const tellLost = (now: Date) =>
  tell('lost', 'node_lost', now, {
    reason: 'node_lost',
    node: sql`(SELECT o.node FROM lane_claims o WHERE o.workspace_id = lost.workspace_id AND o.claim = lost.claim)`,
  });
