import {timingSafeEqual} from 'node:crypto';
import {KlingError} from 'kling-cli';

/** The protocol that workers agree on: the form of the jobs, and the content of the store. */
export const protocol = 1;

/** PostgreSQL counts jobs that wait in a paused queue as `paused`. */
export const everyState = [
	'completed',
	'failed',
	'active',
	'waiting',
	'delayed',
	'waiting-children',
	'prioritized',
	'paused',
];

/** @typedef {import('kling-cli').PortableJob} PortableJob */

/**
 * A job in the queue: a text, and a seal that only holders of the account's key can make.
 * @param {PortableJob} job
 * @param {Record<string, string>} needIds ids of the jobs that it needs, by their keys
 */
export function seal(job, needIds, account) {
	const body = JSON.stringify({job, needIds});
	return {protocol, body, seal: account.seal(body)};
}

/**
 * @returns {{job: PortableJob, needIds: Record<string, string>}}
 * @throws {KlingError} for a job that was made or changed by someone without the key
 */
export function unseal(data, account) {
	const {protocol: version, body, seal: given} = data ?? {};
	if (version !== protocol) throw otherProtocol(version);
	const expected = Buffer.from(account.seal(String(body)));
	const found = Buffer.from(String(given));
	if (expected.length !== found.length || !timingSafeEqual(expected, found)) {
		throw new KlingError(
			'permission_denied',
			'The job was made or changed by someone who does not have the key',
			{
				hint: 'Nothing was submitted. Find out who can write to the queue.',
			},
		);
	}
	return JSON.parse(body);
}

export const otherProtocol = (version) =>
	new KlingError(
		'conflicting_input',
		`The queue uses protocol ${version} of kling-plugin-farm, and this machine has protocol ${protocol}`,
		{hint: 'Install the same version on all machines: kling plugins update'},
	);

/** What has happened to a job so far. */
export const linesOf = ({progress}) => (Array.isArray(progress?.lines) ? progress.lines : []);

/**
 * Adds jobs that the queue does not have; those that it has stay as they are.
 * @param farm see openFarm
 * @param {readonly PortableJob[]} jobs
 * @returns {Promise<{added: number, known: number, done: number}>} `done` counts those that were done and removed since
 */
export async function addJobs(farm, jobs, account) {
	const states = await mapInChunks(jobs, 50, ({id}) => farm.queue.getJob(id));
	const absent = jobs.filter((_, at) => states[at] === undefined);
	const done = await farm.store.remembered(absent.map(({id}) => id));
	// Jobs that are still to be made need its results: their tasks are looked up.
	const isOpen = ({id}, at) => (states[at] === undefined ? !done.has(id) : !states[at].returnvalue);
	const needed = new Set(jobs.filter(isOpen).flatMap(({needs}) => needs));
	const missing = absent
		.filter(({id, key}) => !done.has(id) || needed.has(key))
		.map((job) => (done.has(job.id) ? {...job, mayExist: true} : job));
	const ids = new Map(jobs.map(({key, id}) => [key, id]));
	const trees = treesOf(missing);
	const flow = farm.flow();
	const single = trees.filter(({children}) => children.length === 0);
	const node = ({job, children}) => ({
		name: `${job.batch} ${job.key}`,
		queueName: farm.name,
		data: seal(job, Object.fromEntries(job.needs.map((need) => [need, ids.get(need)])), account),
		opts: {jobId: job.id, attempts: 1, ignoreDependencyOnFailure: true},
		...(children.length > 0 && {children: children.map(node)}),
	});
	const root = (tree) => {
		const {opts, ...rest} = node(tree);
		const {ignoreDependencyOnFailure: _, ...own} = opts;
		return {...rest, opts: own};
	};
	for (let at = 0; at < single.length; at += 200) {
		await farm.queue.addBulk(single.slice(at, at + 200).map(root));
	}
	for (const tree of trees) if (tree.children.length > 0) await flow.add(root(tree));
	return {
		added: missing.length,
		known: jobs.length - absent.length,
		done: absent.length - missing.length,
	};
}

/**
 * The jobs as trees, each above those that it needs. A job that several others need is below the first of them; the others
 * check by themselves whether it is done.
 */
export function treesOf(jobs) {
	const nodes = new Map(jobs.map((job) => [job.key, {job, children: []}]));
	const below = new Set();
	for (const {job, children} of nodes.values()) {
		for (const need of job.needs) {
			const child = nodes.get(need);
			if (child === undefined || below.has(need)) continue;
			below.add(need);
			children.push(child);
		}
	}
	return [...nodes.values()].filter(({job}) => !below.has(job.key));
}

/** Results in order, with a limited number running at once. */
export async function mapInChunks(items, atOnce, one) {
	const results = [];
	for (let at = 0; at < items.length; at += atOnce) {
		results.push(...(await Promise.all(items.slice(at, at + atOnce).map(one))));
	}
	return results;
}

/** Jobs of the account with their content, in the order in which they were added; those without a valid seal are left out. */
export async function allJobs(farm, account, states = everyState) {
	const found = [];
	const atOnce = 500;
	for (let at = 0; ; at += atOnce) {
		const page = await farm.queue.getJobs(states, at, at + atOnce - 1, true);
		found.push(...page.filter(Boolean));
		if (page.length < atOnce) break;
	}
	const once = new Map(found.map((job) => [job.id, job]));
	return [...once.values()].flatMap((job) => {
		try {
			const {job: carried, needIds} = unseal(job.data, account);
			return [{job, carried, needIds}];
		} catch {
			return [];
		}
	});
}
