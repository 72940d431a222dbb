/* Something that is done again and again while the page is looked at. */
import { useEffect } from 'preact/hooks';
import { isPaused } from '../data/page.ts';
import { link } from '../data/wire.ts';

/**
 * Does it at once, and again a time after it has ended; not while the page is paused, hidden or without a connection.
 *
 * @param depends - It begins again when one of these changes.
 */
export function useEvery(ms: number, act: () => Promise<void>, depends: readonly unknown[]): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const next = async (): Promise<void> => {
      if (!isPaused.value && link.value.state === 'open' && !document.hidden) await act();
      if (!isOver) timer = setTimeout(next, ms);
    };
    void next();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [...depends]);
}
