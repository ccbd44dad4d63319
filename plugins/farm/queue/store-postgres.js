/*
 * What workers share besides the jobs, in PostgreSQL. As in Redis, each change that depends on the current state is one
 * statement or one transaction, with the budget's row locked.
 */
import {randomUUID} from 'node:crypto';
import {createRequire} from 'node:module';

/** See open.js. */
const require = createRequire(import.meta.url);

const tables = (schema) => `
CREATE SCHEMA IF NOT EXISTS ${schema};
CREATE TABLE IF NOT EXISTS ${schema}.farm_meta (queue text, name text, value text NOT NULL, PRIMARY KEY (queue, name));
CREATE TABLE IF NOT EXISTS ${schema}.farm_budget (queue text, pack text, units_limit bigint, spent bigint NOT NULL DEFAULT 0, reserved bigint NOT NULL DEFAULT 0, PRIMARY KEY (queue, pack));
CREATE TABLE IF NOT EXISTS ${schema}.farm_open (queue text, id text, units bigint NOT NULL, is_settled boolean NOT NULL DEFAULT false, PRIMARY KEY (queue, id));
CREATE TABLE IF NOT EXISTS ${schema}.farm_tries (queue text, id text, tries int NOT NULL, PRIMARY KEY (queue, id));
CREATE TABLE IF NOT EXISTS ${schema}.farm_done (queue text, id text, PRIMARY KEY (queue, id));
CREATE TABLE IF NOT EXISTS ${schema}.farm_workers (queue text, name text, facts text NOT NULL, until timestamptz NOT NULL, PRIMARY KEY (queue, name));
`;

/** Two processes that create the tables at once would collide. */
const lockNumber = 0x6b_6c_69_6e;

const milliseconds = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now';

/**
 * @param {URL} url
 * @param {{schema: string, queue: string}} where
 */
export async function openPostgresStore(url, {schema, queue}) {
	const pg = require('pg');
	const pool = new pg.Pool({
		connectionString: url.href,
		max: 4,
		keepAlive: true,
		connectionTimeoutMillis: 5000,
		options: `-c search_path=${schema}`,
	});
	pool.on('error', () => {});
	// A connection that breaks while it is checked out reports that in its next query as well.
	pool.on('connect', (client) => client.on('error', () => {}));
	const ask = async (text, ...values) => (await pool.query(text, [queue, ...values])).rows;
	const inTransaction = async (work) => {
		const client = await pool.connect();
		try {
			await client.query('BEGIN');
			const result = await work(
				async (text, ...values) => (await client.query(text, [queue, ...values])).rows,
			);
			await client.query('COMMIT');
			client.release();
			return result;
		} catch (error) {
			client.release(true);
			throw error;
		}
	};
	await makeTables(pool, schema);
	return {...metaOf(ask), ...budgetOf(ask, inTransaction), ...workersOf(ask), close: () => pool.end()};
}

async function makeTables(pool, schema) {
	const client = await pool.connect();
	try {
		await client.query('BEGIN');
		await client.query('SELECT pg_advisory_xact_lock($1)', [lockNumber]);
		await client.query(tables(schema));
		await client.query('COMMIT');
	} finally {
		client.release();
	}
}

function metaOf(ask) {
	const meta = async () => {
		const rows = await ask('SELECT name, value FROM farm_meta WHERE queue = $1');
		return Object.fromEntries(rows.map(({name, value}) => [name, value]));
	};
	const insert = 'INSERT INTO farm_meta VALUES ($1, $2, $3)';
	return {
		meta,
		async hello(protocol) {
			await ask(`${insert} ON CONFLICT DO NOTHING`, 'protocol', String(protocol));
			await ask(`${insert} ON CONFLICT DO NOTHING`, 'epoch', randomUUID());
			const [{now}] = await ask(`SELECT ${milliseconds}, $1 AS queue`);
			return {...(await meta()), now: Number(now)};
		},
		async setMeta(fields) {
			for (const [name, value] of Object.entries(fields)) {
				await ask(`${insert} ON CONFLICT (queue, name) DO UPDATE SET value = $3`, name, String(value));
			}
		},
		clearMeta: (...names) => ask('DELETE FROM farm_meta WHERE queue = $1 AND name = ANY($2)', names),
		async begin(id) {
			const [{tries}] = await ask(
				`INSERT INTO farm_tries AS t VALUES ($1, $2, 1)
				ON CONFLICT (queue, id) DO UPDATE SET tries = t.tries + 1 RETURNING tries`,
				id,
			);
			return tries;
		},
		ended: (id) => ask('DELETE FROM farm_tries WHERE queue = $1 AND id = $2', id),
		/** Stores the names of jobs that were done and are removed. */
		remember: (ids) => ask('INSERT INTO farm_done SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING', ids),
		/** Which of these names are stored. */
		async remembered(ids) {
			const rows = await ask('SELECT id FROM farm_done WHERE queue = $1 AND id = ANY($2)', ids);
			return new Set(rows.map(({id}) => id));
		},
		/** It writes to disk before it responds. */
		forgets: async () => false,
	};
}

