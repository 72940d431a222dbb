/* What the four roles of a session share. */
import type { Link } from '../../link.ts';
import type { FromClient, FromRouter } from '../../protocol/messages.ts';
import type { RouterFeatures } from '../api/session-api.ts';
import type { Kernel, KernelSession } from '../kernel/kernel.ts';
import type { Requests } from './requests.ts';

export interface SessionContext {
  readonly kernel: Kernel;
  /** The session itself, as features see it. */
  readonly session: KernelSession;
  readonly link: Link<FromRouter, FromClient>;
  readonly requests: Requests;
  readonly features: RouterFeatures;
}

/** What takes each message that a router sends in an open session. */
export type Handlers = { readonly [Message in FromRouter as Message['type']]: (message: Message) => void };
