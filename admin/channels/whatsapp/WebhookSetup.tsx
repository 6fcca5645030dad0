// Where WhatsApp is to deliver, for whoever sets it up in Meta's own pages, and whether anything has come yet.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Connection, ConnectionWebhook } from '../../../contract/connections.ts';
import { api, keys } from '../../api.ts';
import css from '../../screens/connections/Connections.module.css';
import { useZone } from '../../session.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Note } from '../../ui/Note.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { moment, since } from '../../ui/times.ts';

/** Somebody waits here for the first delivery. */
const refreshMs = 4000;

export function WebhookSetup({ connection, onDone }: { connection: Connection; onDone: () => void }) {
  const webhook = useQuery({
    queryKey: [...keys.connections, connection.id, 'webhook'],
    queryFn: ({ signal }) =>
      api.get<ConnectionWebhook>(`/connections/${connection.id}/webhook`, undefined, signal),
    refetchInterval: refreshMs,
  });
  if (webhook.error && !webhook.data)
    return (
      <ErrorState
        title="The address could not be loaded"
        error={webhook.error}
        safe="The number stays connected."
        onRetry={() => void webhook.refetch()}
      />
    );
  return (
    <div className={css.form}>
      {webhook.data ? <Setup webhook={webhook.data} /> : <BlockSkeleton height={80} count={3} />}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={onDone}>Done</Button>
      </div>
    </div>
  );
}

function Setup({ webhook }: { webhook: ConnectionWebhook }) {
  if (!webhook.url)
    return (
      <Note tone="warn">
        WhatsApp delivers to an https address only, and this installation has none yet. Set PUBLIC_URL to the
        address under which the world reaches it, and start it again. Until then messages can be sent, but no
        answer, no delivery and no reading is seen.
      </Note>
    );
  return (
    <>
      <p className="t2">
        Carillon has asked WhatsApp to bring messages and receipts of this number here. News of templates and
        of the account always go to the app’s own address, so it is written there once as well:
      </p>
      <ol className={`t2 ${css.steps}`}>
        <li>
          In the{' '}
          <a href="https://developers.facebook.com/apps" target="_blank" rel="noreferrer noopener">
            app dashboard
          </a>{' '}
          open WhatsApp, Configuration, and press Edit beside the callback URL
        </li>
        <li>Paste these two, then Verify and save</li>
      </ol>
      <CopyField label="Callback URL" value={webhook.url} />
      {webhook.verify_token && <CopyField label="Verify token" value={webhook.verify_token} />}
      <div>
        <p className="t2" style={{ marginBottom: 6 }}>
          3. Under Webhook fields, subscribe to:
        </p>
        <ul className={css.words}>
          {webhook.fields.map((field) => (
            <li key={field}>
              <code className="mono">{field}</code>
            </li>
          ))}
        </ul>
      </div>
      <Arrivals webhook={webhook} />
    </>
  );
}

/** The signature is judged by the app secret: what does not fit it is not let in, and looks like silence. */
function Arrivals({ webhook: { last_at, refused_at } }: { webhook: ConnectionWebhook }) {
  const zone = useZone();
  const isRefused = refused_at !== null && (last_at === null || refused_at > last_at);
  return (
    <div aria-live="polite">
      {isRefused ? (
        <Note tone="warn">
          Something came at {moment(refused_at, zone)} that is not signed with this app secret, and was not
          let in. If it was WhatsApp, the app secret was renewed or is another app’s: enter it anew under Name
          and credentials. WhatsApp brings what was refused again for up to seven days.
        </Note>
      ) : last_at ? (
        <Note tone="ok">WhatsApp delivers here. Last: {since(last_at, zone)}.</Note>
      ) : (
        <Note tone="info">
          Nothing has come yet. Write a message to the number from your own phone: it should show here within
          seconds.
        </Note>
      )}
    </div>
  );
}
