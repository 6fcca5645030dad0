// Every address of the panel. Screens load when they are first opened or while the browser is idle; the frame at once.
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { ApiProblem } from './api.ts';
import { lazyScreen } from './lazy-screen.tsx';
import { readCampaignsSearch } from './screens/campaigns/search-names.ts';
import { readContactsSearch } from './screens/contacts/contacts-search.ts';
import { Frame } from './screens/frame/Frame.tsx';
import { FrameSkeleton } from './screens/frame/FrameSkeleton.tsx';
import { NotFound, ScreenError } from './screens/frame/Strays.tsx';
import { meQuery, setupQuery } from './session.ts';
import {
  ComposerSkeleton,
  InboxSkeleton,
  PageSkeleton,
  ReportSkeleton,
  ThreadSkeleton,
} from './ui/PageSkeletons.tsx';

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

const Nothing = () => null;
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
  component: lazyScreen(() => import('./screens/sign-in/SignInScreen.tsx'), 'SignInScreen', Nothing),
  pendingComponent: Nothing,
});
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async ({ context }) => {
    const state = await context.client.fetchQuery(setupQuery);
    if (!state.needed) throw redirect({ to: '/campaigns' });
  },
  component: lazyScreen(() => import('./screens/setup/SetupScreen.tsx'), 'SetupScreen', Nothing),
  pendingComponent: Nothing,
});
const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  validateSearch: only('token'),
  component: lazyScreen(() => import('./screens/sign-in/JoinScreen.tsx'), 'JoinScreen', Nothing),
  pendingComponent: Nothing,
});

