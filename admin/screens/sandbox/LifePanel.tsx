// Beside the phones: what the customers of the demo shop do and what Carillon sends for it, each message with its why; and how the
// automations are set meanwhile.
import { ActionIcon, Switch } from '@mantine/core';
import {
  IconEye,
  IconMessage,
  IconMessageOff,
  IconPackage,
  IconReceipt,
  IconShoppingCart,
  IconX,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Life, type LifeNews, type LifePatch, shortDelayMinutes } from '../../../contract/demo.ts';
import { useMay, useZone } from '../../session.ts';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { counted } from '../../ui/numbers.ts';
import { clockSeconds } from '../../ui/times.ts';
import { WhyButton } from '../report/WhyButton.tsx';
import css from './Sandbox.module.css';

interface Props {
  life: Life;
  busy: boolean;
  onChange: (patch: LifePatch) => void;
  onClose: () => void;
}

const choices = [
  { value: 'all' as const, label: 'Everything' },
  { value: 'messages' as const, label: 'Messages' },
];
const icons: Record<LifeNews['kind'], typeof IconEye> = {
  visit: IconEye,
  cart: IconShoppingCart,
  order: IconReceipt,
  stock: IconPackage,
  message: IconMessage,
  left_out: IconMessageOff,
};

export function LifePanel({ life, busy, onChange, onClose }: Props) {
  const zone = useZone();
  const [shown, setShown] = useState<'all' | 'messages'>('all');
  const { totals } = life;
  const news = life.news.filter(({ delivery_id }) => shown === 'all' || delivery_id !== null);
  return (
    <aside className={css.panel} aria-label="What happens in the demo shop">
      <header className={css.panelHead}>
        <h2 className="grow">What happens</h2>
        <ActionIcon variant="subtle" aria-label="Close what happens" onClick={onClose}>
          <IconX size={16} stroke={1.75} />
        </ActionIcon>
      </header>
      <div className={css.panelBody}>
        <p className="small t3">
          {counted(totals.visits, 'visit', 'visits')} · {counted(totals.carts, 'cart', 'carts')} ·{' '}
          {counted(totals.orders, 'order', 'orders')} · {totals.came_back} came back through a message ·{' '}
          {counted(totals.restocked, 'restock', 'restocks')} since it began
        </p>
        <Delays life={life} busy={busy} onChange={onChange} />
        <FilterTabs label="News" value={shown} choices={choices} onChange={setShown} />
        <ol aria-label="News of the demo shop">
          {news.map((one) => (
            <NewsRow key={`${one.at} ${one.words}`} news={one} zone={zone} life={life} />
          ))}
        </ol>
      </div>
    </aside>
  );
}

function Delays({ life, busy, onChange }: Omit<Props, 'onClose'>) {
  const { may, reason } = useMay('workspace:write');
  return (
    <div className={css.delays}>
      <Switch
        size="sm"
        withThumbIndicator={false}
        label={`Short delays: ${shortDelayMinutes} minute at most`}
        checked={life.short_delays}
        disabled={!may || busy}
        title={reason}
        onChange={(event) => onChange({ short_delays: event.currentTarget.checked })}
      />
      <ul>
        {life.automations.map((one) => (
          <li key={one.campaign_id} className="row small">
            <Link to="/automations" search={{ open: one.campaign_id }} className="grow ellipsis">
              {one.name}
            </Link>
            <span className="t3 nowrap">{one.enabled ? delayWords(one) : 'Off'}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function delayWords({ delay_minutes, usual_delay_minutes }: Life['automations'][number]): string {
  const now = minutesWords(delay_minutes);
  return delay_minutes === usual_delay_minutes
    ? `On, ${now}`
    : `On, ${now} (else ${minutesWords(usual_delay_minutes)})`;
}

function minutesWords(minutes: number): string {
  if (minutes === 0) return 'at once';
  if (minutes % 1440 === 0) return `after ${counted(minutes / 1440, 'day', 'days')}`;
  if (minutes % 60 === 0) return `after ${minutes / 60} h`;
  return `after ${minutes} min`;
}

function NewsRow({ news, zone, life }: { news: LifeNews; zone: string; life: Life }) {
  const Icon = icons[news.kind];
  const automation = life.automations.find((one) => one.campaign_id === news.campaign_id);
  return (
    <li className={css.newsRow} data-kind={news.kind}>
      <Icon size={16} stroke={1.75} aria-hidden />
      <div className="grow">
        <span className={css.words}>{news.words}</span>{' '}
        {automation && news.contact_id && (
          <WhyButton
            campaign={{ id: automation.campaign_id, name: automation.name }}
            contactId={news.contact_id}
            deliveryId={news.delivery_id ?? undefined}
          />
        )}
      </div>
      <time className="small t3 nowrap" dateTime={news.at}>
        {clockSeconds(news.at, zone)}
      </time>
    </li>
  );
}
