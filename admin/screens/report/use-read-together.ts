// The report of an automation and what stands beside it, read again in one go. Sends are told by the live line, orders and clicks
// by nobody.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { keys } from '../../api.ts';

const everyMs = 30_000;

export function useReadTogether(id: string, isAutomation: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!isAutomation) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible')
        void client.invalidateQueries({ queryKey: keys.report(id) }, { cancelRefetch: false });
    }, everyMs);
    return () => clearInterval(timer);
  }, [client, id, isAutomation]);
}
