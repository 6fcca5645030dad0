// The last look over everything before it is sent or scheduled; each row leads back to its step.

import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { factsOf } from '../../../../contract/channel-facts.ts';
import type { Channel } from '../../../../contract/connections.ts';
import type { Content } from '../../../../contract/message.ts';
import { scheduleInWords } from '../../../../contract/schedule-words.ts';
import type { Schedule } from '../../../../contract/schedules.ts';
import { type AbTest, type VariantKey, variantKeys } from '../../../../contract/variants.ts';
import { zoneCity } from '../../../../contract/zones.ts';
import { useZone } from '../../../session.ts';
import { FilterTabs } from '../../../ui/FilterTabs.tsx';
import { duration } from '../../../ui/numbers.ts';
import { day, moment } from '../../../ui/times.ts';
import { campaignState } from '../../campaigns/state.ts';
import { StatusBadge, typeWords } from '../../campaigns/status.tsx';
import { labelOfConnection } from '../../connections/handle.ts';
import { useForecast } from '../audience/use-forecast.ts';
import { costDoubt, costWords, finishWords } from '../forecast-words.ts';
import { LivePreview, usePreview } from '../LivePreview.tsx';
import ready from '../ReadyList.module.css';
import { ReadyList } from '../ReadyList.tsx';
import css from '../Wizard.module.css';
import { Recipients } from './Recipients.tsx';
import { type Step, type StepProps, stepWords } from './step.ts';

export function ReviewStep({ campaign, control, unstored, connection, goTo }: StepProps) {
  const { draft } = control;
  const isLeft = (field: string) =>
    unstored.some(({ pointer }) => pointer === field || pointer.startsWith(`${field}/`));
  return (
    <>
      <ReadyList
        id={campaign.id}
        version={campaign.version}
        saving={control.state === 'waiting' || control.state === 'saving'}
        unstored={unstored}
        changed={control.byHand && control.state !== 'saved'}
        onGo={goTo}
      />
      <section aria-labelledby="campaign-summary">
        <h3 id="campaign-summary" style={{ marginBottom: 8 }}>
          Campaign summary
        </h3>
        <div className={css.sheet}>
          <dl className={css.summary}>
            <Row name="Name" left={isLeft('/name')} id={campaign.id} step="details">
              {draft.name || 'Not named yet'}
            </Row>
            <Row name="Type">{typeWords[draft.type]}</Row>
            <Row name="Sent from">
              {connection ? labelOfConnection(connection) : 'No bot or number is chosen yet'}
            </Row>
            <Row name="Status">
              <StatusBadge state={campaignState(campaign)} />
            </Row>
            <Row name="Recipients" left={isLeft('/audience')} id={campaign.id} step="audience">
              <Recipients campaign={campaign} audience={draft.audience} />
            </Row>
            <Row name="Message" left={isLeft('/content')} id={campaign.id} step="message">
              {messageWords(draft.content, connection?.channel ?? null)}
            </Row>
            <Row name="Media">
              {draft.content.media.length === 0 ? 'None' : `${draft.content.media.length} attached`}
            </Row>
            <Row name="Buttons">
              {draft.content.buttons.length === 0
                ? pressWords(draft.content, connection?.channel ?? null)
                : draft.content.buttons.map(({ text, url }, index) => (
                    <div key={String(index)}>
                      {text || 'Without words'} <span className="t2">→ {url || 'no address yet'}</span>
                    </div>
                  ))}
            </Row>
            <Row name="Schedule" left={isLeft('/schedule')} id={campaign.id} step="schedule">
              {scheduleInWords(draft.schedule, { withStart: true })}
              {leftOut(draft.schedule)}
            </Row>
            <Takes campaign={campaign} isBroken={connection?.status === 'error'} />
            <Row name="Purpose" id={campaign.id} step="settings">
              {draft.settings.purpose === 'service' ? 'Service: people wait for it' : 'Marketing'}
            </Row>
            <Row name="Training">Not trained</Row>
            {draft.settings.ab && (
              <Row name="A/B test" left={isLeft('/settings/ab')} id={campaign.id} step="settings">
                {testInWords(draft.settings.ab)}
              </Row>
            )}
            {draft.settings.holdout_percent != null && (
              <Row name="Holdout" left={isLeft('/settings/holdout_percent')} id={campaign.id} step="settings">
                {draft.settings.holdout_percent} % get nothing, to compare
              </Row>
            )}
          </dl>
        </div>
      </section>
    </>
  );
}

