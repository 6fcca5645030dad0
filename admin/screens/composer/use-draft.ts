// The draft on screen and its saving. What was typed is never lost: fields that cannot be stored yet are left out of the
// save and named, a refused save keeps a copy in this browser, and a change from elsewhere stops saving until the
// person has chosen.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Campaign, type CampaignPatch, type Settings, settings } from '../../../contract/campaigns.ts';
import type { FieldProblem } from '../../../contract/errors.ts';
import { type Button, type Content, httpUrl, typedButton } from '../../../contract/message.ts';
import { onTimeMinutes, type Schedule, scheduleInput } from '../../../contract/schedules.ts';
import { instantOf, lengthInWords } from '../../../contract/zones.ts';
import { ApiProblem, api, keys } from '../../api.ts';

export interface Draft {
  name: string;
  type: Campaign['type'];
  connection_id: string | null;
  audience: Campaign['audience'];
  content: Content;
  schedule: Schedule;
  settings: Settings;
  trigger: Campaign['trigger'];
}
/** True where it is stored; otherwise why not, where that is known. */
export type Saved = boolean | ApiProblem;
export type SaveState = 'saved' | 'waiting' | 'saving' | 'refused' | 'conflict';

function draftOf(campaign: Campaign): Draft {
  const { name, type, connection_id, audience, content, schedule, settings, trigger } = campaign;
  return { name, type, connection_id, audience, content, schedule, settings, trigger };
}

const share = 'Choose a limit from 0 to 100 %.';
/** What a number of the sending options may be, by its pointer. */
const limitWords: Record<string, string> = {
  '/settings/missed/minutes': `Choose from ${onTimeMinutes} to 10,080 minutes, a week.`,
  '/settings/messages_per_minute': 'Choose from 1 to 60,000 messages per minute, or leave it empty.',
  '/settings/batch/size': 'Choose from 1 to 256 messages per batch.',
  '/settings/batch/delay_seconds': 'Choose a pause from 0 to 86,400 seconds, a day.',
  '/settings/holdout_percent': 'Choose from 0.1 to 50 % of the people.',
  '/settings/ab/test_percent': 'Choose from 1 to 100 % of the people.',
  '/settings/ab/winner': 'Choose from 5 to 10,080 minutes, a week.',
  '/settings/canary/size': 'Choose from 1 to 100,000 people, or from 0.01 to 50 % of them.',
  '/settings/canary/wait_minutes': 'Choose a wait from 1 to 2,880 minutes, 2 days.',
  '/settings/canary/limits/failed_percent': share,
  '/settings/canary/limits/blocked_percent': share,
  '/settings/canary/limits/opted_out_percent': share,
};

/** Why this schedule cannot be stored, or null. */
function scheduleProblem(schedule: Schedule): FieldProblem | null {
  const [issue] = scheduleInput.safeParse(schedule).error?.issues ?? [];
  if (issue) return { pointer: `/schedule/${issue.path.join('/')}`, detail: issue.message };
  const detail = whyPast(schedule);
  return detail === null ? null : { pointer: '/schedule/local', detail };
}

/** Of a series the server knows the dates, and says which is the next. */
function whyPast(schedule: Schedule): string | null {
  if (schedule.mode === 'now' || schedule.mode === 'recurring') return null;
  const lateMs = Date.now() - instantOf(schedule.local, schedule.time_zone).at.getTime();
  return lateMs < 0 ? null : `That was ${lengthInWords(lateMs)} ago. Choose a later time, or send it now.`;
}

/**
 * What can be stored of a draft, and what cannot yet, each by its pointer. `scheduled`: its hour stands until it is sent, so
 * "now" is only said with Send.
 */
export function storable(
  draft: Draft,
  scheduled = false,
): { patch: CampaignPatch; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const buttons: Button[] = [];
  draft.content.buttons.forEach((item, index) => {
    const checked = typedButton.safeParse(item);
    if (checked.success) buttons.push(checked.data);
    else
      for (const issue of checked.error.issues)
        problems.push({
          pointer: `/content/buttons/${index}/${issue.path.join('/')}`,
          detail: issue.message,
        });
  });
  const media = draft.content.media.filter((item, index) => {
    if ('media_id' in item) return true;
    const checked = httpUrl.safeParse(item.url);
    if (!checked.success)
      problems.push({
        pointer: `/content/media/${index}/url`,
        detail: checked.error.issues[0]?.message ?? 'This address cannot be used.',
      });
    return checked.success;
  });
  const late = scheduleProblem(draft.schedule);
  if (late) problems.push(late);
  const sending = settings.safeParse(draft.settings);
  for (const issue of sending.error?.issues ?? []) {
    const pointer = `/settings/${issue.path.join('/')}`;
    problems.push({ pointer, detail: limitWords[pointer] ?? issue.message });
  }
  const name = draft.name.trim();
  if (!name) problems.push({ pointer: '/name', detail: 'Give the campaign a name.' });
  const patch: CampaignPatch = {
    type: draft.type,
    connection_id: draft.connection_id,
    content: { text: draft.content.text, media, buttons },
  };
  if ('segment_ids' in draft.audience && draft.audience.segment_ids.length === 0)
    problems.push({ pointer: '/audience', detail: 'Choose at least one segment.' });
  else patch.audience = draft.audience;
  if (sending.success) patch.settings = draft.settings;
  if (!late && !(scheduled && draft.schedule.mode === 'now')) patch.schedule = draft.schedule;
  if (name) patch.name = name;
  const delay = draft.trigger?.delay_minutes ?? 0;
  if (!Number.isInteger(delay) || delay < 0 || delay > 525_600)
    problems.push({
      pointer: '/trigger/delay_minutes',
      detail: 'Choose a delay from 0 to 525,600 minutes, a year.',
    });
  else if (draft.trigger) patch.trigger = draft.trigger;
  return { patch, problems };
}

