// Writing a campaign, or why it can no longer be written.

import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { useRef } from 'react';
import type { Campaign } from '../../../contract/campaigns.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ComposerSkeleton } from '../../ui/PageSkeletons.tsx';
import { isEditable } from '../campaigns/status.tsx';
import { NotFound } from '../frame/Strays.tsx';
import { LockedCampaign } from './LockedCampaign.tsx';
import { Wizard } from './Wizard.tsx';

export function ComposerScreen() {
  const { id } = useParams({ from: '/inside/campaigns/$id/edit' });
  /** The campaign that was written here; once it is sent, its report follows. */
  const written = useRef('');
  const campaign = useQuery({
    queryKey: keys.campaign(id),
    queryFn: ({ signal }) => api.get<Campaign>(`/campaigns/${id}`, undefined, signal),
  });
  if (campaign.isPending) return <ComposerSkeleton />;
  if (campaign.error && !campaign.data) {
    if (campaign.error instanceof ApiProblem && campaign.error.status === 404)
      return <NotFound what="This campaign" />;
    return (
      <ErrorState
        title="The campaign could not be loaded"
        error={campaign.error}
        safe="The draft is safe on the server."
        onRetry={() => void campaign.refetch()}
      />
    );
  }
  if (!isEditable(campaign.data))
    return written.current === id ? (
      <Navigate to="/campaigns/$id" params={{ id }} replace />
    ) : (
      <LockedCampaign campaign={campaign.data} />
    );
  written.current = id;
  return <Wizard key={id} campaign={campaign.data} />;
}
