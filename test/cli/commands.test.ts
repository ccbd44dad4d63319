import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';

/** What every command of this program must declare about itself. oclif's plugins are not checked. */
const root = path.join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(path.join(root, 'oclif.manifest.json'), 'utf8')) as {
	commands: Record<string, {pluginName: string; capabilities?: string[]}>;
};
const own = Object.entries(manifest.commands).filter(([id]) => !/^(autocomplete|help|plugins)(:|$)/.test(id));

/** Commands that print something other than documents (docs/everyday.md). */
const withoutDocuments = ['api', 'auth:token', 'mcp:serve', 'sandbox:exec'];

test('every command declares what it does, so that its help lists its exit statuses', () => {
	expect(own.filter(([, {capabilities}]) => capabilities === undefined).map(([id]) => id)).toEqual([]);
});

test('every command has a schema of its documents', () => {
	const schemas = new Set(readdirSync(path.join(root, 'schemas/documents')));
	const without = own.map(([id]) => id).filter((id) => !schemas.has(`${id.replaceAll(':', '-')}.json`));
	expect(without.filter((id) => !withoutDocuments.includes(id))).toEqual([]);
});
