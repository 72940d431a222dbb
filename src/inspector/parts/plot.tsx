/* A plot over time, by uPlot: MIT, 20 KB gzipped, made for many points that change often. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { time } from '../data/text.ts';

export interface Line {
  readonly label: string;
  /** A custom property of the style sheet. */
  readonly colour: string;
  readonly values: readonly number[];
}

export interface PlotProps {
  readonly title: string;
  /** In seconds since 1970. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly show: (value: number) => string;
  /** Changes when the values have. */
  readonly version: number;
}

const HEIGHT_PX = 150;

export function Plot({ title, at, lines, show, version }: PlotProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    // A canvas knows no light-dark(): the browser says what it means.
    const colour = (name: string): string => {
      element.style.color = `var(${name})`;
      const found = getComputedStyle(element).color;
      element.style.color = '';
      return found;
    };
    const make = (): void => {
      plot.current?.destroy();
      const axis = {
        stroke: colour('--quiet'),
        grid: { stroke: colour('--line'), width: 1 },
        ticks: { show: false },
        font: '12px system-ui',
      };
      plot.current = new uPlot(
        {
          width: element.clientWidth,
          height: HEIGHT_PX,
          legend: { show: false },
          cursor: { show: false },
          axes: [
            { ...axis, size: 30, space: 80, values: (_, ticks) => ticks.map(clock) },
            { ...axis, size: 62, space: 32, values: (_, ticks) => ticks.map(show) },
          ],
          scales: { y: { range: (_, __, max) => [0, Math.max(10, max * 1.1)] } },
          series: [
            {},
            ...lines.map(({ label, colour: name }) => ({ label, stroke: colour(name), width: 2, points: { show: false } })),
          ],
        },
        dataOf(at, lines),
        element,
      );
    };
    make();
    dark.addEventListener('change', make);
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    sizes.observe(element);
    return () => {
      dark.removeEventListener('change', make);
      sizes.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => {
    plot.current?.setData(dataOf(at, lines));
  }, [version]);
  const newest = lines.map(({ label, values }) => `${label} ${show(values.at(-1) ?? 0)}`).join(', ');
  return (
    <figure class="plot">
      <figcaption>
        <b>{title}</b>
        {lines.map(({ label, colour, values }) => (
          <span key={label}>
            <i class="swatch" style={{ background: `var(${colour})` }} /> {label} <b>{show(values.at(-1) ?? 0)}</b>
          </span>
        ))}
      </figcaption>
      <div ref={place} role="img" aria-label={`${title}, the last five minutes; now: ${newest}`} />
    </figure>
  );
}

function dataOf(at: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  return [[...at], ...lines.map(({ values }) => [...values])] as unknown as uPlot.AlignedData;
}

const clock = (seconds: number): string => time(seconds * 1000).slice(0, 8);
