/** A text inside an element or an attribute, without characters that XML cannot contain. */
export const escapeXml = (text) =>
	String(text)
		.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll('\n', '&#10;');

/** An element; attributes without a value are left out, and children are elements or texts made by escapeXml. */
export function element(name, attributes = {}, ...children) {
	const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
	const head = [name, ...given.map(([key, value]) => `${key}="${escapeXml(value)}"`)].join(' ');
	const inside = children.flat().filter(Boolean);
	return inside.length === 0 ? `<${head}/>` : `<${head}>${inside.join('')}</${name}>`;
}
