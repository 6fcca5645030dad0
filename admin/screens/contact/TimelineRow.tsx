// One thing that happened, in words: what, about what, how it ended, and where to look further.
import {
  IconArrowsJoin,
  IconBolt,
  IconMail,
  IconMessage,
  IconNote,
  IconReceipt,
  IconShieldCheck,
  IconShoppingCart,
  IconSpeakerphone,
  IconUserPlus,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { countedAsSent } from '../../../contract/deliveries.ts';
import type { Money } from '../../../contract/money.ts';
import type { TimelineEntry } from '../../../contract/timeline.ts';
import { connectionsQuery, useZone } from '../../session.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';
import { quoted } from '../../ui/quoted.ts';
import { moment } from '../../ui/times.ts';
import { channelWord } from '../frame/ChannelTile.tsx';
import { sourceWords } from '../inbox/consent-words.ts';
import { DeliveryBadge } from '../report/delivery-state.tsx';
import { WhyButton } from '../report/WhyButton.tsx';
import css from './Contact.module.css';
import { eventWords } from './fold-events.ts';
import { NoteEntry } from './NoteEntry.tsx';

type Of<K extends TimelineEntry['kind']> = Extract<TimelineEntry, { kind: K }>;

interface Props {
  contactId: string;
  entry: TimelineEntry;
  /** Of an event: so often, one after the other. */
  times: number;
  time: string;
}

export function TimelineRow({ contactId, entry, times, time }: Props) {
  switch (entry.kind) {
    case 'message':
      return <MessageRow contactId={contactId} entry={entry} time={time} />;
    case 'delivery':
      return <DeliveryRow contactId={contactId} entry={entry} time={time} />;
    case 'event':
      return <EventRow entry={entry} times={times} time={time} />;
    case 'order':
      return (
        <Line
          icon={<IconReceipt />}
          time={time}
          title={entry.external_id ? `Order ${entry.external_id}` : 'Order'}
          badge={<ShopBadge status={entry.status} />}
          aside={inMoney(entry.total)}
        >
          <Products items={entry.items} />
        </Line>
      );
    case 'cart':
      return (
        <Line
          icon={<IconShoppingCart />}
          time={time}
          title="Cart"
          badge={<ShopBadge status={entry.status} />}
          aside={entry.total && inMoney(entry.total)}
        >
          <Products items={entry.items} />
        </Line>
      );
    case 'consent':
      return <ConsentRow entry={entry} time={time} />;
    case 'note':
      return (
        <Line icon={<IconNote />} time={time} title={`Note by ${entry.author}`} tone="note">
          <NoteEntry contactId={contactId} note={entry} />
        </Line>
      );
    case 'merge':
      return <MergeRow entry={entry} time={time} />;
    case 'created':
      return <Line icon={<IconUserPlus />} time={time} title="Became a contact" />;
  }
}

interface LineProps {
  icon: ReactNode;
  time: string;
  title: ReactNode;
  badge?: ReactNode;
  aside?: ReactNode;
  tone?: 'in' | 'note';
  children?: ReactNode;
}
function Line({ icon, time, title, badge, aside, tone, children }: LineProps) {
  return (
    <article className={css.entry} data-tone={tone}>
      <span className={css.dot} aria-hidden>
        {icon}
      </span>
      <div className={css.entryBody}>
        <div className={css.entryHead}>
          <span className={css.entryTitle}>{title}</span>
          {badge}
          {aside && <span className="strong nowrap">{aside}</span>}
          <time className="small t3 nowrap end">{time}</time>
        </div>
        {children}
      </div>
    </article>
  );
}

type Row<K extends TimelineEntry['kind']> = { entry: Of<K>; time: string };

function useBot(connectionId: string): string | undefined {
  return useQuery(connectionsQuery).data?.data.find((one) => one.id === connectionId)?.name;
}

const CampaignLink = ({ campaign }: { campaign: { id: string; name: string } }) => (
  <Link to="/campaigns/$id" params={{ id: campaign.id }}>
    {campaign.name}
  </Link>
);

/** What went out, or should have. */
function sentWords(
  source: Of<'delivery'>['source'],
  campaign: Of<'message'>['campaign'],
  author?: string | null,
) {
  if (campaign) return <CampaignLink campaign={campaign} />;
  if (source === 'campaign') return 'A campaign that is gone';
  if (source === 'test') return 'Test message';
  return author ? `${author} replied` : 'Reply';
}

function MessageRow({ contactId, entry, time }: Row<'message'> & { contactId: string }) {
  const bot = useBot(entry.connection_id);
  const incoming = entry.direction === 'in';
  return (
    <Line
      icon={incoming ? <IconMessage /> : entry.campaign ? <IconSpeakerphone /> : <IconMail />}
      time={time}
      tone={incoming ? 'in' : undefined}
      title={incoming ? 'Wrote' : sentWords(entry.source as 'reply', entry.campaign, entry.author)}
      badge={entry.state && <DeliveryBadge state={entry.state} />}
    >
      <p className={css.said} dir="auto">
        {entry.text.replaceAll(/\n{2,}/g, '\n') ||
          (entry.has_picture ? 'A picture' : 'Something that is no text')}
      </p>
      <p className="small t3">
        {bot && `${incoming ? 'To' : 'From'} ${bot}`}
        {entry.conversation_id && (
          <>
            {bot && ' · '}
            <Link to="/inbox/$id" params={{ id: entry.conversation_id }}>
              Open thread
            </Link>
          </>
        )}
        {!incoming && entry.campaign && (
          <>
            {' '}
            <WhyButton
              campaign={entry.campaign}
              contactId={contactId}
              deliveryId={entry.delivery_id ?? undefined}
            />
          </>
        )}
      </p>
    </Line>
  );
}

function DeliveryRow({ contactId, entry, time }: Row<'delivery'> & { contactId: string }) {
  const bot = useBot(entry.connection_id);
  return (
    <Line
      icon={entry.campaign ? <IconSpeakerphone /> : <IconMail />}
      time={time}
      title={sentWords(entry.source, entry.campaign)}
      badge={<DeliveryBadge state={entry.state} />}
    >
      <p className="small t2">
        {entry.reason === countedAsSent
          ? 'Counted as sent by a person; nobody saw it accepted'
          : entry.reason}
      </p>
      {(bot || entry.campaign) && (
        <p className="small t3">
          {bot && `From ${bot}`}{' '}
          {entry.campaign && (
            <WhyButton campaign={entry.campaign} contactId={contactId} deliveryId={entry.id} />
          )}
        </p>
      )}
    </Line>
  );
}

function EventRow({ entry, times, time }: Row<'event'> & { times: number }) {
  const { title, facts } = eventWords(entry);
  return (
    <Line
      icon={<IconBolt />}
      time={time}
      title={title ?? <span className="mono">{entry.name}</span>}
      aside={times > 1 ? `${times} times` : undefined}
    >
      {facts.length > 0 && (
        <p className={`small t2 ${css.facing}`}>
          {facts.map(([key, value]) => (
            <span key={key}>
              <span className="t3">{key}</span> {typeof value === 'string' ? value : JSON.stringify(value)}
            </span>
          ))}
        </p>
      )}
    </Line>
  );
}

const shopWords: Record<Of<'order'>['status'] | Of<'cart'>['status'], { word: string; tone: BadgeTone }> = {
  placed: { word: 'Placed', tone: 'info' },
  paid: { word: 'Paid', tone: 'ok' },
  delivered: { word: 'Delivered', tone: 'ok' },
  cancelled: { word: 'Cancelled', tone: 'mute' },
  returned: { word: 'Returned', tone: 'mute' },
  open: { word: 'Open', tone: 'warn' },
  ordered: { word: 'Ordered', tone: 'ok' },
  dropped: { word: 'Dropped', tone: 'mute' },
};
function ShopBadge({ status }: { status: keyof typeof shopWords }) {
  const { word, tone } = shopWords[status];
  return <Badge tone={tone}>{word}</Badge>;
}

const inMoney = ({ amount, currency }: Money) =>
  new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(Number(amount));

function Products({ items }: { items: Of<'order'>['items'] }) {
  if (items.length === 0) return null;
  return (
    <p className="small t2">
      {items.map(({ quantity, name, product_id }) => `${quantity} × ${name ?? product_id}`).join(', ')}
    </p>
  );
}

const stateWords = { opted_in: 'Opted in', opted_out: 'Opted out', not_asked: 'Back to not asked' };

function ConsentRow({ entry, time }: Row<'consent'>) {
  return (
    <Line
      icon={<IconShieldCheck />}
      time={time}
      title={`${stateWords[entry.state]}, ${channelWord(entry.channel)}`}
    >
      <p className="small t2">
        {sourceWords[entry.source] ?? entry.source}
        {entry.by && `, ${entry.by}`}
      </p>
      {entry.wording && (
        <p className="small t2">
          <bdi className={css.text}>{quoted(entry.wording)}</bdi>
        </p>
      )}
      {entry.reason && <p className="small t2">Reason: {entry.reason}</p>}
    </Line>
  );
}

function MergeRow({ entry, time }: Row<'merge'>) {
  const zone = useZone();
  return (
    <Line icon={<IconArrowsJoin />} time={time} title={`Merged with ${entry.other_name}`}>
      <p className="small t2">
        By {entry.by}
        {entry.undone_at && `, undone ${moment(entry.undone_at, zone)}`}
      </p>
    </Line>
  );
}
