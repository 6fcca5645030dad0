import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';

/** Bots download up to 20 MB (telegram.md §2 [S]). */
const DOWNLOAD_LIMIT_BYTES = 20 * 1024 * 1024;

export function getFile({ state, bot, params }: Call): unknown {
  const id = params.text('file_id') ?? '';
  if (id === '') throw badRequest('file_id not specified');
  const file = state.files.byId.get(id);
  if (!file || file.botId !== bot.id) throw badRequest('invalid file_id');
  if (file.sizeBytes > DOWNLOAD_LIMIT_BYTES) throw badRequest('file is too big');
  return {
    file_id: file.file_id,
    file_unique_id: file.file_unique_id,
    file_size: file.sizeBytes,
    file_path: file.path,
  };
}
