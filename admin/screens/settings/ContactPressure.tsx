// How often and when anybody may be messaged, over all channels and campaigns: caps, quiet hours, and what they mean in words.
import { ActionIcon, Button, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { FrequencyCap, Purpose, QuietHours } from '../../../contract/pressure.ts';
import type { Me, Workspace } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { useMay, useMe } from '../../session.ts';
import { FieldProblem, problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell } from '../../ui/toast.tsx';
import { UnsavedChanges } from '../../ui/UnsavedChanges.tsx';
import { useAction } from '../../ui/use-action.ts';
import { capWords, quietWords } from './pressure-words.ts';
import css from './Settings.module.css';

/** A number field may be empty while it is written; the server says so beside it. */
type Draft<T> = { [K in keyof T]: T[K] extends number ? number | '' : T[K] };
type CapDraft = Draft<FrequencyCap> & { key: number };

const purposes: { value: Purpose; label: string }[] = [
  { value: 'marketing', label: 'Marketing' },
  { value: 'service', label: 'Service' },
];
const firstCap: FrequencyCap = { purpose: 'marketing', max: 2, period_hours: 24 };
const night: QuietHours = { from: '21:00', to: '09:00', expire_after_hours: 24 };
let lastKey = 0;
const drafted = (cap: FrequencyCap): CapDraft => ({ ...cap, key: ++lastKey });
const given = (value: string | number): number | '' => (typeof value === 'number' ? value : '');
const emptyIsNull = (_: string, value: unknown) => (value === '' ? null : value);

export function ContactPressure() {
  const client = useQueryClient();
  const { workspace } = useMe();
  const write = useMay('workspace:write');
  const [caps, setCaps] = useState(() => workspace.frequency_caps.map(drafted));
  const [quiet, setQuiet] = useState<Draft<QuietHours> | null>(workspace.quiet_hours);
  const { busy, error, run } = useAction();
  const body = { frequency_caps: caps.map(({ key: _, ...cap }) => cap), quiet_hours: quiet };
  const { frequency_caps, quiet_hours } = workspace;
  const changed = JSON.stringify(body) !== JSON.stringify({ frequency_caps, quiet_hours });
  const change = (key: number, part: Partial<CapDraft>) =>
    setCaps(caps.map((cap) => (cap.key === key ? { ...cap, ...part } : cap)));
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!write.may || !changed) return;
    await run(async () => {
      const patch = JSON.parse(JSON.stringify({ ...body, version: workspace.version }, emptyIsNull));
      const saved = await api.patch<Workspace>('/workspace', patch);
      client.setQueryData<Me>(keys.me, (old) => old && { ...old, workspace: saved });
      setCaps(saved.frequency_caps.map(drafted));
      setQuiet(saved.quiet_hours);
      tell('Contact pressure saved');
    });
  };
  const window = quiet && whole<QuietHours>(quiet);
  const elsewhere = problemElsewhere(error, ['/frequency_caps', '/quiet_hours']);
  return (
    <form onSubmit={(event) => void save(event)} className={css.parts} noValidate>
      <UnsavedChanges when={changed} what="contact pressure" />
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <Section
        title="Frequency caps"
        help="How many messages one person may get, however many campaigns mean them."
      >
        {caps.length === 0 && (
          <p className={`t3 ${css.noCap}`}>No cap: everybody gets every campaign that means them.</p>
        )}
        <ul className={css.caps}>
          {caps.map((cap, index) => (
            <CapRow
              key={cap.key}
              cap={cap}
              number={index + 1}
              disabled={!write.may}
              problem={(field) => problemAt(error, `/frequency_caps/${index}/${field}`)}
              onChange={(part) => change(cap.key, part)}
              onRemove={() => setCaps(caps.filter((other) => other.key !== cap.key))}
            />
          ))}
        </ul>
        <FieldProblem>{caps.length > 10 ? problemAt(error, '/frequency_caps') : undefined}</FieldProblem>
        <Button
          variant="default"
          disabled={!write.may || caps.length >= 10}
          leftSection={<IconPlus size={16} stroke={1.75} />}
          onClick={() => setCaps([...caps, drafted(firstCap)])}
        >
          Add a cap
        </Button>
      </Section>
      <Section title="Quiet hours" help="When nobody is messaged, on the clock of where they are.">
        <Switch
          label="Keep quiet hours"
          checked={quiet !== null}
          disabled={!write.may}
          onChange={(event) =>
            setQuiet(event.currentTarget.checked ? (workspace.quiet_hours ?? night) : null)
          }
        />
        {quiet && (
          <QuietFields
            quiet={quiet}
            disabled={!write.may}
            problem={(field) => problemAt(error, `/quiet_hours/${field}`)}
            onChange={setQuiet}
          />
        )}
      </Section>
      <Section title="What this means">
        <ul className={css.meaning} aria-live="polite">
          {caps.length === 0 && !quiet && (
            <li>Nothing holds a campaign back: it reaches everybody it means, at any hour.</li>
          )}
          {caps.map((draft) => {
            const cap = whole<FrequencyCap>(draft);
            return cap && <li key={draft.key}>{capWords(cap)}</li>;
          })}
          {window && <li>{quietWords(window, workspace.time_zone)}</li>}
          <li className="t3">
            Replies and test messages are never held. Automations and service campaigns can be exempt;
            opt-outs always count.
          </li>
        </ul>
        <div>
          <ReasonButton type="submit" reason={write.reason} disabled={write.may && !changed} miw={124}>
            {busy ? 'Saving' : 'Save changes'}
          </ReasonButton>
        </div>
      </Section>
    </form>
  );
}

