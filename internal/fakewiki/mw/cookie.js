// mediawiki.cookie: cookies under the wiki's prefix.

const prefixed = ( key, prefix ) => ( prefix === undefined || prefix === null ? mw.config.get( 'wgCookiePrefix' ) : prefix ) + key;

mw.cookie = {
	get( key, prefix, fallback = null ) {
		const name = encodeURIComponent( prefixed( key, prefix ) ) + '=';
		const found = document.cookie.split( '; ' ).find( ( c ) => c.startsWith( name ) );
		return found ? decodeURIComponent( found.slice( name.length ) ) : fallback;
	},
	getCrossSite: ( key, prefix, fallback ) => mw.cookie.get( key, prefix, fallback ),
	set( key, value, options ) {
		const o = options instanceof Date || typeof options === 'number' ? { expires: options } : options || {};
		let expires = o.expires;
		if ( typeof expires === 'number' ) {
			expires = new Date( Date.now() + expires * 1000 );
		} else if ( expires === undefined ) {
			expires = new Date( Date.now() + mw.config.get( 'wgCookieExpiration' ) * 1000 );
		}
		if ( value === null ) {
			expires = new Date( 0 );
		}
		document.cookie = encodeURIComponent( prefixed( key, o.prefix ) ) + '=' + encodeURIComponent( value === null ? '' : value ) +
			( expires ? '; expires=' + expires.toUTCString() : '' ) + `; path=${ o.path || mw.config.get( 'wgCookiePath' ) }` +
			( o.sameSite ? '; samesite=' + o.sameSite : '' ) + ( o.secure ? '; secure' : '' );
	}
};
module.exports = mw.cookie;
