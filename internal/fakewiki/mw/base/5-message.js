// mw.message: interface texts with parameters.

/**
 * One message from a map. parse() understands markup once mediawiki.jqueryMsg has come; before that it escapes.
 */
class Message {
	constructor( map, key, parameters = [] ) {
		this.map = map;
		this.key = key;
		this.parameters = parameters.slice();
		this.format = 'text';
	}

	params( parameters ) {
		this.parameters.push( ...parameters );
		return this;
	}

	exists() {
		return this.map.exists( this.key );
	}

	missing() {
		return `⧼${ this.key }⧽`;
	}

	/** The text with $1, $2, … replaced; parameters that are no text show as text. */
	filled() {
		return mw.format( this.map.get( this.key ), ...this.parameters.map( ( p ) => p && p.nodeType ? p.textContent : p && p.jquery ? p.text() : p ) );
	}

	plain() {
		this.format = 'plain';
		return this.exists() ? this.filled() : this.missing();
	}

	text() {
		this.format = 'text';
		return this.exists() ? this.transform( this.filled() ) : this.missing();
	}

	escaped() {
		this.format = 'escaped';
		return mw.html.escape( this.text() );
	}

	parse() {
		this.format = 'parse';
		return this.exists() ? this.parser() : mw.html.escape( this.missing() );
	}

	parseDom() {
		return $( $.parseHTML( this.parse() ) );
	}

	toString( format = this.format ) {
		return format === 'parse' ? this.parse() : format === 'escaped' ? this.escaped() : format === 'plain' ? this.plain() : this.text();
	}

	isParseable() {
		return true;
	}

	// mediawiki.jqueryMsg puts better ones in place of these two.
	transform( text ) {
		return text;
	}

	parser() {
		return mw.html.escape( this.filled() );
	}
}

mw.Message = Message;
mw.format = ( text, ...parameters ) => String( text ).replace( /\$(\d+)/g, ( whole, n ) => {
	const value = parameters[ n - 1 ];
	return value === undefined ? whole : value;
} );
mw.message = ( key, ...parameters ) => new Message( mw.messages, key, parameters );
mw.msg = ( key, ...parameters ) => mw.message( key, ...parameters ).text();
