// "Why?" beside a message of a campaign, with the drawer that answers it.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { WhyDrawer } from './WhyDrawer.tsx';

export function WhyButton({
  campaign,
  contactId,
  deliveryId,
}: {
  campaign: { id: string; name: string };
  contactId: string;
  /** Which of their messages; absent: the latest. */
  deliveryId?: string | undefined;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        aria-label={`Why? ${campaign.name}`}
        onClick={() => setOpen(true)}
      >
        Why?
      </Button>
      <WhyDrawer
        campaignId={campaign.id}
        asked={isOpen ? { contactId, deliveryId, name: null } : null}
        onClose={() => setOpen(false)}
      />
    </>
  );
}
