/* A library: it does nothing by itself, and hands out functions. */
module.exports = {
	/* Makes an element with text; nothing a caller passes is read as HTML. */
	element( name, text, ...children ) {
		const node = document.createElement( name );
		node.append( text, ...children );
		return node;
	}
};
