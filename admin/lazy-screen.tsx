// Screens whose code comes when it is first needed. A screen that cannot be fetched says so in its place and is tried
// again when it is opened again; nothing here ever reloads the page.
import { type ComponentType, createElement, type ReactNode, useEffect, useState } from 'react';

/** The code of a screen did not come: the server is away, or it was updated meanwhile. */
export class ScreenMissing extends Error {
  constructor(cause: unknown) {
    super('The server did not answer, so this page could not be fetched. Try again.', { cause });
    this.name = 'ScreenMissing';
  }
}

const fetchers: (() => Promise<unknown>)[] = [];

/** `draw` is what stands in its place until the code is there. */
export function lazyScreen<Name extends string>(
  load: () => Promise<Record<Name, ComponentType>>,
  name: Name,
  draw: () => ReactNode,
) {
  return lazyPart<object, Name>(load, name, draw);
}

/** The same for a part of a screen that is heavy and not always needed. */
export function lazyPart<Props extends object, Name extends string>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
  draw: () => ReactNode,
) {
  let found: ComponentType<Props> | undefined;
  let running: Promise<void> | undefined;
  const fetchOnce = () => {
    if (found) return Promise.resolve();
    running ??= load()
      .then(
        (screens) => {
          found = screens[name];
        },
        (cause: unknown) => {
          throw new ScreenMissing(cause);
        },
      )
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once per screen, when the router is made
  function Screen(props: Props) {
    const [, setHere] = useState(Boolean(found));
    const [failure, setFailure] = useState<unknown>();
    useEffect(() => {
      if (!found) fetchOnce().then(() => setHere(true), setFailure);
    }, []);
    if (failure) throw failure;
    return found ? createElement(found, props) : draw();
  }
  // What the router calls on hover and before it shows the screen. A failure is told by the screen itself.
  Screen.preload = () => fetchOnce().catch(() => undefined);
  fetchers.push(Screen.preload);
  return Screen;
}

/** Fetches every screen, one after the other, while nothing else is to be done. */
export function fetchAllScreens(): () => void {
  let stopped = false;
  const idle = (work: () => void) =>
    'requestIdleCallback' in window ? requestIdleCallback(work, { timeout: 3000 }) : setTimeout(work, 1000);
  const next = (index: number) => {
    const fetcher = fetchers[index];
    if (stopped || !fetcher) return;
    void fetcher().then(() => idle(() => next(index + 1)));
  };
  idle(() => next(0));
  return () => {
    stopped = true;
  };
}
