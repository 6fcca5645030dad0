// A number's new credentials, each by itself.
import { useState } from 'react';
import type { Connection } from '../../../contract/connections.ts';
import { CredentialsForm } from '../../screens/connections/CredentialsForm.tsx';
import {
  emptyNumber,
  filledIn,
  NumberFields,
  type NumberProblems,
  numberPointers,
  numberProblems,
} from './NumberFields.tsx';

export function NewCredentials(props: { connection: Connection; onClose: () => void }) {
  const [draft, setDraft] = useState(emptyNumber);
  const [own, setOwn] = useState<NumberProblems>({});
  const read = () => {
    const wrong = numberProblems(draft, false);
    setOwn(wrong);
    return Object.values(wrong).some(Boolean) ? null : filledIn(draft);
  };
  return (
    <CredentialsForm {...props} pointers={numberPointers} read={read}>
      {(error) => (
        <>
          <p className="t2">What is left empty stays as it is.</p>
          <NumberFields
            stored
            draft={draft}
            own={own}
            error={error}
            onChange={(next) => {
              setDraft(next);
              setOwn({});
            }}
          />
        </>
      )}
    </CredentialsForm>
  );
}
