// The parts that the list of problems is made of: what a check is given, and what it may find.
import type { Campaign } from '../../../contract/campaigns.ts';
import { type CampaignProblem, type CheckedStep, stepOfPointer } from '../../../contract/checks.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { FieldProblem } from '../../../contract/errors.ts';
import type { Ctx } from '../../platform/context.ts';
import type { AppError } from '../../platform/errors.ts';

/** A campaign and what sends it. */
export interface Sendable {
  campaign: Campaign;
  connection: { id: string; channel: Channel; sandbox: boolean };
}

/** Throws an AppError where the campaign cannot be sent. Launch stops at the first, the review shows them all. */
export interface Must {
  key: string;
  /** Where it is mended; a pointer of the error that says better wins. */
  step: CheckedStep;
  holds(ctx: Ctx, sendable: Sendable): unknown;
}

/** What is worth knowing before it is sent and stops nothing. Never throws for what is in the campaign. */
export type Advice = (ctx: Ctx, sendable: Sendable) => Promise<Finding[]>;

export interface Finding extends CampaignProblem {
  /** Not wrong, only not filled in yet. */
  missing?: boolean;
}

const stepNames: Record<CheckedStep, string> = {
  details: 'Details',
  audience: 'Audience',
  message: 'Message',
  schedule: 'Schedule',
  settings: 'Settings',
};

/** A warning or hint of a step, mended in the campaign itself unless `href` says where. */
export function finding(
  key: string,
  severity: 'warning' | 'hint',
  pointer: string,
  words: string,
  remedy: { words?: string; href?: string | null } = {},
): Finding {
  const step = stepOfPointer(pointer, 'settings');
  return { key, step, severity, pointer, words, remedy: remedyOf(step, pointer, remedy) };
}

/** Every field that an error names, or the error as a whole. */
export function findingsOf(error: AppError, key: string, step: CheckedStep): Finding[] {
  const fields: FieldProblem[] =
    error.errors.length > 0 ? error.errors : [{ pointer: pointers[step], detail: error.message }];
  return fields.map(({ pointer, detail }) => {
    const there = stepOfPointer(pointer, step);
    const href = error.code === 'CONNECTION_NOT_READY' ? '/connections' : null;
    return {
      key,
      step: there,
      severity: 'error',
      pointer,
      words: detail,
      remedy: remedyOf(there, pointer, href ? { words: 'Open Connections', href } : {}),
    };
  });
}

function remedyOf(step: CheckedStep, pointer: string, given: { words?: string; href?: string | null }) {
  const { words = `Go to ${stepNames[step]}`, href = null } = given;
  return { words, href, pointer: href ? null : pointer };
}

const pointers: Record<CheckedStep, string> = {
  details: '/connection_id',
  audience: '/audience',
  message: '/content',
  schedule: '/schedule',
  settings: '/settings',
};
