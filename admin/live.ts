// The only door for the live socket (/api/v1/live). A frame names what changed; the queries it concerns are fetched
// again, at most four times a second. A query that is still being fetched waits for the next round, so the last
// frame of a burst is never lost.
import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { Campaign, Report } from '../contract/campaigns.ts';

import type { LiveFrame } from '../contract/socket.ts';
import { keys } from './api.ts';

export type LiveState = 'off' | 'connecting' | 'live' | 'paused';
type Key = readonly unknown[];

const fastMs = 250;
const slowMs = 1500;
/** Figures that agree with each other only when they are read in one go, over the whole life of an automation. */
const togetherMs = 5000;
/** Beyond so many messages the look itself costs the sending: useReadTogether alone reads them again. */
const greatRun = 100_000;
const backoffMs = [500, 1000, 2000, 5000, 10_000, 20_000];

let state: LiveState = 'off';
const listeners = new Set<() => void>();
function setState(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

interface Concerns {
  fast: Key[];
  /** At most every 1.5 s. */
  slow: Key[];
  /** At most every 5 s, with all that hangs below them. */
  together?: Key[];
}

/** What the frame tells the panel to read again. `kindOf`: of a campaign that is on screen. */
export function concerns(frame: LiveFrame, kindOf: (id: string) => Campaign['kind'] | undefined): Concerns {
  switch (frame.type) {
    case 'run.progressed':
      return {
        ...((kindOf(frame.campaign_id) ?? 'broadcast') !== 'broadcast'
          ? { fast: [], together: [keys.report(frame.campaign_id)] }
          : { fast: [keys.report(frame.campaign_id)] }),
        slow: [
          keys.deliveries(frame.campaign_id),
          keys.campaign(frame.campaign_id),
          keys.reconciliation(frame.campaign_id),
        ],
      };
    case 'campaign.changed':
      return {
        fast: [keys.campaign(frame.campaign_id), keys.report(frame.campaign_id)],
        slow: [
          keys.campaigns(),
          keys.deliveries(frame.campaign_id),
          keys.reconciliation(frame.campaign_id),
          keys.held,
        ],
      };
    case 'message.received':
      return {
        fast: [keys.messages(frame.conversation_id), keys.conversations()],
        slow: [
          keys.contact(frame.contact_id),
          keys.thread(frame.contact_id),
          keys.consent(frame.contact_id),
          keys.timeline(frame.contact_id),
          keys.conversation(frame.conversation_id),
        ],
      };
    case 'message.sent':
      return {
        // the engine knows the person, not the conversation: whichever thread is open looks again
        fast: [frame.conversation_id ? keys.messages(frame.conversation_id) : ['messages']],
        slow: [keys.conversations(), keys.thread(frame.contact_id), keys.timeline(frame.contact_id)],
      };
    case 'conversation.changed':
      return {
        fast: [keys.messages(frame.conversation_id), keys.conversation(frame.conversation_id)],
        slow: [keys.conversations()],
      };
    case 'work.changed':
      return {
        fast: [keys.work(frame.kind, frame.id)],
        slow: [keys.works(frame.kind), frame.kind === 'campaign_bulk' ? keys.campaigns() : keys.contacts()],
      };
    case 'segment.counted':
      return { fast: [keys.segment(frame.segment_id)], slow: [keys.segments()] };
    case 'workspace.changed':
      return { fast: [keys.me, keys.held], slow: [keys.campaigns()] };
    case 'demo.lived':
      return { fast: [keys.demoLife], slow: [] };
    case 'whatsapp_templates.changed':
      return { fast: [keys.whatsappTemplates()], slow: [] };
    case 'connection.changed':
      // a report also says whether its connection answers
      return { fast: [keys.connections, keys.limits(frame.connection_id), ['report']], slow: [] };
  }
}

/** Connects and stays connected until the returned function is called. */
export function startLive(client: QueryClient): () => void {
  let socket: WebSocket | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  let stopped = false;
  let wasLive = false;
  const pending = {
    fast: new Map<string, Key>(),
    slow: new Map<string, Key>(),
    together: new Map<string, Key>(),
  };
  const kindOf = (id: string) => client.getQueryData<Campaign>(keys.campaign(id))?.kind;

  const flush = (which: keyof typeof pending) => {
    for (const [name, key] of [...pending[which]]) {
      if (client.isFetching({ queryKey: key }) > 0) continue;
      pending[which].delete(name);
      const planned = which === 'together' ? client.getQueryData<Report>(key)?.planned : undefined;
      if ((planned ?? 0) <= greatRun) void client.invalidateQueries({ queryKey: key });
    }
  };
  const timers = [
    setInterval(() => flush('fast'), fastMs),
    setInterval(() => flush('slow'), slowMs),
    setInterval(() => flush('together'), togetherMs),
  ];

  const connect = () => {
    setState(attempts === 0 ? 'connecting' : 'paused');
    const url = new URL('/api/v1/live', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    socket = new WebSocket(url);
    socket.onopen = () => {
      attempts = 0;
      setState('live');
      // What happened while the line was down is not replayed: read everything that is on screen again.
      if (wasLive) void client.invalidateQueries();
      wasLive = true;
    };
    socket.onmessage = (event) => {
      try {
        const frame = JSON.parse(String(event.data)) as LiveFrame;
        const { fast = [], slow = [], together = [] } = concerns(frame, kindOf) ?? {};
        for (const key of fast) pending.fast.set(JSON.stringify(key), key);
        for (const key of slow) pending.slow.set(JSON.stringify(key), key);
        for (const key of together) pending.together.set(JSON.stringify(key), key);
      } catch {
        // A frame of a newer server that this panel does not know.
      }
    };
    socket.onclose = () => {
      if (stopped) return;
      const wait = backoffMs[Math.min(attempts, backoffMs.length - 1)] ?? 20_000;
      attempts += 1;
      // One quick reconnect is not worth a notice.
      if (attempts > 1) setState('paused');
      retry = setTimeout(connect, wait * (0.8 + Math.random() * 0.4));
    };
  };
  connect();

  return () => {
    stopped = true;
    for (const timer of timers) clearInterval(timer);
    clearTimeout(retry);
    socket?.close();
    setState('off');
  };
}

/** The state of the live line, for "Live updates paused". */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
