import {readFileSync} from 'node:fs';
import path from 'node:path';
import {root} from '../e2e/kling.js';

/** A fenced block of a page. */
export interface Block {
	/** The line where it starts, for messages: `README.md:12`. */
	place: string;
	/** Its language: `sh`, `console`, `yaml`. */
	language: string;
	/** The last heading above it. */
	heading: string;
	text: string;
}

/** The fenced blocks of a page of the repository, in order. */
export function blocksOf(page: string): Block[] {
	const lines = readFileSync(path.join(root, page), 'utf8').split('\n');
	const blocks: Block[] = [];
	let heading = '';
	let open: Block | undefined;
	for (const [index, line] of lines.entries()) {
		const fence = /^```(\w*)$/.exec(line);
		if (open && fence) {
			blocks.push(open);
			open = undefined;
		} else if (open) open.text += `${line}\n`;
		else if (fence) open = {place: `${page}:${index + 1}`, language: fence[1] ?? '', heading, text: ''};
		else heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
	}
	return blocks;
}

/** The only block of a language below a heading. */
export function blockOf(page: string, heading: string, language: string): string {
	const found = blocksOf(page).filter((block) => block.heading === heading && block.language === language);
	if (found.length === 0) throw new Error(`${page} has no ${language} below "${heading}"`);
	return (found[0] as Block).text;
}

/** A command of a console block, and the output shown for it. */
export interface Step {
	command: string;
	output: string;
}

/** The commands of a console block. Each starts with `$ `. */
export function stepsOf({text}: Block): Step[] {
	return text
		.split(/^\$ /m)
		.slice(1)
		.map((part) => {
			const [command = '', ...output] = part.split('\n');
			return {command, output: output.join('\n')};
		});
}
