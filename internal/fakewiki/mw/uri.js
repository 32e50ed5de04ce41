// mediawiki.Uri: addresses in parts. The browser's URL does the work.

class Uri {
	constructor( uri = location.href, options = {} ) {
		if ( uri instanceof Uri ) {
			uri = uri.toString();
		} else if ( uri !== null && typeof uri === 'object' ) {
			Object.assign( this, { user: undefined, password: undefined, port: undefined, fragment: undefined, query: {} }, uri );
			return;
		}
		const url = new URL( uri, location.href );
		this.protocol = url.protocol.slice( 0, -1 );
		this.user = url.username || undefined;
		this.password = url.password || undefined;
		this.host = url.hostname;
		this.port = url.port || undefined;
		this.path = url.pathname;
		this.fragment = url.hash ? decodeURIComponent( url.hash.slice( 1 ) ) : undefined;
		this.query = {};
		for ( const [ key, value ] of url.searchParams ) {
			this.query[ key ] = key in this.query && !options.overrideKeys ? [].concat( this.query[ key ], value ) : value;
		}
	}

	static encode( text ) {
		return encodeURIComponent( text ).replace( /[!'()*]/g, ( c ) => '%' + c.charCodeAt( 0 ).toString( 16 ).toUpperCase() ).replace( /%20/g, '+' );
	}

	static decode( text ) {
		return decodeURIComponent( text.replace( /\+/g, '%20' ) );
	}

	getUserInfo() {
		return this.user ? this.user + ( this.password ? ':' + this.password : '' ) : '';
	}

	getHostPort() {
		return this.host + ( this.port ? ':' + this.port : '' );
	}

	getAuthority() {
		return ( this.user ? this.getUserInfo() + '@' : '' ) + this.getHostPort();
	}

	getQueryString() {
		return Object.keys( this.query ).flatMap( ( key ) => [].concat( this.query[ key ] ).filter( ( v ) => v !== undefined )
			.map( ( v ) => Uri.encode( key ) + ( v === null ? '' : '=' + Uri.encode( v ) ) ) ).join( '&' );
	}

	getRelativePath() {
		const query = this.getQueryString();
		return this.path + ( query ? '?' + query : '' ) + ( this.fragment ? '#' + encodeURIComponent( this.fragment ) : '' );
	}

	extend( parameters ) {
		Object.assign( this.query, parameters );
		return this;
	}

	clone() {
		return new Uri( this );
	}

	toString() {
		return `${ this.protocol }://${ this.getAuthority() }${ this.getRelativePath() }`;
	}
}

mw.Uri = Uri;
module.exports = Uri;
