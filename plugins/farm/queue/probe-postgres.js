import {createRequire} from 'node:module';
import {KlingError} from 'kling-cli';

/** See open.js. */
const require = createRequire(import.meta.url);

/** PostgreSQL's code for a connection beyond a limit. */
const tooMany = '53300';

const limits = `
SELECT rolname AS role, rolconnlimit AS "ofRole", datname AS database, datconnlimit AS "ofDatabase",
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS "ofServer"
FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`;

/** As many connections as a worker with eight slots usually opens, and some to spare. */
const usual = 20;

/**
 * Opens some connections at once, and closes them.
 * @param {URL} url
 * @param {number} connections
 * @param {number} connectMs how long each may take
 * @throws {KlingError} `conflicting_input` if PostgreSQL never allows that many. Errors of the server are thrown as they are.
 */
export async function probePostgres(url, connections, connectMs) {
	const pg = require('pg');
	const opened = [];
	try {
		while (opened.length < connections) {
			const client = new pg.Client({connectionString: url.href, connectionTimeoutMillis: connectMs});
			client.on('error', () => {});
			await client.connect();
			opened.push(client);
		}
	} catch (error) {
		const [client] = opened;
		if (error.code !== tooMany || client === undefined) throw error;
		const {rows} = await client.query(limits);
		throw tooLow(rows[0], connections) ?? error;
	} finally {
		await Promise.allSettled(opened.map((client) => client.end()));
	}
}

/** The error if a limit, unlike the number of connections that are free now, is too low. A limit of -1 is none. */
function tooLow({role, ofRole, database, ofDatabase, ofServer}, connections) {
	const quoted = (name) => `"${name.replaceAll('"', '""')}"`;
	const [lowest] = [
		{limit: ofRole, owner: `the role ${role}`, fix: `ALTER ROLE ${quoted(role)} CONNECTION LIMIT ${usual}`},
		{
			limit: ofDatabase,
			owner: `the database ${database}`,
			fix: `ALTER DATABASE ${quoted(database)} CONNECTION LIMIT ${usual}`,
		},
		{limit: ofServer, owner: 'all together', fix: 'set max_connections in postgresql.conf, and restart it'},
	]
		.filter(({limit}) => limit >= 0)
		.sort((one, other) => one.limit - other.limit);
	if (lowest === undefined || lowest.limit >= connections) return undefined;
	return new KlingError(
		'conflicting_input',
		`PostgreSQL allows ${lowest.owner} ${lowest.limit} connections, and a worker needs at least ${connections}`,
		{hint: `Allow more, about two for each slot: ${lowest.fix}`},
	);
}
