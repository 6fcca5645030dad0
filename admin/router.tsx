// Every address of the panel. Screens load when they are first opened; the frame and the list come at once.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { ApiProblem } from './api.ts';
import { Frame } from './screens/frame/Frame.tsx';
import { NotFound, ScreenError } from './screens/frame/Strays.tsx';
import { meQuery, setupQuery } from './session.ts';
import { PageSkeleton } from './ui/Skeletons.tsx';

interface Context {
  client: QueryClient;
}
/** Keeps the named parameters of an address as text, and drops everything else. */
function only<Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [Key in Name]?: string | undefined } => {
    const kept: { [Key in Name]?: string | undefined } = {};
    for (const name of names) {
      const value = search[name];
      if ((typeof value === 'string' && value !== '') || typeof value === 'number')
        kept[name] = String(value);
    }
    return kept;
  };
}

/** Outside the frame a page brings its own landmark. */
const Nowhere = () => (
  <main>
    <NotFound />
  </main>
);
const root = createRootRouteWithContext<Context>()({ notFoundComponent: Nowhere });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: only('next'),
  component: lazyRouteComponent(() => import('./screens/sign-in/SignInScreen.tsx'), 'SignInScreen'),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async ({ context }) => {
    const state = await context.client.fetchQuery(setupQuery);
    if (!state.needed) throw redirect({ to: '/campaigns' });
  },
  component: lazyRouteComponent(() => import('./screens/setup/SetupScreen.tsx'), 'SetupScreen'),
});
const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  validateSearch: only('token'),
  component: lazyRouteComponent(() => import('./screens/sign-in/JoinScreen.tsx'), 'JoinScreen'),
});

/** Everything behind the sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Frame,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(meQuery);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      const state = await context.client.fetchQuery(setupQuery);
      if (state.needed) throw redirect({ to: '/setup' });
      throw redirect({ to: '/sign-in', search: { next: location.href } });
    }
  },
});
const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/campaigns' });
  },
});
const campaigns = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns',
  validateSearch: only('search', 'status', 'sort'),
  component: lazyRouteComponent(() => import('./screens/campaigns/CampaignsScreen.tsx'), 'CampaignsScreen'),
});
const campaign = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/$id',
  validateSearch: only('state', 'search'),
  component: lazyRouteComponent(() => import('./screens/report/ReportScreen.tsx'), 'ReportScreen'),
});
const composer = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/$id/edit',
  component: lazyRouteComponent(() => import('./screens/composer/ComposerScreen.tsx'), 'ComposerScreen'),
});
const automations = createRoute({
  getParentRoute: () => inside,
  path: '/automations',
  validateSearch: only('open'),
  component: lazyRouteComponent(
    () => import('./screens/automations/AutomationsScreen.tsx'),
    'AutomationsScreen',
  ),
});
const inbox = createRoute({
  getParentRoute: () => inside,
  path: '/inbox',
  validateSearch: only('search', 'show'),
  component: lazyRouteComponent(() => import('./screens/inbox/InboxScreen.tsx'), 'InboxScreen'),
});
const thread = createRoute({
  getParentRoute: () => inbox,
  path: '$id',
  component: lazyRouteComponent(() => import('./screens/inbox/ThreadScreen.tsx'), 'ThreadScreen'),
});
const contacts = createRoute({
  getParentRoute: () => inside,
  path: '/contacts',
  validateSearch: only('search', 'tag'),
  component: lazyRouteComponent(() => import('./screens/contacts/ContactsScreen.tsx'), 'ContactsScreen'),
});
const contact = createRoute({
  getParentRoute: () => inside,
  path: '/contacts/$id',
  component: lazyRouteComponent(() => import('./screens/contacts/ContactScreen.tsx'), 'ContactScreen'),
});
const connections = createRoute({
  getParentRoute: () => inside,
  path: '/connections',
  component: lazyRouteComponent(
    () => import('./screens/connections/ConnectionsScreen.tsx'),
    'ConnectionsScreen',
  ),
});
const team = createRoute({
  getParentRoute: () => inside,
  path: '/team',
  component: lazyRouteComponent(() => import('./screens/team/TeamScreen.tsx'), 'TeamScreen'),
});
const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  validateSearch: only('part'),
  component: lazyRouteComponent(() => import('./screens/settings/SettingsScreen.tsx'), 'SettingsScreen'),
});
const sandbox = createRoute({
  getParentRoute: () => inside,
  path: '/sandbox-phones',
  component: lazyRouteComponent(() => import('./screens/sandbox/SandboxScreen.tsx'), 'SandboxScreen'),
});

const tree = root.addChildren([
  signIn,
  setup,
  join,
  inside.addChildren([
    home,
    campaigns,
    campaign,
    composer,
    automations,
    inbox.addChildren([thread]),
    contacts,
    contact,
    connections,
    team,
    settings,
    sandbox,
  ]),
]);

/** The router with the query cache in its context. */
export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: 'intent',
    defaultErrorComponent: ScreenError,
    defaultNotFoundComponent: Nowhere,
    defaultPendingComponent: PageSkeleton,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
  });
}
