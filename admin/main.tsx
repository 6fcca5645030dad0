// Starts the panel: theme, query cache, router.
import '@fontsource-variable/inter/opsz.css';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './ui/base.css';
import './ui/controls.css';
import './ui/overlays.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod/v4/core';
import { ApiProblem, keys } from './api.ts';
import { makeRouter } from './router.tsx';
import { cssVariablesResolver, theme } from './ui/theme.ts';

// Else the first schema tries whether it may make functions from text, which the content security policy reports as an attack.
config({ jitless: true });

const client = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The session ended elsewhere: the guard of the signed-in frame leads to the sign-in page and back.
      if (error instanceof ApiProblem && error.code === 'UNAUTHENTICATED' && client.getQueryData(keys.me)) {
        client.removeQueries({ queryKey: keys.me });
        void router.invalidate();
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) =>
        count < 2 && !(error instanceof ApiProblem && error.status > 0 && error.status < 500),
      retryDelay: (count) => 400 * 2 ** count,
    },
  },
});
const router = makeRouter(client);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

const place = document.getElementById('root');
if (place)
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
          <Notifications position="bottom-center" limit={3} />
          <RouterProvider router={router} />
        </MantineProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
