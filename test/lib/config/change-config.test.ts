import {existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {beforeEach, expect, test} from 'vitest';
import {removeProfile, saveProfile} from '../../../src/lib/account/sign-in.js';
import {changeConfig} from '../../../src/lib/config/change-config.js';
import {readConfig} from '../../../src/lib/config/profiles.js';

let folder: string;
beforeEach(() => {
	folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'kling-config-')), 'kling-cli');
});

const places = () => ({env: {}, folder, tell: () => {}, hide: () => {}});
const save = (name: string) =>
	saveProfile(
		{name, keys: {api_key: `key-of-${name}`}, address: new URL('https://api.test/'), storage: 'file'},
		places(),
	);
const names = Array.from({length: 8}, (_, index) => `p${index}`);

test('many simultaneous sign-ins lose neither profiles nor keys', async () => {
	await Promise.all(names.map(save));
	const {profiles} = await readConfig(folder);
	expect(Object.keys(profiles).sort()).toEqual(names);
	const kept = JSON.parse(readFileSync(path.join(folder, 'credentials.json'), 'utf8'));
	expect(Object.keys(kept.profiles).sort()).toEqual(names);
	expect(readdirSync(folder).sort()).toEqual(['config.json', 'credentials.json']);
});

test('signing out affects no other change', async () => {
	await Promise.all(names.map(save));
	await Promise.all([
		removeProfile('p0', places()),
		removeProfile('p1', places()),
		save('new'),
		changeConfig(folder, (config) => {
			config.current = 'p7';
		}),
	]);
	const {current, profiles} = await readConfig(folder);
	expect(current).toBe('p7');
	expect(Object.keys(profiles).sort()).toEqual(['new', ...names.slice(2)]);
});

test('a change that fails changes nothing, and lets the next one proceed', async () => {
	await save('p0');
	const refuse = changeConfig(folder, () => {
		throw new Error('no');
	});
	await expect(refuse).rejects.toThrow('no');
	await save('p1');
	expect(Object.keys((await readConfig(folder)).profiles)).toEqual(['p0', 'p1']);
});

test('a file that is locked for too long is reported, with the process that holds it', async () => {
	await save('p0');
	const {pid} = process;
	const lock = path.join(folder, 'config.json.lock');
	writeFileSync(lock, JSON.stringify({host: os.hostname(), pid, token: 'theirs'}));
	const change = changeConfig(folder, () => {}, 300);
	await expect(change).rejects.toMatchObject({
		code: 'file_busy',
		said: `Process ${pid} on ${os.hostname()} is changing ${path.join(folder, 'config.json')}`,
		details: {hint: 'Run the command again when that one has ended.'},
	});
	expect(existsSync(lock)).toBe(true);
});
