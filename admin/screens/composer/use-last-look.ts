// Send pressed: the last look opens for exactly what is on screen, once it is stored and found right; else what is wrong is
// named, and the focus stands on it.
import { type RefObject, useEffect, useRef, useState } from 'react';
import { ApiProblem, isUnreachable } from '../../api.ts';
import { tellProblem } from '../../ui/toast.tsx';
import { contradictions } from './contradictions.ts';
import { type Draft, storable } from './draft.ts';
import type { usePreview } from './LivePreview.tsx';
import type { DraftControl } from './use-draft.ts';

interface Options {
  control: DraftControl;
  preview: ReturnType<typeof usePreview>;
  scheduled: boolean;
  onReady: () => void;
}

export function useLastLook({ control, preview, scheduled, onReady }: Options): {
  /** Sending was tried at least once. */
  tried: boolean;
  /** For the summary of what is wrong. */
  summary: RefObject<HTMLDivElement | null>;
  begin: () => Promise<void>;
} {
  const { draft } = control;
  const [tried, setTried] = useState(false);
  const [, setNamings] = useState(0);
  const summary = useRef<HTMLDivElement>(null);
  /** The draft whose problems were asked for and are not in focus yet. */
  const unread = useRef<Draft | null>(null);
  const again = useRef<() => Promise<void>>(async () => {});

  useEffect(() => {
    if (!unread.current || !summary.current) return;
    if (unread.current === draft) summary.current.focus();
    unread.current = null;
  });

  const nameProblems = () => {
    unread.current = control.current();
    setNamings((count) => count + 1);
  };
  const begin = async (): Promise<void> => {
    setTried(true);
    // what is known to be wrong with exactly this is named at once
    const known = [...storable(draft, scheduled).problems, ...contradictions(draft), ...preview.problems];
    if (known.length > 0) return nameProblems();
    // what goes out by itself is stored once it is found right, a draft meanwhile
    const saving = control.byHand ? null : control.save();
    const verdict = await preview.check().catch((problem: Error) => problem);
    // the summary shows with the verdict: the focus must not wait for the save
    if (control.current() === draft && !(verdict instanceof Error) && verdict.length > 0)
      return nameProblems();
    if (control.byHand && verdict instanceof Error)
      return tellProblem('The message could not be checked, so nothing was updated', verdict);
    const saved = await (saving ?? control.save());
    // typed on meanwhile: that is what would be sent
    if (control.current() !== draft) return again.current();
    if (saved === true) {
      if (verdict instanceof Error)
        tellProblem('The message could not be checked, so nothing was sent', verdict);
      else onReady();
    } else if (saved instanceof ApiProblem && saved.errors.length === 0)
      // Beside the form the reason stands in the line above; on a phone that line may be out of sight.
      tellProblem(
        control.byHand
          ? 'The campaign could not be updated'
          : 'The draft could not be saved, so nothing was sent',
        isUnreachable(saved)
          ? new Error('No connection to Carillon. What you typed is kept in this browser.')
          : saved,
      );
    else nameProblems();
  };
  again.current = begin;
  return { tried, summary, begin };
}
