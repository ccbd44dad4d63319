import {expect, test} from 'vitest';
import {linkError, networkError} from '../../../src/lib/api/network-errors.js';

const failure = (code: string) => Object.assign(new Error(code), {code});

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'HPE_INVALID_CONSTANT'])(
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

test('hints that apply to both a link and the API are kept', () => {
	const untrusted = failure('SELF_SIGNED_CERT_IN_CHAIN');
	expect(linkError(untrusted, 'files.example').details.hint).toMatch(/--ca-file/);
});
