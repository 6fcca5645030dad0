// What is pasted where in the shop's own pages, step by step, and whether anything has come yet.
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ShopConnector, ShopConnectorCreated } from '../../../../contract/shop-connectors.ts';
import { api, keys } from '../../../api.ts';
import { CopyField } from '../../../ui/CopyField.tsx';
import { problemText } from '../../../ui/FieldProblem.tsx';
import { Note } from '../../../ui/Note.tsx';
import { SecretOnce } from '../../../ui/SecretOnce.tsx';
import { useAction } from '../../../ui/use-action.ts';
import css from '../Connections.module.css';
import { ShopArrivals } from './ShopArrivals.tsx';
import { ShopKey } from './ShopKey.tsx';
import { ShopTopics } from './ShopTopics.tsx';

interface Props {
  shop: ShopConnector;
  /** Shown this once; null: nobody knows it any more, or it is the shop's own. */
  secret: string | null;
  onDone: () => void;
}

export function ShopSetup({ shop, secret, onDone }: Props) {
  return (
    <div className={css.form}>
      {shop.webhook_url === null ? (
        <Note tone="warn">
          {shop.kind === 'shopify'
            ? 'Shopify delivers to an https address only, and this installation has none yet.'
            : 'This installation does not know the address under which your shop reaches it.'}{' '}
          Set PUBLIC_URL to it and start Carillon again.
        </Note>
      ) : shop.kind === 'shopify' ? (
        <ShopifySteps shop={shop} url={shop.webhook_url} />
      ) : (
        <WooCommerceSteps shop={shop} url={shop.webhook_url} secret={secret} />
      )}
      {shop.id_prefix && <PrefixNote prefix={shop.id_prefix} />}
      <ShopArrivals shop={shop} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={onDone}>Done</Button>
      </div>
    </div>
  );
}

/** Who sends carts or orders over the API has to know: without it they would mean somebody of another shop, or nobody. */
function PrefixNote({ prefix }: { prefix: string }) {
  return (
    <Note tone="info">
      Another shop delivers here, or did before, so the ids of this one begin with{' '}
      <code className="mono">{prefix}</code>: its customer 12 is <code className="mono">{prefix}12</code>{' '}
      here. Over the API, write them so: <code className="mono">{`"external_id": "${prefix}12"`}</code>.
    </Note>
  );
}

function ShopifySteps({ shop, url }: { shop: ShopConnector; url: string }) {
  return (
    <ol className={`t2 ${css.steps} ${css.wideSteps}`}>
      <li>In Shopify open Settings, Notifications, Webhooks, and press Create webhook</li>
      <li>
        Choose an event, the format JSON and the latest API version, paste this address, and save:
        <CopyField label="Webhook URL" value={url} />
      </li>
      <li>
        The same once for each of these events. What you leave out is not told:
        <ShopTopics topics={shop.topics} />
      </li>
      <li>
        Below the list Shopify then says “Your webhooks will be signed with”. Paste that key here. For
        webhooks of an app of yours it is the app’s client secret.
        <ShopKey shop={shop} />
      </li>
      <li>
        Press Send test notification beside a webhook: it should show below within seconds. What it tells of
        is invented and is not written down.
      </li>
    </ol>
  );
}

function WooCommerceSteps({
  shop,
  url,
  secret,
}: {
  shop: ShopConnector;
  url: string;
  secret: string | null;
}) {
  return (
    <>
      <ol className={`t2 ${css.steps} ${css.wideSteps}`}>
        <li>In WordPress open WooCommerce, Settings, Advanced, Webhooks, and press Add webhook</li>
        <li>
          Choose the status Active and the API version WP REST API Integration v3, paste these two, choose a
          topic, and save:
          <CopyField label="Delivery URL" value={url} />
          {secret ? (
            <SecretOnce
              label="Secret"
              value={secret}
              hint="The same secret goes into each webhook. It is not shown again; a new one can be made at any time."
            />
          ) : (
            <NewSecret shop={shop} />
          )}
        </li>
        <li>
          The same once for each of these topics. What you leave out is not told:
          <ShopTopics topics={shop.topics} />
        </li>
      </ol>
      <Note tone="info">
        WooCommerce has no webhook for carts. For reminders of abandoned carts your shop, or a plugin of
        yours, sends them over the API: <code className="mono">PUT /api/v1/carts/{'{id}'}</code>, as the guide
        shows under “Connect a shop”.
      </Note>
    </>
  );
}

/** The old one is gone from here; the new one ends it. */
function NewSecret({ shop }: { shop: ShopConnector }) {
  const client = useQueryClient();
  const [fresh, setFresh] = useState<string | null>(null);
  const { busy, error, run } = useAction();
  const make = () =>
    run(async () => {
      const made = await api.post<ShopConnectorCreated>(`/shop_connectors/${shop.id}/secret`);
      setFresh(made.secret);
      await client.invalidateQueries({ queryKey: keys.shopConnectors });
    });
  if (fresh)
    return (
      <SecretOnce
        label="New secret"
        value={fresh}
        hint="Put it into each webhook of the shop now: what is signed with the old one is not let in any more."
      />
    );
  return (
    <div className={css.form}>
      <p className="t2">
        The secret was shown when the shop was connected. If nobody has it, make a new one and put it into
        each webhook: the old one then ends at once.
      </p>
      {error ? <Note tone="bad">{problemText(error)}</Note> : null}
      <div>
        <Button variant="default" onClick={() => void make()}>
          {busy ? 'Making' : 'Make a new secret'}
        </Button>
      </div>
    </div>
  );
}
