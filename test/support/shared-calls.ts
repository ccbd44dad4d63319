import {mkdtempSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {closeAfterFile} from './after-file.js';
import {runShared} from './shared-process.js';

/** What Node loads first in a server whose calls are not processes. */
export const sharedCallsScript = path.join(import.meta.dirname, 'shared-calls.cjs');

/**
 * Runs the calls of servers for agents in shared processes, until the tests of the file end.
 * @returns where the servers send them
 */
export async function takeCalls(): Promise<string> {
	const address = path.join(mkdtempSync(path.join(tmpdir(), 'kling-calls-')), 'socket');
	const server = createServer({allowHalfOpen: true}, (socket) => {
		const chunks: Buffer[] = [];
		socket.on('data', (chunk) => chunks.push(chunk));
		// A server that is killed does not read the results of its calls.
		socket.on('error', () => {});
		socket.on('end', async () => {
			if (chunks.length === 0) return;
			const ended = await runShared(JSON.parse(Buffer.concat(chunks).toString()));
			socket.end(JSON.stringify(ended));
		});
	});
	await new Promise<void>((resolve) => server.listen(address, resolve));
	closeAfterFile(() => server.close());
	return address;
}
