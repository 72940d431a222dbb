/*
 * A configuration file: reads it, checks all of it, and gives what the router, its ports and the components need.
 */
import path from 'node:path';
import { asList, isDict, show } from '../../base/checks.ts';
import { nearest } from '../../base/nearest.ts';
import { checkConfig } from '../../router/config/check-config.ts';
import type { RouterConfig } from '../../router/config/config.ts';
import type { ComponentsConfig } from '../components/component-config.ts';
import { realmsOf, settleComponents } from '../components/settle-components.ts';
import { clusterFaults } from './cluster-faults.ts';
import { fileDoubts } from './doubts.ts';
import { withEnvironment } from './environment.ts';
import { type Complaint, Complaints, type ConfigFault, ConfigFileError, complaintOf } from './faults.ts';
import { readJson } from './json-text.ts';
import { checkListen } from './listen-faults.ts';
import { type FileParts, isFile, partsOf } from './parts.ts';
import type { ListenConfig, RouterFile } from './router-file.ts';
import { knownMembers, schemaFaults } from './schema-faults.ts';
import { storeFaults } from './store-faults.ts';
import { readTextFile } from './text-file.ts';

/** A configuration file that is right. */
export interface LoadedFile {
  /** Absolute. */
  readonly file: string;
  /** What was read. */
  readonly text: string;
  /** Where the paths in the file count from. Absolute. */
  readonly folder: string;
  /** For `new Router`. */
  readonly router: RouterConfig;
  /** With absolute paths. Empty if the file has none. */
  readonly listen: readonly ListenConfig[];
  /** With an absolute path. */
  readonly store: RouterFile['store'];
  readonly components: ComponentsConfig;
  readonly control: RouterFile['control'];
  readonly log: RouterFile['log'];
  readonly drainMs: number | undefined;
  readonly processes: number | undefined;
  /** With absolute paths. */
  readonly cluster: RouterFile['cluster'];
  /** What is legal, but probably a mistake. */
  readonly warnings: readonly ConfigFault[];
}

/** What a check has found. */
export interface ConfigFileReport {
  /** In the order of the text. */
  readonly faults: readonly ConfigFault[];
  /** What is legal, but probably a mistake. Only if there are no faults. */
  readonly warnings: readonly ConfigFault[];
  /** Undefined if there are faults. */
  readonly loaded: LoadedFile | undefined;
}

/**
 * Checks a configuration file, and finds all faults at once. Nothing is opened.
 *
 * @throws Node's error when the file cannot be read; a TypeError if it is not a text in UTF-8.
 * @example const { faults, warnings } = await checkFile('router.json');
 */
export async function checkFile(file: string): Promise<ConfigFileReport> {
  return check(file, true, undefined);
}

/**
 * Reads and checks all of a configuration file: the router, its ports, and the components.
 *
 * @param text - What the file said before, to be taken as it was then. Default: what it says now.
 * @throws ConfigFileError with all faults, each with its line. Node's error when the file cannot be read.
 * @example const { router, listen } = await loadFile('router.json');
 */
export async function loadFile(file: string, text?: string): Promise<LoadedFile> {
  return loadedOf(await check(file, true, text));
}

/**
 * Reads and checks a configuration file, for its router. `{ "env": "NAME" }` instead of a string reads the environment, so that no secret is in the file. What
 * else is in the file must be of the right types, but the files that its ports need are not looked for.
 *
 * @throws ConfigFileError, a TypeError, that names the file, line, column and path of each fault, what was expected and what came; a key that an object has
 *   twice is one, too. Node's error when the file cannot be read.
 * @example const router = new Router(await loadConfig('router.json'));
 */
export async function loadConfig(file: string): Promise<RouterConfig> {
  return loadedOf(await check(file, false, undefined)).router;
}

function loadedOf({ loaded, faults }: ConfigFileReport): LoadedFile {
  if (!loaded) throw new ConfigFileError(faults);
  return loaded;
}

async function check(file: string, withPorts: boolean, given: string | undefined): Promise<ConfigFileReport> {
  const text = given ?? (await readTextFile(file));
  const read = readJson(text, 'config');
  const complaints = new Complaints();
  if ('at' in read) {
    const { at, path: key, text: said } = read;
    const places = new Map([['', { key: at, value: at }]]);
    complaints.add({ path: key ?? '', text: said, key: '' });
    return { faults: complaints.placed(file, text, places), warnings: [], loaded: undefined };
  }
  const whole = withEnvironment(read.value, 'config', (complaint) => complaints.addMissing(complaint));
  complaints.addWhole(...schemaFaults(whole, 'config'));
  const folder = path.dirname(path.resolve(file));
  const known = isDict(whole) ? knownMembers(whole) : undefined;
  const parts = isFile(known) ? partsOf(known, folder) : undefined;
  const doubts = new Complaints();
  if (parts) {
    const found = checkConfig(parts.router);
    complaints.add(...found.faults.map(complaintOf));
    doubts.add(...found.doubts.map(complaintOf));
    const ports = checkListen(withPorts ? parts.listen : undefined, new Set(realmsOf(parts.router).keys()));
    complaints.add(...ports.faults);
    doubts.add(...ports.doubts);
    complaints.add(...storeFaults(parts), ...clusterFaults(parts), ...componentFaults(parts, folder));
    if (complaints.isEmpty) doubts.add(...fileDoubts(parts));
  }
  const faults = complaints.placed(file, text, read.places);
  if (!parts || faults.length > 0) return { faults, warnings: [], loaded: undefined };
  const warnings = doubts.placed(file, text, read.places);
  const { router, store, components = {}, control, log, drainMs, processes, cluster } = parts;
  const listen = asList(parts.listen ?? []);
  const rest = { components, control, log, drainMs, processes, cluster, warnings };
  const loaded = { file: path.resolve(file), text, folder, router, listen, store, ...rest };
  return { faults, warnings, loaded };
}

function inspectorFaults(
  { realm, inspector }: NonNullable<FileParts['control']>,
  { realms }: FileParts['router'],
): readonly Complaint[] {
  if (!isDict(inspector) || isDict(realms[realm])) return [];
  return [{ path: 'config.control.inspector', text: `expected users in ${show(realm)}, got a realm that is open to anybody` }];
}

function componentFaults({ components = {}, control, router }: FileParts, folder: string): readonly Complaint[] {
  const realms = realmsOf(router);
  const { faults } = settleComponents(components, { folder, realms, path: 'config.components' });
  if (!isDict(control) || typeof control.realm !== 'string') return faults;
  if (realms.has(control.realm)) return [...faults, ...inspectorFaults(control, router)];
  const text = `expected a realm of this file, got ${show(control.realm)}${nearest(control.realm, [...realms.keys()])}`;
  return [...faults, { path: 'config.control.realm', text }];
}
