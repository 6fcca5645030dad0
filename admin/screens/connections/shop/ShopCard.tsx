// One shop: its state in words, what came last, what was ignored or not understood, its steps, its name and key, remove.
import { Button, Menu, Modal, TextInput } from '@mantine/core';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ShopConnector } from '../../../../contract/shop-connectors.ts';
import { api, keys } from '../../../api.ts';
import { useMay, useZone } from '../../../session.ts';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { problemAt, problemElsewhere } from '../../../ui/FieldProblem.tsx';
import { Note } from '../../../ui/Note.tsx';
import { figure } from '../../../ui/numbers.ts';
import { ReasonButton } from '../../../ui/ReasonButton.tsx';
import { since } from '../../../ui/times.ts';
import { tell } from '../../../ui/toast.tsx';
import { useAction } from '../../../ui/use-action.ts';
import css from '../Connections.module.css';
import { ShopArrivals } from './ShopArrivals.tsx';
import { ShopSetup } from './ShopSetup.tsx';
import { ShopBadge, shopWord } from './shop-state.tsx';
import { lackWords, refusalOf } from './shop-words.ts';

export function ShopCard({ shop }: { shop: ShopConnector }) {
  const client = useQueryClient();
  const zone = useZone();
  const write = useMay('connections:write');
  const removing = useAction();
  const [open, setOpen] = useState<'setup' | 'name' | 'remove' | null>(null);
  const close = () => setOpen(null);
  const remove = () =>
    removing.run(async () => {
      await api.delete(`/shop_connectors/${shop.id}`);
      close();
      await client.invalidateQueries({ queryKey: keys.shopConnectors });
      tell(`${shop.name} removed`);
    });
  const { last_passed_over: passed } = shop;
  const lack = shop.last_received_at ? lackWords(shop) : null;
  return (
    <article className={`card ${css.card}`} aria-label={shop.name}>
      <div className="row" style={{ gap: 12 }}>
        <div className="grow">
          <h3 className="ellipsis">{shop.name}</h3>
          <div className="small t3 ellipsis">
            {[
              shop.name === shopWord[shop.kind] ? null : shopWord[shop.kind],
              shop.shop_url,
              shop.currency && `sells in ${shop.currency}`,
            ]
              .filter(Boolean)
              .join(' · ') ||
              (shop.last_received_at ? 'Nothing of it is written down yet' : 'No webhook has come yet')}
          </div>
        </div>
        <ShopBadge shop={shop} />
      </div>
      {(shop.problem || refusalOf(shop, new Date())) && <ShopArrivals shop={shop} trouble />}
      <dl className={css.facts}>
        <div>
          <dt>Last event</dt>
          <dd>
            {shop.last_received_at ? (
              <>
                {since(shop.last_received_at, zone)}, <code className="mono">{shop.last_topic}</code>
              </>
            ) : (
              'None yet'
            )}
          </dd>
        </div>
        <div>
          <dt>Events received</dt>
          <dd>{figure(shop.received)}</dd>
        </div>
        <div>
          <dt>Of these ignored</dt>
          <dd>{figure(shop.passed_over)}</dd>
        </div>
        {shop.id_prefix && (
          <div>
            <dt>Its ids begin with</dt>
            <dd>
              <code className="mono">{shop.id_prefix}</code>
            </dd>
          </div>
        )}
      </dl>
      {lack && <p className="t2 small">{lack}</p>}
      {passed && (
        <p className="t3 small">
          Last ignored: <code className="mono">{passed.topic}</code>, {since(passed.at, zone).toLowerCase()}.{' '}
          {passed.detail}
        </p>
      )}
      <div className="row">
        <ReasonButton variant="default" reason={write.reason} onClick={() => setOpen('setup')}>
          {shop.last_received_at ? 'Set-up and key' : 'Go on with the set-up'}
        </ReasonButton>
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="subtle" px={8} aria-label={`More for ${shop.name}`}>
              <IconDots size={16} stroke={1.75} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              disabled={!write.may}
              leftSection={<IconPencil size={16} stroke={1.75} />}
              onClick={() => setOpen('name')}
            >
              Rename
            </Menu.Item>
            <Menu.Item
              disabled={!write.may}
              data-danger
              leftSection={<IconTrash size={16} stroke={1.75} />}
              onClick={() => setOpen('remove')}
            >
              Remove shop
            </Menu.Item>
            {!write.may && <Menu.Label>{write.reason}</Menu.Label>}
          </Menu.Dropdown>
        </Menu>
      </div>
      <Modal
        opened={open === 'setup'}
        onClose={close}
        title={`${shop.name}: set up webhooks`}
        size={680}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {open === 'setup' && <ShopSetup shop={shop} secret={null} onDone={close} />}
      </Modal>
      <Modal
        opened={open === 'name'}
        onClose={close}
        title="Rename the shop"
        size={480}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {open === 'name' && <Rename shop={shop} onDone={close} />}
      </Modal>
      <ConfirmDialog
        opened={open === 'remove'}
        title={`Remove ${shop.name}?`}
        action="Remove shop"
        busyLabel="Removing"
        danger
        busy={removing.busy}
        error={removing.error}
        onClose={close}
        onConfirm={() => void remove()}
      >
        What the shop delivers from now on is refused: automations learn no more of its carts and orders, and
        keep those that are here. Customers and their orders stay. Delete the webhooks in{' '}
        {shopWord[shop.kind]} too.
      </ConfirmDialog>
    </article>
  );
}

function Rename({ shop, onDone }: { shop: ShopConnector; onDone: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(shop.name);
  const { busy, error, run } = useAction();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    await run(async () => {
      await api.patch(`/shop_connectors/${shop.id}`, { name: name.trim(), version: shop.version });
      await client.invalidateQueries({ queryKey: keys.shopConnectors });
      onDone();
    });
  };
  const elsewhere = problemElsewhere(error, ['/name']);
  return (
    <form onSubmit={(event) => void save(event)} noValidate className={css.form}>
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <TextInput
        label="Name"
        value={name}
        error={problemAt(error, '/name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onDone}>
          Go back
        </Button>
        <Button type="submit" miw={96} aria-disabled={busy || undefined}>
          {busy ? 'Saving' : 'Save name'}
        </Button>
      </div>
    </form>
  );
}
