/*
 * A command of the system as an endpoint (`register --exec`). The user writes the command. What the caller sends reaches it as data
 * only, in environment variables and on stdin, and is never part of the text that the shell reads.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { ApplicationError, type Dict, type InvocationDetails, Result } from '../../index.ts';
import { isDict, parseJson, toJson } from '../text/json-text.ts';
import type { Env } from './login.ts';

export interface ExecOptions {
  readonly command: string;
  /** At most this many run at a time; the others wait in order. */
  readonly jobs: number;
  /** Each line is a progressive result, for callers that ask for them. */
  readonly progress: boolean;
  /** Output is text, even if it looks like JSON. */
  readonly strings: boolean;
  readonly env: Env;
  /** Gets the text that the command prints on stderr. */
  log(text: string | Uint8Array): void;
}

/** Systems limit a variable (Linux 128 KiB, Windows 32 KiB); stdin has no limit. */
const MAX_VARIABLE = 32_000;
const MAX_OUTPUT = 16 * 2 ** 20;
const MAX_COMPLAINT = 8 * 2 ** 10;
/** The time that a command has to end after the request to end. */
const KILL_AFTER_MS = 2000;

type Args = readonly unknown[];

/** The endpoint. */
export function execEndpoint(options: ExecOptions): (args: Args, kwargs: Dict, details: InvocationDetails) => Promise<unknown> {
  const turn = queue(options.jobs);
  return (args, kwargs, details) => turn(details.signal, () => execute(options, args, kwargs, details));
}

function execute(options: ExecOptions, args: Args, kwargs: Dict, details: InvocationDetails): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const input = toJson({ args, kwargs });
    const child = spawn(options.command, {
      shell: true,
      env: environment(options.env, args, kwargs, details),
      detached: process.platform !== 'win32', // a process group of its own, so that the shell's children end with it
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { signal } = details;
    const isProgressive = options.progress && details.receive_progress === true;
    const output = new StringDecoder('utf8');
    let text = '';
    let complaint = '';
    let failure: unknown;
    const end = (why: unknown): void => {
      failure ??= why;
      kill(child);
    };
    const onAbort = (): void => end(signal.reason);
    signal.addEventListener('abort', onAbort);
    const sendLines = (): void => {
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) details.sendProgress(resultOf(line, options.strings));
    };
    child.stdout.on('data', (chunk: Buffer) => {
      text += output.write(chunk);
      try {
        if (isProgressive) sendLines();
      } catch (error) {
        end(error);
      }
      if (text.length <= MAX_OUTPUT) return;
      text = '';
      end(failed([`the command wrote more than ${MAX_OUTPUT} characters${isProgressive ? ' without a line end' : ''}`]));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      options.log(chunk);
      complaint = (complaint + String(chunk)).slice(-MAX_COMPLAINT);
    });
    child.stdin.on('error', () => {}); // a command need not read it
    child.stdin.end(`${input}\n`);
    child.on('error', (error) => end(failed([`cannot run the command: ${error.message}`])));
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', onAbort);
      if (failure !== undefined) return reject(failure);
      if (code !== 0) {
        const how = killedBy ? `the command was ended by ${killedBy}` : `the command ended with code ${code}`;
        return reject(failed([complaint.trim() || how], killedBy ? { signal: killedBy } : { code }));
      }
      text += output.end();
      if (!isProgressive) return resolve(resultOf(text, options.strings));
      if (text !== '') details.sendProgress(resultOf(text, options.strings));
      resolve(undefined); // the result was only its lines
    });
  });
}

function failed(args: readonly unknown[], kwargs: Dict = {}): ApplicationError {
  return new ApplicationError('wamp.error.runtime_error', args, kwargs);
}

/** JSON, or else the text without its last line end. No output is an empty result; an object with args and kwargs is several values. */
function resultOf(text: string, isString: boolean): unknown {
  const line = text.replace(/\r?\n$/, '');
  if (line === '') return undefined;
  if (isString) return line;
  let value: unknown;
  try {
    value = parseJson(line);
  } catch {
    return line;
  }
  return asResult(value) ?? value;
}

/** Exactly the format in which `call` prints several results, because the command may be `autostrada call`. */
function asResult(value: unknown): Result | undefined {
  if (!isDict(value) || Object.keys(value).sort().join() !== 'args,kwargs') return undefined;
  const { args, kwargs } = value;
  return Array.isArray(args) && isDict(kwargs) ? new Result(args, kwargs) : undefined;
}

function environment(env: Env, args: Args, kwargs: Dict, details: InvocationDetails): NodeJS.ProcessEnv {
  const { WAMP_ARGS: _, WAMP_KWARGS: __, WAMP_DETAILS: ___, ...inherited } = env;
  const own = { WAMP_ARGS: toJson(args), WAMP_KWARGS: toJson(kwargs), WAMP_DETAILS: toJson({ ...details }) };
  const fitting = Object.entries(own).filter(([, value]) => Buffer.byteLength(value) <= MAX_VARIABLE);
  return { ...inherited, ...Object.fromEntries(fitting), WAMP_PROCEDURE: details.procedure };
}

function kill(child: ChildProcess): void {
  const send = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid === undefined) return;
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // the process has ended meanwhile
    }
  };
  send('SIGTERM');
  const timer = setTimeout(() => send('SIGKILL'), KILL_AFTER_MS);
  child.once('close', () => clearTimeout(timer));
}

/** Runs work in order, at most `limit` at a time. Work that is cancelled while it waits never starts. */
function queue(limit: number): <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting = new Set<() => void>();
  return async (signal, work) => {
    if (running >= limit) {
      await new Promise<void>((resolve, reject) => {
        const begin = (): void => {
          waiting.delete(begin);
          resolve();
        };
        signal.addEventListener('abort', () => {
          if (waiting.delete(begin)) reject(signal.reason);
        });
        waiting.add(begin);
      });
    } else running++;
    try {
      return await work();
    } finally {
      const [next] = waiting; // it takes the place of the one that has ended
      if (next) next();
      else running--;
    }
  };
}
