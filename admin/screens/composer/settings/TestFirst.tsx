// "Send a test first": the launch sends it to these people, and everybody else waits for a person's go.
import { Button, Switch } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Settings } from '../../../../contract/campaigns.ts';
import { useMay, useMe } from '../../../session.ts';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import { Note } from '../../../ui/Note.tsx';
import css from '../Composer.module.css';
import { PeoplePicker } from '../PeoplePicker.tsx';
import { TestContacts, useTestContacts } from '../TestContacts.tsx';

interface Props {
  test: Settings['test_first'];
  connectionId: string | null;
  onChange: (test: Settings['test_first']) => void;
  problem: string | undefined;
}

export function TestFirst({ test, connectionId, onChange, problem }: Props) {
  const { workspace } = useMe();
  const chosen = new Set(test?.contact_ids ?? []);
  const set = (ids: Set<string>) => onChange({ contact_ids: [...ids] });
  return (
    <div className={css.canary} data-field="/settings/test_first">
      <Switch
        label="Send a test first"
        description="When it is sent, these people get it at once, and everybody else waits until you have looked at it and say go. Whoever of them is in the audience gets the message again then, with everybody else."
        checked={test !== null}
        onChange={(event) =>
          onChange(event.currentTarget.checked ? { contact_ids: workspace.test_contact_ids } : null)
        }
      />
      {test && (
        <Testers
          own={workspace.test_contact_ids}
          connectionId={connectionId}
          chosen={chosen}
          onChange={set}
          problem={problem ?? (chosen.size === 0 ? 'Choose at least one test contact.' : undefined)}
        />
      )}
    </div>
  );
}

function Testers(props: {
  own: string[];
  connectionId: string | null;
  chosen: ReadonlySet<string>;
  onChange: (chosen: Set<string>) => void;
  problem: string | undefined;
}) {
  const { own, connectionId, chosen, onChange, problem } = props;
  const workspace = useMay('workspace:write');
  const testers = useTestContacts(own, connectionId);
  const [others, setOthers] = useState(own.length === 0 || [...chosen].some((id) => !own.includes(id)));
  return (
    <div>
      {testers.length > 0 ? (
        <TestContacts
          contacts={testers}
          chosen={chosen}
          onToggle={(id) => {
            const next = new Set(chosen);
            if (!next.delete(id)) next.add(id);
            onChange(next);
          }}
        />
      ) : (
        <div style={{ marginBottom: 12 }}>
          <Note tone="info" actions={workspace.may && <Link to="/settings">Choose test contacts</Link>}>
            No test contacts are chosen for this workspace yet. Choose among your contacts.
          </Note>
        </div>
      )}
      {others ? (
        <PeoplePicker connectionId={connectionId} chosen={chosen} onChange={onChange} />
      ) : (
        <Button variant="subtle" mt={8} onClick={() => setOthers(true)}>
          Somebody else
        </Button>
      )}
      <FieldProblem>{problem}</FieldProblem>
    </div>
  );
}
