import {createHash} from 'node:crypto';
import {existsSync, readdirSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import {KlingError} from '../errors/kling-error.js';
import {makeFolder} from '../fs/make-folder.js';
import {readOwnFile} from '../fs/own-file.js';
import {writeAtomically} from '../fs/write-atomic.js';
import type {DeliveryHeaders} from './signature.js';

/** A delivery as it arrived, stored so that it can be sent again. */
export interface StoredDelivery {
	/** Its `webhook-id`, or one derived from its body if it has none. */
	id: string;
	/** Unix milliseconds. */
	receivedAt: number;
	/** Path and query that it was sent to. */
	path: string;
	headers: DeliveryHeaders;
	body: string;
	/** Fingerprint of the secret that signed it. */
	secret?: string | undefined;
}

/** How many deliveries, and how many bytes of them, are stored for each account: older ones are deleted. */
const kept = {count: 500, bytes: 64_000_000};
/** The folder is cleaned up after this many new ones. */
const pruneEvery = 50;
/** A larger file is not ours: a body has at most 512 kB, and JSON may write each byte as six. */
const maxFileBytes = 4_000_000;

export interface DeliveryStore {
	/** Whether a delivery came before, including before the last start. */
	has(id: string): boolean;
	/** Stores a delivery; one that cannot be written is remembered until the process ends. */
	keep(delivery: StoredDelivery): void;
	/** @throws KlingError `delivery_not_found` */
	find(id: string): StoredDelivery;
}

/**
 * Opens the stored deliveries of an account. Nothing is read or written before it is needed.
 * @param accountFolder the account's folder in the journal
 * @param onTrouble called once if a delivery cannot be written
 */
export function openDeliveryStore(accountFolder: string, onTrouble: (reason: string) => void): DeliveryStore {
	const folder = path.join(accountFolder, 'webhooks');
	const unsaved = new Set<string>();
	let isTroubled = false;
	let added = 0;
	const fileOf = (id: string) =>
		path.join(folder, `${createHash('sha256').update(id).digest('hex').slice(0, 32)}.json`);

	return {
		has: (id) => unsaved.has(id) || existsSync(fileOf(id)),
		keep(delivery) {
			try {
				makeFolder(folder, 0o700);
				writeAtomically(fileOf(delivery.id), JSON.stringify(delivery), {mode: 0o600});
				if (added++ % pruneEvery === 0) prune(folder);
			} catch (error) {
				unsaved.add(delivery.id);
				if (!isTroubled) onTrouble(error instanceof Error ? error.message : String(error));
				isTroubled = true;
			}
		},
		find(id) {
			const file = id === '@last' ? newestIn(folder) : fileOf(id);
			const delivery = file && readStored(file);
			if (delivery) return delivery;
			const message =
				id === '@last' ? 'No delivery of this account is stored here' : `No delivery ${id} is stored here`;
			throw new KlingError('delivery_not_found', message);
		},
	};
}

function readStored(file: string): StoredDelivery | undefined {
	const read = readOwnFile(file, maxFileBytes);
	if (typeof read !== 'object') return undefined;
	try {
		const stored = JSON.parse(read.text) as Partial<StoredDelivery> | null;
		const isWhole =
			typeof stored?.id === 'string' &&
			typeof stored.path === 'string' &&
			typeof stored.body === 'string' &&
			typeof stored.headers === 'object';
		return isWhole ? (stored as StoredDelivery) : undefined;
	} catch {
		return undefined;
	}
}

/** The files of deliveries, newest first. */
function filesIn(folder: string): {file: string; bytes: number; time: number}[] {
	const names = existsSync(folder) ? readdirSync(folder) : [];
	return names
		.filter((name) => /^[\da-f]{32}\.json$/.test(name))
		.flatMap((name) => {
			const file = path.join(folder, name);
			const stats = statSync(file, {throwIfNoEntry: false});
			return stats ? [{file, bytes: stats.size, time: stats.mtimeMs}] : [];
		})
		.sort((a, b) => b.time - a.time);
}

const newestIn = (folder: string): string | undefined => filesIn(folder)[0]?.file;

function prune(folder: string): void {
	let bytes = 0;
	for (const [index, {file, bytes: size}] of filesIn(folder).entries()) {
		bytes += size;
		if (index >= kept.count || bytes > kept.bytes) rmSync(file, {force: true});
	}
}
