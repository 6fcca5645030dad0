// The campaigns that a shop's events send, as cards, and one of them open beside: switch, delay, text, who gets it next.
import { Button, Menu } from '@mantine/core';
import { IconBolt, IconListDetails, IconPlus, IconRefresh, IconShieldCheck } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { useMay, useZone } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Page } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { clock } from '../../ui/times.ts';
import { kindWords } from '../campaigns/status.tsx';
import { AutomationCard } from './AutomationCard.tsx';
import css from './Automations.module.css';
import { automationKinds, noLogWords, wordsOf } from './automation-words.ts';
import { AutomationEditor } from './editor/AutomationEditor.tsx';
import { kindIcons } from './kind-icons.ts';
import { PromotionCard } from './PromotionCard.tsx';
import { useAddAutomation, useAutomations, usePromotion, useSends } from './use-automations.ts';
import { useNextCheck } from './use-figures.ts';

export function AutomationsScreen() {
  const phone = usePhone();
  const navigate = useNavigate({ from: '/automations' });
  const { open } = useSearch({ from: '/inside/automations' });
  const list = useAutomations();
  const promotion = usePromotion();
  const rows = list.data?.data ?? [];
  const shown = rows.find((row) => row.id === open) ?? (phone ? undefined : rows[0]);
  return (
    <Page
      title="Automations"
      flush
      aside={phone ? undefined : <Checked of={shown} />}
      actions={
        <>
          <SendLogButton of={shown ?? rows.find((row) => row.trigger?.enabled)} />
          <AddAutomation />
        </>
      }
    >
      <div className={css.halves} data-one={(phone && shown !== undefined) || undefined}>
        {(!phone || !shown) && (
          <div className={css.cards}>
            <div className="row">
              <h2>Shop campaigns</h2>
              <span className="end small t3">Last 7 days</span>
            </div>
            {list.isPending ? (
              <BlockSkeleton height={156} count={4} />
            ) : list.error && !list.data ? (
              <ErrorState
                title="Automations could not be loaded"
                error={list.error}
                safe="Those that are on go on sending."
                onRetry={() => void list.refetch()}
              />
            ) : rows.length === 0 ? (
              <EmptyState icon={<IconBolt size={28} stroke={1.5} />} title="No automation">
                An automation writes to people by itself: when a cart sits idle, an item is back, an order has
                arrived. Add one above; it is off until you switch it on.
              </EmptyState>
            ) : (
              rows.map((row) => (
                <AutomationCard
                  key={row.id}
                  campaign={row}
                  active={row.id === shown?.id}
                  onOpen={() => void navigate({ search: { open: row.id } })}
                />
              ))
            )}
            {promotion.data && <PromotionCard campaign={promotion.data.data[0]} />}
            {list.data && (
              <p className={`small t3 ${css.once}`}>
                <IconShieldCheck size={16} stroke={1.75} aria-hidden />
                <span>Each person gets each campaign once per cart, restock or order.</span>
              </p>
            )}
          </div>
        )}
        {shown ? (
          <AutomationEditor
            key={shown.id}
            campaign={shown}
            onBack={phone ? () => void navigate({ search: {} }) : undefined}
          />
        ) : (
          !phone && <div className={css.editor} />
        )}
      </div>
    </Page>
  );
}

/** When the shop's events were looked at last, by the workspace's clock. */
function Checked({ of }: { of: Campaign | undefined }) {
  const zone = useZone();
  const { data } = useNextCheck(of?.trigger?.enabled ? of.id : undefined);
  return (
    <span className={`row small ${css.checked}`}>
      <IconRefresh size={14} stroke={1.75} aria-hidden />
      {data?.checked_at
        ? `Checked at ${clock(data.checked_at, zone)} ${zone}, again every 5 minutes`
        : 'Checked every 5 minutes, and when a delay ends'}
    </span>
  );
}

function SendLogButton({ of }: { of: Campaign | undefined }) {
  const phone = usePhone();
  const sends = useSends(of?.id);
  const icon = <IconListDetails size={16} stroke={1.75} aria-hidden />;
  const none = of ? noLogWords(sends, of.name) : 'Nothing was sent yet';
  if (!of || none !== null)
    return (
      <ReasonButton variant="default" leftSection={phone ? undefined : icon} reason={none ?? ''}>
        Send log
      </ReasonButton>
    );
  return (
    <Button
      variant="default"
      leftSection={phone ? undefined : icon}
      aria-label={`Send log of ${of.name}`}
      renderRoot={(props) => <Link to="/campaigns/$id" params={{ id: of.id }} hash="send-log" {...props} />}
    >
      Send log
    </Button>
  );
}

function AddAutomation() {
  const phone = usePhone();
  const write = useMay('campaigns:write');
  const { add, busy } = useAddAutomation();
  if (!write.may)
    return (
      <ReasonButton variant="default" reason={write.reason}>
        {phone ? 'Add' : 'Add automation'}
      </ReasonButton>
    );
  return (
    <Menu position="bottom-end" width={264}>
      <Menu.Target>
        <Button
          variant="default"
          aria-label="Add automation"
          leftSection={<IconPlus size={16} stroke={1.75} aria-hidden />}
          aria-disabled={busy || undefined}
        >
          {phone ? 'Add' : 'Add automation'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {automationKinds.map((kind) => {
          const Icon = kindIcons[kind] ?? IconBolt;
          return (
            <Menu.Item
              key={kind}
              leftSection={<Icon size={16} stroke={1.75} aria-hidden />}
              onClick={() => void add(kind)}
            >
              {kindWords[kind]}
              <span className="small t3" style={{ display: 'block' }}>
                {wordsOf[kind].when}
              </span>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
