/*
 * What a configuration file says about components: programs that `autostrada up` keeps running beside the router. Data only.
 */

/**
 * A program beside the router. Either `command` or `module` is required.
 */
export interface ComponentConfig {
  /**
   * A guest: a program in any language, and its arguments. It is found on the PATH; a path with a slash counts from `cwd`. No shell is involved.
   */
  readonly command?: readonly string[] | undefined;
  /** A JavaScript module, as a path that counts from `cwd`. Its default export is a function that gets a `Connection` that is logged in. */
  readonly module?: string | undefined;
  /** The working directory, as a path that counts from the folder of the file. Default: that folder. */
  readonly cwd?: string | undefined;
  /**
   * Further environment variables. `autostrada up` passes on its own environment; for components with a realm it adds WAMP_URL, WAMP_REALM,
   * WAMP_AUTHID and WAMP_PRIVATE_KEY.
   */
  readonly env?: { readonly [name: string]: string } | undefined;
  /** The realm that it joins. Default: the only realm of the file, if there is one only; else none, which a module needs. */
  readonly realm?: string | undefined;
  /** The authrole of its login, one of the realm's. Default: none, so a guest gets no login. Open realms need none. */
  readonly authrole?: string | undefined;
  /** The authid of its login. Several components may share one, if their authroles are the same. Default: its name in the file. */
  readonly authid?: string | undefined;
  /** When it is started again, and how often. Default: `always`. */
  readonly restart?: RestartPolicy | RestartConfig | undefined;
  /** What must be there before it is started: another component that is ready, by name, or a probe that succeeds. Default: nothing. */
  readonly waitsFor?: readonly (string | Probe)[] | undefined;
  /**
   * When it counts as ready. Default: a module when its function has returned and all that it registered and subscribed is active; a guest as soon as
   * its process runs.
   */
  readonly ready?: Probe | undefined;
  /** Milliseconds that it may take until it is ready; then it is ended, which counts as a failure. 0: no limit. Default: 30000. */
  readonly readyTimeoutMs?: number | undefined;
  /** Is asked again and again while it is ready. If it fails several times in a row, the component is ended and started again. Default: none. */
  readonly health?: HealthConfig | undefined;
  /** Milliseconds between SIGTERM and SIGKILL when it is stopped. Default: 5000. */
  readonly stopTimeoutMs?: number | undefined;
  /** For development: files and folders, as paths that count from `cwd`. When one of them changes, it is restarted. Default: none. */
  readonly watch?: readonly string[] | undefined;
}

/**
 * `always`: whenever it ends. `on-failure`: when it ends with another code than 0, by a signal, or because it was not ready or not healthy.
 * `never`: not at all.
 */
export type RestartPolicy = 'always' | 'on-failure' | 'never';

/** The delay doubles with each end, up to `maxMs`, and is shortened at random by up to a half. It is `minMs` again after the component was well for `healthyMs`. */
export interface RestartConfig {
  /** Default: `always`. */
  readonly policy?: RestartPolicy | undefined;
  /** The first delay in milliseconds. Default: 200. */
  readonly minMs?: number | undefined;
  /** The longest delay in milliseconds. Default: 10000. */
  readonly maxMs?: number | undefined;
  /** How many restarts in a row there are before it counts as failed. Default: 10. */
  readonly limit?: number | undefined;
  /** A component that was ready for so many milliseconds was well: delays and the count begin again. Default: 10000. */
  readonly healthyMs?: number | undefined;
}

/** A question that has an answer from outside. */
export type Probe = ProcedureProbe | PortProbe | UrlProbe;

/** Succeeds when the procedure is registered. */
export interface ProcedureProbe {
  readonly procedure: string;
  /** Default: the realm of the component. */
  readonly realm?: string | undefined;
}

/** Succeeds when the port accepts a TCP connection. */
export interface PortProbe {
  readonly port: number;
  /** Default: `127.0.0.1`. */
  readonly host?: string | undefined;
}

/** Succeeds when a GET of this URL is answered with a status from 200 to 399. */
export interface UrlProbe {
  /** `http:` or `https:`. */
  readonly url: string;
}

export interface HealthConfig {
  readonly probe: Probe;
  /** Milliseconds between two probes. Default: 10000. */
  readonly intervalMs?: number | undefined;
  /** Milliseconds that a probe may take. Default: 5000. */
  readonly timeoutMs?: number | undefined;
  /** How many failures in a row end the component. Default: 3. */
  readonly failures?: number | undefined;
}

/** By name. Names have letters, digits and `_ - . /`. */
export interface ComponentsConfig {
  readonly [name: string]: ComponentConfig;
}

/** Where components are seen and controlled by WAMP. */
export interface ControlConfig {
  /**
   * The realm with the procedures `autostrada.component.list`, `get`, `start`, `stop`, `restart` and `log`, and the topics
   * `autostrada.component.on_state` and `on_log`. Its permissions say which authroles may use them.
   */
  readonly realm: string;
  /** The inspector for users of this realm, on a port of its own. Default: only `autostrada inspect`, on the machine itself. */
  readonly inspector?: InspectorConfig | undefined;
}

/**
 * Users of the realm of `control` log in by ticket, WAMP-CRA or SCRAM. Permissions of their authroles say what they may do: `autostrada.inspect.` to look, `autostrada.payloads.` to see
 * payloads, `autostrada.try.` to call, publish and subscribe in all realms with any rights, `autostrada.session.` to end sessions. It speaks no TLS: put a proxy in front of it.
 */
export interface InspectorConfig {
  /** 0 takes a free one. */
  readonly port: number;
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string | undefined;
  /** As those of `listen`. */
  readonly hosts?: readonly string[] | '*' | undefined;
  /** As that of `listen`: every client comes through a proxy. Default false. */
  readonly trustProxy?: boolean | undefined;
}
