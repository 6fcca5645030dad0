// Nodes: the processes that run this installation. They serve all workspaces; of foreign connections only the number shows.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';

export const nodeRole = z
  .enum(['all', 'web', 'worker'])
  .meta({ description: 'web: panel and API. worker: sends, receives, jobs. all: both' });
export type NodeRole = z.infer<typeof nodeRole>;

export const node = z
  .object({
    id: wireId('nod'),
    host: z.string(),
    pid: z.number().int(),
    role: nodeRole,
    version: z.string(),
    state: z.enum(['running', 'stopping', 'lost']).meta({
      description:
        'lost: no heartbeat for 10 s; its lanes run elsewhere. The entry goes an hour after the last heartbeat',
    }),
    answers: z.boolean().meta({ description: 'True for the node that answers this request' }),
    started_at: timestamp,
    heartbeat_at: timestamp,
    heartbeat_age_seconds: z.number().meta({ description: 'By the database’s clock' }),
    lanes: z.number().int().meta({ description: 'Connections that it sends through now, of all workspaces' }),
    connections: z
      .array(z.object({ id: wireId('con'), name: z.string() }))
      .meta({ description: 'Those of this workspace' }),
    sends_per_second: z.number().meta({ description: 'Between its last two heartbeats, all workspaces' }),
    memory_bytes: z.number().int().meta({ description: 'Resident memory of the process' }),
  })
  .meta({ id: 'Node' });
export type Node = z.infer<typeof node>;
export const nodeList = z.object({ data: z.array(node) });
export type NodeList = z.infer<typeof nodeList>;
