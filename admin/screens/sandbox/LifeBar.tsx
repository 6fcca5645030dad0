// Above the phones: whether the demo shop lives, how fast, and what happened last.
import { Button, SegmentedControl } from '@mantine/core';
import { IconBuildingStore, IconListDetails, IconPlayerPlay } from '@tabler/icons-react';
import type { Life, LifePatch, LifeSpeed } from '../../../contract/demo.ts';
import { useMay } from '../../session.ts';
import { Badge } from '../../ui/Badge.tsx';
import css from './Sandbox.module.css';

interface Props {
  life: Life;
  busy: boolean;
  isOpen: boolean;
  onOpen: () => void;
  onChange: (patch: LifePatch) => void;
}

export const speedWords: Record<LifeSpeed, string> = { off: 'Off', calm: 'Calm', busy: 'Busy', rush: 'Rush' };

export function LifeBar({ life, busy, isOpen, onOpen, onChange }: Props) {
  const { may, reason } = useMay('workspace:write');
  const isAlive = life.speed !== 'off';
  const hasLived = isAlive || life.news.length > 0;
  const last = life.news.find(({ kind }) => kind !== 'visit') ?? life.news[0];
  return (
    <section className={css.bar} aria-label="Life of the demo shop">
      <div className={css.state}>
        {isAlive ? (
          <Badge tone={life.rests ? 'mute' : 'ok'} live={!life.rests}>
            {life.rests ? 'Resting' : 'Alive'}
          </Badge>
        ) : (
          <IconBuildingStore size={18} stroke={1.75} aria-hidden />
        )}
        <span className={`${css.last} t2`} title={isAlive ? last?.words : undefined}>
          {isAlive
            ? (last?.words ?? 'The first customers are on their way')
            : 'The demo shop stands still. Its customers can browse, leave carts and buy, and the automations answer.'}
        </span>
      </div>
      <div className={css.controls}>
        {hasLived && (
          <Button
            variant="default"
            aria-pressed={isOpen}
            leftSection={<IconListDetails size={16} stroke={1.75} />}
            onClick={onOpen}
          >
            What happens
          </Button>
        )}
        {isAlive ? (
          <SegmentedControl
            aria-label="Speed of the demo shop"
            value={life.speed}
            disabled={!may || busy}
            title={reason}
            onChange={(speed) => onChange({ speed: speed as LifeSpeed })}
            data={Object.entries(speedWords).map(([value, label]) => ({ value, label }))}
          />
        ) : (
          <Button
            leftSection={<IconPlayerPlay size={16} stroke={1.75} />}
            disabled={!may}
            title={reason}
            aria-disabled={busy || undefined}
            onClick={() => onChange({ speed: 'calm' })}
          >
            Bring the shop to life
          </Button>
        )}
      </div>
    </section>
  );
}
