import {mkdtempSync, openSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {hasC2pa} from '../../../src/lib/media/c2pa.js';
import {mediaBytes} from '../../../src/lib/media/media-bytes.js';

function box(type: string, content: Buffer): Buffer {
	const header = Buffer.alloc(8);
	header.writeUInt32BE(8 + content.length);
	header.write(type, 4, 'latin1');
	return Buffer.concat([header, content]);
}

const clip = [
	box('ftyp', Buffer.from('isom')),
	box('moov', Buffer.alloc(20)),
	box('mdat', Buffer.alloc(100)),
];
const credentials = box('uuid', Buffer.from(`d8fec3d61b0e483c92975828877ec481${'00'.repeat(40)}`, 'hex'));

test.each([
	['of a clip with content credentials', [...clip.slice(0, 1), credentials, ...clip.slice(1)], true],
	['of a clip without', clip, false],
	['of another uuid', [...clip, box('uuid', Buffer.alloc(40))], false],
	['of a uuid box that is too short', [...clip, box('uuid', Buffer.alloc(4))], false],
	['of what is not a clip', [Buffer.from('<html>not found</html>')], undefined],
] as const)('the boxes %s', async (_, parts, expected) => {
	const file = path.join(mkdtempSync(path.join(tmpdir(), 'kling-c2pa-')), 'clip.mp4');
	const bytes = Buffer.concat(parts);
	writeFileSync(file, bytes);
	expect(await hasC2pa(mediaBytes(openSync(file, 'r'), bytes.length))).toBe(expected);
});
