// Whom a test message is offered to first, for everybody in the workspace.
import { Button, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Me, Workspace } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { useMay, useMe } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { people } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { withinSentence } from '../../ui/within-sentence.ts';
import { PeoplePicker } from '../composer/PeoplePicker.tsx';
import { useTestContacts } from '../composer/TestContacts.tsx';

const most = 20;

export function TestPeople() {
  const client = useQueryClient();
  const { workspace } = useMe();
  const write = useMay('workspace:write');
  const read = useMay('contacts:read');
  const contacts = useTestContacts(workspace.test_contact_ids, null);
  const [chosen, setChosen] = useState<Set<string> | null>(null);
  const { busy, error, run, clear } = useAction();
  const close = () => {
    clear();
    setChosen(null);
  };
  const save = () =>
    run(async () => {
      const saved = await api.patch<Workspace>('/workspace', {
        test_contact_ids: [...(chosen ?? [])],
        version: workspace.version,
      });
      client.setQueryData<Me>(keys.me, (old) => old && { ...old, workspace: saved });
      tell('Test contacts saved');
      setChosen(null);
    });
  return (
    <Section title="Test contacts" help="A test of a campaign is offered to them first.">
      {contacts.length === 0 ? (
        <p className="t3">None yet: a test is sent to people who are chosen each time.</p>
      ) : (
        <ul style={{ margin: 0, padding: 0, listStyle: 'none' }}>
          {contacts.map(({ id, name, why }) => (
            <li key={id}>
              <bdi>{name}</bdi>
              {why && <span className="t3">, {withinSentence(why)}</span>}
            </li>
          ))}
        </ul>
      )}
      <div style={{ marginTop: 12 }}>
        <ReasonButton
          variant="default"
          reason={write.reason ?? read.reason}
          onClick={() =>
            // who is not there any more cannot be kept
            setChosen(new Set(contacts.filter(({ why }) => why === null).map(({ id }) => id)))
          }
        >
          {contacts.length === 0 ? 'Choose test contacts' : 'Change'}
        </ReasonButton>
      </div>
      <Modal
        opened={chosen !== null}
        onClose={close}
        title="Test contacts"
        size={480}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {chosen && (
          <>
            <PeoplePicker connectionId={null} anyone chosen={chosen} onChange={setChosen} />
            {error ? (
              <div style={{ marginTop: 12 }}>
                <Note tone="bad">{problemText(error)}</Note>
              </div>
            ) : null}
            <div className="row" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
              <Button variant="default" onClick={close}>
                Go back
              </Button>
              <Button disabled={chosen.size > most} onClick={() => void save()}>
                {busy
                  ? 'Saving'
                  : chosen.size > most
                    ? `At most ${most} people`
                    : chosen.size === 0
                      ? 'Save none'
                      : `Save ${people(chosen.size)}`}
              </Button>
            </div>
          </>
        )}
      </Modal>
    </Section>
  );
}
