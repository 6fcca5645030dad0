// The draft on screen and its saving. What was typed is never lost: fields that cannot be stored yet are left out of the
// save and named, what is not stored is kept in this browser, and a change from elsewhere stops saving until the person
// has chosen. A draft saves as it is typed; a scheduled campaign and an automation go out by themselves, so they are stored by a press.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Content } from '../../../contract/message.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { isAutomation } from '../campaigns/status.tsx';
import { changesOnly, type Draft, type DraftPatch, draftOf, sameValue, storable } from './draft.ts';
import { keepCopy, removeCopy, restoredCopy } from './draft-copy.ts';
import { storeParts } from './store-parts.ts';

/** True where it is stored; otherwise why not, where that is known. */
export type Saved = boolean | ApiProblem;
/** changed: kept in this browser until Update or Save changes is pressed. */
export type SaveState = 'saved' | 'waiting' | 'saving' | 'changed' | 'refused' | 'conflict';

export function useDraft(campaign: Campaign, pauseMs = 700) {
  const client = useQueryClient();
  const id = campaign.id;
  const scheduled = campaign.status === 'scheduled';
  const byHand = scheduled || isAutomation(campaign);
  const unsaved = byHand ? 'changed' : 'waiting';
  const [restored] = useState(() => restoredCopy(campaign));
  const [draft, setDraft] = useState<Draft>(() => restored?.draft ?? draftOf(campaign));
  const [state, setState] = useState<SaveState>(restored ? unsaved : 'saved');
  const [error, setError] = useState<ApiProblem | null>(null);
  const [savedAt, setSavedAt] = useState(campaign.updated_at);
  const latest = useRef(draft);
  /** As it is stored, as far as is known here. */
  const base = useRef(restored?.base ?? draftOf(campaign));
  const version = useRef(restored?.version ?? campaign.version);
  const on = useRef(false);
  on.current = campaign.trigger?.enabled ?? false;
  const dirty = useRef(restored !== null);
  /** Fields that the server would not take, as long as they stand there. */
  const refused = useRef<ApiProblem | null>(null);
  const running = useRef<Promise<Saved> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stopped = useRef(false);
  /** Another tab on the same draft may have kept its own copy there: that one is not ours to remove. */
  const hasCopy = useRef(restored !== null);
  const dropCopy = useCallback(() => {
    if (hasCopy.current) removeCopy(id);
    hasCopy.current = false;
  }, [id]);
  const keep = useCallback(() => {
    keepCopy(id, { version: version.current, draft: latest.current, base: base.current });
    hasCopy.current = true;
  }, [id]);
  /** Something on screen is not stored, and will not be without a person. */
  const isPartial = useCallback(
    () =>
      [...(refused.current?.errors ?? []), ...storable(latest.current, scheduled).problems].some(
        ({ pointer }) => {
          const field = pointer.split('/')[1] as keyof Draft;
          return !sameValue(latest.current[field], base.current[field]);
        },
      ),
    [scheduled],
  );

  const store = useCallback(async (): Promise<Campaign | null> => {
    const send = ({ trigger, ...patch }: DraftPatch) =>
      api.patch<Campaign>(`/campaigns/${id}`, {
        ...patch,
        ...(trigger && { trigger: { ...trigger, enabled: on.current } }),
        version: version.current,
      });
    const patch = changesOnly(storable(latest.current, scheduled).patch, base.current);
    if (byHand) return Object.keys(patch).length > 0 ? send(patch) : null;
    const stored = await storeParts(patch, base.current, send);
    refused.current = stored.refused;
    return stored.saved;
  }, [id, byHand, scheduled]);

  const save = useCallback(async (): Promise<Saved> => {
    clearTimeout(timer.current);
    if (running.current) await running.current;
    if (stopped.current) return false;
    if (!dirty.current && !refused.current) return true;
    const work = async (): Promise<Saved> => {
      dirty.current = false;
      refused.current = null;
      setState('saving');
      try {
        const saved = await store();
        if (saved) {
          version.current = saved.version;
          base.current = draftOf(saved);
          client.setQueryData(keys.campaign(id), saved);
          setSavedAt(saved.updated_at);
          void client.invalidateQueries({ queryKey: keys.audience(id) });
          void client.invalidateQueries({ queryKey: keys.campaigns(), refetchType: 'none' });
        }
        setError(refused.current);
        // "now" is not stored but done: until Send is pressed it is a change like any other
        if (scheduled && latest.current.schedule.mode === 'now') dirty.current = true;
        if (dirty.current || isPartial()) keep();
        else dropCopy();
        setState(dirty.current ? unsaved : 'saved');
        return refused.current ?? true;
      } catch (problem) {
        dirty.current = true;
        keep();
        const known = problem instanceof ApiProblem ? problem : null;
        setError(known);
        stopped.current = known?.code === 'VERSION_CONFLICT';
        setState(stopped.current ? 'conflict' : 'refused');
        // Without an answer: try again by itself.
        if (!byHand && (known?.status === 0 || (known?.status ?? 0) >= 500))
          timer.current = setTimeout(() => void save(), 5000);
        return known ?? false;
      }
    };
    running.current = work().finally(() => {
      running.current = null;
    });
    return running.current;
  }, [client, id, byHand, scheduled, unsaved, store, isPartial, keep, dropCopy]);

  const change = useCallback(
    (part: Partial<Draft>) => {
      latest.current = { ...latest.current, ...part };
      setDraft(latest.current);
      dirty.current = !byHand || !sameValue(latest.current, base.current);
      if (stopped.current) return keep();
      setState(dirty.current ? unsaved : 'saved');
      if (!byHand) {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => void save(), pauseMs);
        return;
      }
      setError(null);
      if (dirty.current) keep();
      else dropCopy();
    },
    [save, pauseMs, byHand, unsaved, keep, dropCopy],
  );
  const changeContent = useCallback(
    (part: Partial<Content>) => change({ content: { ...latest.current.content, ...part } }),
    [change],
  );

  /** Takes what is stored; what was typed here is given up on purpose. */
  const reload = useCallback(async () => {
    const theirs = await api.get<Campaign>(`/campaigns/${id}`);
    dropCopy();
    client.setQueryData(keys.campaign(id), theirs);
    latest.current = draftOf(theirs);
    base.current = latest.current;
    version.current = theirs.version;
    dirty.current = false;
    refused.current = null;
    stopped.current = false;
    setDraft(latest.current);
    setError(null);
    setState('saved');
  }, [client, id, dropCopy]);

  /** Stores what is on screen as a campaign of its own and returns it. */
  const keepAsCopy = useCallback(async (): Promise<Campaign> => {
    const { patch } = storable(latest.current);
    const { trigger, ...rest } = patch;
    const copy = await api.post<Campaign>('/campaigns', {
      ...rest,
      ...(trigger && { trigger: { ...trigger, enabled: false } }),
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
    if (running.current || stopped.current || campaign.version <= version.current) return;
    const theirs = draftOf(campaign);
    if (sameValue(theirs, base.current)) {
      // a star, or a run of a series: nothing that is written here
      version.current = campaign.version;
      return;
    }
    if (dirty.current) return;
    if (isPartial()) {
      stopped.current = true;
      keep();
      setState('conflict');
      return;
    }
    version.current = campaign.version;
    base.current = theirs;
    latest.current = theirs;
    setDraft(theirs);
    setSavedAt(campaign.updated_at);
  }, [campaign, isPartial, keep]);

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (dirty.current || running.current) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    // A restored copy is saved at once; leaving the screen saves what is still waiting.
    if (dirty.current && !byHand) timer.current = setTimeout(() => void save(), pauseMs);
    return () => {
      window.removeEventListener('beforeunload', warn);
      if (dirty.current && !byHand) void save();
    };
  }, [save, pauseMs, byHand]);

  /** What is on screen now, also for who has waited since it was rendered. */
  const current = useCallback(() => latest.current, []);

  return {
    draft,
    current,
    change,
    changeContent,
    state,
    error,
    savedAt,
    byHand,
    restored: restored !== null,
    save,
    reload,
    keepAsCopy,
  };
}
export type DraftControl = ReturnType<typeof useDraft>;
