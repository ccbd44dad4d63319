import {describe, expect, test} from 'vitest';
import {showsColour, showsLinks, viewOf} from '../../../src/lib/output/view.js';

/** A stream to a terminal with colours, unless the environment disables them; or to something else. */
const stream = (isTTY: boolean, columns?: number) =>
	({
		isTTY,
		columns,
		hasColors: (_: number, env: object) => !('TERM' in env),
	}) as unknown as NodeJS.WriteStream;
const [terminal, pipe] = [stream(true, 120), stream(false)];

test.each([
	['a terminal', terminal, {}, true],
	['a pipe', pipe, {}, false],
	['a terminal without colours', terminal, {TERM: 'dumb'}, false],
	['NO_COLOR', terminal, {NO_COLOR: '1'}, false],
	['an empty NO_COLOR', terminal, {NO_COLOR: ''}, true],
	['FORCE_COLOR on a pipe', pipe, {FORCE_COLOR: '1'}, true],
	['FORCE_COLOR=0 on a terminal', terminal, {FORCE_COLOR: '0'}, false],
	['FORCE_COLOR beside NO_COLOR', terminal, {FORCE_COLOR: '', NO_COLOR: '1'}, true],
])('colour: %s', (_, to, env, expected) => {
	expect(showsColour(to, env)).toBe(expected);
});

test.each([
	['an unknown terminal', terminal, {TERM: 'xterm-256color'}, false],
	['iTerm', terminal, {TERM_PROGRAM: 'iTerm.app'}, true],
	['Terminal of macOS', terminal, {TERM_PROGRAM: 'Apple_Terminal'}, false],
	['Windows Terminal', terminal, {WT_SESSION: 'a-b-c'}, true],
	['kitty', terminal, {TERM: 'xterm-kitty'}, true],
	['GNOME Terminal', terminal, {VTE_VERSION: '7600'}, true],
	['the VTE that crashes', terminal, {VTE_VERSION: '5000'}, false],
	['an old VTE', terminal, {VTE_VERSION: '4205'}, false],
	['tmux within one that could', terminal, {VTE_VERSION: '7600', TMUX: '/tmp/tmux'}, false],
	['CI', terminal, {WT_SESSION: 'a', CI: 'true'}, false],
	['a pipe', pipe, {TERM: 'xterm-kitty'}, false],
	['FORCE_HYPERLINK on a pipe', pipe, {FORCE_HYPERLINK: '1'}, true],
	['FORCE_HYPERLINK=0', terminal, {TERM: 'xterm-kitty', FORCE_HYPERLINK: '0'}, false],
])('links: %s', (_, to, env, expected) => {
	expect(showsLinks(to, env)).toBe(expected);
});

describe('width and times', () => {
	test('a terminal has its own width, and relative times', () => {
		expect(viewOf(terminal, {COLUMNS: '60'}, 5, true)).toMatchObject({width: 120, now: 5, verbose: true});
		expect(viewOf(stream(true, 0), {}, 5, false).width).toBe(80);
		expect(viewOf(stream(true, 0), {COLUMNS: '60'}, 5, false).width).toBe(60);
	});

	test('a pipe has none, unless COLUMNS is set', () => {
		expect(viewOf(pipe, {}, 5, false)).not.toHaveProperty('now');
		expect(viewOf(pipe, {}, 5, false).width).toBe(Number.POSITIVE_INFINITY);
		expect(viewOf(pipe, {COLUMNS: '60'}, 5, false).width).toBe(60);
		expect(viewOf(pipe, {COLUMNS: 'wide'}, 5, false).width).toBe(Number.POSITIVE_INFINITY);
		expect(viewOf(pipe, {COLUMNS: '0'}, 5, false).width).toBe(Number.POSITIVE_INFINITY);
	});
});
