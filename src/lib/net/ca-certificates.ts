import {X509Certificate} from 'node:crypto';
import * as tls from 'node:tls';
import {KlingError} from '../errors/kling-error.js';
import {readError} from '../fs/file-errors.js';
import {readBounded} from '../fs/read-bounded.js';

/** All root certificates of a system take less than 1 MB. */
const maxMegabytes = 10;

/**
 * Trusts the usual root certificates and those in a file.
 * @param file PEM, one or more certificates
 * @param name how the file was named, `--ca-file` or the variable
 * @throws KlingError `invalid_config` when it cannot be read or is not PEM
 */
export async function trustCertificates(file: string, name: string): Promise<tls.SecureContext> {
	const certificates = pemBlocks(await read(file, name));
	if (certificates.length === 0 || !certificates.every(isCertificate)) {
		throw new KlingError('invalid_config', `${name}: ${file} holds no certificate in PEM form`, {
			path: file,
			hint: 'Give a file whose text begins with -----BEGIN CERTIFICATE-----.',
		});
	}
	return tls.createSecureContext({ca: [...(await defaultRoots()), ...certificates]});
}

/** An explicit list replaces Node's, including what NODE_EXTRA_CA_CERTS added to it. */
async function defaultRoots(): Promise<readonly string[]> {
	// Node 22 lists the certificates that it trusts; Node 20 lists only its built-in ones.
	const {getCACertificates} = tls as {getCACertificates?: (type: 'default') => string[]};
	if (getCACertificates) return getCACertificates('default');
	const extra = process.env.NODE_EXTRA_CA_CERTS;
	const added = extra ? pemBlocks(await readText(extra).catch(() => '')) : [];
	return [...tls.rootCertificates, ...added];
}

const readText = async (file: string) => (await readBounded(file, maxMegabytes)).toString('utf8');

async function read(file: string, name: string): Promise<string> {
	try {
		return await readText(file);
	} catch (error) {
		const {said, details} = readError(error, file, name);
		const hint = `Correct the path, or leave ${name} out.`;
		throw new KlingError('invalid_config', said, {cause: error, path: details.path, hint});
	}
}

const pemBlocks = (text: string) =>
	text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];

function isCertificate(pem: string): boolean {
	try {
		return new X509Certificate(pem).raw.length > 0;
	} catch {
		return false;
	}
}
