// A bot's new token; left empty the present one stays.
import { useState } from 'react';
import type { Connection } from '../../../contract/connections.ts';
import { CredentialsForm } from '../../screens/connections/CredentialsForm.tsx';
import { problemAt } from '../../ui/FieldProblem.tsx';
import { TokenField, tokenProblem } from './TokenField.tsx';

export function NewToken(props: { connection: Connection; onClose: () => void }) {
  const [token, setToken] = useState('');
  const [own, setOwn] = useState<string>();
  const read = (): Record<string, string> | null => {
    const wrong = token ? tokenProblem(token) : undefined;
    setOwn(wrong);
    if (wrong) return null;
    return token ? { token: token.trim() } : {};
  };
  return (
    <CredentialsForm {...props} pointers={['/credentials']} read={read}>
      {(error) => (
        <TokenField
          label="New bot token"
          description="Empty: the present token stays. A new one comes from @BotFather with /token."
          value={token}
          problem={own ?? problemAt(error, '/credentials')}
          onChange={(text) => {
            setToken(text);
            setOwn(undefined);
          }}
        />
      )}
    </CredentialsForm>
  );
}
