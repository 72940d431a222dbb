/* Values of a configuration file that are legal, but probably a mistake; beside those that the router itself reports. */
import type { RealmConfig } from '../../router/config/config.ts';
import { within } from '../../router/config/config-path.ts';
import { isLoopback } from '../port/loopback.ts';
import type { Complaint } from './faults.ts';
import { withPaths } from './listen-faults.ts';
import type { FileParts } from './parts.ts';

export function fileDoubts({ router, listen, components = {} }: FileParts): readonly Complaint[] {
  const found: Complaint[] = [];
  const open = Object.keys(router.realms).filter((name) => isFreeForAll(router.realms[name]));
  for (const [{ host = '127.0.0.1', socketPath }, path] of withPaths(listen)) {
    if (open.length === 0 || socketPath !== undefined || isLoopback(host)) continue;
    found.push({ path, text: `anyone who reaches ${host} may do anything in ${open.join(', ')}` });
  }
  for (const [name, realm] of Object.entries(router.realms)) {
    if (realm === 'open' || realm.authenticator !== undefined) continue;
    const used = new Set([realm.anonymous, ...Object.values(realm.users ?? {}).map(({ authrole }) => authrole)]);
    for (const { authrole } of Object.values(components)) used.add(authrole);
    for (const authrole of Object.keys(realm.authroles)) {
      const path = within(`${within('config.realms', name)}.authroles`, authrole);
      if (!used.has(authrole)) found.push({ path, text: 'neither anonymous clients nor a user nor a component has this authrole' });
    }
  }
  return found;
}

/** Whether clients without credentials may do everything. */
export function isFreeForAll(realm: 'open' | RealmConfig | undefined): boolean {
  if (realm === undefined || realm === 'open') return true;
  const permissions = realm.anonymous === undefined ? [] : realm.authroles[realm.anonymous]?.permissions;
  return permissions === 'all';
}
