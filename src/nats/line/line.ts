/*
 * The line between this node and another one: frames in order, none lost and none twice, over packets that may be lost, as NATS loses them when a server or a
 * connection fails. Each side keeps what the other one has not confirmed, and sends it again.
 *
 * A line has a number at each end. An end that starts again takes another number, so the other end sees that the line that it knew is over, and starts again as well (`broken`).
 */
import { FRAME_PREFIX, framePrefix, PrefixedFrames } from '../../router/elsewhere/prefixed-frames.ts';
import { HEADER_BYTES, Kind, noteGot, type Packet, packetFor } from './packets.ts';

/** So many bytes are sent at most before the other side confirms some, so no server has to keep more for a node that does not read. */
const WINDOW_BYTES = 4 * 1024 * 1024;
/** A side says what it has got after so many bytes. */
const CONFIRM_BYTES = 512 * 1024;

export interface LineSettings {
  /** The name of this node. */
  readonly own: string;
  /** The longest packet. */
  readonly maxPacketBytes: number;
  /** If more waits for the other node, the line starts again: the node is too slow. */
  readonly maxWaitingBytes: number;
}

export interface LineHost {
  post(packet: Uint8Array): void;
  frame(frame: Uint8Array): void;
  /** Frames were lost in both directions. What is sent from now on arrives. */
  broken(): void;
}

interface Posted {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

export class Line {
  /** This side's number. */
  private own = numberOfLine();
  /** The other side's; 0: it is not known. */
  private other = 0;
  /** Both sides know both numbers. */
  private isOpen = false;
  /** Frames were dropped: as soon as it is open again, both ends are told. */
  private isStale = false;
  private sent = 0;
  private got = 0;
  /** Sent, and not confirmed. */
  private posted: Posted[] = [];
  private postedBytes = 0;
  /** Frames that have to wait, each after its length. */
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  /** How much of the first of them is sent. */
  private firstAt = 0;
  private reader = new PrefixedFrames();
  private unconfirmedBytes = 0;
  private hasAsked = false;
  private isDue = false;
  private hasEnded = false;
  /** What the last beat has said. */
  private said = '';
  private readonly settings: LineSettings;
  private readonly host: LineHost;

  constructor(settings: LineSettings, host: LineHost) {
    this.settings = settings;
    this.host = host;
  }

  send(frame: Uint8Array): void {
    if (this.isStale || this.hasEnded) return;
    this.waiting.push(framePrefix(frame), frame);
    this.waitingBytes += FRAME_PREFIX + frame.length;
    if (this.waitingBytes > this.settings.maxWaitingBytes) return this.begin();
    if (this.isDue) return;
    this.isDue = true;
    process.nextTick(() => {
      this.isDue = false;
      this.flush();
    });
  }

  end(): void {
    this.hasEnded = true;
    this.isOpen = false;
    this.drop();
  }

  /** From time to time: tells the other side what it has to know, if it may not know it. */
  beat(): void {
    const { own, other, sent, got } = this;
    const now = `${own} ${other} ${sent} ${got}`;
    if (this.posted.length > 0 || !this.isOpen) this.say(Kind.ASK);
    else if (this.said !== now) this.say(Kind.BEAT);
  }

  /** Whether the other node has sent it: DATA has no name. */
  isFrom({ theirs }: Packet): boolean {
    return theirs === this.other;
  }

  take(packet: Packet): void {
    if (this.hasEnded) return;
    if (packet.kind === Kind.DATA) this.takeData(packet);
    else this.takeBeat(packet);
  }

  private takeData({ theirs, ours, sent, got, rest }: Packet): void {
    if (theirs !== this.other || ours !== this.own) return; // of a line that is over
    if (!this.isOpen) this.open();
    this.confirmed(got);
    if (sent <= this.got) return;
    if (sent > this.got + 1) {
      if (!this.hasAsked) this.say(Kind.AGAIN);
      this.hasAsked = true;
      return;
    }
    this.got = sent;
    this.hasAsked = false;
    const { own } = this;
    this.reader.push(rest, (frame) => {
      if (this.own === own && !this.hasEnded) this.host.frame(frame); // otherwise one before it has ended the line
    });
    this.unconfirmedBytes += rest.length;
    if (this.unconfirmedBytes > CONFIRM_BYTES) this.say(Kind.BEAT);
  }

