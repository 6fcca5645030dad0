// The six steps of a campaign: their order, their words, and which field belongs to which.
import type { Campaign } from '../../../../contract/campaigns.ts';
import type { Connection } from '../../../../contract/connections.ts';
import type { FieldProblem } from '../../../../contract/errors.ts';
import type { PreviewPeople, usePreview } from '../LivePreview.tsx';
import type { DraftControl } from '../use-draft.ts';

export const steps = ['details', 'audience', 'message', 'schedule', 'settings', 'review'] as const;
export type Step = (typeof steps)[number];

export const stepWords: Record<Step, string> = {
  details: 'Details',
  audience: 'Audience',
  message: 'Message',
  schedule: 'Schedule',
  settings: 'Settings',
  review: 'Review',
};

/** The step of an address; one that does not exist is the first. */
export const stepOf = (given: string | undefined): Step => steps.find((one) => one === given) ?? 'details';

/** What lies before (-1) or after (1) a step; undefined at the ends. */
export const beside = (step: Step, by: 1 | -1): Step | undefined => steps[steps.indexOf(step) + by];

/** What every step is given. */
export interface StepProps {
  /** As it is stored. */
  campaign: Campaign;
  control: DraftControl;
  /** All that is wrong, with its pointer. */
  problems: FieldProblem[];
  /** Of these, what is not stored because of it. */
  unstored: FieldProblem[];
  /** What is wrong at a pointer or beneath it. */
  at: (pointer: string) => string | undefined;
  /** Sending was tried: now also what is merely unfinished is named. */
  tried: boolean;
  mayWrite: boolean;
  connections: Connection[] | undefined;
  connection: Connection | undefined;
  preview: ReturnType<typeof usePreview>;
  people: PreviewPeople;
  /** Nothing was written yet. */
  blank: boolean;
  /** Opens the step that holds this field and puts the focus there. */
  goTo: (pointer: string) => void;
}
