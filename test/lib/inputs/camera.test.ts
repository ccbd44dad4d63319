import {expect, test} from 'vitest';
import {parseCamera} from '../../../src/lib/inputs/camera.js';

test.each([
	['zoom=-3', {zoom: -3}],
	['horizontal=10', {horizontal: 10}],
	['vertical=-10', {vertical: -10}],
	['pan=0.5', {pan: 0.5}],
	['TILT = +2', {tilt: 2}],
	['roll=.5', {roll: 0.5}],
])('one axis: %s', (input, config) => expect(parseCamera(input)).toEqual({type: 'simple', config}));

test.each([
	['down_back', 'down_back'],
	['forward-up', 'forward_up'],
	['right_turn_forward', 'right_turn_forward'],
	['Left-Turn-Forward', 'left_turn_forward'],
])('a preset: %s', (input, type) => expect(parseCamera(input)).toEqual({type}));

test.each([
	['', /not one of down_back/],
	['zoom', /not one of down_back/],
	['simple', /such as zoom=-3/],
	['dolly=3', /axis.*horizontal, vertical, pan, tilt, roll, zoom/],
	['zoom=0', /not 0/],
	['zoom=11', /-10 to 10/],
	['zoom=-10.01', /-10 to 10/],
	['zoom=', /-10 to 10/],
	['zoom=fast', /-10 to 10/],
	['zoom=1e1', /-10 to 10/],
	['zoom=1,pan=2', /more than one axis/],
])('%j is invalid_camera', (input, message) => {
	expect(() => parseCamera(input)).toThrow(expect.objectContaining({code: 'invalid_camera'}));
	expect(() => parseCamera(input)).toThrow(message);
});
