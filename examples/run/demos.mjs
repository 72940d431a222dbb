/*
 * What the demos ask of the router: a realm each, its permissions, and for every service a process
 * with a key of its own. The keys are made anew at each start and never written down: the router
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

/** The router's realms, and the processes to run: all, or those of some demos, `chess,iot`. */
export function planDemos(only) {
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
  const chosen = only?.split(',');
  return { realms, services: services.filter(({ name }) => !chosen || chosen.includes(name.split('/')[0])) };
}
