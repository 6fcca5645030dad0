// The bot token: checked for its form while it is typed, by Telegram when it is saved.
import { PasswordInput } from '@mantine/core';
import { telegramCredentials } from '../../../contract/connections.ts';
import css from '../../screens/connections/Connections.module.css';

interface Props {
  value: string;
  onChange: (token: string) => void;
  problem: string | undefined;
  label?: string;
  description?: string;
  size?: 'lg';
}

/** What is wrong with the form of a token, or undefined. */
export function tokenProblem(token: string): string | undefined {
  const checked = telegramCredentials.safeParse({ token });
  return checked.success ? undefined : checked.error.issues[0]?.message;
}

export function TokenField({ value, onChange, problem, label = 'Bot token', description, size }: Props) {
  return (
    <PasswordInput
      label={label}
      description={description ?? 'Stored encrypted, never shown again and never in logs.'}
      placeholder="123456789:AAE…"
      autoComplete="off"
      spellCheck={false}
      size={size}
      value={value}
      error={problem}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function BotFatherSteps() {
  return (
    <div>
      <h3 style={{ marginBottom: 8 }}>Where do I find it?</h3>
      <ol className={`t2 ${css.steps}`}>
        <li>
          Open{' '}
          <a href="https://t.me/BotFather" target="_blank" rel="noreferrer noopener">
            @BotFather
          </a>{' '}
          in Telegram
        </li>
        <li>
          Send <code className="mono">/newbot</code> and choose a name
        </li>
        <li>Copy the token it gives you</li>
        <li>Paste it here</li>
      </ol>
    </div>
  );
}
