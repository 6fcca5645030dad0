// Saves one field of a contact. Somebody else's change of another field is no conflict; of the same one it is, and is shown
// before it is replaced.
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Contact, ContactPatch } from '../../../contract/contacts.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { useAction } from '../../ui/use-action.ts';

type Read = (contact: Contact) => unknown;

export function useFieldSave(contact: Contact, read: Read) {
  const client = useQueryClient();
  const saving = useAction();
  /** What the field held when the person began, or saw last. */
  const seen = useRef<string>(undefined);
  const begin = () => {
    seen.current = JSON.stringify(read(contact));
    saving.clear();
  };
  const attempt = async (change: ContactPatch, known: Contact): Promise<Contact> => {
    try {
      return await api.patch<Contact>(`/contacts/${contact.id}`, { ...change, version: known.version });
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'VERSION_CONFLICT') throw error;
      const fresh = await api.get<Contact>(`/contacts/${contact.id}`);
      client.setQueryData(keys.contact(contact.id), fresh);
      const now = JSON.stringify(read(fresh));
      if (now === seen.current) return attempt(change, fresh);
      seen.current = now;
      throw new Error(
        `Somebody changed this meanwhile, to ${inWords(read(fresh))}. Save again to replace it.`,
      );
    }
  };
  const save = (change: ContactPatch) =>
    saving.run(async () => {
      client.setQueryData(keys.contact(contact.id), await attempt(change, contact));
      void client.invalidateQueries({ queryKey: keys.contacts() });
    });
  return { busy: saving.busy, error: saving.error, begin, save };
}

function inWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing';
  return Array.isArray(value) ? value.map((one) => `“${one}”`).join(', ') || 'nothing' : `“${value}”`;
}
