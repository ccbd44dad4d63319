/**
 * A manifest of 40 shots as in a film maker's spreadsheet: quoted commas, line breaks, Chinese, a leading
 * dash, three shots that fail, one that is refused, and takes.
 */
export function shotList(): string {
	const prompts = [
		'"A red fox, alone, in falling snow"',
		'"Wide shot:\nthe fox runs\nover the hill"',
		'狐狸在雪地里，镜头缓慢推近',
		'-10 degrees: breath in the cold air',
		'"She says ""hello"" and turns"',
		'100% slow motion; steam; neon',
		'[fail] a shot that fails',
		'[fail: the clip could not be made] another one',
		'[fail] a third',
		'[reject] one that is refused at once',
	];
	const rows = Array.from({length: 40}, (_, index) => {
		const prompt = prompts[index] ?? `shot ${index + 1} of the hill at dusk`;
		return `s${index + 1},${prompt},5,${index % 2 === 0 ? '16:9' : '9:16'},${index === 20 ? 2 : ''},client=${index < 20 ? 'acme' : 'beta'}`;
	});
	return `id,prompt,duration,ratio,takes,tags\n${rows.join('\n')}\n`;
}

/** Tasks that Kling accepts from it: 40 shots, one of them twice, one refused. */
export const acceptedTasks = 40;
/** Files that it yields: three tasks fail. */
export const goodFiles = 37;

/** Three invalid rows, for the end of the manifest. */
export const badRows = 'x1,a,99,16:9,,\nx2,,5,4:3,,acme\nx3,a,5,16:9,0,\n';