  private takeBeat({ kind, theirs, ours, sent, got }: Packet): void {
    if (theirs !== this.other) {
      if (this.isOpen) this.begin();
      this.other = theirs;
      this.got = 0;
      this.reader = new PrefixedFrames();
    }
    if (ours !== this.own) return this.say(Kind.BEAT);
    const isNew = !this.isOpen;
    if (isNew) this.open();
    this.confirmed(got);
    if (kind === Kind.AGAIN) this.postAgain();
    if (sent > this.got) this.say(Kind.AGAIN);
    else if (isNew || kind === Kind.ASK) this.say(Kind.BEAT);
  }

  private open(): void {
    this.isOpen = true;
    if (this.isStale) {
      this.isStale = false;
      this.host.broken();
    }
    this.flush();
  }

  /** Starts again, without all that was sent and has come. */
  private begin(): void {
    this.own = numberOfLine();
    this.other = 0;
    this.isOpen = false;
    this.isStale = true;
    this.drop();
    this.say(Kind.BEAT);
  }

  private drop(): void {
    this.sent = 0;
    this.got = 0;
    this.posted = [];
    this.postedBytes = 0;
    this.waiting = [];
    this.waitingBytes = 0;
    this.firstAt = 0;
    this.unconfirmedBytes = 0;
    this.hasAsked = false;
    this.reader = new PrefixedFrames();
  }

  private flush(): void {
    while (this.isOpen && this.waitingBytes > 0 && this.postedBytes < WINDOW_BYTES) {
      const length = Math.min(this.waitingBytes, this.settings.maxPacketBytes - HEADER_BYTES);
      this.sent++;
      const packet = packetFor(Kind.DATA, this.own, this.other, this.sent, this.got, length);
      this.fill(packet);
      this.posted.push({ seq: this.sent, bytes: packet });
      this.postedBytes += packet.length;
      this.unconfirmedBytes = 0; // it says what has come
      this.host.post(packet);
    }
  }

  private fill(packet: Uint8Array): void {
    let at = HEADER_BYTES;
    let done = 0;
    while (at < packet.length) {
      const part = this.waiting[done];
      if (!part) break;
      const bytes = part.subarray(this.firstAt, this.firstAt + packet.length - at);
      packet.set(bytes, at);
      at += bytes.length;
      this.firstAt += bytes.length;
      if (this.firstAt < part.length) break;
      this.firstAt = 0;
      done++;
    }
    this.waiting.splice(0, done);
    this.waitingBytes -= packet.length - HEADER_BYTES;
  }

  private confirmed(got: number): void {
    let count = 0;
    for (const { seq, bytes } of this.posted) {
      if (seq > got) break;
      this.postedBytes -= bytes.length;
      count++;
    }
    if (count === 0) return;
    this.posted.splice(0, count);
    this.flush();
  }

  private postAgain(): void {
    for (const { bytes } of this.posted) {
      noteGot(bytes, this.got);
      this.host.post(bytes);
    }
  }

  private say(kind: Exclude<Kind, typeof Kind.DATA>): void {
    const { own, other, sent, got } = this;
    this.said = `${own} ${other} ${sent} ${got}`;
    this.unconfirmedBytes = 0;
    const name = Buffer.from(this.settings.own);
    const packet = packetFor(kind, own, other, sent, got, name.length);
    packet.set(name, HEADER_BYTES);
    this.host.post(packet);
  }
}

/** Any but 0. */
function numberOfLine(): number {
  return 1 + Math.floor(Math.random() * 0xffff_fffe);
}
