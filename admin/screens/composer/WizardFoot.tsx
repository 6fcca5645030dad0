// Back and on; on the last step what everything was for.
import { Button } from '@mantine/core';
import { IconArrowLeft, IconClock, IconSend } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import css from './Composer.module.css';
import { beside, type Step, stepWords } from './steps/step.ts';
import wizard from './Wizard.module.css';

interface Props {
  step: Step;
  onStep: (step: Step) => void;
  /** Why it cannot be sent; undefined: it can. */
  blocked: string | undefined;
  /** It has a time of its own. */
  atTime: boolean;
  /** It is scheduled: there is nothing left to press. */
  done: boolean;
  /** What the button for unstored changes of a scheduled campaign says; null: there are none. */
  update: string | null;
  /** Why they cannot be stored. */
  updateBlocked: string | undefined;
  onDiscard: () => void;
  onSend: () => void;
}

export function WizardFoot(props: Props) {
  const { step, onStep, blocked, atTime, done, update, onSend } = props;
  const [before, after] = [beside(step, -1), beside(step, 1)];
  const arrow = <IconArrowLeft size={16} stroke={1.75} />;
  return (
    <footer className={css.foot}>
      {before ? (
        <Button variant="subtle" leftSection={arrow} onClick={() => onStep(before)}>
          Back
        </Button>
      ) : (
        <Button variant="subtle" leftSection={arrow} component={Link} to="/campaigns">
          Back to campaigns
        </Button>
      )}
      {update ? (
        <Changes {...props} update={update} />
      ) : after ? (
        <Button onClick={() => onStep(after)}>Continue to {stepWords[after].toLowerCase()}</Button>
      ) : done ? (
        <Button component={Link} to="/campaigns">
          Done
        </Button>
      ) : (
        <ReasonButton
          reason={blocked}
          leftSection={atTime ? <IconClock size={16} stroke={1.75} /> : <IconSend size={16} stroke={1.75} />}
          onClick={onSend}
        >
          {atTime ? 'Schedule' : 'Send'}
        </ReasonButton>
      )}
    </footer>
  );
}

/** Changes of a scheduled campaign wait for one press; going on through the steps is the lesser thing meanwhile. */
function Changes({ step, onStep, update, updateBlocked, blocked, atTime, onDiscard, onSend }: Props) {
  const after = beside(step, 1);
  return (
    <div className={wizard.footEnd}>
      <Button variant="subtle" color="gray" onClick={onDiscard}>
        Discard<span className={wizard.footMore}>&nbsp;changes</span>
      </Button>
      {after && (
        <Button variant="default" className={wizard.footOn} onClick={() => onStep(after)}>
          Continue to {stepWords[after].toLowerCase()}
        </Button>
      )}
      <ReasonButton
        reason={updateBlocked ?? (atTime ? undefined : blocked)}
        leftSection={atTime ? undefined : <IconSend size={16} stroke={1.75} />}
        onClick={onSend}
      >
        {update}
      </ReasonButton>
    </div>
  );
}
