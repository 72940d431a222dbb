/* TLS on the way to NATS: the texts that say whom to trust and who this router is, and whom a certificate is for. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { TlsOptions } from '@nats-io/transport-node';

export interface NatsTls {
  /** Whom to trust. Default: what Node.js trusts. */
  readonly ca?: string | undefined;
  /** The certificate of this router, and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** @throws TypeError that says what was expected and what came. */
export function checkTls({ ca, cert, key }: NatsTls): void {
  if (ca !== undefined) certificateOf('ca', ca);
  if (cert === undefined && key === undefined) return;
  if (cert === undefined || key === undefined)
    throw new TypeError(`expected tls of nats to have both cert and key, got only ${cert === undefined ? 'key' : 'cert'}`);
  const certificate = certificateOf('cert', cert);
  if (!certificate.checkPrivateKey(keyOf(key)))
    throw new TypeError('expected tls.key of nats to belong to tls.cert, got the key of another certificate');
  if (Date.parse(certificate.validTo) < Date.now())
    throw new TypeError(`expected tls.cert of nats to be valid now, got one that has expired: ${certificate.validTo}`);
}

function certificateOf(what: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new TypeError(`expected tls.${what} of nats to be a certificate in PEM, got another text`);
  }
}

function keyOf(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw new TypeError('expected tls.key of nats to be a private key in PEM without a passphrase, got another text');
  }
}

/** What Node.js takes, too. */
export interface HostChecked extends TlsOptions {
  checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined;
}

/**
 * For TLS of Node.js.
 *
 * @param hosts - Those of the servers. A certificate must be for one of them: the client of NATS does not tell to which it connects, and forgets those that are addresses.
 * @param accepted - The server has a certificate that is trusted.
 */
export function tlsOptions({ ca, cert, key }: NatsTls, hosts: readonly string[], accepted: () => void): HostChecked {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    checkServerIdentity: (_, certificate) => {
      const errors = hosts.map((host) => checkServerIdentity(host.replace(/^\[|\]$/g, ''), certificate));
      const [first] = errors;
      if (errors.every((error) => error !== undefined)) return first;
      accepted();
      return undefined;
    },
  };
}
