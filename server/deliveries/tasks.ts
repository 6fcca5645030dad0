import type { Task } from '../platform/jobs/task.ts';
import { tendAb, tendAbs } from './ab/tend-ab.ts';
import { tendCanaries, tendCanary } from './canary/tend-canary.ts';
import { holdCircuits } from './circuit/keep-circuit.ts';
import { forgetOldClicks } from './links/click.ts';
import { forgetOldMinutes } from './pace/minutes.ts';
import { rejudgeWaiting } from './pressure/quiet-rows.ts';
import { forgetAside } from './receipts/aside.ts';
import { giveUpNotOnPlatform } from './receipts/not-on-platform.ts';
import { noteStoppedMarketing } from './receipts/stopped-marketing.ts';
import { expandPerson, untwin } from './runs/after-merge.ts';
import { cancelWaiting, expandRun } from './runs/expand.ts';
import { holdRun, holdRuns } from './runs/finish.ts';
import { forgetPeopleOfEnded } from './runs/frozen-people.ts';
import { holdTemplateRuns } from './runs/hold-template.ts';
import { lookAtLocalHours } from './runs/local-hours.ts';
import { type RunRef, releaseForgotten, releasePlanned } from './runs/release.ts';
import { declareForgotten } from './sending/claim.ts';
import { attributeOrders } from './sending/receipts.ts';
import { failDirectThatNeverLeft } from './settling/direct.ts';
import { resendUnknownByPolicy } from './settling/reconcile.ts';
import { continueSettlement } from './settling/settlement.ts';
import { forgetReceiptFlow } from './settling/window.ts';

export const deliveryTasks: Task[] = [
  {
    name: 'deliveries.expand',
    retryLimit: 20,
    expireInSeconds: 120,
    oneByOne: true,
    run: (base, job: Parameters<typeof expandRun>[1]) => expandRun(base, job),
  },
  {
    name: 'deliveries.expand_person',
    retryLimit: 20,
    expireInSeconds: 60,
    run: (base, job: Parameters<typeof expandPerson>[1]) => expandPerson(base, job),
  },
  {
    name: 'deliveries.untwin',
    retryLimit: 20,
    expireInSeconds: 60,
    run: (base, job: Parameters<typeof untwin>[1]) => untwin(base, job),
  },
  {
    name: 'deliveries.forget_people',
    retryLimit: 1,
    expireInSeconds: 600,
    cron: '50 * * * *',
    run: forgetPeopleOfEnded,
  },
  { name: 'deliveries.cancel', retryLimit: 20, expireInSeconds: 120, run: cancelWaiting },
  {
    name: 'deliveries.resend_unknown',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    run: (base) => resendUnknownByPolicy(base),
  },
  {
    name: 'deliveries.fail_direct',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    run: (base) => failDirectThatNeverLeft(base),
  },
  {
    name: 'deliveries.settle',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: Parameters<typeof continueSettlement>[1]) => continueSettlement(base, job),
  },
  {
    name: 'deliveries.local_hours',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    run: lookAtLocalHours,
  },
  {
    name: 'deliveries.not_on_platform',
    retryLimit: 1,
    expireInSeconds: 300,
    cron: '*/15 * * * *',
    run: giveUpNotOnPlatform,
  },
  { name: 'deliveries.hold_run', retryLimit: 20, expireInSeconds: 60, run: holdRun },
  { name: 'deliveries.stopped_marketing', retryLimit: 20, expireInSeconds: 120, run: noteStoppedMarketing },
  { name: 'deliveries.sweep', retryLimit: 0, expireInSeconds: 60, cron: '* * * * *', run: declareForgotten },
  {
    name: 'deliveries.canary',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: RunRef) => tendCanary(base, job),
  },
  {
    name: 'deliveries.ab',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: RunRef) => tendAb(base, job),
  },
  {
    name: 'deliveries.release',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: RunRef) => releasePlanned(base, job),
  },
  {
    // canaries, A/B tests, and runs whose people should have been let go
    name: 'deliveries.tend_held_back',
    formerly: 'deliveries.tend_canaries',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    async run(base) {
      await tendCanaries(base);
      await tendAbs(base);
      await releaseForgotten(base);
    },
  },
  {
    name: 'deliveries.hold_circuits',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    run: holdCircuits,
  },
  {
    name: 'deliveries.forget_minutes',
    retryLimit: 1,
    expireInSeconds: 60,
    cron: '40 * * * *',
    run: forgetOldMinutes,
  },
  {
    name: 'deliveries.forget_receipt_flow',
    formerly: 'deliveries.forget_receipt_minutes',
    retryLimit: 1,
    expireInSeconds: 60,
    cron: '35 3 * * *',
    run: forgetReceiptFlow,
  },
  {
    name: 'deliveries.forget_receipts',
    retryLimit: 1,
    expireInSeconds: 60,
    cron: '37 3 * * *',
    run: forgetAside,
  },
  {
    name: 'deliveries.forget_clicks',
    retryLimit: 1,
    expireInSeconds: 600,
    cron: '45 3 * * *',
    run: forgetOldClicks,
  },
  {
    name: 'deliveries.attribute_orders',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: Parameters<typeof attributeOrders>[1]) => attributeOrders(base, job),
  },
  { name: 'deliveries.rejudge', retryLimit: 20, expireInSeconds: 120, run: rejudgeWaiting },
  {
    name: 'deliveries.hold',
    retryLimit: 20,
    expireInSeconds: 60,
    run: (base, job: Parameters<typeof holdRuns>[1]) => holdRuns(base, job),
  },
  {
    name: 'deliveries.hold_template',
    retryLimit: 20,
    expireInSeconds: 60,
    run: (base, job: Parameters<typeof holdTemplateRuns>[1]) => holdTemplateRuns(base, job),
  },
];
