/*
 * The output of a program, line by line. A program that floods is read more slowly, so that it waits and the router does not; nothing is lost. The last
 * lines are kept.
 */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export interface Line {
  /** Counts the lines of a component, from 1 on. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A longer line is cut into several. */
const MAX_LINE = 16_384;
const MAX_KEPT = 1000;
const MAX_KEPT_CHARACTERS = 2 ** 20;
/** So much is read of one stream, then it rests. */
const BURST_BYTES = 256 * 2 ** 10;
const REST_MS = 50;

/** The last lines of a component, of all its processes. */
export class OutputLines {
  private lines: Line[] = [];
  private characters = 0;
  private count = 0;
  private readonly told: (line: Line) => void;

  constructor(told: (line: Line) => void) {
    this.told = told;
  }

  add(stream: Line['stream'], text: string): void {
    const line: Line = { number: ++this.count, time: Date.now(), stream, text };
    this.lines.push(line);
    this.characters += text.length;
    while (this.lines.length > MAX_KEPT || this.characters > MAX_KEPT_CHARACTERS)
      this.characters -= this.lines.shift()?.text.length ?? 0;
    this.told(line);
  }

  /** The newest, oldest first. */
  last(limit: number): readonly Line[] {
    return limit > 0 ? this.lines.slice(-limit) : [];
  }

  /** Reads a stream to its end. */
  read(input: Readable, stream: Line['stream']): void {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    let burst = 0;
    let isResting = false;
    input.on('data', (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.addCut(stream, line.endsWith('\r') ? line.slice(0, -1) : line);
      while (rest.length >= MAX_LINE) {
        this.add(stream, rest.slice(0, MAX_LINE));
        rest = rest.slice(MAX_LINE);
      }
      burst += chunk.length;
      if (burst < BURST_BYTES || isResting) return;
      isResting = true;
      input.pause();
      setTimeout(() => {
        isResting = false;
        burst = 0;
        input.resume();
      }, REST_MS);
    });
    input.on('error', () => {}); // nothing more comes
    input.on('close', () => {
      rest += decoder.end();
      if (rest !== '') this.addCut(stream, rest);
      rest = '';
    });
  }

  private addCut(stream: Line['stream'], text: string): void {
    for (let at = 0; at === 0 || at < text.length; at += MAX_LINE) this.add(stream, text.slice(at, at + MAX_LINE));
  }
}
