import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, expect, test} from 'vitest';
import {credentialStore} from '../../../src/lib/config/credential-store.js';
import type {Keychain} from '../../../src/lib/config/keychain.js';

const keys = {access_key: 'ak-1', secret_key: 'sk-1'};
const hasRights = process.platform !== 'win32';
let folder: string;
let file: string;
let told: string[];

beforeEach(() => {
	folder = path.join(mkdtempSync(path.join(tmpdir(), 'kling-store-')), 'kling-cli');
	file = path.join(folder, 'credentials.json');
	told = [];
});

/** A keychain that works unless it is `broken`. */
function fakeKeychain(broken = false) {
	const entries = new Map<string, string>();
	const check = async () => {
		if (broken) throw new Error('it is locked');
	};
	const keychain: Keychain = {
		get: (name) => check().then(() => entries.get(name)),
		set: (name, secret) => check().then(() => void entries.set(name, secret)),
		remove: (name) => check().then(() => entries.delete(name)),
	};
	return {keychain, entries};
}

const open = (keychain = fakeKeychain(true).keychain) =>
	credentialStore(folder, (text) => told.push(text), keychain);
const modeOf = (place: string) => (statSync(place).mode & 0o777).toString(8);

test('the keychain stores the keys, and no file does', async () => {
	const {keychain, entries} = fakeKeychain();
	const store = open(keychain);
	expect(await store.save('a', keys, 'keychain')).toBe('keychain');
	expect(existsSync(folder)).toBe(false);
	expect(await store.read('a', {storage: 'keychain'})).toEqual(keys);
	await store.remove('a', {storage: 'keychain'});
	expect(entries.size).toBe(0);
	await expect(store.read('a', {storage: 'keychain'})).rejects.toMatchObject({code: 'missing_api_key'});
});

test('without a keychain, a private file stores them, and a note says so', async () => {
	const store = open();
	expect(await store.save('a', keys, 'keychain')).toBe('file');
	expect(told.join()).toContain('it is locked');
	expect(await store.read('a', {storage: 'file'})).toEqual(keys);
	if (hasRights) expect([modeOf(folder), modeOf(file)]).toEqual(['700', '600']);
	expect(readdirSync(folder)).toEqual(['credentials.json']);
});

test('keys that move to the keychain are removed from the file', async () => {
	const store = open(fakeKeychain().keychain);
	await store.save('a', keys, 'file');
	await store.save('b', {api_key: 'kept'}, 'file');
	await store.save('a', keys, 'keychain');
	expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({profiles: {b: {api_key: 'kept'}}});
});

test('a keychain that is locked later does not make the keys look wrong', async () => {
	await expect(open().read('a', {storage: 'keychain'})).rejects.toMatchObject({
		code: 'missing_api_key',
		said: expect.stringContaining('it is locked'),
		details: {hint: expect.stringContaining('--insecure-storage')},
	});
});

test('a keychain entry without keys is not shown', async () => {
	const {keychain, entries} = fakeKeychain();
	entries.set('a', '{"secret_key": "SECRET"');
	const failure = await open(keychain)
		.read('a', {storage: 'keychain'})
		.catch((error: unknown) => error);
	expect(failure).toMatchObject({code: 'invalid_config'});
	expect(String(failure) + JSON.stringify(failure)).not.toContain('SECRET');
});

test.runIf(hasRights)('a file that others can read is made private, with a note', async () => {
	const store = open();
	await store.save('a', keys, 'file');
	chmodSync(file, 0o644);
	told = [];
	expect(await store.read('a', {})).toEqual(keys);
	expect(modeOf(file)).toBe('600');
	expect(told.join()).toMatch(/others could read .*credentials\.json/);
});

test.runIf(hasRights)('a folder that others can enter is made private when keys are written', async () => {
	mkdirSync(folder, {mode: 0o755});
	chmodSync(folder, 0o755);
	await open().save('a', keys, 'file');
	expect(modeOf(folder)).toBe('700');
});

test.runIf(hasRights)('a link instead of the file is refused', async () => {
	const elsewhere = path.join(folder, '..', 'other.json');
	writeFileSync(elsewhere, JSON.stringify({profiles: {a: keys}}));
	mkdirSync(folder);
	symlinkSync(elsewhere, file);
	await expect(open().read('a', {})).rejects.toMatchObject({code: 'invalid_config'});
	await expect(open().save('a', keys, 'file')).rejects.toMatchObject({code: 'invalid_config'});
});

test.each([
	['{"profiles": {"a": {"secret_key": "SECRET",}}}', /line 1, column \d+/],
	['{"profiles": {"a": {"secret_key": 5}}}', /profiles\.a/],
	['[]', /at line 1: the file must be an object, \{\.\.\.\}/],
	[
		'{"profiles": {\n"a": {"access_key": "x"}}}',
		/at line 2: profiles\.a must hold access_key and secret_key, or api_key/,
	],
])('a broken file is named and left unchanged: %s', async (text, said) => {
	mkdirSync(folder);
	writeFileSync(file, text, {mode: 0o600});
	for (const work of [() => open().read('a', {}), () => open().save('a', keys, 'file')]) {
		const failure = (await work().catch((error: unknown) => error)) as Error;
		expect(failure).toMatchObject({code: 'invalid_config', details: {path: file}});
		expect(failure.message).toMatch(said);
		expect(failure.message).not.toContain('SECRET');
	}
	expect(readFileSync(file, 'utf8')).toBe(text);
});
