// Writing a campaign: the message on the left, what a contact will see on the right, Send below. Saves by itself.

import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ComposerSkeleton } from '../../ui/PageSkeletons.tsx';
import { isEditable } from '../campaigns/status.tsx';
import { NotFound } from '../frame/Strays.tsx';
import { Composer } from './Composer.tsx';

export function ComposerScreen() {
  const { id } = useParams({ from: '/inside/campaigns/$id/edit' });
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
  // What was sent can only be read: its report, and Duplicate there.
  if (!isEditable(campaign.data)) return <Navigate to="/campaigns/$id" params={{ id }} replace />;
  return <Composer key={id} campaign={campaign.data} />;
}
