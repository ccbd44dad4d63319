import assert from 'node:assert/strict';
import {test} from 'node:test';
import {patientBackend} from '../queue/patient-backend.js';

/** What a worker gets from `waitForJob`, and how long it was made to wait. */
async function waited({found, isMaxed}) {
	const pauses = [];
	const create = () => ({waitForJob: async () => found, isMaxed});
	const backend = patientBackend(create, async (milliseconds) => pauses.push(milliseconds))();
	return {found: await backend.waitForJob(2), pauses};
}

const job = {member: 'queue', score: 0};

test('a worker asks again only after a pause while all slots are taken', async () => {
	assert.deepEqual(await waited({found: job, isMaxed: async () => true}), {found: job, pauses: [250]});
});

test('a worker takes a job at once while a slot is free', async () => {
	assert.deepEqual(await waited({found: job, isMaxed: async () => false}), {found: job, pauses: []});
});

test('a worker that found nothing has waited already', async () => {
	assert.deepEqual(await waited({found: null, isMaxed: async () => true}), {found: null, pauses: []});
});

test('a server that does not respond is not asked without a pause', async () => {
	const isMaxed = async () => {
		throw new Error('Connection terminated');
	};
	assert.deepEqual(await waited({found: job, isMaxed}), {found: job, pauses: [250]});
});

test('a server that refuses the connection on which a worker waits is not asked without a pause', async () => {
	const pauses = [];
	const refused = async () => {
		throw new Error('too many connections for role "guest"');
	};
	const create = () => ({waitForJob: refused, isMaxed: async () => false});
	const backend = patientBackend(create, async (milliseconds) => pauses.push(milliseconds))();
	await assert.rejects(backend.waitForJob(2), /too many/);
	assert.deepEqual(pauses, [250]);
});
