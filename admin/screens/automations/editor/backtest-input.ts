// What of a draft decides whom it would have reached; its words do not.
import type { BacktestInput } from '../../../../contract/automations.ts';
import type { Draft } from '../../composer/draft.ts';

export function backtestInput({ trigger, settings, connection_id }: Draft): Partial<BacktestInput> {
  const { purpose, pressure, holdout_percent } = settings;
  return {
    connection_id,
    settings: { purpose, pressure, holdout_percent },
    ...(trigger && { trigger }),
  };
}
