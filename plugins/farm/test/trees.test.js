import assert from 'node:assert/strict';
import {test} from 'node:test';
import {seal, treesOf, unseal} from '../queue/jobs.js';

const job = (key, ...needs) => ({key, needs});
const shape = ({job: {key}, children}) => (children.length === 0 ? key : {[key]: children.map(shape)});

test('a chain is one tree, and a job that needs nothing is its own tree', () => {
	const trees = treesOf([job('a'), job('b', 'a'), job('c', 'b'), job('d')]);
	assert.deepEqual(trees.map(shape), [{c: [{b: ['a']}]}, 'd']);
});

test('a job that two others need is below only one of them', () => {
	const trees = treesOf([job('a'), job('b', 'a'), job('c', 'a')]);
	assert.deepEqual(trees.map(shape), [{b: ['a']}, 'c']);
});

test('a job that someone without the key made or changed is refused', () => {
	const account = {seal: (text) => `sealed ${text.length}`};
	const sealed = seal(job('a'), {}, account);
	assert.deepEqual(unseal(sealed, account).job, job('a'));
	assert.throws(() => unseal({...sealed, seal: 'sealed 1'}, account), {code: 'permission_denied'});
	assert.throws(() => unseal({...sealed, body: `${sealed.body} `}, account), {code: 'permission_denied'});
	assert.throws(() => unseal({...sealed, protocol: 99}, account), /protocol 99/);
	assert.throws(() => unseal(undefined, account));
});
