import {createRequire} from 'node:module';
import {isIP} from 'node:net';
import {KlingError} from 'kling-cli';
import {patientBackend} from './patient-backend.js';
import {probePostgres} from './probe-postgres.js';
import {cannotReach, evictionError, queueErrorOf} from './queue-errors.js';
import {openPostgresStore} from './store-postgres.js';
import {openRedisStore} from './store-redis.js';

/** These packages are CommonJS: to import them, Node would first look for the names in hundreds of files. */
const require = createRequire(import.meta.url);

/** Prefix of the keys in Redis; the braces keep all of them on one node of a cluster. */
const prefix = '{kling-farm}';
/** The schema in PostgreSQL. */
const schema = 'kling_farm';

/** How long a first connection may take, in milliseconds. */
const connectMs = 10_000;
const closeMs = 5000;

/**
 * Connects to the queue of one account on a server.
 * @param {ReturnType<import('./address.js').queueAddress>} address
 * @param {string} account id of the account: jobs of other accounts are in other queues
 * @param {{connections?: number}} needs how many connections PostgreSQL must have to spare
 */
export async function openFarm({kind, url, shown}, account, {connections = 1} = {}) {
	const bull = require('bullmq');
	const {Queue, Worker, FlowProducer, createPostgresBackend} = bull;
	const name = `kling-${account}`;
	const parts =
		kind === 'redis' ? redisParts(url) : postgresParts(url, patientBackend(createPostgresBackend));
	const opened = [];
	const open = (Class, ...args) => {
		const made = new Class(...args, parts.backend);
		// Each of them reconnects by itself; an error event without a listener would end the process.
		made.on('error', () => {});
		opened.push(made);
		return made;
	};
	const options = {connection: parts.connection, ...parts.options};
	// BullMQ would retry for ever.
	const probe = () => (kind === 'redis' ? probeRedis(url) : probePostgres(url, connections, closeMs));
	const memory = await probe().catch((error) => {
		throw error instanceof KlingError ? error : cannotReach(shown, error);
	});
	if (memory !== undefined && mayRemoveJobs(memory)) throw evictionError(shown);
	const queue = open(Queue, name, {...options, skipMetasUpdate: true});
	await within(queue.waitUntilReady(), connectMs).catch(async (error) => {
		await closeAll(opened);
		throw cannotReach(shown, error);
	});
	const openStore = async () =>
		kind === 'redis'
			? openRedisStore(redisClient(url), `${prefix}:${name}:farm`)
			: openPostgresStore(url, {schema, queue: name});
	const store = await openStore().catch(async (error) => {
		await closeAll(opened);
		throw queueErrorOf(shown, error);
	});
	return {
		kind,
		name,
		shown,
		queue,
		store,
		prefix,
		bull,
		worker: (processor, more) => open(Worker, name, processor, {...options, ...more}),
		flow: () => open(FlowProducer, options),
		async close() {
			await closeAll(opened);
			await store.close();
		},
	};
}

const closeAll = (opened) =>
	Promise.all(opened.map((one) => within(Promise.resolve(one.close()), closeMs).catch(() => {})));

/** Whether a Redis that is full removes whatever it likes, which may be the budget or a job. */
const mayRemoveJobs = (memory) =>
	/^maxmemory_policy:allkeys/m.test(memory) && /^maxmemory:[1-9]/m.test(memory);

/**
 * Connects once, or fails with the reason.
 * @returns what Redis says of its memory, if it may be asked
 */
async function probeRedis(url) {
	const {Redis} = require('ioredis');
	const client = new Redis({...redisOptions(url), lazyConnect: true, retryStrategy: () => null});
	let reason;
	client.on('error', (error) => {
		reason = error;
	});
	try {
		await client.connect();
		await client.ping();
		return await client.info('memory').catch(() => undefined);
	} catch (error) {
		throw reason ?? error;
	} finally {
		client.disconnect();
	}
}

function redisParts(url) {
	return {connection: redisOptions(url), options: {prefix}, backend: undefined};
}

const bare = ({hostname}) => hostname.replace(/^\[|\]$/g, '');

/** @param {URL} url */
export const redisOptions = (url) => ({
	host: bare(url) || '127.0.0.1',
	port: Number(url.port || 6379),
	...(url.username && {username: decodeURIComponent(url.username)}),
	...(url.password && {password: decodeURIComponent(url.password)}),
	...(url.pathname.length > 1 && {db: Number(url.pathname.slice(1))}),
	// The name of a server is never an address of the network.
	...(url.protocol === 'rediss:' && {tls: isIP(bare(url)) ? {} : {servername: url.hostname}}),
	maxRetriesPerRequest: null,
	connectTimeout: 5000,
	keepAlive: 5000,
	retryStrategy: (times) => Math.min(3000, 100 * 2 ** Math.min(times, 5)),
});

function redisClient(url) {
	const {Redis} = require('ioredis');
	const client = new Redis(redisOptions(url));
	client.on('error', () => {});
	return client;
}

function postgresParts(url, backend) {
	return {
		connection: {
			connectionString: url.href,
			schema,
			migrate: true,
			keepAlive: true,
			connectionTimeoutMillis: 5000,
		},
		options: {},
		backend,
	};
}

/** @returns the result of the promise, or an error after this many milliseconds */
function within(promise, milliseconds) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`no response within ${milliseconds / 1000} s`)), milliseconds);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
