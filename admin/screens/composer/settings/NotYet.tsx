// What the settings will hold once channels and training can do it: shown, switched off, each with its reason.
import { SegmentedControl, Switch } from '@mantine/core';
import { usePhone } from '../../../ui/DataTable.tsx';
import css from '../Composer.module.css';

export function MessageOptions() {
  return (
    <div className={css.optionRows}>
      <Switch
        label="Pin message"
        description="Carillon cannot pin messages yet."
        checked={false}
        disabled
        readOnly
      />
      <p className="t2">
        Silence and link preview stand above. The inline keyboard is made of the buttons of the message.
      </p>
    </div>
  );
}

export function TrainingStatus() {
  const phone = usePhone();
  return (
    <div>
      <SegmentedControl
        aria-label="Training status"
        disabled
        orientation={phone ? 'vertical' : 'horizontal'}
        fullWidth={phone}
        value="not_trained"
        data={[
          { value: 'not_trained', label: 'Not trained' },
          { value: 'training', label: 'Train for responses' },
          { value: 'trained', label: 'Use trained model' },
        ]}
      />
      <p className="t3 small" style={{ marginTop: 4 }}>
        Training comes with automatic replies. Until then every campaign is not trained.
      </p>
    </div>
  );
}
