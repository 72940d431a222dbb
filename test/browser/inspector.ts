/* A router with an inspector, and what its tests need: sessions that do something, and the page's address. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from 'autostrada';
import { onTestFinished } from 'vitest';
import { dataFolder, type Program, run } from './processes.ts';

/** A realm that is open to anybody, and one with rules. */
export function configFile(): string {
  const permissions = [
    { uri: 'com.shop', allow: ['call'] },
    { uri: 'com.shop.news', allow: ['subscribe'] },
  ];
  const shop = { anonymous: 'guest', authroles: { guest: { permissions } } };
  const file = path.join(dataFolder(), 'router.json');
  writeFileSync(file, JSON.stringify({ realms: { realm1: 'open', shop } }));
  return file;
}

export interface Inspected {
  readonly program: Program;
  /** Of the router. */
  readonly url: string;
  /** Of the page, with a token for one login. */
  readonly address: string;
}

export async function startInspected(...args: readonly string[]): Promise<Inspected> {
  const env = { AUTOSTRADA_RUNTIME_DIR: dataFolder() };
  const program = run(['dist/cli.js', 'router', '--port', '0', '--inspect', ...args], { env });
  const url = await program.until(/router at (ws:\S+),/);
  const address = await program.until(/inspector at (http:\S+)\n/);
  return { program, url, address };
}

export async function connectTo(url: string, realm = 'realm1'): Promise<Connection> {
  const connection = new Connection({ url, realm });
  connection.on('error', () => {}); // procedures that fail on purpose
  onTestFinished(() => connection.close());
  await connection.open();
  return connection;
}