const amounts = 'SELECT units_limit, spent, reserved FROM farm_budget WHERE queue = $1 AND pack = $2';
const update = 'UPDATE farm_budget SET';

function budgetOf(ask, inTransaction) {
	const locked = async (query, pack) => {
		await query('INSERT INTO farm_budget (queue, pack) VALUES ($1, $2) ON CONFLICT DO NOTHING', pack);
		const [row] = await query(`${amounts} FOR UPDATE`, pack);
		return amountsOf(row);
	};
	return {
		reserve: (pack, id, units) =>
			inTransaction(async (query) => {
				const {limit, spent, reserved} = await locked(query, pack);
				const [known] = await query('SELECT 1 FROM farm_open WHERE queue = $1 AND id = $2', id);
				if (known) return {isReserved: true, left: 0};
				const left = limit === undefined ? Number.POSITIVE_INFINITY : limit - spent - reserved;
				if (units > left) return {isReserved: false, left};
				await query('INSERT INTO farm_open VALUES ($1, $2, $3)', id, units);
				await query(`${update} reserved = reserved + $3 WHERE queue = $1 AND pack = $2`, pack, units);
				return {isReserved: true, left: 0};
			}),
		settle: (pack, id, units) =>
			inTransaction(async (query) => {
				await locked(query, pack);
				const [open] = await query(
					'SELECT units FROM farm_open WHERE queue = $1 AND id = $2 AND NOT is_settled',
					id,
				);
				if (open === undefined) return;
				const spent = units ?? Number(open.units);
				await query(
					`${update} reserved = reserved - $3, spent = spent + $4 WHERE queue = $1 AND pack = $2`,
					pack,
					Number(open.units),
					spent,
				);
				// A refused reservation may be tried again.
				if (spent === 0) await query('DELETE FROM farm_open WHERE queue = $1 AND id = $2', id);
				else await query('UPDATE farm_open SET is_settled = true WHERE queue = $1 AND id = $2', id);
			}),
		async budget(pack) {
			const [row] = await ask(amounts, pack);
			return amountsOf(row);
		},
		setLimit: (pack, units) =>
			ask(
				`INSERT INTO farm_budget (queue, pack, units_limit) VALUES ($1, $2, $3)
				ON CONFLICT (queue, pack) DO UPDATE SET units_limit = $3`,
				pack,
				units ?? null,
			),
	};
}

const amountsOf = ({units_limit: limit, spent, reserved} = {spent: 0, reserved: 0}) => ({
	limit: limit === null || limit === undefined ? undefined : Number(limit),
	spent: Number(spent),
	reserved: Number(reserved),
});

function workersOf(ask) {
	return {
		beat: (name, facts, forMs) =>
			ask(
				`INSERT INTO farm_workers VALUES ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond')
				ON CONFLICT (queue, name) DO UPDATE SET facts = $3, until = EXCLUDED.until`,
				name,
				JSON.stringify(facts),
				forMs,
			),
		gone: (name) => ask('DELETE FROM farm_workers WHERE queue = $1 AND name = $2', name),
		async workers() {
			const rows = await ask(
				'SELECT name, facts FROM farm_workers WHERE queue = $1 AND until >= clock_timestamp() ORDER BY name',
			);
			return rows.map(({name, facts}) => ({name, ...JSON.parse(facts)}));
		},
	};
}
