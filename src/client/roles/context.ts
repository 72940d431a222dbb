/* What the four roles of a session share. */
import type { Link } from '../../link/link.ts';
import type { Challenge, FromClient, FromRouter, Welcome } from '../../protocol/messages.ts';
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

/** What takes each message that a router sends in an open session. The session joins those of the roles: one without an owner does not compile. */
export type Handlers = {
  readonly [Message in Exclude<FromRouter, Welcome | Challenge> as Message['type']]: (message: Message) => void;
};
