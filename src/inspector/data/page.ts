/* What the whole page shares: the view, the realm, and whether it stands still. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type InspectedRealm, names } from '../../cli/inspector/words.ts';
import { ask } from './wire.ts';

export const VIEWS = ['overview', 'sessions', 'uris', 'calls', 'live', 'try', 'rules'] as const;
export type View = (typeof VIEWS)[number];

const address: Signal<string> = signal(location.hash);
addEventListener('hashchange', () => {
  address.value = location.hash;
});

/** The part of the address behind `#`: a view, and what it is to show, as a query. */
export const view: ReadonlySignal<View> = computed(() => {
  const name = /^#(\w+)/.exec(address.value)?.[1];
  return VIEWS.find((each) => each === name) ?? 'overview';
});

export const query: ReadonlySignal<URLSearchParams> = computed(() => new URLSearchParams(address.value.split('?')[1] ?? ''));

export function href(to: View, given: { readonly [name: string]: string | undefined } = {}): string {
  const pairs = Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '');
  return pairs.length === 0 ? `#${to}` : `#${to}?${new URLSearchParams(pairs)}`;
}

export function go(to: View, given: { readonly [name: string]: string | undefined } = {}): void {
  location.hash = href(to, given);
}

/** The same without another entry in the browser's history: for what is typed. */
export function become(to: View, given: { readonly [name: string]: string | undefined }): void {
  history.replaceState(null, '', href(to, given));
  address.value = location.hash;
}

export const realms: Signal<readonly InspectedRealm[]> = signal<readonly InspectedRealm[]>([]);
/** Empty: all. */
export const realm: Signal<string> = signal('');
/** Of all realms: the one with most sessions, as the page was opened. */
export const busiest: Signal<string> = signal('');
/** The realm where something is done or listed: the chosen one, or the busiest. */
export const oneRealm: ReadonlySignal<string> = computed(() => realm.value || busiest.value || (realms.value[0]?.name ?? ''));
export const authroles: ReadonlySignal<readonly string[]> = computed(
  () => realms.value.find(({ name }) => name === oneRealm.value)?.authroles ?? [],
);
/** Nothing changes on the page, and nothing is watched. */
export const isPaused: Signal<boolean> = signal(false);

export async function loadRealms(): Promise<void> {
  realms.value = await ask<readonly InspectedRealm[]>(names.realms);
}
