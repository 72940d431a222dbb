/* What `autostrada up` prints: lines of components with their name in front, states, and the log of the router; or all of it as JSON, one document per line. */
import type { ComponentInfo } from '../../node/components/component.ts';
import type { Line } from '../../node/components/output-lines.ts';
import { visible } from '../text/visible.ts';

export interface PrinterOptions {
  readonly isJson: boolean;
  /** Whether names have colours. */
  readonly hasColour: boolean;
  /** How wide the longest name is. */
  readonly width: number;
}

/** cyan, yellow, green, magenta, blue, and the bright ones: red is for failures. */
const COLOURS = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94] as const;
const RED = 31;
const DIM = 2;

interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

export class Printer {
  private readonly streams: Streams;
  private options: PrinterOptions;
  private readonly colours = new Map<string, number>();

  constructor(streams: Streams, options: PrinterOptions) {
    this.streams = streams;
    this.options = options;
  }

  /** For what is printed from now on. */
  change(options: Partial<PrinterOptions>): void {
    this.options = { ...this.options, ...options };
  }

  /** A line of a component, on the stream on which it came. */
  said(component: string, { stream, time, text }: Line): void {
    if (this.options.isJson) return this.document(stream, { time: new Date(time).toISOString(), component, stream, text });
    this.streams[stream].write(`${this.prefix(component)} ${visible(text)}\n`);
  }

  /** On stderr. */
  changed({ name, state, reason, pid, since }: ComponentInfo): void {
    if (state === 'starting' && pid === null) return;
    if (this.options.isJson) return this.document('stderr', { time: since, component: name, state, reason, pid });
    const process = state === 'starting' || state === 'ready' ? `, process ${pid}` : '';
    const text = `${state}${process}${reason === null ? '' : `: ${visible(reason)}`}`;
    this.streams.stderr.write(`${this.prefix(name)} ${this.paint(text, state === 'failed' ? RED : DIM)}\n`);
  }

  /** Of `up` itself. */
  note(level: string, message: string): void {
    if (this.options.isJson) this.document('stderr', { time: new Date().toISOString(), level, message });
    else this.streams.stderr.write(`${level}: ${message}\n`);
  }

  /** A line of the router's log, on stderr. */
  line(text: string): void {
    this.streams.stderr.write(`${text}\n`);
  }

  /** Where everything is. */
  announce(message: string): void {
    if (this.options.isJson) this.document('stdout', { time: new Date().toISOString(), level: 'info', message });
    else this.streams.stdout.write(`${message}\n`);
  }

  private prefix(name: string): string {
    const known = this.colours.get(name) ?? COLOURS[this.colours.size % COLOURS.length] ?? 0;
    this.colours.set(name, known);
    return this.paint(`${name.padEnd(this.options.width)} |`, known);
  }

  private paint(text: string, colour: number): string {
    return this.options.hasColour ? `\u001b[${colour}m${text}\u001b[0m` : text;
  }

  private document(stream: 'stdout' | 'stderr', value: object): void {
    this.streams[stream].write(`${JSON.stringify(value)}\n`);
  }
}
