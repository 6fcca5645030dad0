// `npm start -- --held`, typically on a restored backup: all workspaces of the database are marked, before any node sends. The mark
// stays in the database, so that every node and every later start keep to it until a person has released it (release-held.ts).
import { toWireId } from '../../../contract/ids.ts';
import { declareAllUnknown } from '../../deliveries/runs/hold.ts';
import { asSystem, type BaseCtx } from '../../platform/context.ts';
import { audit } from '../../workspaces/audit.ts';

export interface HeldInstallation {
  /** Workspaces that are held from now on. */
  marked: number;
  /** Workspaces that were held already; what was released there on its own stays so. */
  before: number;
  /** Rows that may have been sent, now unknown. */
  unknown: number;
}

/** Safe to repeat. Needs a migrated database and nothing else. */
export function holdInstallation(base: Pick<BaseCtx, 'db' | 'clock'>): Promise<HeldInstallation> {
  return base.db.transaction().execute(async (db) => {
    const { before } = await db
      .selectFrom('workspaces')
      .select((eb) => eb.fn.countAll<number>().as('before'))
      .where('held_at', 'is not', null)
      .executeTakeFirstOrThrow();
    const marked = await db
      .updateTable('workspaces')
      .set({ held_at: base.clock.now(), direct_released_from: null })
      .where('held_at', 'is', null)
      .returning('id')
      .execute();
    for (const { id } of marked) {
      const { actor } = asSystem(base as BaseCtx, id);
      await audit({ db, clock: base.clock, actor }, 'workspace.held', {
        type: 'workspace',
        id: toWireId('wsp', id),
      });
    }
    const unknown = await declareAllUnknown({ db, clock: base.clock });
    return { marked: marked.length, before: Number(before), unknown };
  });
}
