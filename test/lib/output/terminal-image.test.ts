import {expect, test} from 'vitest';
import {imageProtocol, imageSequence} from '../../../src/lib/output/terminal-image.js';

test.each([
	[{KITTY_WINDOW_ID: '1'}, 'kitty'],
	[{TERM: 'xterm-kitty'}, 'kitty'],
	[{TERM_PROGRAM: 'ghostty'}, 'kitty'],
	[{TERM_PROGRAM: 'iTerm.app'}, 'iterm'],
	[{TERM_PROGRAM: 'WezTerm'}, 'iterm'],
	[{TERM: 'xterm-256color'}, undefined],
	[{TERM_PROGRAM: 'ghostty', TMUX: '/tmp/tmux-0'}, undefined],
	[{TERM: 'screen', KITTY_WINDOW_ID: '1'}, undefined],
])('the environment %j means %s', (env, protocol) => {
	expect(imageProtocol(env)).toBe(protocol);
});

const picture = Buffer.from('a'.repeat(7000));

test('a picture is sent to kitty in chunks, and the last one says so', () => {
	const text = imageSequence('kitty', picture, 60);
	const pieces = [...text.matchAll(/\u001B_G([^;]*);([^\u001B]*)\u001B\\/g)];
	expect(pieces.map(([, about]) => about)).toEqual(['a=T,f=100,c=60,m=1', 'm=1', 'm=0']);
	expect(Buffer.from(pieces.map(([, , part]) => part).join(''), 'base64').equals(picture)).toBe(true);
});

test('a picture is sent to iTerm2 at once', () => {
	const [, about, data = ''] =
		/^\u001B\]1337;File=([^:]*):([^\u0007]*)\u0007\n$/.exec(imageSequence('iterm', picture, 60)) ?? [];
	expect(about).toBe('inline=1;size=7000;width=60;preserveAspectRatio=1');
	expect(Buffer.from(data, 'base64').equals(picture)).toBe(true);
});
