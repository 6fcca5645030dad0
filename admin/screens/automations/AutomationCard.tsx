// One automation in the list: its switch, when and where it goes out, and what it brought in the last seven days.
import { IconAlertTriangle, IconBolt, IconClock, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { connectionsQuery, useZone } from '../../session.ts';
import { Tag } from '../../ui/Badge.tsx';
import { FieldProblem, problemText } from '../../ui/FieldProblem.tsx';
import { kindWords } from '../campaigns/status.tsx';
import { restoredCopy } from '../composer/draft-copy.ts';
import { ChannelTile } from '../frame/ChannelTile.tsx';
import { AutomationSwitch, useAutomationSwitch } from './AutomationSwitch.tsx';
import css from './Automations.module.css';
import { channelsOf, delayWords, isAutomationKind, offWords, underName } from './automation-words.ts';
import { kindIcons } from './kind-icons.ts';
import { LastDays } from './LastDays.tsx';
import { NoShopYet } from './NoShopYet.tsx';

export function AutomationCard(props: { campaign: Campaign; active: boolean; onOpen: () => void }) {
  const { campaign, active, onOpen } = props;
  const zone = useZone();
  const { data: connections } = useQuery(connectionsQuery);
  const { error, flip, question } = useAutomationSwitch(campaign);
  const { kind, name } = campaign;
  const Icon = kindIcons[kind] ?? IconBolt;
  const off = offWords(campaign, zone, new Date());
  const channels = channelsOf(campaign, connections?.data);
  // the open one says so in its own head
  const isUnsaved = !active && restoredCopy(campaign) !== null;
  return (
    <article className={css.card} data-active={active || undefined} aria-label={name}>
      <div className="row" style={{ gap: 12 }}>
        <span className={css.glyph} data-off={off !== null || undefined}>
          <Icon size={18} stroke={1.75} aria-hidden />
        </span>
        <div className="grow">
          <button
            type="button"
            className={`plain-button ellipsis ${css.open}`}
            aria-current={active || undefined}
            onClick={onOpen}
          >
            {name}
          </button>
          <div className="small t3 ellipsis">
            {isAutomationKind(kind) ? underName(kind, name, kindWords[kind]) : kindWords[kind]}
          </div>
        </div>
        <AutomationSwitch campaign={campaign} onFlip={(on) => void flip(on)} />
      </div>
      {question}
      {error ? (
        <div className={css.refused}>
          <FieldProblem>{problemText(error)}</FieldProblem>
          {connections && channels.length === 0 ? (
            <Link to="/connections" className={css.mend}>
              Connect a bot or a number
            </Link>
          ) : (
            !active && (
              <button type="button" className={css.mend} onClick={onOpen}>
                Open it to correct that
              </button>
            )
          )}
        </div>
      ) : null}
      <div className={css.facts}>
        <Tag icon={<IconClock size={14} stroke={1.75} aria-hidden />}>
          {delayWords(campaign.trigger?.delay_minutes ?? 0)}
        </Tag>
        {channels.map((channel) => (
          <ChannelTile key={channel} channel={channel} />
        ))}
        {connections && channels.length === 0 && (
          <Link to="/connections" className={`${css.mend} ${css.lacking}`}>
            Nothing connected
          </Link>
        )}
        {isUnsaved && <Tag icon={<IconPencil size={14} stroke={1.75} aria-hidden />}>Unsaved changes</Tag>}
        {off && <span className="t3 small end nowrap">{off}</span>}
      </div>
      {campaign.status_reason && (
        <p className={`small warn ${css.reason}`}>
          <IconAlertTriangle size={14} stroke={1.75} aria-hidden />
          <span>{campaign.status_reason}</span>
        </p>
      )}
      {isAutomationKind(kind) && <NoShopYet kind={kind} />}
      <LastDays campaign={campaign} />
    </article>
  );
}
