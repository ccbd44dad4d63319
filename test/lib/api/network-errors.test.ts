import {expect, test} from 'vitest';
import {linkError, networkError} from '../../../src/lib/api/network-errors.js';

const failure = (code: string) => Object.assign(new Error(code), {code});

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'HPE_INVALID_CONSTANT', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
	"after %s the hint names the API's address only if the request went there",
	(code) => {
		const ofApi = networkError(failure(code), 'api.example');
		const ofLink = linkError(failure(code), 'files.example');
		expect(ofLink.said).toBe(ofApi.said.replace('api.example', 'files.example'));
		expect(ofLink.code).toBe(ofApi.code);
		expect(ofLink.details.hint).toMatch(/^The address is that of a link, not of the API/);
		expect(ofLink.details.hint).not.toMatch(/KLING_BASE_URL|--region/);
	},
);

test.each([
	['SELF_SIGNED_CERT_IN_CHAIN', /--ca-file, KLING_CA_FILE/],
	['CERT_HAS_EXPIRED', /^Check the date and time/],
])('the hint about %s applies to both a link and the API', (code, hint) => {
	expect(networkError(failure(code), 'api.example').details.hint).toMatch(hint);
	expect(linkError(failure(code), 'files.example').details.hint).toMatch(hint);
});
