// mw.html: text that becomes markup.

const entities = { '\'': '&#039;', '"': '&quot;', '<': '&lt;', '>': '&gt;', '&': '&amp;' };
const voidElements = [ 'area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr' ];

mw.html = {
	escape: ( text ) => String( text ).replace( /['"<>&]/g, ( c ) => entities[ c ] ),

	/** An element with attributes (false leaves one out, true repeats its name) and text or mw.html.Raw inside. */
	element( name, attributes = {}, contents = null ) {
		let markup = '<' + name;
		for ( const key of Object.keys( attributes || {} ) ) {
			const value = attributes[ key ] === true ? key : attributes[ key ];
			if ( value !== false && value !== null && value !== undefined ) {
				markup += ` ${ key }="${ mw.html.escape( value ) }"`;
			}
		}
		if ( contents === null && voidElements.includes( name ) ) {
			return markup + '/>';
		}
		markup += '>';
		if ( contents instanceof mw.html.Raw ) {
			markup += contents.value;
		} else if ( contents !== null && contents !== undefined ) {
			markup += mw.html.escape( contents );
		}
		return `${ markup }</${ name }>`;
	},

	Raw: class {
		constructor( value ) {
			this.value = value;
		}
	}
};