/** Everything behind the sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Frame,
  pendingComponent: FrameSkeleton,
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
  validateSearch: readCampaignsSearch,
  component: lazyScreen(
    () => import('./screens/campaigns/CampaignsScreen.tsx'),
    'CampaignsScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const campaign = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/$id',
  validateSearch: only('state', 'search', 'reason', 'run'),
  component: lazyScreen(() => import('./screens/report/ReportScreen.tsx'), 'ReportScreen', ReportSkeleton),
  pendingComponent: ReportSkeleton,
});
const reconciliation = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/$id/reconciliation',
  validateSearch: only('run', 'group'),
  component: lazyScreen(
    () => import('./screens/reconciliation/ReconciliationScreen.tsx'),
    'ReconciliationScreen',
    ReportSkeleton,
  ),
  pendingComponent: ReportSkeleton,
});
const composer = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/$id/edit',
  validateSearch: only('step'),
  component: lazyScreen(
    () => import('./screens/composer/ComposerScreen.tsx'),
    'ComposerScreen',
    ComposerSkeleton,
  ),
  pendingComponent: ComposerSkeleton,
});
const automations = createRoute({
  getParentRoute: () => inside,
  path: '/automations',
  validateSearch: only('open'),
  component: lazyScreen(
    () => import('./screens/automations/AutomationsScreen.tsx'),
    'AutomationsScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const inbox = createRoute({
  getParentRoute: () => inside,
  path: '/inbox',
  validateSearch: only('search', 'show'),
  component: lazyScreen(() => import('./screens/inbox/InboxScreen.tsx'), 'InboxScreen', InboxSkeleton),
  pendingComponent: InboxSkeleton,
});
const thread = createRoute({
  getParentRoute: () => inbox,
  path: '$id',
  component: lazyScreen(() => import('./screens/inbox/ThreadScreen.tsx'), 'ThreadScreen', ThreadSkeleton),
  pendingComponent: ThreadSkeleton,
});
const contacts = createRoute({
  getParentRoute: () => inside,
  path: '/contacts',
  validateSearch: readContactsSearch,
  component: lazyScreen(
    () => import('./screens/contacts/ContactsScreen.tsx'),
    'ContactsScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const imports = createRoute({
  getParentRoute: () => inside,
  path: '/contacts/import',
  validateSearch: only('campaign'),
  component: lazyScreen(() => import('./screens/imports/ImportsScreen.tsx'), 'ImportsScreen', PageSkeleton),
  pendingComponent: PageSkeleton,
});
const contactImport = createRoute({
  getParentRoute: () => inside,
  path: '/contacts/import/$id',
  validateSearch: only('step', 'campaign'),
  component: lazyScreen(() => import('./screens/imports/ImportScreen.tsx'), 'ImportScreen', PageSkeleton),
  pendingComponent: PageSkeleton,
});
const exports = createRoute({
  getParentRoute: () => inside,
  path: '/contacts/exports',
  component: lazyScreen(() => import('./screens/exports/ExportsScreen.tsx'), 'ExportsScreen', PageSkeleton),
  pendingComponent: PageSkeleton,
});
const contact = createRoute({
  getParentRoute: () => inside,
  path: '/contacts/$id',
  validateSearch: only('show'),
  component: lazyScreen(() => import('./screens/contact/ContactScreen.tsx'), 'ContactScreen', PageSkeleton),
  pendingComponent: PageSkeleton,
});
const segments = createRoute({
  getParentRoute: () => inside,
  path: '/segments',
  validateSearch: only('search'),
  component: lazyScreen(
    () => import('./screens/segments/SegmentsScreen.tsx'),
    'SegmentsScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const newSegment = createRoute({
  getParentRoute: () => inside,
  path: '/segments/new',
  validateSearch: only('preset'),
  component: lazyScreen(
    () => import('./screens/segments/SegmentEditorScreens.tsx'),
    'NewSegmentScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const segment = createRoute({
  getParentRoute: () => inside,
  path: '/segments/$id',
  validateSearch: only('part'),
  component: lazyScreen(() => import('./screens/segments/SegmentScreen.tsx'), 'SegmentScreen', PageSkeleton),
  pendingComponent: PageSkeleton,
});
const editSegment = createRoute({
  getParentRoute: () => inside,
  path: '/segments/$id/edit',
  component: lazyScreen(
    () => import('./screens/segments/SegmentEditorScreens.tsx'),
    'EditSegmentScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const templates = createRoute({
  getParentRoute: () => inside,
  path: '/templates',
  validateSearch: only('search', 'show', 'status', 'number'),
  component: lazyScreen(
    () => import('./screens/templates/TemplatesScreen.tsx'),
    'TemplatesScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const newTemplate = createRoute({
  getParentRoute: () => inside,
  path: '/templates/new',
  validateSearch: only('from'),
  component: lazyScreen(
    () => import('./screens/templates/TemplateScreens.tsx'),
    'NewTemplateScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const templateScreen = createRoute({
  getParentRoute: () => inside,
  path: '/templates/$id',
  component: lazyScreen(
    () => import('./screens/templates/TemplateScreens.tsx'),
    'EditTemplateScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const newWhatsAppTemplate = createRoute({
  getParentRoute: () => inside,
  path: '/templates/whatsapp/new',
  validateSearch: only('connection'),
  component: lazyScreen(
    () => import('./screens/templates/whatsapp/WhatsAppTemplateScreens.tsx'),
    'NewWhatsAppTemplateScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const whatsappTemplateScreen = createRoute({
  getParentRoute: () => inside,
  path: '/templates/whatsapp/$id',
  component: lazyScreen(
    () => import('./screens/templates/whatsapp/WhatsAppTemplateScreens.tsx'),
    'EditWhatsAppTemplateScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const connections = createRoute({
  getParentRoute: () => inside,
  path: '/connections',
  component: lazyScreen(
    () => import('./screens/connections/ConnectionsScreen.tsx'),
    'ConnectionsScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const limits = createRoute({
  getParentRoute: () => inside,
  path: '/connections/$id/limits',
  component: lazyScreen(() => import('./screens/connections/LimitsScreen.tsx'), 'LimitsScreen', PageSkeleton),
  pendingComponent: PageSkeleton,
});
const team = createRoute({
  getParentRoute: () => inside,
  path: '/team',
  component: lazyScreen(() => import('./screens/team/TeamScreen.tsx'), 'TeamScreen', PageSkeleton),
  pendingComponent: PageSkeleton,
});
const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  validateSearch: only('part'),
  component: lazyScreen(
    () => import('./screens/settings/SettingsScreen.tsx'),
    'SettingsScreen',
    PageSkeleton,
  ),
  pendingComponent: PageSkeleton,
});
const held = createRoute({
  getParentRoute: () => inside,
  path: '/held',
  component: lazyScreen(() => import('./screens/held/HeldScreen.tsx'), 'HeldScreen', PageSkeleton),
  pendingComponent: PageSkeleton,
});
const sandbox = createRoute({
  getParentRoute: () => inside,
  path: '/sandbox-phones',
  validateSearch: only('side', 'bot', 'number', 'search', 'from'),
  component: lazyScreen(() => import('./screens/sandbox/SandboxScreen.tsx'), 'SandboxScreen', PageSkeleton),
  pendingComponent: PageSkeleton,
});

const tree = root.addChildren([
  signIn,
  setup,
  join,
  inside.addChildren([
    home,
    campaigns,
    campaign,
    reconciliation,
    composer,
    automations,
    inbox.addChildren([thread]),
    contacts,
    imports,
    contactImport,
    exports,
    contact,
    segments,
    newSegment,
    segment,
    editSegment,
    templates,
    newTemplate,
    templateScreen,
    newWhatsAppTemplate,
    whatsappTemplateScreen,
    connections,
    limits,
    team,
    settings,
    held,
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
