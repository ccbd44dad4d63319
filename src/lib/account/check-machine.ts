import {constants} from 'node:fs';
import {access, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {currentName, howToChoose, readConfig} from '../config/profiles.js';
import {KlingError} from '../errors/kling-error.js';
import {fileError, systemCode} from '../fs/file-errors.js';
import {trustCertificates} from '../net/ca-certificates.js';
import {check, type Finding, passed, warning} from './finding.js';
import {strayKeys} from './sign-in.js';

/** The oldest Node version that the program supports. */
const oldestNode = [20, 19] as const;

export function checkNode(version: string): Finding {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
	if (!isOld) return passed('node', `Node ${version}`);
	const text = `Node ${version} is older than ${oldestNode.join('.')}`;
	const error = new KlingError('invalid_config', text);
	return {name: 'node', status: 'failure', message: text, fix: 'Install a newer Node.js.', error};
}

export const checkConfig = (folder: string) =>
	check('config', async () => {
		const config = await readConfig(folder);
		const names = Object.keys(config.profiles);
		const current = currentName(config);
		if (config.current && names.length > 0 && !names.includes(config.current)) {
			const text = `The current profile '${config.current}' does not exist`;
			return warning('config', text, howToChoose(config));
		}
		const [stray] = await strayKeys(config, folder, () => {});
		if (stray) return warning('config', stray.message, stray.fix);
		if (names.length === 0) return passed('config', 'No profiles');
		const usual = current !== undefined && names.includes(current) ? current : 'none';
		return passed('config', `Profiles: ${names.join(', ')}; current: ${usual}`);
	});

/** Checks a folder, or its nearest existing parent. Every command works without it, but stores less. */
export const checkFolder = (name: string, folder: string) =>
	check(name, async () => {
		try {
			await access(await nearest(folder), constants.W_OK);
		} catch (error) {
			const hint = `Make sure that ${folder} is a folder that you can write to.`;
			return warning(name, fileError(error, folder).said, hint);
		}
		const stats = await stat(folder).catch(() => undefined);
		const isOpen = stats !== undefined && process.getuid !== undefined && (stats.mode & 0o022) !== 0;
		if (isOpen) return warning(name, `Others can write to ${folder}`, `chmod go-w '${folder}'`);
		return passed(name, stats === undefined ? `${folder} (made when needed)` : folder);
	});

async function nearest(folder: string): Promise<string> {
	try {
		await stat(folder);
		return folder;
	} catch (error) {
		const parent = path.dirname(folder);
		if (systemCode(error) !== 'ENOENT' || parent === folder) throw error;
		return nearest(parent);
	}
}

/**
 * Shows which extra certificates Node itself and kling use.
 * @param flag the value of --ca-file
 */
export const checkCertificates = (env: NodeJS.ProcessEnv, flag: string | undefined) =>
	check('certificates', async () => {
		const file = flag ?? env.KLING_CA_FILE;
		if (file) await trustCertificates(file, flag === undefined ? 'KLING_CA_FILE' : '--ca-file');
		if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
			return warning(
				'certificates',
				'NODE_TLS_REJECT_UNAUTHORIZED=0: anyone on the network path can read the keys',
				'Unset it; to trust a certificate of your own, use --ca-file or KLING_CA_FILE.',
			);
		}
		const extra = env.NODE_EXTRA_CA_CERTS;
		if (extra && (await readFile(extra).catch(() => undefined)) === undefined) {
			return warning(
				'certificates',
				`NODE_EXTRA_CA_CERTS: ${extra} cannot be read, and Node ignores it`,
				'Correct the path, or unset NODE_EXTRA_CA_CERTS.',
			);
		}
		const added = [file, extra].filter(Boolean);
		return passed(
			'certificates',
			added.length === 0 ? 'Those that Node trusts' : `And those of ${added.join(', ')}`,
		);
	});
