/** What is wrong with a certificate, in words that follow "its TLS certificate", and what to do about it. */
interface CertificateProblem {
	words: string;
	hint: string;
}

const clock = 'Check the date and time of this machine first. If they are right, the server';
const unknownIssuer: CertificateProblem = {
	words: 'is not trusted',
	hint: 'Something between you and the server may be reading the traffic: if it is the proxy of your company, or a server of your own, give its certificate with --ca-file, KLING_CA_FILE or NODE_EXTRA_CA_CERTS.',
};
export const otherHost: CertificateProblem = {
	words: 'is for another host',
	hint: 'Check the host in the address, which KLING_BASE_URL, --region or the profile in use names (kling auth status). A network that requires you to sign in may respond for it as well.',
};

/** Problems by the error code of OpenSSL or Node. */
const problems: Readonly<Record<string, CertificateProblem>> = {
	CERT_HAS_EXPIRED: {
		words: 'has expired',
		hint: `${clock} needs a new certificate: tell whoever runs it.`,
	},
	CERT_NOT_YET_VALID: {
		words: 'is not valid yet',
		hint: `${clock}'s certificate was made for a later date: tell whoever runs it.`,
	},
	ERR_TLS_CERT_ALTNAME_INVALID: otherHost,
};

/**
 * Explains why a certificate is refused.
 * @param code of the error
 * @returns undefined when the error is not about a certificate
 */
export function certificateProblem(code: string): CertificateProblem | undefined {
	const known = problems[code];
	if (known) return known;
	const isIssuer = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ALTNAME/.test(code);
	return isIssuer ? unknownIssuer : undefined;
}

/** The hint when TLS fails, but nobody says why. */
export const tlsHint = unknownIssuer.hint;

/** Hints that hold for any server: that of the API, of a link, and a proxy. */
export const anyHostHints: ReadonlySet<string> = new Set(
	[unknownIssuer, ...Object.values(problems)]
		.filter((problem) => problem !== otherHost)
		.map(({hint}) => hint),
);
