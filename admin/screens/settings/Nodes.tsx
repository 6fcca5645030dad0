// Nodes: the processes that run this installation, who sends through which connection, and who has not been heard of.
import { IconAlertTriangle, IconPlayerStop, IconServer2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Node, NodeList, NodeRole } from '../../../contract/nodes.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { Badge, Tag } from '../../ui/Badge.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Note } from '../../ui/Note.tsx';
import { counted, duration, figure, fileSize } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { rateWords } from '../../ui/rates.ts';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { moment } from '../../ui/times.ts';
import css from './Settings.module.css';

/** As often as a node writes its heartbeat. */
const refreshMs = 2000;
const roleWords: Record<NodeRole, string> = {
  all: 'Web and worker',
  web: 'Web',
  worker: 'Worker',
};

export function Nodes() {
  const zone = useZone();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.nodes,
    queryFn: ({ signal }) => api.get<NodeList>('/nodes', undefined, signal),
    refetchInterval: refreshMs,
  });
  const nodes = data?.data ?? [];
  return (
    <Section
      title="Nodes"
      aside={nodes.length > 0 && summary(nodes)}
      help="The processes that run this installation, for all its workspaces. Each connection is sent through by one of them at a time; when one dies, the others take its connections over."
    >
      {isPending ? (
        <RowSkeletons rows={2} />
      ) : error && !data ? (
        <ErrorState title="Nodes could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : nodes.length === 0 ? (
        <EmptyState icon={<IconServer2 size={28} stroke={1.5} />} title="No node has reported yet">
          A node writes its first heartbeat when it starts. This list looks again by itself.
        </EmptyState>
      ) : (
        <>
          <div className={css.notes}>
            {error && (
              <Note tone="warn">This list is not refreshed at present: the server did not answer.</Note>
            )}
            {advice(nodes).map((words) => (
              <Note key={words} tone="warn">
                {words}
              </Note>
            ))}
          </div>
          <DataTable
            label="Nodes"
            columns={columns(zone)}
            rows={nodes}
            rowKey={(node) => node.id}
            card={(node) => <NodeCard node={node} zone={zone} />}
          />
        </>
      )}
    </Section>
  );
}

function summary(nodes: Node[]): string {
  const running = nodes.filter((node) => node.state === 'running').length;
  const lost = nodes.filter((node) => node.state === 'lost').length;
  return `${counted(running, 'node runs', 'nodes run')}${lost > 0 ? `, ${figure(lost)} lost` : ''}`;
}

/** What somebody should do something about. */
function advice(nodes: Node[]): string[] {
  const running = nodes.filter((node) => node.state === 'running');
  const versions = [...new Set(running.map((node) => node.version))].sort();
  return [
    ...(running.length > 0 && running.every((node) => node.role === 'web')
      ? ['No worker runs: nothing is sent or received. Start one with ROLE=worker or ROLE=all.']
      : []),
    ...(versions.length > 1
      ? [`Versions ${versions.join(' and ')} run side by side. Restart the older nodes to end the update.`]
      : []),
  ];
}

function columns(zone: string): Column<Node>[] {
  return [
    {
      key: 'node',
      header: 'Node',
      render: (node) => <Who node={node} zone={zone} />,
    },
    { key: 'state', header: 'State', width: 180, render: (node) => <State node={node} /> },
    { key: 'role', header: 'Role', width: 130, render: (node) => roleWords[node.role] },
    {
      key: 'lanes',
      header: 'Sends through',
      width: 190,
      render: (node) => <Lanes node={node} />,
    },
    {
      key: 'rate',
      header: 'Sending',
      width: 80,
      align: 'right',
      render: (node) => <span className="nowrap">{rate(node)}</span>,
    },
    {
      key: 'memory',
      header: 'Memory',
      width: 84,
      align: 'right',
      render: (node) => <span className="nowrap">{fileSize(node.memory_bytes)}</span>,
    },
  ];
}

function Who({ node, zone }: { node: Node; zone: string }) {
  return (
    <span className={css.cell}>
      <span className="row">
        <span className="strong ellipsis" title={node.host}>
          {node.host}
        </span>
        {node.answers && <Tag>answers you</Tag>}
      </span>
      <span className="small t3 nowrap">
        Process {node.pid}, version {node.version}
      </span>
      <span className="small t3 nowrap">Started {moment(node.started_at, zone)}</span>
    </span>
  );
}

/** The age is the server's: a browser with a wrong clock shows it right. */
function State({ node }: { node: Node }) {
  const age = duration(node.heartbeat_age_seconds);
  if (node.state === 'lost')
    return (
      <span className={css.cell}>
        <Badge tone="bad" icon={<IconAlertTriangle size={13} stroke={1.75} aria-hidden />}>
          Lost
        </Badge>
        <span className="small t3">No heartbeat for {age}</span>
      </span>
    );
  return (
    <span className={css.cell}>
      {node.state === 'stopping' ? (
        <Badge tone="warn" icon={<IconPlayerStop size={13} stroke={1.75} aria-hidden />}>
          Stopping
        </Badge>
      ) : (
        <Badge tone="ok" live>
          Running
        </Badge>
      )}
      <span className="small t3">Heartbeat {age} ago</span>
    </span>
  );
}

const shown = 3;

function Lanes({ node }: { node: Node }) {
  if (node.state === 'lost') return <span className="t3">Nothing any more</span>;
  if (node.role === 'web') return <span className="t3">Web nodes do not send</span>;
  if (node.lanes === 0) return <span className="t3">Nothing at present</span>;
  const names = node.connections.map((connection) => connection.name);
  const others = node.lanes - names.length;
  const rest = Math.max(0, names.length - shown);
  return (
    <span className={css.cell} title={names.join(', ') || undefined}>
      <span>{counted(node.lanes, 'connection', 'connections')}</span>
      <span className="small t3">
        {[
          ...names.slice(0, shown),
          ...(rest > 0 ? [`${figure(rest)} more of yours`] : []),
          ...(others > 0 ? [`${figure(others)} of other workspaces`] : []),
        ].join(', ')}
      </span>
    </span>
  );
}

function rate(node: Node): string {
  return node.state === 'lost' ? '–' : rateWords(node.sends_per_second, 'short');
}

function NodeCard({ node, zone }: { node: Node; zone: string }) {
  return (
    <>
      <div className="row" style={{ alignItems: 'flex-start', gap: 12 }}>
        <span className="grow" style={{ minWidth: 0 }}>
          <Who node={node} zone={zone} />
        </span>
        <State node={node} />
      </div>
      <Lanes node={node} />
      <div className="small t3">
        {roleWords[node.role]}, {rate(node)}, {fileSize(node.memory_bytes)} of memory
      </div>
    </>
  );
}
