// Whose customers are whose goes by it, and it cannot be changed later: nobody is spared the question.
import { Radio } from '@mantine/core';
import type { RemovedShop } from '../../../../contract/shop-connectors.ts';
import { useZone } from '../../../session.ts';
import { day } from '../../../ui/times.ts';
import { removedName } from './shop-words.ts';

interface Props {
  /** Of this kind, whose connector was removed. */
  shops: RemovedShop[];
  same: RemovedShop | 'another' | null;
  onSame: (same: RemovedShop | 'another') => void;
}

export function SameShop({ shops, same, onSame }: Props) {
  const zone = useZone();
  const value = same === null || same === 'another' ? same : String(shops.indexOf(same));
  return (
    <Radio.Group
      label="Was this shop connected here before?"
      description="If it was, its customers stay the contacts that they are. This cannot be changed later."
      value={value}
      onChange={(chosen) => onSame(shops[Number(chosen)] ?? 'another')}
    >
      <div style={{ display: 'grid', gap: 8, marginTop: 8 }}>
        {shops.map((shop, index) => (
          <Radio
            key={shop.id_prefix}
            size="xs"
            value={String(index)}
            label={`Yes, it is ${removedName(shop)}`}
            description={[shop.shop_url, shop.removed_at && `removed on ${day(shop.removed_at, zone)}`]
              .filter(Boolean)
              .join(', ')}
          />
        ))}
        <Radio size="xs" value="another" label="No, it is another shop" />
      </div>
    </Radio.Group>
  );
}
