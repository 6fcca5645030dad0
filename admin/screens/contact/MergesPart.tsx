// Who became part of this person, what was kept aside, and the way back.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import type { Merge } from '../../../contract/merges.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { day, moment } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { contactName } from '../contacts/contact-name.ts';
import { useAttributes } from './AttributesPart.tsx';
import { asideText } from './aside-text.ts';
import css from './Contact.module.css';
import { fieldLabel } from './MergeFields.tsx';
import { countsText } from './merge-sentences.ts';

export function MergesPart({ contact }: { contact: Contact }) {
  const write = useMay('contacts:write');
  const [undoing, setUndoing] = useState<Merge | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: keys.mergesOf(contact.id),
    queryFn: ({ signal }) => api.get<{ data: Merge[] }>(`/contacts/${contact.id}/merges`, undefined, signal),
  });
  if (error && !data)
    return <ErrorState title="Merges could not be loaded" error={error} onRetry={() => void refetch()} />;
  const standing = data?.data.filter((one) => one.undone_at === null) ?? [];
  if (standing.length === 0) return null;
  return (
    <section className={css.part} aria-labelledby="contact-merges">
      <h2 id="contact-merges">Merged contacts</h2>
      <ul>
        {standing.map((merge) => (
          <Row key={merge.id} merge={merge} mayNot={write.reason} onUndo={() => setUndoing(merge)} />
        ))}
      </ul>
      {undoing && <UndoDialog contact={contact} merge={undoing} onClose={() => setUndoing(null)} />}
    </section>
  );
}

function Row({ merge, mayNot, onUndo }: { merge: Merge; mayNot?: string; onUndo: () => void }) {
  const zone = useZone();
  const declared = useAttributes().data?.data;
  const typeIn = (name: string) => declared?.find((one) => one.name === name)?.type;
  const aside = Object.entries(merge.set_aside);
  return (
    <li className={css.reach}>
      <div className="grow col">
        <span className="strong">{merge.other_name}</span>
        <span className="small t3">
          {moment(merge.at, zone)} by {merge.by}
          {merge.undoable && `, can be undone until ${day(merge.undoable_until, zone)}`}
        </span>
        {aside.length > 0 && (
          <div className="small t2">
            Kept aside:
            <ul className={css.aside}>
              {aside.map(([field, value]) => (
                <li key={field}>
                  {fieldLabel(field)}: <bdi className="strong">{asideText(field, value, typeIn)}</bdi>
                </li>
              ))}
            </ul>
          </div>
        )}
        {merge.spare_addresses.map((one) => (
          <span key={one.address} className="small t2">
            Also writes from {one.address}
          </span>
        ))}
        {!merge.undoable && merge.why_not && <span className="small t3">{merge.why_not}</span>}
      </div>
      {merge.undoable && (
        <ReasonButton variant="default" size="compact-sm" reason={mayNot} onClick={onUndo}>
          Undo merge
        </ReasonButton>
      )}
    </li>
  );
}

function UndoDialog({ contact, merge, onClose }: { contact: Contact; merge: Merge; onClose: () => void }) {
  const client = useQueryClient();
  const undoing = useAction();
  const navigate = useNavigate();
  const name = contactName(contact);
  const undo = () =>
    undoing
      .run(async () => {
        const both = await api.post<{ contact: Contact; other: Contact }>(
          `/contacts/${contact.id}/merges/${merge.id}/undo`,
        );
        client.setQueryData(keys.contact(contact.id), both.contact);
        client.setQueryData(keys.contact(both.other.id), both.other);
        for (const key of [
          keys.mergesOf(contact.id),
          keys.timeline(contact.id),
          keys.consent(contact.id),
          keys.contacts(),
          keys.conversations(),
        ])
          void client.invalidateQueries({ queryKey: key });
        tell(`${name} and ${contactName(both.other)} are two again`, {
          label: `Open ${contactName(both.other)}`,
          run: () => void navigate({ to: '/contacts/$id', params: { id: both.other.id } }),
        });
      })
      .then((well) => well && onClose());
  const back = merge.comes_over && countsText(merge.comes_over);
  return (
    <ConfirmDialog
      opened
      title={`Undo the merge with ${merge.other_name}?`}
      action="Undo merge"
      busyLabel="Undoing"
      busy={undoing.busy}
      error={undoing.error}
      onClose={onClose}
      onConfirm={() => void undo()}
    >
      <p>
        {merge.other_name} is a contact of their own again, with everything as it was
        {back ? `: ${back}` : ''}. What came since from {merge.other_name}’s address goes back too; everything
        else that came since stays with {name}.
      </p>
    </ConfirmDialog>
  );
}
