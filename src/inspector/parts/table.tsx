/* A table of any length. One row is in the order of the Tab key; arrows move to others, Enter chooses one. */
import type { ComponentChild, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useVirtual } from './virtual.ts';

export interface Column<T> {
  readonly name: string;
  /** A part of the width, or a width in CSS. */
  readonly width: string;
  readonly isNumber?: boolean | undefined;
  readonly cell: (row: T) => ComponentChild;
  /** Called when somebody wants this order. Undefined: it cannot be sorted by it. */
  readonly sort?: (() => void) | undefined;
  readonly isSorted?: boolean | undefined;
}

export interface TableProps<T> {
  /** Said to those who cannot see it. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly chosen?: string | undefined;
  readonly choose: (row: T) => void;
  readonly rowClass?: ((row: T) => string) | undefined;
  /** Shown if there are no rows. */
  readonly empty: ComponentChild;
  /** Called with whether the first row is on the screen. */
  readonly onTop?: ((isTop: boolean) => void) | undefined;
}

const ROW_PX = 34;

export function Table<T>({ label, columns, rows, keyOf, chosen, choose, rowClass, empty, onTop }: TableProps<T>): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const { items, before, after, scrollTo } = useVirtual(scroller, rows.length, ROW_PX);
  const current = Math.min(active, Math.max(0, rows.length - 1));
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setActive(next);
    scrollTo(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`tr[aria-rowindex="${next + 2}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW_PX) / ROW_PX) - 2);
    const steps: { readonly [key: string]: number } = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    const row = rows[current];
    if (to !== undefined) move(to);
    else if ((event.key === 'Enter' || event.key === ' ') && row !== undefined && event.target instanceof HTMLTableRowElement)
      choose(row);
    else return;
    event.preventDefault();
  };
  return (
    <section
      class="scroller"
      ref={scroller}
      aria-label={label}
      // Otherwise a list without rows could not be scrolled by keys.
      tabIndex={rows.length === 0 ? 0 : -1}
      onScroll={(event) => onTop?.(event.currentTarget.scrollTop < ROW_PX)}
    >
      <table aria-label={label} aria-rowcount={rows.length + 1}>
        <colgroup>
          {columns.map(({ name, width }) => (
            <col key={name} style={{ width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ name, isNumber, sort, isSorted }) => (
              <th key={name} scope="col" class={isNumber ? 'number' : ''} aria-sort={isSorted ? 'descending' : undefined}>
                {sort ? (
                  <button type="button" class="plain" onClick={sort}>
                    {name}
                    {isSorted ? ' ▾' : ''}
                  </button>
                ) : (
                  name
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={onKeyDown}>
          {before > 0 && <tr class="space" style={{ height: `${before}px` }} />}
          {items.map(({ index }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const key = keyOf(row);
            return (
              <tr
                key={key}
                aria-rowindex={index + 2}
                aria-selected={chosen === undefined ? undefined : key === chosen}
                class={`${rowClass?.(row) ?? ''} ${key === chosen ? 'chosen' : ''}`}
                tabIndex={index === current ? 0 : -1}
                onFocus={() => setActive(index)}
                onClick={() => choose(row)}
              >
                {columns.map(({ name, isNumber, cell }) => (
                  <td key={name} class={isNumber ? 'number' : ''}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 && <tr class="space" style={{ height: `${after}px` }} />}
        </tbody>
      </table>
      {rows.length === 0 && <p class="empty">{empty}</p>}
    </section>
  );
}
