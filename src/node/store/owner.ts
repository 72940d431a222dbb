/*
 * The process that has a store. The lock is LevelDB's own: the system takes it back when its process ends, however that ends. A file beside it says who that process is, for people.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { isDict } from '../../base/checks.ts';

/**
 * The stores that this process has open, for all copies of this module. LevelDB must not be asked for them again: it would refuse, but its lock would be lost, because the system
 * takes a lock back when the process closes the file, however often it had opened it.
 */
function openHere(): Set<unknown> {
  const key = Symbol.for('autostrada.stores');
  const known: unknown = Reflect.get(globalThis, key);
  if (known instanceof Set) return known;
  const made = new Set();
  Reflect.set(globalThis, key, made);
  return made;
}

/** @returns A function that gives it back. Undefined: this process has it already. */
export function claim(folder: string): (() => void) | undefined {
  const all = openHere();
  if (all.has(folder)) return undefined;
  all.add(folder);
  return () => void all.delete(folder);
}

const fileIn = (folder: string): string => path.join(folder, 'owner.json');

/** What the file says while this process has the lock. */
export function signatureOfThis(): string {
  return `${JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() })}\n`;
}

/** This process has the lock. */
export function sign(folder: string, signature: string): void {
  writeFileSync(fileIn(folder), signature);
}

/** Whether no other process has signed since then. */
export function isSigned(folder: string, signature: string): boolean {
  return !existsSync(fileIn(folder)) || readFileSync(fileIn(folder), 'utf8') === signature;
}

/** For an error: which process has the lock. */
export function nameOwner(folder: string): string {
  try {
    const owner: unknown = JSON.parse(readFileSync(fileIn(folder), 'utf8'));
    if (!isDict(owner)) return 'another process';
    const { pid, host, since } = owner;
    const who = pid === process.pid && host === hostname() ? `this process (${pid})` : `process ${String(pid)}`;
    return `${who} on ${String(host)}, since ${String(since)}`;
  } catch {
    return 'another process';
  }
}
