/* What a word on the command line looks like, and which flag it may be for. */

const picture = /\.(png|jpe?g|webp|gif|bmp|heic)(\?.*)?$/i;
const film = /\.(mp4|mov|webm|mkv|m4v|avi)$/i;
const film_url = /^https?:\/\/.*\.(mp4|mov|webm)(\?.*)?$/i;
const audio = /\.(mp3|wav)$/i;

export const isPicture = (word: string): boolean => picture.test(word);

export const isFilm = (word: string): boolean => film.test(word) || film_url.test(word);

/** What a surplus word is probably for: flags that the command may have, most likely first. */
export function flagsFor(word: string): string[] {
	if (picture.test(word)) return ['image', 'first-frame', 'output'];
	if (film_url.test(word)) return ['ref-video', 'url'];
	if (film.test(word) || audio.test(word)) return ['output', 'download'];
	if (/^\d+s?$/.test(word)) return ['duration'];
	if (/^\d+:\d+$/.test(word)) return ['ratio'];
	if (/^[{[]/.test(word)) return ['input'];
	return ['prompt', 'say', 'sound'];
}
