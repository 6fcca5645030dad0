// The warm-up plan of a connection: how many campaign messages each of its first days allows.
import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { factsOf } from '../../../contract/channel-facts.ts';
import { type Connection, usualWarmUp } from '../../../contract/connections.ts';
import type { Limits } from '../../../contract/limits.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { momentShort } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import css from './Limits.module.css';
import { dayWords, readDays } from './warm-up-days.ts';

export function WarmUpSection({ connection, limits }: { connection: Connection; limits: Limits }) {
  const zone = useZone();
  const { warm_up: plan } = limits;
  const days = plan.day_limits;
  const { account } = factsOf(connection.channel);
  return (
    <Section
      title="Warm-up"
      help="A new number that sends thousands of messages on its first day is easily taken for spam. A plan lets it begin small."
    >
      {!days ? (
        <p className="t2">
          No plan: campaigns may send as much as the platform allows.
          {account === 'number' && ' For a number in its first weeks a plan is recommended.'}
        </p>
      ) : plan.day === null ? (
        <p className="t2">
          The plan of {figure(days.length)} {days.length === 1 ? 'day' : 'days'} is over. Campaigns may send
          as much as the platform allows.
        </p>
      ) : (
        <>
          <dl className={css.rows} style={{ marginBottom: 8 }}>
            <div>
              <dt className="t2">
                Day {figure(plan.day)} of {figure(days.length)}
              </dt>
              <dd>
                {figure(plan.used_today)} of {figure(plan.limit_today ?? 0)} campaign messages today
              </dd>
            </div>
          </dl>
          <Meter value={plan.used_today / Math.max(1, plan.limit_today ?? 1)} />
          <p className="small t3" style={{ marginTop: 8 }}>
            {plan.resumes_at
              ? `Used up. What is left goes on at ${momentShort(plan.resumes_at, zone)}.`
              : days[plan.day] === undefined
                ? 'Tomorrow the plan is over.'
                : `Tomorrow: ${figure(days[plan.day] ?? 0)}.`}{' '}
            Days are those of {zoneCity(plan.time_zone)}.
          </p>
        </>
      )}
    </Section>
  );
}

interface Props {
  connection: Connection;
  opened: boolean;
  onClose: () => void;
}

export function EditWarmUp(props: Props) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title="Warm-up plan"
      size={480}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {props.opened && <Form {...props} />}
    </Modal>
  );
}

function Form({ connection, onClose }: Props) {
  const client = useQueryClient();
  const { busy, error, run } = useAction();
  const { day_limits, started_on } = connection.warm_up;
  const { account, name: platform } = factsOf(connection.channel);
  const [text, setText] = useState((day_limits ?? usualWarmUp).join(', '));
  const [startedOn, setStartedOn] = useState(started_on ?? '');
  const [own, setOwn] = useState<string>();
  const [ending, setEnding] = useState(false);
  const save = (warm_up: { day_limits: number[]; started_on: string | null } | null, words: string) =>
    run(async () => {
      await api.patch(`/connections/${connection.id}`, { warm_up, version: connection.version });
      await Promise.all(
        [keys.connections, keys.limits(connection.id)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      tell(words);
      onClose();
    });
  const read = readDays(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setOwn('wrong' in read ? read.wrong : undefined);
    if ('days' in read)
      void save({ day_limits: read.days, started_on: startedOn || null }, 'Warm-up plan saved');
  };
  const elsewhere = problemElsewhere(error, ['/warm_up/day_limits', '/warm_up/started_on']);
  return (
    <form onSubmit={submit} noValidate className={css.form}>
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <Textarea
        label="Campaign messages per day"
        description="The first day, the second, and so on. After the last there is no limit."
        autosize
        minRows={2}
        value={text}
        error={own ?? problemAt(error, '/warm_up/day_limits')}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setOwn(undefined);
        }}
      />
      {'days' in read && (
        <p className="small t2" role="status">
          {dayWords(read.days)}
        </p>
      )}
      <TextInput
        type="date"
        label="First day"
        description="Empty: today."
        w={200}
        value={startedOn}
        error={problemAt(error, '/warm_up/started_on')}
        onChange={(event) => setStartedOn(event.currentTarget.value)}
      />
      <p className="small t3">
        What is beyond a day’s limit waits for the next day. Replies and test messages are neither counted nor
        held.
        {account === 'bot' && ` ${platform} bots seldom need a plan: people start them by themselves.`}
      </p>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        {day_limits && (
          <Button
            variant="subtle"
            data-danger
            mr="auto"
            aria-disabled={busy || undefined}
            onClick={() => setEnding(true)}
          >
            End the plan
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
        <Button type="submit" miw={112} aria-disabled={busy || undefined}>
          {busy ? 'Saving' : 'Save plan'}
        </Button>
      </div>
      <ConfirmDialog
        opened={ending}
        title="End the warm-up plan?"
        action="End the plan"
        busyLabel="Ending"
        danger
        busy={busy}
        error={error}
        onClose={() => setEnding(false)}
        onConfirm={() => void save(null, 'Warm-up plan ended')}
      >
        Campaigns on {connection.name} send at once as much as the platform allows, also what is waiting for
        the next day now. The numbers of the plan are deleted; a new plan begins with its first day.
      </ConfirmDialog>
    </form>
  );
}
