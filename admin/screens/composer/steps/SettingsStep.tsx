// What few campaigns need: purpose, exemptions, speed, a few people first, several wordings, people left out to compare.
import { factsOf } from '../../../../contract/channel-facts.ts';
import { SendingOptions } from '../SendingOptions.tsx';
import { suggestedTest } from '../settings/ab-test.ts';
import { HoldoutOption } from '../settings/HoldoutOption.tsx';
import { MessageOptions, TrainingStatus } from '../settings/NotYet.tsx';
import css from '../settings/Settings.module.css';
import { TestFirst } from '../settings/TestFirst.tsx';
import { VariantOptions } from '../settings/VariantOptions.tsx';
import type { StepProps } from './step.ts';

export function SettingsStep({ control, connection, people, problems, at }: StepProps) {
  const { settings, content, schedule } = control.draft;
  return (
    <>
      <SendingOptions
        channel={connection?.channel ?? null}
        hasTemplate={Boolean(factsOf(connection?.channel)?.takesTemplates && content.whatsapp?.template)}
        settings={settings}
        onChange={(settings) => control.change({ settings })}
        problemAt={at}
      />
      <section className={css.section} aria-labelledby="settings-test">
        <h3 id="settings-test">Before everybody gets it</h3>
        <TestFirst
          // a copy that an older version kept in this browser does not know it
          test={settings.test_first ?? null}
          connectionId={control.draft.connection_id}
          onChange={(test_first) => control.change({ settings: { ...settings, test_first } })}
          problem={at('/settings/test_first')}
        />
      </section>
      <section className={css.section} aria-labelledby="settings-measure">
        <h3 id="settings-measure">Find out what works</h3>
        <VariantOptions
          // a copy that an older version kept in this browser knows no test
          ab={settings.ab ?? null}
          suggested={() => suggestedTest(content, schedule)}
          content={content}
          viewed={{
            people,
            channel: connection?.channel,
            connectionId: control.draft.connection_id,
            botName: connection?.name ?? 'Your shop',
          }}
          onChange={(ab) => control.change({ settings: { ...settings, ab } })}
          problems={problems}
        />
        <HoldoutOption
          percent={settings.holdout_percent ?? null}
          onChange={(holdout_percent) => control.change({ settings: { ...settings, holdout_percent } })}
          problem={at('/settings/holdout_percent')}
        />
      </section>
      <section className={css.section} aria-labelledby="settings-message">
        <h3 id="settings-message">Message options</h3>
        <MessageOptions />
      </section>
      <section className={css.section} aria-labelledby="settings-training">
        <h3 id="settings-training">Training status</h3>
        <TrainingStatus />
      </section>
    </>
  );
}
