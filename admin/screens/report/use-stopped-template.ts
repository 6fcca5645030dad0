// Of a paused campaign: the template that cannot be sent at present, asked again while it is looked at.
import { useQuery } from '@tanstack/react-query';
import type { Campaign } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Page } from '../../../contract/lists.ts';
import type { WhatsAppTemplate } from '../../../contract/whatsapp-templates.ts';
import { api, keys } from '../../api.ts';
import { historyQuery } from '../templates/whatsapp/whatsapp-queries.ts';
import { likelyUntil, type StoppedTemplate, templatesOf } from './stopped-template.ts';

/** Null: none stands in the way, or it is not known yet. */
export function useStoppedTemplate(campaign: Campaign | undefined): StoppedTemplate | null {
  const named = campaign ? templatesOf(campaign) : [];
  const isAsked =
    campaign !== undefined &&
    (factsOf(campaign.channel)?.takesTemplates ?? false) &&
    ['paused', 'failed'].includes(campaign.status) &&
    named.length > 0;
  const query = { connection_id: campaign?.connection_id ?? undefined, sendable: false, limit: 200 };
  const list = useQuery({
    queryKey: keys.whatsappTemplates(query),
    queryFn: ({ signal }) => api.get<Page<WhatsAppTemplate>>('/whatsapp_templates', query, signal),
    enabled: isAsked,
    refetchInterval: 30_000,
  });
  const found = isAsked
    ? list.data?.data.find((one) =>
        named.some(({ name, language }) => name === one.name && language === one.language),
      )
    : undefined;
  const history = useQuery({
    ...historyQuery(found?.id ?? ''),
    enabled: found?.status === 'PAUSED',
  });
  if (!found?.cannot_send) return null;
  return {
    id: found.id,
    name: found.name,
    isPaused: found.status === 'PAUSED',
    until: likelyUntil(found, history.data?.data ?? []),
  };
}
