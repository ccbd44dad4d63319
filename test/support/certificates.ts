import {readFileSync} from 'node:fs';
import path from 'node:path';

const file = (name: string) => path.join(import.meta.dirname, '..', 'fixtures', 'tls', name);

/** A root certificate that is not trusted by default. */
export const rootFile = file('ca.pem');

/** For other.test, signed by itself. */
export const otherFile = file('other.pem');
export const otherCertificate = {cert: readFileSync(otherFile), key: readFileSync(file('other.key.pem'))};

/** For localhost and 127.0.0.1, signed by themselves; one ended in 2020, the other begins in 2100. */
export const expiredFile = file('expired.pem');
export const futureFile = file('future.pem');
const datedKey = readFileSync(file('dated.key.pem'));
export const expiredCertificate = {cert: readFileSync(expiredFile), key: datedKey};
export const futureCertificate = {cert: readFileSync(futureFile), key: datedKey};

/**
 * For kling.test, cdn.test, localhost and 127.0.0.1, signed by that root. Made for tests; it protects
 * nothing.
 */
export const serverCertificate = {
	cert: readFileSync(file('server.pem')),
	key: readFileSync(file('server.key.pem')),
};
