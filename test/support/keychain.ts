import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

const code = `
const Module = require('node:module');
const fs = require('node:fs');
const load = Module._load;
const named = () => process.env.FAKE_KEYCHAIN;
const read = () => { try { return JSON.parse(fs.readFileSync(named(), 'utf8')); } catch { return {}; } };
const write = (all) => fs.writeFileSync(named(), JSON.stringify(all));
class Entry {
	constructor(service, name) {
		if (named() === 'none') throw new Error('Platform failure: no bus');
		if (named() === 'hangs') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
		this.key = service + '/' + name;
	}
	getPassword() { return read()[this.key] ?? null; }
	setPassword(secret) { write({...read(), [this.key]: secret}); }
	deletePassword() { const all = read(); const has = this.key in all; delete all[this.key]; write(all); return has; }
}
Module._load = function (request, ...rest) {
	if (request !== '@napi-rs/keyring') return load.call(this, request, ...rest);
	if (named() === 'absent') throw Object.assign(new Error('Cannot find module'), {code: 'MODULE_NOT_FOUND'});
	return {Entry};
};
`;

/** One for all tests, because programs with the same NODE_OPTIONS can share a process. */
const script = path.join(mkdtempSync(path.join(tmpdir(), 'kling-keychain-')), 'fake-keychain.cjs');
writeFileSync(script, code);

/**
 * The environment in which a file replaces the system keychain, so that no test touches the real one.
 * @param folder receives the file
 * @param kind `works`, or how it fails
 */
export function fakeKeychainEnv(folder: string, kind: 'works' | 'none' | 'hangs' | 'absent' = 'works') {
	const FAKE_KEYCHAIN = kind === 'works' ? path.join(folder, 'keychain.json') : kind;
	return {FAKE_KEYCHAIN, NODE_OPTIONS: `--require "${script.replaceAll('\\', '/')}"`};
}
