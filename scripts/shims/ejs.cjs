/*
 * Replaces the package `ejs` for help texts, most of which are plain or contain only tags such as `<%= config.bin %>`: these
 * are filled in without compiling a template. Everything else goes to the real package.
 */
const tag = /<%= *([a-z]+(?:\.[a-z]+)*) *%>/gi;
/** ejs escapes the other characters as in HTML. */
const plain = /^[\w :./@-]*$/;

const fieldOf = (data, name) => name.split('.').reduce((value, key) => value?.[key], data);

exports.render = (template, data, ...options) => {
	if (!template.includes('<%')) return template;
	const names = [...template.matchAll(tag)].map(([, name]) => name);
	const values = new Map(names.map((name) => [name, fieldOf(data, name)]));
	const known = [...values.values()].every((value) => typeof value === 'string' && plain.test(value));
	const text = known ? template.replaceAll(tag, (_, name) => values.get(name)) : template;
	return /<%|%>/.test(text) ? require('ejs').render(template, data, ...options) : text;
};
