// Of a series that is written here between two of its dates: what has become of those that went out.
import { Link } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { hasReport } from '../campaigns/status.tsx';

export function ReportLink({ campaign }: { campaign: Campaign }) {
  if (!hasReport(campaign)) return null;
  return (
    <Link to="/campaigns/$id" params={{ id: campaign.id }}>
      Report of what was sent
    </Link>
  );
}
