/*
 * What Node itself needs: only the files, without anything that makes a download safe. No API, no lock, no record, no check.
 * Arguments: addresses. The files go into the current folder.
 */
import {closeSync, openSync, writevSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';

const atOnce = 16;
const pieceBytes = 1 << 20;
const options = {keepAlive: true, maxSockets: atOnce};
const agents = {'http:': new http.Agent(options), 'https:': new https.Agent(options)};

function get(url) {
	const {protocol, pathname} = new URL(url);
	const {get: request} = protocol === 'https:' ? https : http;
	return new Promise((resolve, reject) => {
		request(url, {agent: agents[protocol]}, (response) => {
			const file = openSync(path.basename(pathname), 'w');
			let piece = [];
			let size = 0;
			const write = () => {
				if (size > 0) writevSync(file, piece);
				piece = [];
				size = 0;
			};
			response.on('data', (chunk) => {
				piece.push(chunk);
				size += chunk.length;
				if (size >= pieceBytes) write();
			});
			response.on('end', () => {
				write();
				closeSync(file);
				resolve();
			});
		}).on('error', reject);
	});
}

const urls = process.argv.slice(2);
const worker = async () => {
	for (let url = urls.shift(); url; url = urls.shift()) await get(url);
};
await Promise.all(Array.from({length: atOnce}, worker));
process.exit();