/** The draft where every field is filled, else null. */
function whole<T extends object>(draft: Draft<T>): T | null {
  return Object.values(draft).includes('') ? null : (draft as unknown as T);
}

interface CapProps {
  cap: CapDraft;
  number: number;
  disabled: boolean;
  problem: (field: keyof FrequencyCap) => string | undefined;
  onChange: (part: Partial<CapDraft>) => void;
  onRemove: () => void;
}

function CapRow({ cap, number, disabled, problem, onChange, onRemove }: CapProps) {
  return (
    <li className={css.cap} aria-label={`Cap ${number}`}>
      <NumberInput
        label="At most"
        w={88}
        min={1}
        max={1000}
        allowDecimal={false}
        clampBehavior="none"
        disabled={disabled}
        value={cap.max}
        error={problem('max')}
        onChange={(value) => onChange({ max: given(value) })}
      />
      <Select
        label="Messages"
        w={132}
        allowDeselect={false}
        data={purposes}
        disabled={disabled}
        value={cap.purpose}
        error={problem('purpose')}
        onChange={(value) => value && onChange({ purpose: value as Purpose })}
      />
      <NumberInput
        label="In hours"
        w={100}
        min={1}
        max={8760}
        allowDecimal={false}
        clampBehavior="none"
        disabled={disabled}
        value={cap.period_hours}
        error={problem('period_hours')}
        onChange={(value) => onChange({ period_hours: given(value) })}
      />
      <ActionIcon
        variant="subtle"
        size={36}
        aria-label={`Remove cap ${number}`}
        disabled={disabled}
        className={css.capRemove}
        onClick={onRemove}
      >
        <IconTrash size={16} stroke={1.75} />
      </ActionIcon>
    </li>
  );
}

interface QuietProps {
  quiet: Draft<QuietHours>;
  disabled: boolean;
  problem: (field: keyof QuietHours) => string | undefined;
  onChange: (quiet: Draft<QuietHours>) => void;
}

function QuietFields({ quiet, disabled, problem, onChange }: QuietProps) {
  return (
    <div className={css.cap} style={{ marginTop: 12 }}>
      <TextInput
        type="time"
        label="From"
        w={150}
        disabled={disabled}
        value={quiet.from}
        error={problem('from')}
        onChange={(event) => onChange({ ...quiet, from: event.currentTarget.value })}
      />
      <TextInput
        type="time"
        label="Until"
        w={150}
        disabled={disabled}
        value={quiet.to}
        error={problem('to')}
        onChange={(event) => onChange({ ...quiet, to: event.currentTarget.value })}
      />
      <NumberInput
        label="Give up after, in hours"
        w={170}
        min={1}
        max={168}
        allowDecimal={false}
        clampBehavior="none"
        disabled={disabled}
        value={quiet.expire_after_hours}
        error={problem('expire_after_hours')}
        onChange={(value) => onChange({ ...quiet, expire_after_hours: given(value) })}
      />
    </div>
  );
}
