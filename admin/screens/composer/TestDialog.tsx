// A test goes to a few chosen people and is not counted in the report.
import { Button, Checkbox, Modal, Select } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Channel, Connection } from '../../../contract/connections.ts';
import type { Content } from '../../../contract/message.ts';
import type { AbTest } from '../../../contract/variants.ts';
import { api, isUnreachable, keys, newKey } from '../../api.ts';
import { useMay, useMe } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { people } from '../../ui/numbers.ts';
import { tell } from '../../ui/toast.tsx';
import { labelOfConnection } from '../connections/handle.ts';
import { PeoplePicker } from './PeoplePicker.tsx';
import { TestContacts, useTestContacts } from './TestContacts.tsx';
import { testThrough } from './test-through.ts';
import type { Saved } from './use-draft.ts';

interface Props {
  campaignId: string;
  connectionId: string | null;
  opened: boolean;
  onClose: () => void;
  /** Stores the draft first; false where it could not be. */
  save?: () => Promise<Saved>;
  /** Instead of that: what is on screen is tried without being stored. */
  unsaved?: { content: Content };
  /** Where the campaign names none, one of these is chosen. */
  connections?: Connection[] | undefined;
  /** The platform that is looked at beside it. */
  shown?: Channel | undefined;
  /** Of an A/B test: one of them may be tried instead of the campaign's own message. */
  variants?: AbTest['variants'] | undefined;
}

const lastKey = 'carillon-test-people';
function lastChosen(): Set<string> {
  try {
    return new Set(JSON.parse(localStorage.getItem(lastKey) ?? '[]') as string[]);
  } catch {
    return new Set();
  }
}

export function TestDialog(props: Props) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title="Send a test"
      size={480}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {props.opened && <Test {...props} />}
    </Modal>
  );
}

function Test(props: Props) {
  const { campaignId, onClose, save, unsaved, connections = [], shown, variants = [], ...given } = props;
  const working = connections.filter((one) => one.status === 'connected');
  const [through, setThrough] = useState<string | null>(() => testThrough(connections, shown));
  const connectionId = given.connectionId ?? through;
  const chooses = given.connectionId === null && working.length > 1;
  const [variant, setVariant] = useState('a');
  const content = variants.find(({ key }) => key === variant)?.content;
  const { workspace } = useMe();
  const own = useMay('workspace:write');
  const client = useQueryClient();
  const testers = useTestContacts(workspace.test_contact_ids, connectionId);
  const hasTesters = testers.length > 0;
  const [others, setOthers] = useState(!hasTesters);
  // the workspace's own test contacts, else whom this browser chose last
  const [chosen, setChosen] = useState<Set<string>>(() =>
    hasTesters ? new Set(workspace.test_contact_ids) : lastChosen(),
  );
  const lost = new Set(testers.filter(({ why }) => why !== null).map(({ id }) => id));
  const ids = [...chosen].filter((id) => !lost.has(id));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const known = [...chosen].toSorted().join() === [...workspace.test_contact_ids].toSorted().join();
  const [remember, setRemember] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [key] = useState(newKey);
  const send = async () => {
    if (busy || ids.length === 0) return;
    setBusy(true);
    setError(null);
    try {
      const saved = save ? await save() : true;
      if (saved !== true)
        throw new Error(
          isUnreachable(saved)
            ? 'No connection to Carillon. What you typed is kept here, try again in a moment.'
            : 'The draft could not be saved. Close this dialog and correct it first.',
        );
      await api.post(
        `/campaigns/${campaignId}/test`,
        {
          contact_ids: ids,
          ...unsaved,
          ...(content && { content }),
          ...(unsaved && connectionId && { connection_id: connectionId }),
        },
        { idempotencyKey: unsaved ? newKey() : `${key}${ids.length}${variant}` },
      );
      localStorage.setItem(lastKey, JSON.stringify(ids));
      if (remember && !known) {
        await api.patch('/workspace', { test_contact_ids: ids });
        void client.invalidateQueries({ queryKey: keys.me });
      }
      tell(`Test sent to ${people(ids.length)}`);
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  // Also from inside the search field.
  useHotkeys([['mod+Enter', () => void send()]], []);
  return (
    <>
      <p className="t2" style={{ marginBottom: 12 }}>
        The people you choose get the message as it is {unsaved ? 'on this screen' : 'now'}. It does not count
        in the report.
      </p>
      {chooses && (
        <Select
          mb={12}
          label="Through"
          allowDeselect={false}
          data={working.map((one) => ({ value: one.id, label: labelOfConnection(one) }))}
          value={connectionId}
          onChange={setThrough}
        />
      )}
      {variants.length > 0 && (
        <Select
          mb={12}
          label="Wording"
          allowDeselect={false}
          data={['a', ...variants.map(({ key }) => key)].map((key) => ({
            value: key,
            label: `Variant ${key.toUpperCase()}`,
          }))}
          value={variant}
          onChange={(next) => next && setVariant(next)}
        />
      )}
      {hasTesters ? (
        <TestContacts contacts={testers} chosen={chosen} onToggle={toggle} />
      ) : (
        <div style={{ marginBottom: 12 }}>
          <Note tone="warn" actions={own.may && <Link to="/settings">Choose test contacts</Link>}>
            No test contacts are chosen for this workspace yet. These are your contacts: whoever you tick gets
            the message.
          </Note>
        </div>
      )}
      {hasTesters && !others && (
        <Button variant="subtle" mt={8} onClick={() => setOthers(true)}>
          Also to somebody else
        </Button>
      )}
      {others && (
        <div style={{ marginTop: 12 }}>
          {hasTesters && <p className="t2">Your contacts: whoever you tick gets the message.</p>}
          <PeoplePicker connectionId={connectionId} chosen={chosen} onChange={setChosen} />
        </div>
      )}
      {own.may && others && ids.length > 0 && !known && (
        <Checkbox
          mt={12}
          label="Keep these people as the test contacts"
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
      )}
      {error ? (
        <div style={{ marginTop: 12 }}>
          <Note tone="bad">{problemText(error)}</Note>
        </div>
      ) : null}
      <div className="row" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
        <Button
          miw={156}
          disabled={ids.length === 0}
          aria-disabled={busy || undefined}
          onClick={() => void send()}
        >
          {busy ? 'Sending' : ids.length === 0 ? 'Choose people first' : `Send test to ${people(ids.length)}`}
        </Button>
      </div>
    </>
  );
}