/** The message as one person sees it, each wording of a test in its turn. */
export function ReviewAside(props: StepProps) {
  const { people: who, preview, connection, blank, control } = props;
  const { ab } = control.draft.settings;
  const [shown, setShown] = useState<VariantKey>('a');
  const variant = ab?.variants.find(({ key }) => key === shown);
  const other = usePreview(
    variant?.content ?? control.draft.content,
    control.draft.connection_id,
    who.current?.id,
  );
  const shownMessage = (
    <LivePreview
      people={who}
      preview={variant ? other : preview}
      channel={connection?.channel}
      botName={connection?.name ?? 'Your shop'}
      blank={blank}
    />
  );
  if (!ab) return shownMessage;
  return (
    <div className={ready.aside}>
      <div className={ready.asideTabs}>
        <FilterTabs
          label="Variant"
          value={variant ? shown : 'a'}
          onChange={setShown}
          choices={variantKeys
            .slice(0, ab.variants.length + 1)
            .map((key) => ({ value: key, label: `Variant ${key.toUpperCase()}` }))}
        />
      </div>
      <div className={ready.asideBody}>{shownMessage}</div>
    </div>
  );
}

function messageWords({ text, whatsapp }: Content, channel: Channel | null): string {
  const template = factsOf(channel)?.takesTemplates ? whatsapp?.template : null;
  if (template) return `Approved template ${template.name} (${template.language})`;
  return text.trim().slice(0, 280) || 'No text yet';
}

/** What there is to press besides addresses. */
function pressWords({ whatsapp }: Content, channel: Channel | null): string {
  if (!factsOf(channel)?.hasOwnParts || !whatsapp) return 'None';
  if (whatsapp.template) return 'Those of the template';
  if (whatsapp.list) return `A list: ${whatsapp.list.button || 'without words'}`;
  const replies = whatsapp.reply_buttons.map(({ title }) => title || 'Without words');
  return replies.length > 0 ? `Replies: ${replies.join(', ')}` : 'None';
}

/** "A, B and C to 20 % of the people; then most clicks win, after 4 h". */
function testInWords(ab: AbTest): string {
  const names = variantKeys.slice(0, ab.variants.length + 1).map((key) => key.toUpperCase());
  const all = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  if (ab.test_percent === 100) return `${all} in equal parts`;
  const { winner } = ab;
  const then =
    winner.by === 'hand'
      ? 'then you choose the winner'
      : `the most ${winner.by === 'conversions' ? 'orders' : winner.by} win after ${duration(winner.after_minutes * 60)}`;
  return `${all} to ${ab.test_percent} % of the people; ${then}`;
}

/** What sending takes, as the server's forecast of the stored campaign says. */
function Takes({ campaign, isBroken }: { campaign: Campaign; isBroken: boolean }) {
  const zone = useZone();
  const { data } = useForecast(campaign);
  if (!data || data.messages === 0) return null;
  const at = (iso: string) => `${moment(iso, zone)} ${zoneCity(zone)}`;
  return (
    <>
      {campaign.schedule.mode === 'recipient_local' && <Row name="First message">{at(data.starts_at)}</Row>}
      <Row name="Through at">
        {data.finish_at
          ? at(data.finish_at)
          : finishWords(data, { isBroken, isLater: campaign.schedule.mode !== 'now', zone })}
      </Row>
      <Row name="Cost">
        {costWords(data.cost)}
        {costDoubt(data.cost) && <div className="t2">{costDoubt(data.cost)}</div>}
      </Row>
    </>
  );
}

/** Which dates of a series are left out; how many its words say. */
function leftOut(schedule: Schedule): ReactNode {
  if (schedule.mode !== 'recurring' || schedule.exceptions.length === 0) return null;
  const days = schedule.exceptions.map((one) => day(`${one}T00:00:00Z`, 'UTC'));
  return <div className="t2">Left out: {days.join(', ')}</div>;
}

/** `left`: what stands there, or part of it, is not stored. */
function Row(props: { name: string; children: ReactNode; left?: boolean; id?: string; step?: Step }) {
  return (
    <div className={css.summaryRow}>
      <dt className="t2">{props.name}</dt>
      <dd>
        {props.children}
        {props.left && <span className="bad small"> Not stored yet</span>}
      </dd>
      {props.id && props.step ? (
        <dd>
          <Link
            to="/campaigns/$id/edit"
            params={{ id: props.id }}
            search={{ step: props.step }}
            aria-label={`Edit ${stepWords[props.step].toLowerCase()}`}
          >
            Edit
          </Link>
        </dd>
      ) : (
        <dd />
      )}
    </div>
  );
}
