import {tableOf} from '../../lib/system/table-of.js';
import {nearest} from './suggest.js';

/** Common names of ratios. */
const shapes = tableOf({
	...{vertical: '9:16', portrait: '9:16', tall: '9:16', horizontal: '16:9', landscape: '16:9', wide: '16:9'},
	square: '1:1',
});

/** Other names that people use for flag values. */
const otherWords = tableOf<readonly string[]>({
	...{mp4: ['video'], mov: ['video'], movie: ['video'], png: ['image'], jpg: ['image'], audio: ['mp3']},
	...{hd: ['720p'], standard: ['std'], low: ['std'], high: ['pro'], fullhd: ['1080p'], fhd: ['1080p']},
	...{uhd: ['4k'], professional: ['pro']},
});

const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z\d]+/g, '');

/**
 * What to type when the parser misses or refuses the value of a flag.
 * @param message the parser's
 * @param helpValue the placeholder of the value in help
 */
export function valueHint(message: string, helpValue: unknown): string | undefined {
	const [, lone] = /^Flag (--[\w-]+) expects a value$/.exec(message) ?? [];
	if (lone !== undefined) {
		const value = typeof helpValue === 'string' ? helpValue : 'VALUE';
		return `Type the value after it: ${lone} ${value}`;
	}
	const [, flag, given = '', list = ''] =
		/^Expected (--[\w-]+)=(.*) to be one of: (.+)$/s.exec(message) ?? [];
	if (flag === undefined) return undefined;
	const options = list.split(', ');
	const same = options.find((option) => plain(option) === plain(given).replace(/x(?=\d)/, ''));
	const shape = shapes[plain(given)];
	const word = otherWords[plain(given)]?.find((other) => options.includes(other));
	const meant =
		same ?? word ?? options.find((option) => option === shape) ?? nearest(given.toLowerCase(), options);
	return meant === undefined
		? `Type one of them, such as: ${flag} ${options[0]}`
		: `Did you mean ${flag} ${meant}?`;
}
