// Beside the automations the campaign that a person sends: it has no switch, for nothing of it goes out by itself.
import { IconHandClick, IconSpeakerphone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { connectionsQuery } from '../../session.ts';
import { Tag } from '../../ui/Badge.tsx';
import { homeOf } from '../campaigns/status.tsx';
import { ChannelTile } from '../frame/ChannelTile.tsx';
import css from './Automations.module.css';
import { channelsOf } from './automation-words.ts';
import { LastDays } from './LastDays.tsx';

export function PromotionCard({ campaign }: { campaign: Campaign | undefined }) {
  const { data: connections } = useQuery(connectionsQuery);
  return (
    <article className={css.card} aria-label="Promotion">
      <div className="row" style={{ gap: 12 }}>
        <span className={css.glyph}>
          <IconSpeakerphone size={18} stroke={1.75} aria-hidden />
        </span>
        <div className="grow">
          {campaign ? (
            <Link to={homeOf(campaign)} params={{ id: campaign.id }} className={`ellipsis ${css.open}`}>
              {campaign.name}
            </Link>
          ) : (
            <Link to="/campaigns" className={css.open}>
              Promotion
            </Link>
          )}
          <div className="small t3">Promotion: you press Send</div>
        </div>
      </div>
      <div className={css.facts}>
        <Tag icon={<IconHandClick size={14} stroke={1.75} aria-hidden />}>By hand</Tag>
        {campaign &&
          channelsOf(campaign, connections?.data)
            .slice(0, campaign.connection_id ? 1 : 0)
            .map((channel) => <ChannelTile key={channel} channel={channel} />)}
      </div>
      {campaign && <LastDays campaign={campaign} />}
    </article>
  );
}
