/// <reference lib="esnext.disposable" />
/** Time and timers, so that tests can bring their own. */
interface Clock {
    /** Milliseconds since 1970: for what is shown or stored. It may be set back, or forth. */
    now(): number;
    /** Milliseconds since any moment, never set back: for durations. Default: `now()`. */
    elapsed?(): number;
    setTimeout(callback: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
}

export type { Clock };
