/**
 * The words typed after a command, for a hint that repeats it with other values.
 * @param argv as typed
 * @param flags to leave out with their values, without dashes
 * @param arg an argument to leave out
 */
export function argvWithout(
	argv: readonly string[],
	flags: readonly string[],
	arg: string | undefined,
): string[] {
	const names = flags.map((flag) => `--${flag}`);
	return argv.filter(
		(word, at) =>
			word !== arg &&
			!names.some((name) => word === name || word.startsWith(`${name}=`) || argv[at - 1] === name),
	);
}
