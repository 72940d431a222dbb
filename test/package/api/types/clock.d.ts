/// <reference lib="esnext.disposable" />
/** Time and timers, so that tests can bring their own. */
interface Clock {
    /** Milliseconds since 1970. */
    now(): number;
    setTimeout(callback: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
}

export type { Clock as C };
