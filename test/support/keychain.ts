import {writeFileSync} from 'node:fs';
import path from 'node:path';

const code = `
const Module = require('node:module');
const fs = require('node:fs');
const load = Module._load;
const file = process.env.FAKE_KEYCHAIN;
const read = () => { try { return JSON.parse(fs.readFileSync(file, 'utf8')); } catch { return {}; } };
const write = (all) => fs.writeFileSync(file, JSON.stringify(all));
class Entry {
	constructor(service, name) {
		if (file === 'none') throw new Error('Platform failure: no bus');
		if (file === 'hangs') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
		this.key = service + '/' + name;
	}
	getPassword() { return read()[this.key] ?? null; }
	setPassword(secret) { write({...read(), [this.key]: secret}); }
	deletePassword() { const all = read(); const has = this.key in all; delete all[this.key]; write(all); return has; }
}
Module._load = function (request, ...rest) {
	if (request !== '@napi-rs/keyring') return load.call(this, request, ...rest);
	if (file === 'absent') throw Object.assign(new Error('Cannot find module'), {code: 'MODULE_NOT_FOUND'});
	return {Entry};
};
`;

/**
 * The environment in which a file replaces the system keychain, so that no test touches the real one.
 * @param folder receives the file and the code
 * @param kind `works`, or how it fails
 */
export function fakeKeychainEnv(folder: string, kind: 'works' | 'none' | 'hangs' | 'absent' = 'works') {
	const script = path.join(folder, 'fake-keychain.cjs');
	writeFileSync(script, code);
	const FAKE_KEYCHAIN = kind === 'works' ? path.join(folder, 'keychain.json') : kind;
	return {FAKE_KEYCHAIN, NODE_OPTIONS: `--require "${script.replaceAll('\\', '/')}"`};
}
