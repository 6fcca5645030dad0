// What WhatsApp wants to know before it lets us send: checked for its form here, by WhatsApp when it is saved.
import { PasswordInput, TextInput } from '@mantine/core';
import { type WhatsAppCredentials, whatsappCredentials } from '../../../contract/connections.ts';
import css from '../../screens/connections/Connections.module.css';
import { problemAt } from '../../ui/FieldProblem.tsx';

export type NumberDraft = Record<keyof WhatsAppCredentials, string>;
export type NumberProblems = Partial<Record<keyof WhatsAppCredentials, string>>;

export const emptyNumber: NumberDraft = {
  phone_number_id: '',
  waba_id: '',
  access_token: '',
  app_secret: '',
  verify_token: '',
};
const names = Object.keys(emptyNumber) as (keyof NumberDraft)[];
/** The pointers that have a field of their own here. */
export const numberPointers = names.map((name) => `/credentials/${name}`);

/** A verify token that nobody guesses. */
export function drawVerifyToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => (byte % 36).toString(36)).join('');
}

/** What was written, without what was left empty. */
export function filledIn(draft: NumberDraft): Partial<NumberDraft> {
  const filled = Object.entries(draft).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== ''));
}

/** What is wrong with the form of each; `whole`: nothing may be left empty. */
export function numberProblems(draft: NumberDraft, whole: boolean): NumberProblems {
  const schema = whole ? whatsappCredentials : whatsappCredentials.partial();
  const checked = schema.safeParse(whole ? draft : filledIn(draft));
  const problems: NumberProblems = {};
  for (const issue of checked.error?.issues ?? [])
    problems[issue.path[0] as keyof NumberDraft] ??= issue.message;
  return problems;
}

interface Props {
  draft: NumberDraft;
  onChange: (draft: NumberDraft) => void;
  /** What is wrong with the form, and what the server said. */
  own: NumberProblems;
  error: unknown;
  /** Empty fields keep what is stored. */
  stored?: boolean;
}

export function NumberFields({ draft, onChange, own, error, stored = false }: Props) {
  /** `help` gives way to what is wrong, which says the same and more; a stored value needs none. */
  const field = (name: keyof NumberDraft, help?: string) => {
    const problem = own[name] ?? problemAt(error, `/credentials/${name}`);
    return {
      value: draft[name],
      error: problem,
      description: problem || stored ? undefined : help,
      autoComplete: 'off',
      spellCheck: false,
      inputWrapperOrder: ['label', 'input', 'error', 'description'] as (
        | 'label'
        | 'input'
        | 'error'
        | 'description'
      )[],
      onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
        onChange({ ...draft, [name]: event.currentTarget.value }),
    };
  };
  return (
    <div className={css.form}>
      {!stored && (
        <TextInput
          label="Phone number ID"
          inputMode="numeric"
          placeholder="106540352242922"
          {...field('phone_number_id', 'Not the phone number itself.')}
        />
      )}
      <TextInput
        label="WhatsApp Business Account ID"
        inputMode="numeric"
        placeholder={stored ? undefined : '102290129340398'}
        {...field('waba_id')}
      />
      <PasswordInput
        label="Access token"
        {...field('access_token', 'Of a system user: temporary ones end after a day.')}
      />
      <PasswordInput
        label="App secret"
        {...field('app_secret', 'What comes in is known by it to be WhatsApp’s.')}
      />
      <TextInput
        label="Verify token"
        {...field(
          'verify_token',
          'Drawn for you. WhatsApp shows it once when it asks whether this address is yours.',
        )}
      />
    </div>
  );
}

export function WhereToFind() {
  return (
    <div>
      <h3 style={{ marginBottom: 8 }}>Where do I find it?</h3>
      <ol className={`t2 ${css.steps}`}>
        <li>
          Open your app in the{' '}
          <a href="https://developers.facebook.com/apps" target="_blank" rel="noreferrer noopener">
            app dashboard
          </a>
          . WhatsApp, API Setup shows both IDs
        </li>
        <li>
          In{' '}
          <a
            href="https://business.facebook.com/settings/system-users"
            target="_blank"
            rel="noreferrer noopener"
          >
            Business settings, System users
          </a>{' '}
          let one generate a token that never expires, with{' '}
          <code className="mono">whatsapp_business_messaging</code> and{' '}
          <code className="mono">whatsapp_business_management</code>
        </li>
        <li>App settings, Basic shows the app secret</li>
        <li>The number must be registered, and the app live</li>
      </ol>
    </div>
  );
}
