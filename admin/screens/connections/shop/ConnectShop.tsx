// Which shop is to be connected; then what is pasted where in its own pages.
import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type {
  RemovedShop,
  ShopConnector,
  ShopConnectorCreated,
  ShopKind,
  ShopSystem,
} from '../../../../contract/shop-connectors.ts';
import { api, keys } from '../../../api.ts';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { problemAt, problemElsewhere } from '../../../ui/FieldProblem.tsx';
import { Note } from '../../../ui/Note.tsx';
import { ReasonButton } from '../../../ui/ReasonButton.tsx';
import { useAction } from '../../../ui/use-action.ts';
import css from '../Connections.module.css';
import { SameShop } from './SameShop.tsx';
import { ShopSetup } from './ShopSetup.tsx';
import { removedOf } from './shop-words.ts';

interface Props {
  opened: boolean;
  /** As they are at present. */
  shops: ShopConnector[];
  onClose: () => void;
}

export function ConnectShop({ opened, shops, onClose }: Props) {
  const [made, setMade] = useState<ShopConnectorCreated | null>(null);
  const close = () => {
    setMade(null);
    onClose();
  };
  const shop = made && (shops.find(({ id }) => id === made.id) ?? made);
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={shop ? `${shop.name}: set up webhooks` : 'Connect a shop'}
      size={680}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened &&
        (shop ? (
          <ShopSetup shop={shop} secret={made.secret} onDone={close} />
        ) : (
          <Form onMade={setMade} onClose={close} />
        ))}
    </Modal>
  );
}

const kinds = [
  { value: 'shopify', label: 'Shopify' },
  { value: 'woocommerce', label: 'WooCommerce' },
];

function Form({ onMade, onClose }: { onMade: (made: ShopConnectorCreated) => void; onClose: () => void }) {
  const client = useQueryClient();
  const [kind, setKind] = useState<ShopKind>('shopify');
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const { busy, error, run } = useAction();
  const systems = useQuery({
    queryKey: keys.shopSystems,
    queryFn: ({ signal }) => api.get<{ data: ShopSystem[] }>('/shop_systems', undefined, signal),
  });
  const removed = useQuery({
    queryKey: keys.removedShops,
    queryFn: ({ signal }) => api.get<{ data: RemovedShop[] }>('/removed_shops', undefined, signal),
    // what was true when the dialog was last open may miss the one that was removed since
    gcTime: 0,
  });
  const before = removed.data && removedOf(removed.data.data, kind);
  const [same, setSame] = useState<RemovedShop | 'another' | null>(null);
  const whyNot = systems.data?.data.find((one) => one.kind === kind)?.why_not ?? null;
  const failed = systems.error ?? removed.error;
  const isKnown = systems.isSuccess && before !== undefined;
  const reason = !isKnown
    ? failed
      ? 'It could not be read what was connected here before'
      : 'What was connected here before is being read'
    : (whyNot ?? (before.length > 0 && same === null ? 'Say whether it was connected before' : undefined));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (reason) return;
    await run(async () => {
      const made = await api.post<ShopConnectorCreated>('/shop_connectors', {
        kind,
        name: name.trim() || undefined,
        shop_url: withProtocol(url) || undefined,
        id_prefix: same && same !== 'another' ? same.id_prefix : undefined,
      });
      await client.invalidateQueries({ queryKey: keys.shopConnectors });
      onMade(made);
    });
  };
  const elsewhere = problemElsewhere(error, ['/name', '/shop_url']);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className={css.form}>
      <SegmentedControl
        fullWidth
        aria-label="Which shop system"
        data={kinds}
        value={kind}
        onChange={(value) => {
          setKind(value as ShopKind);
          setSame(null);
        }}
      />
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      {!isKnown && failed && (
        <ErrorState
          title="What was connected here before could not be read"
          error={failed}
          onRetry={() => void Promise.all([systems.refetch(), removed.refetch()])}
        />
      )}
      {before && before.length > 0 && <SameShop shops={before} same={same} onSame={setSame} />}
      <TextInput
        label="Name"
        description="Only your team sees it. Empty: the name of the shop system."
        value={name}
        error={problemAt(error, '/name')}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Address of the shop"
        description="To tell shops apart. Empty: as the shop names itself with its first webhook."
        placeholder="https://shop.example"
        value={url}
        error={problemAt(error, '/shop_url')}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      {whyNot && (
        <Note tone="warn">
          {whyNot} How: <code className="mono">docs/operations.md</code>, “Behind a reverse proxy”.
        </Note>
      )}
      {!whyNot && (
        <Note tone="info">
          {kind === 'shopify'
            ? 'Next you get an address to paste into Shopify, and paste the key that Shopify signs with here.'
            : 'Next you get an address and a secret to paste into WooCommerce. It tells of customers, orders and products; of carts it has no webhook.'}
        </Note>
      )}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
        <ReasonButton
          type="submit"
          miw={132}
          reason={reason}
          aria-disabled={busy || reason !== undefined || undefined}
        >
          {busy ? 'Connecting' : 'Connect shop'}
        </ReasonButton>
      </div>
    </form>
  );
}

/** People write addresses as they say them. */
function withProtocol(address: string): string {
  const text = address.trim();
  return text === '' || /^https?:\/\//i.test(text) ? text : `https://${text}`;
}
