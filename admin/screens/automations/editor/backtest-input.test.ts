import { expect, test } from 'vitest';
import { backtestInput as schema } from '../../../../contract/automations.ts';
import { settings } from '../../../../contract/campaigns.ts';
import { trigger } from '../../../../contract/trigger.ts';
import type { Draft } from '../../composer/draft.ts';
import { backtestInput } from './backtest-input.ts';

test('what is asked for is what the server takes, and no words of the message', () => {
  const { enabled: _, ...unsaved } = trigger.parse({ delay_minutes: 240 });
  const draft = {
    name: 'Carts',
    connection_id: null,
    content: { text: 'Hello', media: [], buttons: [] },
    settings: settings.parse({ holdout_percent: 5 }),
    trigger: unsaved,
  } as unknown as Draft;
  const input = schema.parse(backtestInput(draft));
  expect(input).toMatchObject({
    trigger: { delay_minutes: 240 },
    settings: { holdout_percent: 5, purpose: 'marketing' },
  });
});
