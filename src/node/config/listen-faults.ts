/*
 * What is wrong with the ports of a configuration beyond their types: files that are not there, certificates, options that exclude each other. Nothing is opened.
 */
import { X509Certificate } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { asList, isDict, show } from '../../base/checks.ts';
import { messageOf } from '../../base/errors.ts';
import { hostCheck } from '../http/hosts.ts';
import { originRules } from '../http/origins.ts';
import { pages } from '../http/pages-config.ts';
import { bridgesIn } from '../http-bridge/bridge-config.ts';
import { portChecks, portConflicts } from '../port/port-config.ts';
import { tlsOptions } from '../tls/tls.ts';
import { readTlsFiles, type TlsFiles } from '../tls/tls-files.ts';
import type { Complaint } from './faults.ts';
import type { ListenConfig } from './router-file.ts';

export interface ListenReport {
  readonly faults: readonly Complaint[];
  readonly doubts: readonly Complaint[];
}

/** @param listen - As it came, with absolute paths. Values of the wrong type are reported elsewhere, too. */
export function checkListen(listen: ListenConfig | readonly ListenConfig[] | undefined, realms: ReadonlySet<string>): ListenReport {
  const found: Found = { faults: [], doubts: [] };
  const taken = new Set<string>();
  for (const [port, path] of withPaths(listen)) {
    if (typeof port !== 'object' || port === null) continue;
    checkPort(port, path, found);
    checkBridges(port, path, realms, found);
    const where = port.socketPath ?? `${port.host ?? '127.0.0.1'}:${port.port ?? 8080}`;
    if (taken.has(where) && port.port !== 0) found.faults.push({ path, text: `expected each port once, got ${where} again` });
    taken.add(where);
  }
  return found;
}

/** Each port with its path. */
export function withPaths(
  listen: ListenConfig | readonly ListenConfig[] | undefined,
): readonly (readonly [ListenConfig, string])[] {
  const path = 'config.listen';
  return asList(listen ?? []).map((port, i) => [port, Array.isArray(listen) ? `${path}[${i}]` : path] as const);
}

interface Found {
  readonly faults: Complaint[];
  readonly doubts: Complaint[];
}

function checkPort(port: ListenConfig, path: string, found: Found): void {
  const { web, tls, origins = [], hosts = [], trustProxy = false, socketPath, serializers } = port;
  const fault = (key: string, text: string): void => void found.faults.push({ path: `${path}.${key}`, text });
  for (const [key, check] of Object.entries(portChecks)) {
    const value = Object.entries(port).find(([name]) => name === key)?.[1];
    if (value === undefined) continue;
    const bad = attempt(
      () => check(value),
      (text) => fault(key, text),
    );
    if (bad !== undefined) fault(key, `expected ${bad}, got ${show(value)}`);
  }
  for (const [key, text] of portConflicts(port)) fault(key, text);
  attempt(
    () => void originRules(origins, () => null),
    (text) => fault('origins', text),
  );
  attempt(
    () => void hostCheck({ hosts, known: [], trustProxy }),
    (text) => fault('hosts', text),
  );
  if (typeof socketPath === 'string') {
    const [at, around] = [socketPath, dirname(socketPath)].map((each) => statSync(each, { throwIfNoEntry: false }));
    if (!around?.isDirectory()) fault('socketPath', `expected a path in a folder that is there, got ${socketPath}`);
    else if (at && !at.isSocket()) fault('socketPath', `expected the path of a socket, got another file: ${socketPath}`);
  }
  if (Array.isArray(serializers) && serializers.length === 0) fault('serializers', 'expected at least one serializer, got []');
  if (web !== undefined) {
    const bad = attempt(
      () => pages(web),
      (text) => fault('web', text),
    );
    if (bad !== undefined) fault('web', `expected ${bad}, got ${show(web)}`);
  }
  if (isDict(tls)) checkTls(tls, `${path}.tls`, found);
}

/** The realms of the bridges, and the modules of their contracts. */
function checkBridges({ http }: ListenConfig, path: string, realms: ReadonlySet<string>, { faults }: Found): void {
  if (typeof http !== 'boolean' && !asList<unknown>(http).every(isDict)) return; // reported elsewhere
  for (const [i, { realm, openapi }] of bridgesIn(http).entries()) {
    const at = Array.isArray(http) ? `${path}.http[${i}]` : `${path}.http`;
    const contract = isDict(openapi) ? openapi.contract : undefined;
    if (typeof contract === 'string' && contract !== '')
      attempt(
        () => accessSync(contract, constants.R_OK),
        (text) => faults.push({ path: `${at}.openapi.contract`, text: `expected a module that can be read, got ${text}` }),
      );
    if (realm === undefined ? realms.size === 1 : realms.has(realm)) continue;
    const expected = `expected a realm of this file (${[...realms].join(', ') || 'it has none'}), got ${show(realm)}`;
    faults.push({ path: realm === undefined ? at : `${at}.realm`, text: expected });
  }
}

function checkTls(tls: TlsFiles, path: string, { faults, doubts }: Found): void {
  let areThere = true;
  for (const key of ['cert', 'key', 'ca'] as const) {
    const file = tls[key];
    if (file === undefined) continue;
    attempt(
      () => accessSync(file, constants.R_OK),
      (text) => {
        areThere = false;
        faults.push({ path: `${path}.${key}`, text: `expected a file that can be read, got ${text}` });
      },
    );
  }
  if (!areThere || typeof tls.cert !== 'string' || typeof tls.key !== 'string') return;
  attempt(
    () => {
      const read = readTlsFiles(tls);
      tlsOptions(read);
      const { validFrom, validTo } = new X509Certificate(String(read.cert));
      const now = Date.now();
      if (Date.parse(validTo) < now) doubts.push({ path: `${path}.cert`, text: `the certificate expired on ${validTo}` });
      if (Date.parse(validFrom) > now) doubts.push({ path: `${path}.cert`, text: `the certificate is valid from ${validFrom} on` });
    },
    (text) => faults.push({ path, text }),
  );
}

function attempt<T>(check: () => T, failed: (text: string) => void): T | undefined {
  try {
    return check();
  } catch (error) {
    failed(messageOf(error));
    return undefined;
  }
}
