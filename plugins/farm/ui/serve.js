import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import {once} from 'node:events';
import {createServer} from 'node:http';
import {KlingError} from 'kling-cli';

const host = '127.0.0.1';
const cookieName = 'kling_farm';
/** Nothing in a list is executed, and no other site learns about the page: bull-board would load its fonts from one. */
const policy =
	"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

/**
 * Serves bull-board for a queue on this machine alone, to whoever has the token.
 * @param farm see openFarm
 * @param {number} port 0 for any free one
 * @returns {Promise<{url: string, close(): Promise<void>}>} the address, token included
 * @throws {KlingError} `port_in_use`, `invalid_port`
 */
export async function serveUi(farm, port) {
	const [{createBullBoard}, {BullMQAdapter}, {ExpressAdapter}, {default: express}] = await Promise.all([
		import('@bull-board/api'),
		import('@bull-board/api/bullMQAdapter'),
		import('@bull-board/express'),
		import('express'),
	]);
	const token = randomBytes(24).toString('base64url');
	const adapter = new ExpressAdapter();
	// Read-only: actions such as retrying follow rules that only the commands know.
	createBullBoard({queues: [new BullMQAdapter(farm.queue, {readOnlyMode: true})], serverAdapter: adapter});
	const app = express();
	app.disable('x-powered-by');
	const server = createServer(app);
	app.use((request, response, next) => guard(request, response, next, token, () => server.address().port));
	app.use('/', adapter.getRouter());
	server.listen(port, host);
	await once(server, 'listening').catch((error) => {
		throw portErrors[error.code]?.(port) ?? error;
	});
	const close = () =>
		new Promise((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return {url: `http://${host}:${server.address().port}/enter/${token}`, close};
}

const portErrors = {
	EADDRINUSE: (port) => new KlingError('port_in_use', `Port ${port} is in use`),
	EACCES: (port) => new KlingError('invalid_port', `Port ${port} is reserved by the system`),
};

/** Admits requests that name this machine and have the token: first in the address, then as a cookie. */
function guard(request, response, next, token, portOf) {
	const {host: named = '', cookie = ''} = request.headers;
	// Another site may have its name resolve to this machine.
	if (![`${host}:${portOf()}`, `localhost:${portOf()}`].includes(named)) return refuse(response, 421);
	response.setHeader('Referrer-Policy', 'no-referrer');
	response.setHeader('X-Frame-Options', 'DENY');
	response.setHeader('Cache-Control', 'no-store');
	response.setHeader('Content-Security-Policy', policy);
	const given = /^\/enter\/([\w-]+)$/.exec(request.url)?.[1];
	if (given !== undefined && isSame(given, token)) {
		response.setHeader('Set-Cookie', `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`);
		response.writeHead(303, {location: '/'}).end();
		return;
	}
	const kept = cookie
		.split(/;\s*/)
		.find((pair) => pair.startsWith(`${cookieName}=`))
		?.slice(cookieName.length + 1);
	if (kept !== undefined && isSame(kept, token)) next();
	else refuse(response, 401);
}

function refuse(response, status) {
	response.writeHead(status, {'content-type': 'text/plain'});
	response.end('Open the address that kling farm ui printed, with its token.\n');
}

const digest = (text) => createHash('sha256').update(text).digest();
const isSame = (one, other) => timingSafeEqual(digest(one), digest(other));
