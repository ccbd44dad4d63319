import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {credentials as areCredentials, keys as areKeys} from './config-validators.js';
import {brokenFileError, parseConfig} from './json-file.js';
import {type Keychain, systemKeychain} from './keychain.js';
import type {Keys} from './keys.js';
import {closeFolder, type NoteHandler, readPrivate, writePrivate} from './private-file.js';
import type {Profile} from './profiles.js';

interface CredentialFile {
	profiles: Record<string, Keys>;
}

/** Stores the keys of profiles, each in the system keychain or in a file that only its owner can read. */
export interface CredentialStore {
	/** @throws KlingError `missing_api_key` when they are not where the profile says, `invalid_config` */
	read(name: string, profile: Profile): Promise<Keys>;
	/**
	 * @param storage where to store them. Without a keychain, the file is used and a note says so.
	 * @returns where they were stored
	 */
	save(name: string, keys: Keys, storage: 'keychain' | 'file'): Promise<'keychain' | 'file'>;
	remove(name: string, profile: Profile): Promise<void>;
	/**
	 * Removes keys stored under a name that no profile has, wherever they are.
	 * @returns whether there were any
	 */
	removeStray(name: string): Promise<boolean>;
	/** The names with keys in the file. */
	names(): Promise<string[]>;
	/** Rejects when there is no keychain. */
	removeFromKeychain(name: string): Promise<void>;
	/** Path of the file, whether or not it exists. */
	readonly file: string;
}

/** @param folder oclif's config folder */
export function credentialStore(
	folder: string,
	tell: NoteHandler,
	keychain: Keychain = systemKeychain(),
): CredentialStore {
	const file = path.join(folder, 'credentials.json');
	const readFile = async (): Promise<CredentialFile> => {
		const text = await readPrivate(file, tell);
		return text === undefined ? {profiles: {}} : parseConfig(text, file, areCredentials);
	};
	const change = async (edit: (profiles: Record<string, Keys>) => void) => {
		const content = await readFile();
		edit(content.profiles);
		await writePrivate(file, `${JSON.stringify(content, null, '\t')}\n`);
		// A file without keys needs no protection.
		if (Object.keys(content.profiles).length > 0) await closeFolder(file, tell);
	};
	const removeFromFile = async (name: string): Promise<boolean> => {
		if (!Object.hasOwn((await readFile()).profiles, name)) return false;
		await change((profiles) => {
			delete profiles[name];
		});
		return true;
	};

	return {
		file,
		async read(name, {storage}) {
			if (storage !== 'keychain') {
				const {profiles} = await readFile();
				const keys = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
				if (keys === undefined) throw gone(name, file);
				return keys;
			}
			const text = await keychain.get(name).catch((error: unknown) => {
				throw noKeychain(name, error);
			});
			if (text === undefined) throw gone(name, 'the keychain');
			try {
				return await parseConfig(text, `The keychain's entry of ${name}`, areKeys);
			} catch {
				throw brokenFileError(`The keychain's entry of ${name}`, 'holds no keys');
			}
		},
		async save(name, keys, storage) {
			if (storage === 'keychain') {
				try {
					await keychain.set(name, JSON.stringify(keys));
					await removeFromFile(name);
					return 'keychain';
				} catch (error) {
					if (error instanceof KlingError) throw error;
					// Users who already keep keys in the file have seen the note.
					if (Object.keys((await readFile()).profiles).length === 0) {
						tell(`No keychain here (${messageOf(error)}): the keys go to a file that only you can read.`);
					}
				}
			}
			await change((profiles) => {
				profiles[name] = keys;
			});
			return 'file';
		},
		removeFromKeychain: async (name) => void (await keychain.remove(name)),
		async removeStray(name) {
			// Without a keychain there is nothing to remove.
			const wasKept = await keychain.remove(name).catch(() => false);
			return (await removeFromFile(name)) || wasKept;
		},
		names: async () => Object.keys((await readFile()).profiles),
		async remove(name, {storage}) {
			if (storage === 'keychain') {
				await keychain.remove(name).catch((error: unknown) => {
					throw noKeychain(name, error);
				});
			}
			await removeFromFile(name);
		},
	};
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const gone = (name: string, place: string) =>
	new KlingError('missing_api_key', `The keys of profile ${name} are no longer in ${place}`, {
		hint: `Sign in again: kling auth login --profile ${name}`,
	});

const noKeychain = (name: string, error: unknown) =>
	new KlingError(
		'missing_api_key',
		`The keys of profile ${name} are in the system's keychain: ${messageOf(error)}`,
		{
			cause: error,
			hint: `Unlock the keychain and run the command again; or keep the keys in a file: kling auth login --profile ${name} --insecure-storage`,
		},
	);
