// One contact at a time: create and change. Many at once: upsert.ts.
import type { Contact, ContactCreate, ContactPatch } from '../../contract/contacts.ts';
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { isUniqueViolation } from '../platform/db/db.ts';
import { newId } from '../platform/db/ids.ts';
import { AppError, invalidField, notFound } from '../platform/errors.ts';
import { type ContactFields, changedFields, maxAttributes, noFields } from './contact.ts';
import { checkAttributes } from './declare-attributes.ts';
import { checkIdentities } from './identities.ts';
import { formerExternalIds } from './merge/follow.ts';
import { besideMerges } from './merge/merge-lock.ts';
import { insertContacts, insertIdentities, loadContact, updateContacts } from './store.ts';

/** Throws VALIDATION_FAILED where the external id or an address belongs to somebody else. */
export async function createContact(ctx: Ctx, input: ContactCreate): Promise<Contact> {
  const { identities = [], ...fields } = input;
  const id = newId();
  return refusingDuplicates(async () =>
    inTransaction(ctx, async (ctx) => {
      await besideMerges(ctx);
      const wanted = await checkIdentities(ctx, [{ pointer: '', identities }]);
      const taken = wanted.find((identity) => identity.owner !== null);
      if (taken) throw addressTaken(taken.pointer);
      await checkAttributes(ctx, [{ pointer: '', attributes: fields.attributes }]);
      await refuseFormer(ctx, fields.external_id, id);
      await insertContacts(ctx, [{ id, ...changedFields(noFields, fields) }]);
      await insertIdentities(
        ctx,
        wanted.map((identity) => ({ ...identity, id: newId(), contact_id: id })),
      );
      return loadContact(ctx, id);
    }),
  );
}

/** Throws VERSION_CONFLICT where `version` is not the present one. */
export async function changeContact(ctx: Ctx, contactId: string, patch: ContactPatch): Promise<Contact> {
  const { version, ...change } = patch;
  return refusingDuplicates(async () =>
    inTransaction(ctx, async (ctx) => {
      const row = await ctx.db
        .selectFrom('contacts')
        .selectAll()
        .where('workspace_id', '=', ctx.actor.workspaceId)
        .where('id', '=', contactId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (!row) throw notFound('contact');
      if (version !== undefined && version !== row.version)
        throw new AppError(
          'VERSION_CONFLICT',
          'This contact was changed by somebody else since you opened it. Load it again and repeat your change.',
        );
      const after = changedFields(row as ContactFields, change);
      if (Object.keys(after.attributes).length > maxAttributes)
        throw invalidField(
          '/attributes',
          `At most ${maxAttributes} attributes per contact. Remove some by setting them to null.`,
        );
      await checkAttributes(ctx, [{ pointer: '', attributes: change.attributes }]);
      await refuseFormer(ctx, change.external_id, contactId);
      await updateContacts(ctx, [{ ...after, id: contactId }]);
      return loadContact(ctx, contactId);
    }),
  );
}

/** An external id that a merge put aside means its person still. */
async function refuseFormer(
  ctx: Ctx,
  externalId: string | null | undefined,
  contactId: string,
): Promise<void> {
  if (!externalId) return;
  const holder = (await formerExternalIds(ctx, [externalId])).get(externalId);
  if (holder && holder !== contactId)
    throw invalidField(
      '/external_id',
      `This external id belongs to a contact that was merged into ${toWireId('cnt', holder)}. Change that one, or choose another id.`,
    );
}

/** Two requests at once pass each other's checks; the unique index is what decides, and its answer is the same words. */
async function refusingDuplicates<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error, 'contacts_by_external_id'))
      throw invalidField(
        '/external_id',
        'Another contact has this external id. Change that one, or choose another id.',
      );
    if (isUniqueViolation(error)) throw addressTaken('/identities/0');
    throw error;
  }
}

function addressTaken(pointer: string): AppError {
  return invalidField(
    `${pointer}/address`,
    'Another contact has this address on this connection. Change that contact, or leave the address out.',
  );
}
