/* What is wrong with the cluster of a configuration beyond its types. Nothing is opened. */
import { asList, isDict } from '../../base/checks.ts';
import { messageOf } from '../../base/errors.ts';
import { checkNats } from '../../nats/options.ts';
import { natsOptions } from './cluster-config.ts';
import type { Complaint } from './faults.ts';
import type { FileParts } from './parts.ts';

export function clusterFaults({ cluster, store, processes, listen }: FileParts): readonly Complaint[] {
  if (!isDict(cluster) || !isDict(cluster.nats)) return [];
  const faults: Complaint[] = [];
  const fault = (path: string, text: string): void => void faults.push({ path, text });
  try {
    checkNats(natsOptions(cluster.nats));
  } catch (error) {
    const text = messageOf(error);
    const [said = '', name] = /^expected (?:a server|(\w+)) of nats to be /.exec(text) ?? [];
    const path = said === '' ? '' : `.${name ?? 'servers'}`;
    fault(`config.cluster.nats${path}`, text.replace(said, said === '' ? '' : 'expected '));
  }
  if (store !== undefined)
    fault('config.store', 'expected no store beside a cluster, got one: all routers keep their events in NATS');
  if (processes !== undefined && processes !== 1)
    fault('config.processes', 'expected one process beside a cluster, got more: start more routers instead, each is a node');
  if (asList(listen ?? []).some((port) => isDict(port) && port.cookies !== undefined))
    fault('config.listen', 'expected no cookies with a cluster: each router would know only its own logins');
  return faults;
}
