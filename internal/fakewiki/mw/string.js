// mediawiki.String and mediawiki.util's relatives: lengths of texts in bytes, and where to cut them.

const encoder = new TextEncoder();
const byteLength = ( text ) => encoder.encode( String( text ) ).length;
const codePointLength = ( text ) => [ ...String( text ) ].length;
const trim = ( measure ) => ( safe, text, limit, filter ) => {
	let out = String( text );
	while ( measure( filter ? filter( out ) : out ) > limit && out ) {
		out = [ ...out ].slice( 0, -1 ).join( '' );
	}
	return { newVal: out, trimmed: out !== text };
};
const lcFirst = ( text ) => text.charAt( 0 ).toLowerCase() + text.slice( 1 );
const ucFirst = ( text ) => text.charAt( 0 ).toUpperCase() + text.slice( 1 );
const strings = { byteLength, codePointLength, trimByteLength: trim( byteLength ), trimCodePointLength: trim( codePointLength ), lcFirst, ucFirst, charAt: ( text, n ) => String( text ).charAt( n ) };

$.byteLength = byteLength;
$.ucFirst = ucFirst;
$.fn.byteLimit = $.fn.codePointLimit = function () {
	return this;
};
$.trimByteLength = strings.trimByteLength;
module.exports = strings;
