/// <reference lib="esnext.disposable" />
interface NatsTls {
    /** Whom to trust. Default: what Node.js trusts. */
    readonly ca?: string | undefined;
    /** The certificate of this router, and its key. */
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
}

interface NatsOptions {
    /** One server, or several of one NATS cluster: `nats://host:4222`; `tls://host:4222` for TLS. A user and a password may be in it, or a token: `nats://user:password@host`. */
    readonly servers: string | readonly string[];
    /** Routers that have the same name are one cluster. Letters, digits, `-` and `_`. Default: `default`. */
    readonly name?: string | undefined;
    /** The text of a credentials file of NATS, or the seed of a user's nkey: `SU…`. */
    readonly credentials?: string | undefined;
    /** Texts in PEM. Any of them demands TLS. */
    readonly tls?: NatsTls | undefined;
    /** How many servers of NATS keep the registry: 1, 3 or 5. Default: 1. */
    readonly replicas?: number | undefined;
    /**
     * What a router does that cannot reach the registry. `end`, the default: after three seconds calls wait; after five all sessions end, since other routers may have what
     * they had. `continue`: it serves the sessions that it has; a procedure may have two owners meanwhile.
     */
    readonly whenIsolated?: 'end' | 'continue' | undefined;
    /** The network is private: neither TLS nor credentials are demanded off this machine. Default: false. */
    readonly insecure?: boolean | undefined;
}

export type { NatsOptions, NatsTls };
