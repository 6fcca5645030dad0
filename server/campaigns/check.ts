// GET /campaigns/:id/check: every problem of a campaign at once, found by the same rules that launch stops at.
import type { Campaign } from '../../contract/campaigns.ts';
import {
  type CampaignCheck,
  type CampaignProblem,
  type CheckedStep,
  checkedStep,
  type StepState,
} from '../../contract/checks.ts';
import { isBlank } from '../../contract/message.ts';
import type { Ctx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { holds } from '../platform/scopes.ts';
import { isAutomated, mayDo, placeOf } from './campaign.ts';
import { adviceOnAudience } from './check/audience.ts';
import { adviceOnWindow, automationMusts, sendersOf } from './check/automation.ts';
import { adviceOnDetails, refuseBroken } from './check/details.ts';
import { adviceOnEvent } from './check/event.ts';
import { type Finding, findingsOf, type Sendable } from './check/finding.ts';
import { adviceOnLinks } from './check/links.ts';
import { adviceOnMessage } from './check/message.ts';
import { musts } from './check/musts.ts';
import { adviceOnSchedule, hourToCome } from './check/schedule.ts';
import { adviceOnWordings } from './check/settings.ts';
import { campaignConnection, probePictures } from './launch.ts';
import { getCampaign } from './store.ts';

/** What was sent is not judged any more: its plan is what it was. */
export async function checkCampaign(ctx: Ctx, id: string): Promise<CampaignCheck> {
  const campaign = await getCampaign(ctx, id);
  const isOpen = mayDo('edit', placeOf(campaign));
  const found = isOpen ? await findingsIn(ctx, campaign) : [];
  const errors = found.filter(({ severity }) => severity === 'error');
  return {
    ready: isOpen && errors.length === 0,
    version: campaign.version,
    steps: Object.fromEntries(
      checkedStep.options.map((step) => [step, stateOf(found.filter((one) => one.step === step))]),
    ) as Record<CheckedStep, StepState>,
    problems: found.map(({ missing: _missing, ...problem }): CampaignProblem => problem),
  };
}

async function findingsIn(ctx: Ctx, campaign: Campaign): Promise<Finding[]> {
  const found: Finding[] = [];
  const attempt = async <T>(
    key: string,
    step: CheckedStep,
    work: () => T | Promise<T>,
  ): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      // too many pictures are looked at just now: nothing is known to be wrong
      if (!(error instanceof AppError)) throw error;
      if (error.code !== 'UNAVAILABLE') found.push(...findingsOf(error, key, step));
      return null;
    }
  };
  const automated = isAutomated(campaign.kind);
  const senders = automated
    ? ((await attempt('connection', 'details', () => sendersOf(ctx, campaign))) ?? [])
    : [];
  const connection = automated
    ? (senders[0] ?? null)
    : await attempt('connection', 'details', () => campaignConnection(ctx, campaign));
  if (connection) await attempt('connection', 'details', () => refuseBroken(connection));
  else for (const one of found) one.missing = campaign.connection_id === null;
  // without a connection the rest is judged as if it were the usual one
  const sendable: Sendable = {
    campaign,
    connection: connection ?? { id: '', channel: 'telegram', sandbox: false },
  };
  const all = automated ? automationMusts : musts;
  for (const must of connection ? all : all.filter(({ key }) => withoutConnection.has(key)))
    for (const one of automated && connection ? senders : [sendable.connection])
      await attempt(must.key, must.step, () => must.holds(ctx, { campaign, connection: one }));
  // whoever may only read makes this node ask no other server
  const looking = holds(ctx, 'campaigns:write') || holds(ctx, 'campaigns:send') ? 'lately' : 'known';
  await attempt('media', 'message', () => probePictures(ctx, campaign, sendable.connection, looking));
  if (!automated) await attempt(hourToCome.key, hourToCome.step, () => hourToCome.holds(ctx, sendable));
  const isEmpty = isBlank(campaign.content, sendable.connection.channel);
  for (const one of found) if (one.step === 'message' && isEmpty) one.missing = true;
  await advise();
  return [...new Map(found.map((one) => [`${one.pointer} ${one.words}`, one])).values()].sort((a, b) => orderOf(a) - orderOf(b)); // biome-ignore format: one line

  async function advise(): Promise<void> {
    found.push(...((await attempt('schedule', 'schedule', () => adviceOnSchedule(ctx, sendable))) ?? []));
    found.push(...adviceOnWordings(sendable));
    if (!connection) return;
    found.push(...((await attempt('connection', 'details', () => adviceOnDetails(ctx, sendable))) ?? []));
    if (!isEmpty)
      found.push(...((await attempt('message', 'message', () => adviceOnMessage(ctx, sendable))) ?? []));
    found.push(...((await attempt('links', 'settings', () => adviceOnLinks(ctx, sendable))) ?? []));
    const counted = found.some(({ step, severity }) => step === 'audience' && severity === 'error');
    for (const one of senders) {
      found.push(...adviceOnWindow({ campaign, connection: one }));
      if (!isEmpty) found.push(...(await adviceOnEvent(ctx, { campaign, connection: one })));
    }
    if (counted || automated) return;
    found.push(
      ...((await attempt('audience_empty', 'audience', () => adviceOnAudience(ctx, sendable))) ?? []),
    );
  }
}

/** What can be said before a connection is chosen. */
const withoutConnection = new Set(['exemption', 'together', 'automation', 'media', 'audience']);

const severities = ['error', 'warning', 'hint'];
/** Errors first, each kind in the order of the steps. */
const orderOf = ({ severity, step }: Finding) =>
  severities.indexOf(severity) * 10 + checkedStep.options.indexOf(step);

function stateOf(found: Finding[]): StepState {
  const errors = found.filter(({ severity }) => severity === 'error');
  const warnings = found.filter(({ severity }) => severity === 'warning');
  if (errors.length > 0)
    return { state: errors.every((one) => one.missing) ? 'todo' : 'error', count: errors.length };
  return { state: warnings.length > 0 ? 'warning' : 'done', count: warnings.length };
}
