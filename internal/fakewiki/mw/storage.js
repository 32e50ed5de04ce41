// mediawiki.storage: localStorage and sessionStorage that answer false where the browser refuses.

const expiryPrefix = '_EXPIRY_';

class SafeStorage {
	constructor( get ) {
		try {
			this.store = get();
		} catch ( e ) {
			this.store = undefined;
		}
	}

	attempt( action ) {
		try {
			return action( this.store );
		} catch ( e ) {
			return false;
		}
	}

	get( key ) {
		return this.attempt( ( s ) => {
			const expiry = s.getItem( expiryPrefix + key );
			return expiry !== null && expiry < Date.now() / 1000 ? null : s.getItem( key );
		} );
	}

	set( key, value, expiry ) {
		return this.attempt( ( s ) => {
			s.setItem( key, value );
			this.setExpires( key, expiry );
			return true;
		} );
	}

	remove( key ) {
		return this.attempt( ( s ) => {
			s.removeItem( key );
			s.removeItem( expiryPrefix + key );
			return true;
		} );
	}

	setExpires( key, expiry ) {
		return this.attempt( ( s ) => {
			if ( expiry ) {
				s.setItem( expiryPrefix + key, Math.floor( Date.now() / 1000 ) + expiry );
			} else {
				s.removeItem( expiryPrefix + key );
			}
			return true;
		} );
	}

	getObject( key ) {
		const json = this.get( key );
		if ( json === false || json === null ) {
			return json;
		}
		try {
			return JSON.parse( json );
		} catch ( e ) {
			return null;
		}
	}

	setObject( key, value, expiry ) {
		return this.attempt( () => this.set( key, JSON.stringify( value ), expiry ) );
	}
}

mw.storage = new SafeStorage( () => window.localStorage );
mw.storage.session = new SafeStorage( () => window.sessionStorage );
module.exports = mw.storage;
