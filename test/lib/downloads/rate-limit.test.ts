import {expect, test} from 'vitest';
import {createPace} from '../../../src/lib/downloads/rate-limit.js';
import {fakeClock} from '../../support/session.js';

test('limits all bytes together', async () => {
	const clock = fakeClock();
	const pace = createPace(1000, clock);
	const start = clock.now();
	for (let bytes = 0; bytes < 10_000; bytes += 250) await clock.sleep(pace.after(250));
	expect(clock.now() - start).toBeGreaterThanOrEqual(9950);
	expect(clock.now() - start).toBeLessThanOrEqual(10_000);
	expect(pace.waits).toBeGreaterThan(0);
});

test('does not make up for idle time', async () => {
	const clock = fakeClock();
	const pace = createPace(1000, clock);
	await clock.sleep(60_000);
	expect(pace.after(1000)).toBe(1000);
});

test('does not delay slower transfers', async () => {
	const clock = fakeClock();
	const pace = createPace(1000, clock);
	for (let time = 0; time < 10; time++) {
		expect(pace.after(100)).toBeLessThanOrEqual(100);
		await clock.sleep(200);
	}
});
