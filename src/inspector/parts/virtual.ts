/* Which rows of a long list are on the screen: @tanstack/virtual-core, MIT, maintained by the TanStack project, 5 KB gzipped. */
import { elementScroll, observeElementOffset, observeElementRect, type VirtualItem, Virtualizer } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useState } from 'preact/hooks';

export interface Shown {
  readonly items: readonly VirtualItem[];
  /** The height of what is above and below them, in pixels. */
  readonly before: number;
  readonly after: number;
  /** Brings a row onto the screen. */
  scrollTo(index: number): void;
}

export function useVirtual(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number): Shown {
  const [, render] = useReducer((n: number) => n + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => render(undefined),
  };
  const [virtual] = useState(() => new Virtualizer<HTMLElement, Element>(options));
  virtual.setOptions(options);
  useEffect(() => virtual._didMount(), []);
  useLayoutEffect(() => virtual._willUpdate());
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  return {
    items,
    before: first?.start ?? 0,
    after: Math.max(0, virtual.getTotalSize() - (last?.end ?? 0)),
    scrollTo: (index) => virtual.scrollToIndex(index),
  };
}
