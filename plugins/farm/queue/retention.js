import {allJobs, mapInChunks} from './jobs.js';

/** How long finished jobs stay in a queue by default, in milliseconds. */
export const defaultKeepMs = 90 * 86_400_000;
/** The longest duration that can be set: a hundred years. */
export const maxKeepMs = 36_500 * 86_400_000;

const unfinished = ['active', 'waiting', 'delayed', 'waiting-children', 'prioritized', 'paused'];
const finished = ['completed', 'failed'];
/** How many jobs are read from the queue at once. */
const atOnce = 500;

/**
 * Removes jobs that finished before a moment, unless a job that is still open needs them. The names of those that were done stay, so
 * that the same list submitted again adds nothing. BullMQ's own `removeOnComplete` knows neither of the two.
 * @param farm see openFarm
 * @param account see FarmCommand
 * @param {number} before Unix milliseconds
 * @returns {Promise<{removed: number, needed: number}>} `needed` counts those that stay because of others
 */
export async function removeFinished(farm, account, before) {
	const old = [];
	for (const state of finished) old.push(...(await finishedBefore(farm, state, before)));
	if (old.length === 0) return {removed: 0, needed: 0};
	const open = await allJobs(farm, account, unfinished);
	const needed = new Set(open.flatMap(({needIds}) => Object.values(needIds)));
	const free = old.filter(({job}) => !needed.has(job.id));
	const done = free.filter(({state}) => state === 'completed').map(({job}) => job.id);
	if (done.length > 0) await farm.store.remember(done);
	// Another worker may remove the same job.
	const results = await mapInChunks(free, 50, ({job}) =>
		job.remove({removeChildren: false}).then(
			() => true,
			() => false,
		),
	);
	return {removed: results.filter(Boolean).length, needed: old.length - free.length};
}

/** Jobs in one state that finished before a moment; the queue lists the oldest first. */
async function finishedBefore(farm, state, before) {
	const found = [];
	for (let at = 0; ; at += atOnce) {
		const page = (await farm.queue.getJobs([state], at, at + atOnce - 1, true)).filter(Boolean);
		const old = page.filter(({finishedOn}) => finishedOn < before);
		found.push(...old.map((job) => ({job, state})));
		if (old.length < atOnce) return found;
	}
}

/**
 * Removes jobs that are older than the queue's retention.
 * @param {number} now Unix milliseconds
 */
export async function applyRetention(farm, account, now) {
	const {keepMs = defaultKeepMs} = await farm.store.meta();
	return removeFinished(farm, account, now - Number(keepMs));
}
