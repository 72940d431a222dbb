/*
 * What the demos ask of the router: a realm each, its permissions, and for every service a process
 * with a key of its own. The keys are made at each start and never stored: the router
 * gets the public one, the service's environment the private one.
 */
import { fileURLToPath } from 'node:url';
import { generateKeyPair } from 'autostrada/cryptosign';
import * as chess from '../chess/realm.mjs';
import * as iot from '../iot/realm.mjs';
import * as settings from '../settings/realm.mjs';
import * as upload from '../upload/realm.mjs';
import * as videos from '../videos/realm.mjs';

const demos = { chess, iot, settings, upload, videos };

/** The demos that `only` names, `chess,iot`: all by default, none by `none`. */
function chosenBy(only) {
  const names = Object.keys(demos);
  if (only === undefined) return names;
  if (only === 'none') return [];
  const chosen = only.split(',');
  const wrong = chosen.find((name) => !names.includes(name));
  if (wrong === undefined) return chosen;
  const [near] = names.map((name) => ({ name, edits: distance(wrong, name) })).sort((a, b) => a.edits - b.edits);
  const hint = near.edits * 2 <= wrong.length ? `: did you mean '${near.name}'?` : '';
  throw new Error(`expected 'none' or names of demos (${names.join(', ')}) after --only, got '${wrong}'${hint}`);
}

/** How many letters must be put in, taken out or changed to make the one word the other. */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}

/** The router's realms, and the processes to run: all, or those of some demos. */
export function planDemos(only) {
  const chosen = chosenBy(only);
  const realms = { realm1: 'open' };
  const services = [];
  for (const [folder, demo] of Object.entries(demos)) {
    const users = {};
    for (const { name, file, authid = name, authrole = authid } of demo.services) {
      const { publicKey, privateKey } = generateKeyPair();
      users[authid] ??= { authrole, cryptosign: { publicKeys: [] } };
      users[authid].cryptosign.publicKeys.push(publicKey); // two processes may be one user
      const path = fileURLToPath(new URL(`../${folder}/${file}`, import.meta.url));
      services.push({ name: `${folder}/${name}`, path, env: { WAMP_REALM: folder, WAMP_KEY: privateKey, SERVICE_NAME: name } });
    }
    realms[folder] = { ...demo.realm, users: { ...demo.realm.users, ...users } };
  }
  return { realms, services: services.filter(({ name }) => chosen.includes(name.split('/')[0])) };
}
