import type {Change, Picks} from '../lib/batch/picks.js';
import type {PageData} from '../lib/gallery/model.js';
import {announce} from './dom.js';
import type {PicksStorage, Store} from './store.js';

/** Milliseconds after which a change that did not reach the server is sent again. */
const resendAfterMs = 2000;

/** Sends changes to the server that serves the page, in order, until each has arrived. */
function servedStorage(): PicksStorage {
	const waiting: Change[] = [];
	let isSending = false;
	const send = async () => {
		if (isSending) return;
		isSending = true;
		while (waiting.length > 0) {
			const changes = [...waiting];
			try {
				const reply = await fetch('picks', {
					method: 'POST',
					headers: {'content-type': 'application/json'},
					body: JSON.stringify({changes}),
				});
				if (!reply.ok) throw new Error(await reply.text());
				waiting.splice(0, changes.length);
			} catch (error) {
				announce(`Not saved yet: ${error instanceof Error ? error.message : error}`);
				await new Promise((resolve) => setTimeout(resolve, resendAfterMs));
			}
		}
		isSending = false;
	};
	addEventListener('beforeunload', (event) => {
		if (waiting.length > 0) event.preventDefault();
	});
	return {
		save: (change) => {
			waiting.push(change);
			void send();
		},
	};
}

const storageKey = (id: string) => `kling-gallery:${id}`;

/** Stores picks in the browser: a page opened from disk has no other place. */
function localStorageOfPicks(id: string): PicksStorage {
	return {
		save: (_, picks) => {
			try {
				localStorage.setItem(storageKey(id), JSON.stringify(picks));
			} catch {
				announce('This browser stores nothing for pages opened from disk: save picks.json before you leave.');
			}
		},
	};
}

export const picksStorage = ({isServed, id}: PageData): PicksStorage =>
	isServed ? servedStorage() : localStorageOfPicks(id);

/** The picks of an earlier visit to a page opened from disk; undefined if there are none. */
export function earlierPicks({isServed, id}: PageData): Picks | undefined {
	if (isServed) return undefined;
	try {
		const picks = JSON.parse(localStorage.getItem(storageKey(id)) ?? 'null') as Picks | null;
		return picks?.version === 1 ? picks : undefined;
	} catch {
		return undefined;
	}
}

/** Receives what other windows and a running batch change. */
export function follow(store: Store, {isServed, id}: PageData): void {
	if (isServed) {
		const events = new EventSource('events');
		events.addEventListener('message', ({data}) => store.receive(JSON.parse(data)));
		return;
	}
	addEventListener('storage', ({key, newValue}) => {
		if (key === storageKey(id) && newValue) store.receive({picks: JSON.parse(newValue) as Picks});
	});
}

/** Saves the picks as a file. */
export function savePicks(picks: Picks): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(
		new Blob([`${JSON.stringify(picks, null, 2)}\n`], {type: 'application/json'}),
	);
	link.download = 'picks.json';
	link.click();
	URL.revokeObjectURL(link.href);
}
