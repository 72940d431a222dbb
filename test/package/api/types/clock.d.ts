/// <reference lib="esnext.disposable" />
/** Time and timers. Tests bring their own. */
interface Clock {
    /** Milliseconds since 1970, for times that are shown or stored. The system's clock may be set back or forward. */
    now(): number;
    /** Milliseconds since any moment, for durations. It never goes back. Default: `now()`. */
    elapsed?(): number;
    setTimeout(callback: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
}

export type { Clock };
