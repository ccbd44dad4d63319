/*
 * Builds dist/ from src/ (docs/decisions/0012-one-file-and-a-code-cache.md): kling.js and code/, which contain the program
 * and its packages; a small file for each command and hook, for oclif to find; index.js and the types, for plugins; the
 * sandbox's media; and the licences of the bundled packages.
 */
import {execFileSync} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync} from 'node:fs';
import {cp, rm} from 'node:fs/promises';
import path from 'node:path';
import {bundle} from './bundle.js';
import {fingerprint} from './fingerprint.js';
import {writeLateManifest} from './lazy-manifest.js';

const root = path.join(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

const stamp = path.join(dist, '.built');

// Most scripts build first. What they would build is usually there.
const stamped = () => (existsSync(stamp) ? readFileSync(stamp, 'utf8') : '');
const kept = stamped();
if (kept !== '' && kept === fingerprint(root, dist, stamp)) {
	// Its tests compare times, which is quicker.
	const now = new Date();
	utimesSync(path.join(dist, 'kling.js'), now, now);
	process.exit(0);
}

// Files from earlier builds must not linger: oclif takes every file under commands/ for a command.
await rm(dist, {recursive: true, force: true});
const own = `building ${randomUUID()}`;
mkdirSync(dist, {recursive: true});
writeFileSync(stamp, own);
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '--project', root, '--emitDeclarationOnly'], {stdio: 'inherit'});
await bundle(root, dist);
await writeLateManifest(root, dist);
await cp(path.join(root, 'src', 'sandbox', 'media'), path.join(dist, 'media'), {recursive: true});
// The other build may have removed files that this one wrote.
if (stamped() !== own)
	throw new Error('Another build began in the same folder. Run this again when it has ended.');
writeFileSync(stamp, fingerprint(root, dist, stamp));
