// The frame before it is known who is signed in: the sidebar in its final shape, beside a page that loads.
import { Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Fragment } from 'react';
import { usePhone } from '../../ui/DataTable.tsx';
import { Logo } from '../../ui/Logo.tsx';
import { PageSkeleton } from '../../ui/PageSkeletons.tsx';
import css from './Frame.module.css';
import { isComposer, places } from './places.ts';

/** Held is there only while something is. */
const usual = places.filter((place) => place.to !== '/held');

export function FrameSkeleton() {
  const phone = usePhone();
  const tight = useMediaQuery('(max-width: 1099px)', undefined, { getInitialValueInEffect: false }) ?? false;
  const rail = tight || localStorage.getItem('carillon-rail') === '1' || isComposer(location.pathname);
  return (
    <div className={css.frame} data-rail={rail || undefined} data-phone={phone || undefined}>
      {!phone && (
        <aside className={css.side} data-rail={rail || undefined} aria-hidden>
          <div className={css.brand} style={{ minHeight: 44 }}>
            <Logo />
            {!rail && 'Carillon'}
          </div>
          {!rail && <Skeleton height={32} radius={6} mb={8} />}
          <div className={css.nav}>
            {usual.map((place, index) => (
              <Fragment key={place.to}>
                {!rail && place.group !== usual[Math.max(0, index - 1)]?.group && (
                  <div className={css.heading}>Tools</div>
                )}
                <div className={css.link} data-unsure={place.to === '/sandbox-phones' || undefined}>
                  <place.icon size={rail ? 20 : 16} stroke={1.75} aria-hidden />
                  {!rail && place.label}
                </div>
              </Fragment>
            ))}
          </div>
        </aside>
      )}
      <main className={css.work}>
        <PageSkeleton />
      </main>
    </div>
  );
}
