import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {masked} from '../../../src/lib/config/keys.js';
import {readKeys, readSkillKeys, skillFile} from '../../../src/lib/config/read-keys.js';

const pair = {access_key: 'ak', secret_key: 'sk=='};

test.each([
	['JSON', '{"access_key": "ak", "secret_key": "sk=="}', pair],
	[
		'JSON in the names of other programs',
		'\uFEFF{"access_key_id": " ak ", "secret_access_key": "sk=="}',
		pair,
	],
	['JSON with an API key', '{"api_key": "key"}', {api_key: 'key'}],
	['a pair and an API key', '{"api_key": "key", "access_key": "ak", "secret_key": "sk=="}', pair],
	['two lines', 'ak\r\nsk==\r\n', pair],
	['one line', 'api-key-1\n', {api_key: 'api-key-1'}],
	["the skill's file", '; made by it\n[default]\naccess_key_id = ak\nsecret_access_key = "sk=="\n', pair],
	['lines for a shell', "export ACCESS_KEY=ak\nexport SECRET_KEY='sk=='\n", pair],
])('keys are read from %s', (_, text, keys) => {
	expect(readKeys(text, 'stdin')).toEqual(keys);
});

test.each([
	['nothing', '', 'missing_api_key'],
	['half a pair', '{"access_key": "ak-SECRET"}', 'missing_api_key'],
	['half a file', '[default]\naccess_key_id = ak-SECRET\n\n', 'invalid_api_key'],
	['broken JSON', '{"secret_key": "SECRET', 'missing_api_key'],
	['JSON of another kind', '{"access_key": 5, "secret_key": ["SECRET"]}', 'missing_api_key'],
	['a word', 'SECRET', 'missing_api_key'],
	['a sentence', 'the SECRET of my life', 'invalid_api_key'],
	['controls', 'SECRET\u0007SECRET', 'invalid_api_key'],
	['three lines', 'a\nb\nSECRET', 'missing_api_key'],
	['what no header can hold', '{"api_key": "SECRET\u00e9"}', 'invalid_api_key'],
])('%s is refused without being shown', (_, text, code) => {
	const failure = (() => {
		try {
			return readKeys(text, 'stdin');
		} catch (error) {
			return error;
		}
	})();
	expect(failure).toMatchObject({code});
	expect(JSON.stringify(failure) + String(failure)).not.toContain('SECRET');
});

test.each([
	['short\n', /^stdin holds no keys: an API key has at least 8 characters, and its one line has 5$/],
	['a\nb\nc\n', /^stdin holds no keys: it is unclear which of the 3 lines are keys$/],
	['[default]\n', /^stdin holds no keys$/],
	['', /^stdin holds no keys$/],
])('for %j, the error says what is expected', (text, said) => {
	expect(() => readKeys(text, 'stdin')).toThrow(
		expect.objectContaining({
			code: 'missing_api_key',
			said: expect.stringMatching(said),
			details: {hint: expect.stringContaining('or an API key on one')},
		}),
	);
});

test("the official skill's file is found in the skill's own location", async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-skill-'));
	const file = skillFile({KLING_STORAGE_ROOT: folder});
	expect(file).toBe(path.join(folder, '.credentials'));
	expect(skillFile({})).toMatch(/\.config[\\/]kling[\\/]\.credentials$/);
	expect(await readSkillKeys(file)).toBeUndefined();
	writeFileSync(file, '[default]\naccess_key_id = ak\nsecret_access_key = sk==\n');
	expect(await readSkillKeys(file)).toEqual(pair);
	writeFileSync(file, 'garbage-that-is-long');
	await expect(readSkillKeys(file)).rejects.toMatchObject({
		code: 'missing_api_key',
		said: `${file} holds no keys`,
	});
});

test('a key is shown by its last characters, a short one not at all', () => {
	expect(masked({api_key: 'api-key-kling-1234'})).toBe('****1234');
	expect(masked({access_key: 'abcdefghijkl', secret_key: 'x'})).toBe('****ijkl');
	expect(masked({access_key: 'abcdefghijk', secret_key: 'x'})).toBe('****');
});
