// The list that an import put its people into.
import { toWireId } from '../../contract/ids.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { importRow } from './store.ts';

/** Wire id of the list. Throws VALIDATION_FAILED at `pointer` where there is none, or the import has not finished. */
export async function listOfImport(ctx: Ctx, importId: string, pointer: string): Promise<string> {
  const row = await importRow(ctx, uuidOf('imp', importId)).catch((error) => {
    if (error instanceof AppError && error.code === 'NOT_FOUND')
      throw invalidField(pointer, 'There is no such import in this workspace. Choose another one.');
    throw error;
  });
  const { segment_id } = row.settings;
  if (segment_id === null)
    throw invalidField(
      pointer,
      'This import put nobody into a list. Choose a list before an import is started, or take a segment by one of its tags.',
    );
  if (row.work?.status !== 'finished')
    throw invalidField(
      pointer,
      `This import (${toWireId('imp', row.id)}) has not finished: not everybody is in its list yet.`,
    );
  return segment_id;
}
