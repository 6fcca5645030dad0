// First start: the owner's account, then a bot or a number. The second step can wait.
import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { IconArrowRight, IconCheck, IconServer, IconWorld } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import type { Connection } from '../../../contract/connections.ts';
import { type Me, setUp } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { setupOf } from '../../channels/registry.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Logo } from '../../ui/Logo.tsx';
import { Note } from '../../ui/Note.tsx';
import { browserZone } from '../../ui/times.ts';
import { useAction } from '../../ui/use-action.ts';
import { ZoneField } from '../../ui/ZoneField.tsx';
import { ConnectionForm, useConnectedNews } from '../connections/AddConnection.tsx';
import { browserCurrency, currencies } from '../settings/currencies.ts';
import css from './Setup.module.css';

const steps = [
  { title: 'Create the owner account', help: 'Your shop, your name, a password' },
  { title: 'Connect a bot or a number', help: 'Telegram or WhatsApp, or later' },
];

export function SetupScreen() {
  const navigate = useNavigate();
  const tellOfIt = useConnectedNews();
  const [step, setStep] = useState(0);
  const [connected, setConnected] = useState<Connection | null>(null);
  const Setup = connected && setupOf(connected);
  const [email, setEmail] = useState('');
  useEffect(() => {
    document.title = 'Set up – Carillon';
  }, []);
  return (
    <div className={css.page}>
      <aside className={css.side}>
        <div className={css.brand}>
          <Logo size={28} />
          Carillon
        </div>
        <div>
          <p className={css.lead}>Ready to send in about two minutes</p>
          <p className="t2">Your data stays on this server.</p>
        </div>
        <ol className={css.steps}>
          {steps.map((item, index) => (
            <li key={item.title} className={css.step} aria-current={index === step ? 'step' : undefined}>
              <span className={css.number} data-done={index < step || undefined}>
                {index < step ? <IconCheck size={14} aria-label="Done" /> : index + 1}
              </span>
              <span className="col">
                <span className="strong">{item.title}</span>
                <span className="small t3">{index < step ? email : item.help}</span>
              </span>
            </li>
          ))}
        </ol>
        <dl className={css.facts}>
          <div>
            <dt className="row">
              <IconServer size={14} stroke={1.75} aria-hidden />
              Carillon and its database
            </dt>
            <dd className="ok">Running</dd>
          </div>
          <div>
            <dt className="row ellipsis">
              <IconWorld size={14} stroke={1.75} aria-hidden />
              {location.origin}
            </dt>
            <dd className="ok">Reachable</dd>
          </div>
        </dl>
      </aside>
      <main className={css.main}>
        <div className={css.column}>
          <p className="t3">
            Step {step + 1} of {steps.length}
          </p>
          <h1 className={css.title}>{steps[step]?.title}</h1>
          {step === 0 ? (
            <Owner
              onDone={(me) => {
                setEmail(me.user.email);
                setStep(1);
              }}
            />
          ) : (
            <>
              <p className="t2" style={{ marginBottom: 24 }}>
                Messages go out and come in through it. Website chat follows in a later release.
              </p>
              <div className={`card ${css.card}`}>
                {connected && Setup ? (
                  <Setup connection={connected} onDone={() => void navigate({ to: '/campaigns' })} />
                ) : (
                  <ConnectionForm
                    onDone={(connection) => {
                      tellOfIt(connection);
                      if (setupOf(connection)) setConnected(connection);
                      else void navigate({ to: '/campaigns' });
                    }}
                    back={
                      <Button variant="default" onClick={() => void navigate({ to: '/campaigns' })}>
                        Skip for now
                      </Button>
                    }
                  />
                )}
              </div>
            </>
          )}
        </div>
      </main>
    </div>
  );
}

/** What to write into an empty field, instead of that it is empty. */
const missing: Record<string, string> = {
  workspace_name: 'Give your shop a name.',
  name: 'Write your name.',
};

function Owner({ onDone }: { onDone: (me: Me) => void }) {
  const client = useQueryClient();
  const { busy, error, run } = useAction();
  const [form, setForm] = useState({
    workspace_name: '',
    name: '',
    email: '',
    password: '',
    time_zone: browserZone(),
    currency: browserCurrency(),
  });
  const [own, setOwn] = useState<Record<string, string>>({});
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const checked = setUp.safeParse(form);
    const wrong: Record<string, string> = {};
    if (!checked.success)
      for (const issue of checked.error.issues) {
        const name = String(issue.path[0]);
        wrong[name] ??= form[name as keyof typeof form].trim()
          ? issue.message
          : (missing[name] ?? issue.message);
      }
    setOwn(wrong);
    if (!checked.success) return;
    await run(async () => {
      const me = await api.post<Me>('/setup', checked.data);
      client.setQueryData(keys.me, me);
      client.removeQueries({ queryKey: keys.setup });
      onDone(me);
    });
  };
  const field = (name: 'workspace_name' | 'name' | 'email') => ({
    value: form[name],
    size: 'lg' as const,
    error: own[name] ?? problemAt(error, `/${name}`),
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => {
      setForm({ ...form, [name]: event.currentTarget.value });
      setOwn({ ...own, [name]: '' });
    },
  });
  const elsewhere = problemElsewhere(
    error,
    Object.keys(form).map((name) => `/${name}`),
  );
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className={css.form}>
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <TextInput label="Shop name" placeholder="Marlow Ceramics" autoFocus {...field('workspace_name')} />
      <TextInput label="Your name" autoComplete="name" {...field('name')} />
      <TextInput label="Email" type="email" autoComplete="username" {...field('email')} />
      <PasswordInput
        label="Password"
        description={own.password ? undefined : 'At least 10 characters.'}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        size="lg"
        autoComplete="new-password"
        value={form.password}
        error={own.password || problemAt(error, '/password')}
        onChange={(event) => {
          setForm({ ...form, password: event.currentTarget.value });
          setOwn({ ...own, password: '' });
        }}
      />
      <ZoneField
        label="Time zone"
        size="lg"
        value={form.time_zone}
        error={own.time_zone || problemAt(error, '/time_zone')}
        onChange={(value) => value && setForm({ ...form, time_zone: value })}
      />
      <Select
        label="Currency"
        description="What your shop sells in. It can be changed later."
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        size="lg"
        searchable
        limit={80}
        data={currencies}
        value={form.currency}
        error={own.currency || problemAt(error, '/currency')}
        onChange={(value) => value && setForm({ ...form, currency: value })}
      />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button
          type="submit"
          size="lg"
          miw={180}
          rightSection={<IconArrowRight size={16} stroke={1.75} />}
          aria-disabled={busy || undefined}
        >
          {busy ? 'Creating' : 'Create account'}
        </Button>
      </div>
    </form>
  );
}
