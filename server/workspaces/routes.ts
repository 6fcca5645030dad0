// All HTTP of workspaces and people.
import type { FastifyInstance } from 'fastify';
import type { OnWorkspaceCreated } from './create-workspace.ts';
import { meRoutes } from './me-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { viewRoutes } from './view-routes.ts';
import { ownWorkspaceRoutes } from './workspace-routes.ts';

/** `onCreated`: what every new workspace gets from the modules above (default campaigns). */
export function workspaceRoutes(app: FastifyInstance, onCreated?: OnWorkspaceCreated): void {
  signInRoutes(app, onCreated);
  meRoutes(app);
  ownWorkspaceRoutes(app);
  peopleRoutes(app);
  viewRoutes(app);
}
