// Whether clicks will be counted, where somebody expects it.
import { linkBase, linksOf } from '../../deliveries/links/run-links.ts';
import { type Advice, finding } from './finding.ts';

export const adviceOnLinks: Advice = async (ctx, { campaign, connection }) => {
  if (!campaign.settings.track_links || linksOf([campaign.content], connection.channel).length === 0)
    return [];
  if (await linkBase(ctx, connection.id)) return [];
  return [
    finding(
      'clicks_not_counted',
      'hint',
      '/settings/track_links',
      'Clicks will not be counted: recipients cannot reach this installation. Start it with PUBLIC_URL, or switch “Count clicks” off.',
    ),
  ];
};
