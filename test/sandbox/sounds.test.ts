import {expect, test} from 'vitest';
import {readSound} from '../../src/sandbox/sounds.js';

test('the length of an mp3 is that of its frames, and not by the bit rate of its first one', () => {
	// 434 frames of 64 kbit/s at 44.1 kHz; the first one, which counts them, states 56 kbit/s.
	const sound = Buffer.alloc(90_924);
	Buffer.from([0xff, 0xfb, 0x40, 0xc0]).copy(sound);
	sound.write('Info', 21, 'latin1');
	sound.writeUInt32BE(0x0f, 25);
	sound.writeUInt32BE(434, 29);
	expect(readSound(sound.toString('base64'))).toEqual({seconds: expect.closeTo(11.34, 2)});
});
