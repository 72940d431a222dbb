import { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../../router/session/transport-info.ts';

/** The certificate of a client, if an authority that we trust has signed it. */
export function peerCertificate(socket: unknown): PeerCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return undefined;
  const { subject, issuer, subjectAltName, fingerprint256, serialNumber, validTo, raw } = certificate;
  return { subject, issuer, subjectAltName, fingerprint256, serialNumber, validTo: Date.parse(validTo), raw };
}
