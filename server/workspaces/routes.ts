// All HTTP of workspaces and people.
import type { FastifyInstance } from 'fastify';
import type { OnWorkspaceCreated } from './create-workspace.ts';
import { meRoutes } from './me-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';

export function workspaceRoutes(app: FastifyInstance, onCreated?: OnWorkspaceCreated): void {
  signInRoutes(app, onCreated);
  meRoutes(app);
}
