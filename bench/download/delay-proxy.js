/*
 * Forwards bytes to a port of this machine, in each direction after half of the latency, as a long line would. Connecting
 * itself costs nothing, for all programs alike. Arguments: port, milliseconds of latency. Prints its port.
 */
import {connect, createServer} from 'node:net';

const [, , port, latency] = process.argv;
/** Bytes on the line in one direction before the sender has to wait. */
const window = 4 << 20;

function pass(from, to) {
	let onTheWay = 0;
	from.on('data', (chunk) => {
		onTheWay += chunk.length;
		if (onTheWay > window) from.pause();
		setTimeout(() => {
			if (to.destroyed) return;
			to.write(chunk, () => {
				onTheWay -= chunk.length;
				if (onTheWay <= window) from.resume();
			});
		}, Number(latency) / 2);
	});
	from.on('end', () => setTimeout(() => to.end(), Number(latency) / 2));
	from.on('error', () => to.destroy());
	from.on('close', () => setTimeout(() => to.destroySoon(), Number(latency) / 2));
}

const server = createServer({noDelay: true}, (client) => {
	const upstream = connect({port: Number(port), host: '127.0.0.1', noDelay: true});
	pass(client, upstream);
	pass(upstream, client);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
