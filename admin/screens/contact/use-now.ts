// The present moment, half a minute old at most: clocks of other zones go on while a page is open.
import { useInterval } from '@mantine/hooks';
import { useState } from 'react';

export function useNow(): string {
  const [now, setNow] = useState(() => new Date().toISOString());
  useInterval(() => setNow(new Date().toISOString()), 30_000, { autoInvoke: true });
  return now;
}
