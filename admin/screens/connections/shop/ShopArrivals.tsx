// Whether the shop delivers, in words: what came last, what was not let in, what was not understood.
import type { ShopConnector } from '../../../../contract/shop-connectors.ts';
import { useZone } from '../../../session.ts';
import { Note } from '../../../ui/Note.tsx';
import { moment, since } from '../../../ui/times.ts';
import { lackWords, refusalOf } from './shop-words.ts';

/** `trouble`: that alone, where the rest stands beside it. */
export function ShopArrivals({ shop, trouble }: { shop: ShopConnector; trouble?: boolean }) {
  const zone = useZone();
  const { problem, refused_at, last_received_at, last_topic } = shop;
  const refusal = refusalOf(shop, new Date());
  const lack = lackWords(shop);
  return (
    <div aria-live="polite" style={{ display: 'grid', gap: 8 }}>
      {refusal && refused_at && (
        <Note tone="warn">
          Something came {atTime(refused_at, zone)} whose signature does not fit, and was not let in
          {refusal === 'some' ? '; what has come since fits' : ''}.{' '}
          {shop.kind === 'shopify'
            ? 'If it was Shopify, its key is another one: paste the key anew.'
            : 'If it was WooCommerce, a webhook there has another secret: put the same one into each.'}
        </Note>
      )}
      {problem && (
        <Note tone="warn">
          <code className="mono">{problem.topic}</code> was not understood {atTime(problem.at, zone)}:{' '}
          {problem.detail}
        </Note>
      )}
      {trouble ? null : last_received_at ? (
        !problem && (
          <Note tone={lack ? 'info' : 'ok'}>
            The shop delivers here. Last: <code className="mono">{last_topic}</code>,{' '}
            {since(last_received_at, zone).toLowerCase()}. {lack}
          </Note>
        )
      ) : refusal ? null : (
        <Note tone="info">Nothing has come yet. It shows here by itself once the shop delivers.</Note>
      )}
    </div>
  );
}

/** Within a sentence. */
const atTime = (iso: string, zone: string) => {
  const words = moment(iso, zone);
  return words.startsWith('Today') ? words.replace('Today,', 'today at') : `on ${words}`;
};
