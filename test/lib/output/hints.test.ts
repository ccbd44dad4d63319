import {expect, test} from 'vitest';
import {networkError} from '../../../src/lib/api/network-errors.js';
import {errorCodes, errorRow} from '../../../src/lib/errors/error-table.js';
import {createRedactor} from '../../../src/lib/output/redact.js';

/** An error of a proxy that refused with a status. */
function refused(reason: number): Error {
	const error = Object.assign(new Error('refused'), {proxy: '127.0.0.1:3128', reason});
	error.name = 'ProxyError';
	return error;
}

/** Hints are to be typed: what looks like a secret in them would be shown as `[hidden]`. */
test('no hint holds what is hidden as a secret', () => {
	const {document} = createRedactor();
	const hints = [
		...errorCodes.map((code) => errorRow(code).hint),
		...[403, 407, 502].map((reason) => networkError(refused(reason), 'x').details.hint),
	];
	for (const hint of hints) expect(document({hint})).toEqual({hint});
});
