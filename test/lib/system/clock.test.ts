import {setImmediate as turn} from 'node:timers/promises';
import {afterEach, expect, test} from 'vitest';
import {systemClock} from '../../../src/lib/system/clock.js';

const warnings: string[] = [];
const onWarning = ({name}: Error) => void warnings.push(name);
process.on('warning', onWarning);
afterEach(() => void process.off('warning', onWarning));

test('Node warns of no time that is too short or too long for its timers', async () => {
	const stop = new AbortController();
	const reason = new Error('enough');
	await systemClock.sleep(-4);
	const long = systemClock.sleep(2 ** 31, stop.signal);
	stop.abort(reason);
	await expect(long).rejects.toBe(reason);
	systemClock.deadline(2 ** 40);
	systemClock.deadline(-4);
	await turn();
	expect(warnings).toEqual([]);
});
