// Functions that stay the same object while what they do follows the last render: for parts that are drawn again only when
// what they show has changed.
import { useLayoutEffect, useRef, useState } from 'react';

// biome-ignore lint/suspicious/noExplicitAny: any arguments
type Functions = Record<string, (...args: any[]) => void>;

/** For handlers of events: not to be called while rendering. */
export function useStable<F extends Functions>(functions: F): F {
  const latest = useRef(functions);
  useLayoutEffect(() => {
    latest.current = functions;
  });
  const [stable] = useState(
    () =>
      Object.fromEntries(
        Object.keys(functions).map((name) => [name, (...args: unknown[]) => latest.current[name]?.(...args)]),
      ) as F,
  );
  return stable;
}
