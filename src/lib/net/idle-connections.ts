import type {Agent as HttpAgent} from 'node:http';
import type {Socket} from 'node:net';

/**
 * Makes an agent close a kept connection that brings bytes while nothing was requested. Whatever sends them is
 * out of step, and would take the next request for one that it has answered already.
 */
export function closeOnUnrequestedData<A extends HttpAgent>(agent: A): A {
	const keep = agent.keepSocketAlive.bind(agent);
	const reuse = agent.reuseSocket.bind(agent);
	agent.keepSocketAlive = (socket) => {
		// Node's types leave out that this returns whether to keep the connection.
		const isKept = keep(socket) as unknown as boolean;
		if (isKept) (socket as Socket).on('data', close);
		return isKept;
	};
	agent.reuseSocket = (socket, request) => {
		(socket as Socket).off('data', close);
		reuse(socket, request);
	};
	return agent;
}

function close(this: Socket): void {
	this.destroy();
}
