// What a WhatsApp message costs, by market and category: the workspace's own figures, or defaults that nobody here has checked.
import { Button, Select, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { PriceCategory, MessagePrices as Prices } from '../../../contract/message-prices.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { moment } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { UnsavedChanges } from '../../ui/UnsavedChanges.tsx';
import { useAction } from '../../ui/use-action.ts';
import { currencies } from './currencies.ts';
import css from './Settings.module.css';

const columns: [PriceCategory, string][] = [
  ['marketing', 'Marketing'],
  ['utility', 'Utility'],
  ['authentication', 'Codes'],
];
const countryNames = new Intl.DisplayNames('en', { type: 'region' });

export function MessagePrices() {
  const list = useQuery({ queryKey: keys.messagePrices, queryFn: () => api.get<Prices>('/message_prices') });
  if (list.error && !list.data)
    return (
      <Section title="Message prices">
        <ErrorState
          title="The prices could not be loaded"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      </Section>
    );
  if (!list.data)
    return (
      <Section title="Message prices">
        <RowSkeletons rows={8} height={40} />
      </Section>
    );
  return <Table newest={list.data} />;
}

type Row = Prices['prices'][number];

function Table({ newest }: { newest: Prices }) {
  const client = useQueryClient();
  const zone = useZone();
  const write = useMay('workspace:write');
  // what the fields began with: somebody else's change takes nothing from who is typing, their save is refused
  const [stored, setStored] = useState(newest);
  const [currency, setCurrency] = useState(stored.currency);
  const [rows, setRows] = useState(stored.prices);
  const [dropping, setDropping] = useState(false);
  const { busy, error, run } = useAction();
  const changed = currency !== stored.currency || JSON.stringify(rows) !== JSON.stringify(stored.prices);
  const begin = (from: Prices) => {
    setStored(from);
    setCurrency(from.currency);
    setRows(from.prices);
  };
  if (newest !== stored && !changed && !busy) begin(newest);
  const show = (saved: Prices, words: string) => {
    client.setQueryData(keys.messagePrices, saved);
    begin(saved);
    // what campaigns would cost is worked out from them
    void client.invalidateQueries({ queryKey: keys.campaigns() });
    tell(words);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!write.may) return;
    await run(async () => {
      const prices = rows.map(({ market, marketing, utility, authentication }) => ({
        market,
        marketing,
        utility,
        authentication,
      }));
      show(
        await api.put<Prices>('/message_prices', { currency, prices, version: stored.version }),
        'Message prices saved',
      );
    });
  };
  const drop = () =>
    run(async () => {
      show(await api.delete<Prices>('/message_prices'), 'The default prices hold again');
    });
  const change = (market: string, part: Partial<Row>) =>
    setRows(rows.map((row) => (row.market === market ? { ...row, ...part } : row)));
  const elsewhere = problemElsewhere(error, ['/currency', '/prices']);
  return (
    <form onSubmit={(event) => void save(event)} className={css.parts} noValidate>
      <UnsavedChanges when={write.may && changed} what="message prices" />
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <Section
        title="Message prices"
        help="What WhatsApp asks per delivered message, by the country of the number. Forecasts of campaigns are worked out from them."
      >
        {stored.is_default ? (
          <Note tone="warn">{`To be checked, these are not your prices yet. ${stored.source}`}</Note>
        ) : (
          <p className="t3 small">
            {`Entered by ${stored.updated_by}, ${moment(stored.updated_at as string, zone)}.`}
          </p>
        )}
        <div className={css.priceHead}>
          <Select
            label="Currency of the prices"
            w={280}
            searchable
            allowDeselect={false}
            data={currencies}
            disabled={!write.may}
            value={currency}
            error={problemAt(error, '/currency')}
            onChange={(value) => value && setCurrency(value)}
          />
        </div>
        <div className={css.prices}>
          <div className={css.price} data-head>
            <span>Market</span>
            {columns.map(([key, words]) => (
              <span key={key}>{words}</span>
            ))}
          </div>
          {rows.map((row, index) => (
            <div key={row.market} className={css.price}>
              {row.countries.length > 1 ? (
                <details className={css.market}>
                  <summary>
                    {row.name}
                    <span className="t3 small">{` · ${row.countries.length} countries`}</span>
                  </summary>
                  <p className="t2 small">{row.countries.map((code) => countryNames.of(code)).join(', ')}</p>
                </details>
              ) : (
                <span>{row.name}</span>
              )}
              {columns.map(([key, words]) => (
                <span key={key}>
                  <TextInput
                    aria-label={`${row.name}: ${words}`}
                    inputMode="decimal"
                    placeholder="Not known"
                    disabled={!write.may}
                    value={row[key] ?? ''}
                    error={problemAt(error, `/prices/${index}/${key}`)}
                    onChange={(event) =>
                      change(row.market, { [key]: event.currentTarget.value.replace(',', '.') || null })
                    }
                  />
                </span>
              ))}
            </div>
          ))}
        </div>
        <p className="t3 small">
          Texts without a template cost what a utility template does; the first 1,000 of a number in a month
          are free. An empty field means that the price is not known: forecasts then say for how many people.
        </p>
        <div className={css.priceFoot}>
          <ReasonButton
            type="submit"
            reason={write.reason}
            disabled={write.may && !changed && !stored.is_default}
            miw={124}
          >
            {busy ? 'Saving' : stored.is_default && !changed ? 'They are right' : 'Save changes'}
          </ReasonButton>
          {!stored.is_default && (
            <Button variant="default" disabled={!write.may} onClick={() => setDropping(true)}>
              Back to the defaults
            </Button>
          )}
        </div>
      </Section>
      <ConfirmDialog
        opened={dropping}
        title="Back to the default prices?"
        action="Forget our prices"
        danger
        onConfirm={() => {
          setDropping(false);
          void drop();
        }}
        onClose={() => setDropping(false)}
      >
        The figures of this workspace are forgotten, and forecasts are worked out from the defaults, which
        nobody here has checked.
      </ConfirmDialog>
    </form>
  );
}