const backupKey = (id: string) => `carillon-draft-${id}`;
/** What could not be saved, with the version it was written on: a restored copy never overwrites a later one. */
function backup(id: string): { version: number; draft: Draft } | null {
  try {
    return JSON.parse(localStorage.getItem(backupKey(id)) ?? 'null');
  } catch {
    return null;
  }
}

export function useDraft(campaign: Campaign, pauseMs = 700) {
  const client = useQueryClient();
  const id = campaign.id;
  const [restored] = useState(() => backup(id));
  // a copy that an older panel has kept knows fewer fields
  const [draft, setDraft] = useState<Draft>(() => ({
    ...draftOf(campaign),
    ...restored?.draft,
    settings: { ...campaign.settings, ...restored?.draft.settings },
  }));
  const [state, setState] = useState<SaveState>(restored ? 'waiting' : 'saved');
  const [error, setError] = useState<ApiProblem | null>(null);
  const [savedAt, setSavedAt] = useState(campaign.updated_at);
  const latest = useRef(draft);
  const version = useRef(restored?.version ?? campaign.version);
  const dirty = useRef(state === 'waiting');
  const running = useRef<Promise<Saved> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stopped = useRef(false);
  /** Another tab on the same draft may have kept its own copy there: that one is not ours to remove. */
  const hasCopy = useRef(restored !== null);
  const dropCopy = useCallback(() => {
    if (hasCopy.current) localStorage.removeItem(backupKey(id));
    hasCopy.current = false;
  }, [id]);

  const save = useCallback(async (): Promise<Saved> => {
    clearTimeout(timer.current);
    if (running.current) await running.current;
    if (stopped.current) return false;
    if (!dirty.current) return true;
    const work = async (): Promise<Saved> => {
      dirty.current = false;
      setState('saving');
      try {
        const saved = await api.patch<Campaign>(`/campaigns/${id}`, {
          ...storable(latest.current, campaign.status === 'scheduled').patch,
          version: version.current,
        });
        version.current = saved.version;
        client.setQueryData(keys.campaign(id), saved);
        dropCopy();
        setError(null);
        setSavedAt(saved.updated_at);
        setState(dirty.current ? 'waiting' : 'saved');
        void client.invalidateQueries({ queryKey: keys.audience(id) });
        void client.invalidateQueries({ queryKey: keys.campaigns(), refetchType: 'none' });
        return true;
      } catch (problem) {
        dirty.current = true;
        const copy = { version: version.current, draft: latest.current };
        localStorage.setItem(backupKey(id), JSON.stringify(copy));
        hasCopy.current = true;
        const known = problem instanceof ApiProblem ? problem : null;
        setError(known);
        stopped.current = known?.code === 'VERSION_CONFLICT';
        setState(stopped.current ? 'conflict' : 'refused');
        // Without an answer: try again by itself.
        if (known?.status === 0 || (known?.status ?? 0) >= 500)
          timer.current = setTimeout(() => void save(), 5000);
        return known ?? false;
      }
    };
    running.current = work().finally(() => {
      running.current = null;
    });
    return running.current;
  }, [client, id, campaign.status, dropCopy]);

  const change = useCallback(
    (part: Partial<Draft>) => {
      latest.current = { ...latest.current, ...part };
      setDraft(latest.current);
      dirty.current = true;
      if (stopped.current) return;
      setState('waiting');
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), pauseMs);
    },
    [save, pauseMs],
  );
  const changeContent = useCallback(
    (part: Partial<Content>) => change({ content: { ...latest.current.content, ...part } }),
    [change],
  );

  /** Takes the other side's version; what was typed here is given up on purpose. */
  const reload = useCallback(async () => {
    const theirs = await api.get<Campaign>(`/campaigns/${id}`);
    dropCopy();
    client.setQueryData(keys.campaign(id), theirs);
    latest.current = draftOf(theirs);
    version.current = theirs.version;
    dirty.current = false;
    stopped.current = false;
    setDraft(latest.current);
    setError(null);
    setState('saved');
  }, [client, id, dropCopy]);

  /** Stores what is on screen as a campaign of its own and returns it. */
  const keepAsCopy = useCallback(async (): Promise<Campaign> => {
    const { patch } = storable(latest.current);
    const { trigger: _, ...rest } = patch;
    const copy = await api.post<Campaign>('/campaigns', {
      ...rest,
      kind: campaign.kind,
      name: `${latest.current.name || 'Campaign'} (my copy)`.slice(0, 120),
    });
    dropCopy();
    dirty.current = false;
    void client.invalidateQueries({ queryKey: keys.campaigns() });
    return copy;
  }, [client, campaign.kind, dropCopy]);

  // A later version from elsewhere (another tab, the switch on a card) is taken over while nothing here is unsaved.
  useEffect(() => {
    if (dirty.current || running.current || stopped.current || campaign.version <= version.current) return;
    version.current = campaign.version;
    latest.current = draftOf(campaign);
    setDraft(latest.current);
    setSavedAt(campaign.updated_at);
  }, [campaign]);

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (dirty.current || running.current) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    // A restored copy is saved at once; leaving the screen saves what is still waiting.
    if (dirty.current) timer.current = setTimeout(() => void save(), pauseMs);
    return () => {
      window.removeEventListener('beforeunload', warn);
      if (dirty.current) void save();
    };
  }, [save, pauseMs]);

  /** What is on screen now, also for who has waited since it was rendered. */
  const current = useCallback(() => latest.current, []);

  return { draft, current, change, changeContent, state, error, savedAt, save, reload, keepAsCopy };
}
export type DraftControl = ReturnType<typeof useDraft>;
