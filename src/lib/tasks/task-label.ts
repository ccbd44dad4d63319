import type {JournalEntry} from '../journal/journal.js';
import {isGenerated} from './external-ids.js';
import {requestFacts} from './request-facts.js';

/** Characters of a prompt shown to tell tasks apart. */
const maxLabelLength = 32;

/** How a user knows a task: the external id if the user chose it, otherwise the first words of the prompt. */
export function taskLabel({
	externalId,
	request,
}: Pick<JournalEntry, 'externalId' | 'request'>): string | undefined {
	if (!isGenerated(externalId)) return externalId;
	const words =
		requestFacts(request)
			.prompt?.slice(0, 8 * maxLabelLength)
			.trim()
			.split(/\s+/) ?? [];
	let text = '';
	for (const word of words) {
		if (text !== '' && text.length + 1 + word.length > maxLabelLength) return `"${text} …"`;
		text = text === '' ? word.slice(0, maxLabelLength) : `${text} ${word}`;
	}
	return text === '' ? undefined : `"${text}"`;
}
