import {type IncomingMessage, request as requestPlain} from 'node:http';
import type {Socket} from 'node:net';
import {Duplex} from 'node:stream';
import {KlingError} from '../errors/kling-error.js';

/** A response that Node reads: one in chunks or without a length, a redirect, a refusal, or no HTTP at all. */
export interface OtherResponse {
	/** Passes on bytes from the connection, which are copied. */
	push(bytes: Buffer): void;
	/** The server has sent everything. */
	end(): void;
	/** The connection is closed. */
	close(error: unknown): void;
}

interface Outcome {
	onResponse: (response: IncomingMessage) => void;
	onError: (error: unknown) => void;
}

/**
 * Lets Node's client read the response to a request that was sent already. Its own request goes nowhere.
 * Afterwards the connection is closed.
 * @param host for messages
 */
export function readOther(socket: Socket, host: string, {onResponse, onError}: Outcome): OtherResponse {
	let hasEnded = false;
	const pipe = new Duplex({
		read: () => void socket.resume(),
		write: (_bytes, _encoding, done) => done(),
		destroy(error, done) {
			socket.destroy();
			done(error);
		},
	});
	const request = requestPlain({host: 'localhost', createConnection: () => pipe as Socket});
	request.once('response', (response) => {
		// An error while nobody reads would otherwise end the process.
		response.on('error', () => {});
		response.once('close', () => pipe.destroy());
		onResponse(response);
	});
	request.on('error', onError);
	// Nothing here speaks the other protocol.
	request.once('upgrade', () => {
		pipe.destroy();
		onError(new KlingError('connection_error', `${host} wants to switch to another protocol`));
	});
	request.end();
	return {
		push(bytes) {
			if (!pipe.push(Buffer.from(bytes))) socket.pause();
		},
		end() {
			hasEnded = true;
			pipe.push(null);
		},
		close(error) {
			if (!hasEnded || error) pipe.destroy(error instanceof Error ? error : undefined);
		},
	};
}
