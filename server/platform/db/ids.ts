// Ids between wire and table. A wire id of another noun or with a typo reads as "not found", never as a server error.
import { v7 } from 'uuid';
import { fromWireId, type IdPrefix, idPrefixes, toWireId } from '../../../contract/ids.ts';
import { notFound } from '../errors.ts';

/** UUIDv7: the newest rows are neighbours in every index. */
export function newId(): string {
  return v7();
}

export function uuidOf(prefix: IdPrefix, wireId: string): string {
  const uuid = fromWireId(prefix, wireId);
  if (!uuid) throw notFound(idPrefixes[prefix]);
  return uuid;
}

export function wireOrNull(prefix: IdPrefix, uuid: string | null): string | null {
  return uuid === null ? null : toWireId(prefix, uuid);
}
